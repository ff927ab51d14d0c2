"""A worker process, end to end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from algorithm_conduit import data_converter
from conftest import StartWorker
from engineer import Clip, Echo, EchoWorkflow
from support import SOURCES, Call, caller, free_port, get, starts, until

Project = Callable[[Mapping[str, str]], Path]

NOT_UTF8 = bytes(range(256))

ACTIVITIES = '''
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from temporalio import activity

print("printed at import")


@dataclass
class Clip:
    samples: bytes
    sample_rate: int = 16000


@dataclass
class Echo:
    clip: Clip
    reversed: bytes


@activity.defn
def echo(clip: Clip) -> Echo:
    return Echo(clip, clip.samples[::-1])


@activity.defn
def raw(content: bytes) -> bytes:
    return content[::-1]


@activity.defn
async def add(a: int, b: int = 2, c: int = 3) -> int:
    return a * 100 + b * 10 + c


@activity.defn
def sleep(seconds: float) -> int:
    time.sleep(seconds)
    return activity.info().attempt


@activity.defn
def first_attempt_hangs() -> int:
    """Runs until it is cancelled; later attempts end at once."""
    while activity.info().attempt == 1:
        time.sleep(0.05)
    return activity.info().attempt


@activity.defn(no_thread_cancel_exception=True)
def stubborn(seconds: float) -> None:
    time.sleep(seconds)


@activity.defn
def resume(failures: int) -> list[object]:
    details = list(activity.info().heartbeat_details)
    if activity.info().attempt == 1:
        activity.heartbeat({"step": 7})
        raise RuntimeError("first")
    if activity.info().attempt <= failures:
        time.sleep(1.0)
        raise RuntimeError("again")
    return details


class TooLong(ValueError):
    pass


@activity.defn
def refuse() -> None:
    raise TooLong("the clip is too long")


@activity.defn
def fail_until(attempt: int) -> int:
    if activity.info().attempt < attempt:
        raise ValueError("not yet")
    return activity.info().attempt


@activity.defn
def not_json() -> object:
    return {"scores": [1.0, object()]}


@activity.defn
async def block(seconds: float) -> None:
    time.sleep(seconds)


@activity.defn
def log_everywhere() -> None:
    print("printed in an activity")
    logging.getLogger("mine").info("from the activity", extra={"frames": 3})
    thread = threading.Thread(target=lambda: logging.getLogger("mine").info("from a thread"))
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(logging.getLogger("mine").info, "from a pool").result()
'''


@pytest.fixture
def folder(project: Project) -> Path:
    return project({"activities.py": ACTIVITIES, "train.py": "raise SystemExit('trained')\n"})


def test_bytes_that_are_not_utf8_go_through_a_dataclass_from_python(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> object:
        async with caller(temporal, data_converter) as run:
            clip = Clip(NOT_UTF8, 8000)
            return await run.execute(Call("echo", queue), clip, result_type=Echo)

    assert asyncio.run(scenario()) == Echo(Clip(NOT_UTF8, 8000), NOT_UTF8[::-1])


def test_an_engineers_workflow_in_the_sandbox_uses_the_same_converter(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> Echo:
        client = await Client.connect(temporal, data_converter=data_converter)
        async with Worker(client, task_queue=f"{queue}-workflows", workflows=[EchoWorkflow]):
            return await client.execute_workflow(
                EchoWorkflow.run,
                args=[Clip(NOT_UTF8), queue],
                id=queue,
                task_queue=f"{queue}-workflows",
            )

    assert asyncio.run(scenario()) == Echo(Clip(NOT_UTF8), NOT_UTF8[::-1])


def test_bytes_go_through_as_base64_from_callers_that_write_plain_json(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> tuple[object, object]:
        async with caller(temporal) as run:
            return (
                await run.execute(Call("echo", queue), {"samples": "/wD+", "sample_rate": 1}),
                await run.execute(Call("raw", queue), "/wD+"),
            )

    echoed, reversed_ = asyncio.run(scenario())
    assert echoed == {"clip": {"samples": "/wD+", "sample_rate": 1}, "reversed": "/gD/"}
    assert reversed_ == b"\xfe\x00\xff"


def test_top_level_bytes_arrive_as_the_sdk_sends_them(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> object:
        async with caller(temporal) as run:
            return await run.execute(Call("raw", queue), NOT_UTF8)

    assert asyncio.run(scenario()) == NOT_UTF8[::-1]


def test_missing_arguments_get_their_defaults(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> list[object]:
        async with caller(temporal) as run:
            return [
                await run.execute(Call("add", queue), 1),
                await run.execute(Call("add", queue), 1, 4),
                await run.execute(Call("add", queue), 1, None, 5),
            ]

    assert asyncio.run(scenario()) == [123, 143, 125]


def test_input_that_does_not_fit_fails_for_good_at_the_third_attempt(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    worker = start_worker(folder).ready()

    async def scenario() -> list[ApplicationError]:
        async with caller(temporal) as run:
            return [
                await run.failure(Call("echo", queue), {"samples": "AA==", "sample_rate": "abc"}),
                await run.failure(Call("add", queue)),
                await run.failure(Call("add", queue), 1, 2, 3, 4),
            ]

    errors = asyncio.run(scenario())
    assert [(error.type, error.message) for error in errors] == [
        ("InvalidInput", '`clip.sample_rate`: expected int, got str "abc"'),
        ("InvalidInput", "`a`: missing, expected int"),
        ("InvalidInput", "`add(a: int, b: int = 2, c: int = 3) -> int` takes 3 arguments, got 4"),
    ]
    assert [error.non_retryable for error in errors] == [True, True, True]
    attempts = [line["attempt"] for line in worker.events("activity_ended") if line["activity"] == "echo"]
    assert attempts == [1, 2, 3]


def test_a_result_that_json_cannot_carry_fails_for_good_and_says_where(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> ApplicationError:
        async with caller(temporal) as run:
            return await run.failure(Call("not_json", queue))

    error = asyncio.run(scenario())
    assert (error.type, error.non_retryable) == ("InvalidOutput", True)
    assert error.message == (
        '`result["scores"][1]`: a `object` cannot be written as JSON. '
        "Use dataclasses, numbers, strings, bytes, lists and dictionaries"
    )


def test_error_types_that_are_not_to_be_retried_are_not_whoever_calls(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    worker = start_worker(folder, CONDUIT_NON_RETRYABLE="Other, TooLong").ready()

    async def scenario() -> tuple[ApplicationError, object]:
        async with caller(temporal) as run:
            return await run.failure(Call("refuse", queue)), await run.execute(Call("fail_until", queue), 3)

    error, attempt = asyncio.run(scenario())
    assert (error.type, error.message, error.non_retryable) == ("TooLong", "the clip is too long", True)
    assert attempt == 3
    ended = worker.wait_for("activity_ended")
    assert (ended["activity"], ended["attempt"], ended["outcome"]) == ("refuse", 1, "failed")
    assert 'raise TooLong("the clip is too long")' in ended["exception"]


def test_the_history_names_the_code_that_ran(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    worker = start_worker(folder).ready()

    async def scenario() -> list[tuple[int, str]]:
        async with caller(temporal) as run:
            handle = await run.start(Call("add", queue), 1)
            await handle.result()
            return await starts(handle)

    assert asyncio.run(scenario()) == [(1, worker.identity)]


def test_sigterm_lets_an_activity_finish_while_new_tasks_go_to_another_worker(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    old = start_worker(folder).ready()

    async def scenario() -> tuple[object, list[tuple[int, str]], list[tuple[int, str]]]:
        async with caller(temporal) as run:
            long = await run.start(Call("sleep", queue), 4.0)
            await asyncio.to_thread(until, lambda: _in_flight(health))
            new = await asyncio.to_thread(lambda: start_worker(folder).ready())
            old.stop()
            await asyncio.to_thread(old.wait_for, "draining")
            short = [await run.start(Call("add", queue), 1) for _ in range(5)]
            for handle in short:
                await handle.result()
            assert old.process.poll() is None
            seen = [start for handle in short for start in await starts(handle)]
            assert {identity for _, identity in seen} == {new.identity}
            return await long.result(), await starts(long), seen

    health = free_port()
    old.kill()
    old = start_worker(folder, CONDUIT_HEALTH_ADDRESS=f"127.0.0.1:{health}").ready()
    attempt, long_starts, short_starts = asyncio.run(scenario())
    assert (attempt, long_starts) == (1, [(1, old.identity)])
    assert [attempt for attempt, _ in short_starts] == [1] * 5
    assert old.ended() == 0
    assert [line["outcome"] for line in old.events("activity_ended")] == ["completed"]


def test_after_the_grace_period_an_activity_is_cancelled_and_retried_elsewhere(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    health = free_port()
    old = start_worker(folder, CONDUIT_SHUTDOWN_GRACE="0.5", CONDUIT_HEALTH_ADDRESS=f"127.0.0.1:{health}").ready()

    async def scenario() -> object:
        async with caller(temporal) as run:
            handle = await run.start(Call("first_attempt_hangs", queue))
            await asyncio.to_thread(until, lambda: _in_flight(health))
            await asyncio.to_thread(lambda: start_worker(folder).ready())
            old.stop()
            return await handle.result()

    assert asyncio.run(scenario()) == 2
    assert old.ended() == 0
    assert [line["outcome"] for line in old.events("activity_ended")] == ["cancelled"]


def test_the_process_ends_a_few_seconds_after_the_grace_period_whatever_runs(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    health = free_port()
    worker = start_worker(folder, CONDUIT_SHUTDOWN_GRACE="0.2", CONDUIT_HEALTH_ADDRESS=f"127.0.0.1:{health}").ready()

    async def scenario() -> float:
        async with caller(temporal) as run:
            handle = await run.start(Call("stubborn", queue), 60.0)
            await asyncio.to_thread(until, lambda: _in_flight(health))
            worker.stop()
            began = time.monotonic()
            assert await asyncio.to_thread(worker.ended) == 1
            await handle.terminate()
            return time.monotonic() - began

    assert 5.0 < asyncio.run(scenario()) < 30.0  # the activity would run for 60 s
    assert worker.events("hard_exit")[0]["in_flight"] == 1


def test_what_runs_stands_in_a_file_which_tells_of_a_killed_worker(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str, tmp_path: Path
) -> None:
    told = tmp_path / "running"
    worker = start_worker(folder, CONDUIT_RUNNING_FILE=str(told)).ready()

    async def scenario() -> str:
        async with caller(temporal) as run:
            await (await run.start(Call("add", queue), 1)).result()
            assert told.read_text() == ""
            handle = await run.start(Call("sleep", queue), 60.0)
            await asyncio.to_thread(until, told.read_text)
            worker.kill()
            await handle.terminate()
            return handle.id

    workflow_id = asyncio.run(scenario())
    assert json.loads(told.read_text()) == {"activity": "sleep", "workflow_id": workflow_id, "attempt": 1}


def test_work_goes_on_where_what_runs_cannot_be_told(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str, tmp_path: Path
) -> None:
    start_worker(folder, CONDUIT_RUNNING_FILE=str(tmp_path / "missing" / "running")).ready()

    async def scenario() -> object:
        async with caller(temporal) as run:
            return await (await run.start(Call("add", queue), 1)).result()

    assert asyncio.run(scenario()) == 123


def test_heartbeats_are_sent_for_a_synchronous_activity_that_blocks(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> object:
        async with caller(temporal) as run:
            return await run.execute(Call("sleep", queue, heartbeat=1.0), 3.5)

    assert asyncio.run(scenario()) == 1


def test_heartbeats_repeat_the_last_details_until_the_activity_sends_its_own(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    start_worker(folder).ready()

    async def scenario() -> object:
        async with caller(temporal) as run:
            return await run.execute(Call("resume", queue, heartbeat=0.6), 2)

    assert asyncio.run(scenario()) == [{"step": 7}]


def test_a_warning_names_the_async_activity_that_blocks_the_loop(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    worker = start_worker(folder, CONDUIT_CONCURRENCY="2").ready()

    async def scenario() -> None:
        async with caller(temporal) as run:
            await run.execute(Call("block", queue), 2.5)

    asyncio.run(scenario())
    (warning,) = worker.events("event_loop_blocked")
    assert warning["activity"] == "block"
    line = ACTIVITIES.splitlines().index("async def block(seconds: float) -> None:") + 2
    assert f"`block` has blocked the event loop for more than 1 s at activities.py:{line}" in warning["message"]


def test_log_records_carry_the_activity_from_its_threads_too(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    worker = start_worker(folder).ready()

    async def scenario() -> tuple[str, str | None]:
        async with caller(temporal) as run:
            handle = await run.start(Call("log_everywhere", queue))
            await handle.result()
            return handle.id, handle.first_execution_run_id

    workflow_id, run_id = asyncio.run(scenario())
    mine = [line for line in worker.lines() if line["logger"] == "mine"]
    assert [line["message"] for line in mine] == ["from the activity", "from a thread", "from a pool"]
    for line in [*mine, *worker.events("activity_ended")]:
        assert (line["workflow_id"], line["run_id"], line["activity_id"]) == (workflow_id, run_id, "1")
        assert (line["algorithm"], line["version"]) == ("probe", "0123456789ab-01234567")
    assert mine[0]["frames"] == 3
    assert "printed in an activity" in worker.stderr()
    assert "printed at import" in worker.stderr()


def test_health_tells_what_the_worker_does(folder: Path, start_worker: StartWorker, temporal: str, queue: str) -> None:
    port = free_port()
    worker = start_worker(folder, CONDUIT_SHUTDOWN_GRACE="30", CONDUIT_HEALTH_ADDRESS=f"127.0.0.1:{port}").ready()
    status, body = get(f"http://127.0.0.1:{port}/healthz")
    health = json.loads(body)
    assert status == 200
    assert health["activities"][0] == {
        "name": "add",
        "parameters": [
            {"name": "a", "type": "int", "required": True},
            {"name": "b", "type": "int", "required": False},
            {"name": "c", "type": "int", "required": False},
        ],
        "returns": "int",
        "doc": "",
    }
    del health["activities"]
    assert health == {
        "status": "ready",
        "algorithm": "probe",
        "version": "0123456789ab-01234567",
        "commit": "a" * 40,
        "identity": worker.identity,
        "inFlight": 0,
        "taken": 0,
    }
    assert get(f"http://127.0.0.1:{port}/readyz")[0] == 200

    async def scenario() -> None:
        async with caller(temporal) as run:
            handle = await run.start(Call("sleep", queue), 2.0)
            await asyncio.to_thread(until, lambda: _in_flight(port) == 1)
            worker.stop()
            await asyncio.to_thread(worker.wait_for, "draining")
            assert json.loads(get(f"http://127.0.0.1:{port}/healthz")[1])["status"] == "draining"
            assert get(f"http://127.0.0.1:{port}/readyz")[0] == 503
            await handle.result()

    asyncio.run(scenario())
    assert worker.ended() == 0


def test_metrics_are_served_and_an_address_in_use_costs_only_them(folder: Path, start_worker: StartWorker) -> None:
    port = free_port()
    start_worker(folder, CONDUIT_METRICS_ADDRESS=f"127.0.0.1:{port}").ready()
    metrics = get(f"http://127.0.0.1:{port}/metrics")[1]
    assert "temporal_worker_task_slots_used{" in metrics
    assert 'worker_type="ActivityWorker",algorithm="probe",version="0123456789ab-01234567"' in metrics
    second = start_worker(folder, CONDUIT_METRICS_ADDRESS=f"127.0.0.1:{port}").ready()
    assert second.events("metrics_unavailable")[0]["level"] == "warning"


def test_the_worker_drains_and_ends_when_its_parent_is_gone(
    folder: Path, temporal: str, queue: str, tmp_path: Path
) -> None:
    log = tmp_path / "orphan.log"
    script = (
        "import subprocess, sys, time\n"
        f"log = open({str(log)!r}, 'w')\n"
        f"subprocess.Popen([sys.executable, '-m', 'algorithm_conduit', 'run', {str(folder)!r}], stdout=log)\n"
        "time.sleep(60)\n"
    )
    env = {**os.environ, "PYTHONPATH": SOURCES, "TEMPORAL_ADDRESS": temporal, "CONDUIT_TASK_QUEUE": queue}
    env["CONDUIT_EXIT_WITH_PARENT"] = "1"
    parent = subprocess.Popen([sys.executable, "-c", script], env=env, stderr=subprocess.DEVNULL)
    try:
        until(lambda: log.exists() and '"event": "ready"' in log.read_text())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        until(lambda: '"event": "stopped"' in log.read_text(), seconds=10)
    finally:
        parent.kill()
        parent.wait()
        _end_orphan(log)
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events[-2:] == ["draining", "stopped"]
    assert "the parent process is gone" in log.read_text()


def test_the_worker_drains_though_nobody_reads_its_log(folder: Path, temporal: str, queue: str) -> None:
    env = {**os.environ, "PYTHONPATH": SOURCES, "TEMPORAL_ADDRESS": temporal, "CONDUIT_TASK_QUEUE": queue}
    command = [sys.executable, "-m", "algorithm_conduit", "run", str(folder)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stderr is not None
        assert b'"event": "importing"' in process.stdout.readline()
        assert b'"event": "ready"' in process.stdout.readline()
        process.stdout.close()
        process.stderr.close()
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def test_the_worker_waits_for_a_server_and_gives_up_at_the_startup_timeout(
    folder: Path, start_worker: StartWorker
) -> None:
    port = free_port()
    worker = start_worker(folder, TEMPORAL_ADDRESS=f"127.0.0.1:{port}", CONDUIT_STARTUP_TIMEOUT="3")
    assert worker.ended() == 1
    assert worker.events("waiting_for_temporal")
    (failure,) = worker.events("startup_failed")
    assert failure["message"].startswith(
        f"The worker did not start within 3 s. Temporal at `127.0.0.1:{port}`, namespace `default`, cannot be used: "
    )


def test_an_import_that_hangs_is_named_with_its_line(project: Project, start_worker: StartWorker) -> None:
    folder = project({"slow.py": "import time\nfrom temporalio import activity\nactivity.defn\n\ntime.sleep(60)\n"})
    worker = start_worker(folder, CONDUIT_STARTUP_TIMEOUT="6")
    assert worker.ended() == 1
    assert worker.events("startup_failed")[0]["message"] == (
        "The worker did not start within 6 s. Importing `slow` has not ended: it is at `slow.py:5` (`time.sleep(60)`). "
        "Do less there, or raise `timeouts.startup`."
    )


def test_a_broken_import_is_one_line_that_names_the_place(project: Project, start_worker: StartWorker) -> None:
    folder = project(
        {
            "src/pkg/__init__.py": "",
            "src/pkg/activities.py": "from temporalio import activity\nfrom pkg.model import load\nactivity.defn\n",
            "src/pkg/model.py": "\nimport torch_is_not_there\n",
        }
    )
    worker = start_worker(folder)
    assert worker.ended() == 1
    assert [line["event"] for line in worker.lines()] == ["importing", "startup_failed"]
    assert worker.lines()[1]["message"] == (
        "Importing `pkg.activities` failed at `src/pkg/model.py:2` (`import torch_is_not_there`): "
        "ModuleNotFoundError: No module named 'torch_is_not_there'. If `torch_is_not_there` is a package, add it to "
        "the project's dependencies; if it is a file of yours, it must be found from the algorithm's folder or its "
        "`src`."
    )


def test_thread_counts_are_set_before_the_researchers_code_loads(project: Project, start_worker: StartWorker) -> None:
    folder = project(
        {
            "activities.py": "import os, sys\nfrom temporalio import activity\n"
            "print(os.environ['OMP_NUM_THREADS'], os.environ['MKL_NUM_THREADS'], sys.argv)\n"
            "@activity.defn\ndef a() -> None: ...\n"
        }
    )
    worker = start_worker(folder, CONDUIT_CPU="1.5", MKL_NUM_THREADS="7").ready()
    assert "2 7 ['algorithm-conduit']\n" in worker.stderr()


def test_what_the_researchers_code_started_ends_with_the_worker(
    project: Project, start_worker: StartWorker, tmp_path: Path
) -> None:
    note = tmp_path / "pids"
    start = f"""
