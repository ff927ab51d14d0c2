"""A gate: a worker that shows that it can serve, and ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from conftest import StartWorker
from support import free_port, get

Project = Callable[[Mapping[str, str]], Path]

ACTIVITY = (
    "from temporalio import activity\n\n\n@activity.defn\ndef double(number: int) -> int:\n    return 2 * number\n"
)


def test_a_gate_serves_a_queue_of_its_own_and_ends_well(
    project: Project, start_worker: StartWorker, queue: str
) -> None:
    gate = start_worker(project({"double.py": ACTIVITY}), CONDUIT_GATE="1")
    assert gate.ended() == 0
    assert gate.events("ready")[0]["activities"] == ["double"]
    assert gate.events("gate_passed")
    assert gate.events("ready")[0]["message"] == f"Polling `{queue}.gate` as `{gate.identity}`."


def test_a_gate_that_cannot_import_says_why_in_one_line(project: Project, start_worker: StartWorker) -> None:
    gate = start_worker(project({"double.py": f"{ACTIVITY}\nimport not_there\n"}), CONDUIT_GATE="1")
    assert gate.ended() == 1
    assert "not_there" in gate.events("startup_failed")[0]["message"]
    assert len(gate.events("startup_failed")) == 1
    assert not gate.events("gate_passed")


def test_a_gate_that_cannot_connect_ends_at_the_startup_timeout(project: Project, start_worker: StartWorker) -> None:
    settings = {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}", "CONDUIT_STARTUP_TIMEOUT": "3"}
    gate = start_worker(project({"double.py": ACTIVITY}), CONDUIT_GATE="1", **settings)
    assert gate.ended() == 1
    assert gate.events("startup_failed")[0]["message"].startswith("The worker did not start within 3 s. Temporal at ")


def test_a_gate_that_is_stopped_has_not_passed(project: Project, start_worker: StartWorker) -> None:
    gate = start_worker(project({"double.py": ACTIVITY}), CONDUIT_GATE="1", TEMPORAL_ADDRESS=f"127.0.0.1:{free_port()}")
    gate.wait_for("waiting_for_temporal")
    gate.stop()
    assert gate.ended() == 1


def test_health_and_metrics_are_served_on_every_address(project: Project, start_worker: StartWorker) -> None:
    health, metrics = free_port(), free_port()
    start_worker(
        project({"double.py": ACTIVITY}),
        CONDUIT_HEALTH_ADDRESS=f"0.0.0.0:{health}",
        CONDUIT_METRICS_ADDRESS=f"0.0.0.0:{metrics}",
    ).ready()
    assert get(f"http://127.0.0.2:{health}/readyz")[0] == 200
    assert "temporal_worker_task_slots_used{" in get(f"http://127.0.0.2:{metrics}/metrics")[1]