import multiprocessing
import pathlib
import subprocess
import sys

note = pathlib.Path({str(note)!r})
sleep = [sys.executable, "-c", "import time; time.sleep(3600)"]
child = subprocess.Popen(sleep)
pool = multiprocessing.Pool(1)
multiprocessing.get_context("spawn").Queue()  # starts a process that ignores SIGTERM
orphan = subprocess.run(["sh", "-c", '"$@" >/dev/null 2>&1 & echo $!', "sh", *sleep], stdout=-1, text=True).stdout
note.write_text(f"{{child.pid}} {{pool.apply(os.getpid)}} {{orphan}}")
"""
    folder = project({"activities.py": "import os\n" + start + ACTIVITIES})
    run = start_worker(folder, CONDUIT_EXIT_WITH_PARENT="1").ready()
    pids = [int(pid) for pid in note.read_text().split()]
    run.stop()
    assert run.ended() == 0
    until(lambda: not any(map(_runs, pids)), what="the end of what was started")
    until(lambda: not _in_group(run.process.pid), what="the end of all in its group")


def _in_group(group: int) -> list[str]:
    """Name the processes of a group that run, as `pid state`."""
    ps = subprocess.run(["ps", "-eo", "pgid=,pid=,stat="], stdout=subprocess.PIPE, text=True, check=True).stdout
    members = [line.split() for line in ps.splitlines()]
    return [f"{pid} {state}" for pgid, pid, state in members if int(pgid) == group and state[0] != "Z"]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_file_named_like_a_module_of_python_does_no_harm(project: Project, start_worker: StartWorker) -> None:
    folder = project(
        {
            "queue.py": "raise ImportError('not meant')\n",
            "signal.py": "raise ImportError('not meant')\n",
            "activities.py": "from temporalio import activity\n@activity.defn\ndef a() -> None: ...\n",
        }
    )
    start_worker(folder).ready()


def _end_orphan(log: Path) -> None:
    """End the worker whose log says that it began and not that it stopped."""
    text = log.read_text() if log.exists() else ""
    pid = re.search(r"as `[^`]*:(\d+)`", text)
    if pid and '"event": "stopped"' not in text:
        os.kill(int(pid[1]), signal.SIGKILL)


def _in_flight(port: int) -> int:
    count: int = json.loads(get(f"http://127.0.0.1:{port}/healthz")[1])["inFlight"]
    return count


HOSTILE = """
import functools
import multiprocessing
import os
import signal
import sys
import time

from temporalio import activity


@activity.defn
def leave(code: int) -> None:
    sys.exit(code)


@activity.defn
async def leave_async(code: int) -> None:
    sys.exit(code)


@activity.defn
def fork_and_terminate() -> list[int]:
    codes = []
    for _ in range(30):
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
        child.start()
        child.terminate()
        child.join(5)
        codes.append(child.exitcode)
    return codes


@activity.defn
def leave_a_child() -> int:
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    return child.pid


@activity.defn
def later() -> None:
    activity.raise_complete_async()


def twice(fn):
    @functools.wraps(fn)
    def run(*arguments):
        return fn(*arguments) * 2

    return run


@activity.defn
@twice
def wrapped(x: int, y: int = 3) -> int:
    return x + y


@activity.defn
def speak() -> None:
    os.system("echo from a child process")
    sys.stdout.write("no newline")
"""


def test_activities_that_misuse_the_process_do_not_end_the_worker(
    project: Project, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    worker = start_worker(project({"hostile.py": HOSTILE})).ready()

    async def scenario() -> tuple[list[str | None], object, object, int]:
        async with caller(temporal) as run:
            exits = [await run.failure(Call(name, queue, maximum_attempts=1), 3) for name in ("leave", "leave_async")]
            await run.execute(Call("speak", queue))
            return (
                [error.type for error in exits],
                await run.execute(Call("fork_and_terminate", queue)),
                await run.execute(Call("wrapped", queue), 1),
                await run.execute(Call("leave_a_child", queue)),
            )

    exits, exit_codes, wrapped, child = asyncio.run(scenario())
    assert exits == ["SystemExit", "SystemExit"]
    assert exit_codes == [-signal.SIGTERM] * 30
    assert wrapped == 8
    worker.stop()
    assert worker.ended() == 0
    until(lambda: not _alive(child), what="the child process ends with the worker")
    assert "from a child process\nno newline" in worker.stderr()
    assert all(isinstance(line, dict) for line in worker.lines())


def test_an_activity_may_be_completed_later(
    project: Project, start_worker: StartWorker, temporal: str, queue: str
) -> None:
    worker = start_worker(project({"hostile.py": HOSTILE})).ready()

    async def scenario() -> object:
        async with caller(temporal) as run:
            handle = await run.start(Call("later", queue))
            await asyncio.to_thread(worker.wait_for, "activity_ended")
            later = run.client.get_async_activity_handle(
                workflow_id=handle.id, run_id=handle.first_execution_run_id, activity_id="1"
            )
            await later.complete("done")
            return await handle.result()

    assert asyncio.run(scenario()) == "done"
    (ended,) = worker.events("activity_ended")
    assert (ended["level"], ended["outcome"]) == ("info", "left to complete asynchronously")


def test_a_worker_of_a_deployment_version_polls(folder: Path, start_worker: StartWorker) -> None:
    start_worker(folder, TEMPORAL_DEPLOYMENT_NAME="probe", TEMPORAL_WORKER_BUILD_ID="b1").ready()


def test_sigterm_before_the_server_is_there_ends_the_worker(folder: Path, start_worker: StartWorker) -> None:
    worker = start_worker(folder, TEMPORAL_ADDRESS=f"127.0.0.1:{free_port()}")
    worker.wait_for("waiting_for_temporal")
    worker.stop()
    assert worker.ended() == 0


def test_an_import_that_holds_the_interpreter_is_ended_too(project: Project, start_worker: StartWorker) -> None:
    folder = project(
        {"native.py": "import ctypes\nfrom temporalio import activity\nactivity.defn\nctypes.PyDLL(None).sleep(60)\n"}
    )
    worker = start_worker(folder, CONDUIT_STARTUP_TIMEOUT="4")
    assert worker.ended() == 1
    assert 'native.py", line 4' in worker.stderr()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
