from __future__ import annotations

from pathlib import Path

import pytest

from algorithm_conduit.errors import UserError
from algorithm_conduit.identity import short_commit
from algorithm_conduit.settings import TcpAddress, UnixAddress, limit_threads, read_settings


def test_an_empty_environment_gives_defaults() -> None:
    settings = read_settings({}, "speaker-id")
    assert (settings.algorithm, settings.task_queue, settings.version, settings.commit) == (
        "speaker-id",
        "speaker-id",
        "dev",
        "dev",
    )
    assert (settings.concurrency, settings.shutdown_grace, settings.startup_timeout) == (1, 70.0, 600.0)
    assert (settings.health_address, settings.metrics_address, settings.cpu) == (None, None, None)
    assert settings.non_retryable == frozenset()
    assert not settings.exit_with_parent
    assert not settings.gate


def test_every_variable_of_the_contract_is_read() -> None:
    settings = read_settings(
        {
            "CONDUIT_CONTRACT": "1",
            "CONDUIT_ALGORITHM": "transcribe",
            "CONDUIT_TASK_QUEUE": "transcribe.online",
            "CONDUIT_VERSION": "a-b",
            "CONDUIT_COMMIT": "mock",
            "CONDUIT_CONCURRENCY": "4",
            "CONDUIT_SHUTDOWN_GRACE": "0",
            "CONDUIT_STARTUP_TIMEOUT": "2.5",
            "CONDUIT_CPU": "0.25",
            "CONDUIT_NON_RETRYABLE": "ValueError, TooLong,",
            "CONDUIT_HEALTH_ADDRESS": "unix:/run/w.sock",
            "CONDUIT_METRICS_ADDRESS": "[::1]:9000",
            "CONDUIT_RUNNING_FILE": "/dev/termination-log",
            "CONDUIT_EXIT_WITH_PARENT": "1",
            "TEMPORAL_DEPLOYMENT_NAME": "d",
            "TEMPORAL_WORKER_BUILD_ID": "b",
        },
        "ignored",
    )
    assert settings.task_queue == "transcribe.online"
    assert (settings.concurrency, settings.shutdown_grace, settings.startup_timeout, settings.cpu) == (4, 0, 2.5, 0.25)
    assert settings.non_retryable == {"ValueError", "TooLong"}
    assert settings.health_address == UnixAddress("/run/w.sock")
    assert settings.metrics_address == TcpAddress("::1", 9000)
    assert str(settings.metrics_address) == "[::1]:9000"
    assert settings.running_file == Path("/dev/termination-log")
    assert settings.exit_with_parent
    assert (settings.deployment_name, settings.build_id) == ("d", "b")


@pytest.mark.parametrize("given", ["transcribe", "transcribe.gate"])
def test_a_gate_never_polls_the_queue_that_serves_callers(given: str) -> None:
    assert read_settings({"CONDUIT_GATE": "1", "CONDUIT_TASK_QUEUE": given}, "").task_queue == "transcribe.gate"
    assert read_settings({"CONDUIT_GATE": "1", "CONDUIT_ALGORITHM": given}, "").task_queue == "transcribe.gate"


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(UserError) as caught:
        read_settings(
            {
                "CONDUIT_CONTRACT": "2",
                "CONDUIT_CONCURRENCY": "0",
                "CONDUIT_SHUTDOWN_GRACE": "-1",
                "CONDUIT_STARTUP_TIMEOUT": "0",
                "CONDUIT_CPU": "many",
                "CONDUIT_HEALTH_ADDRESS": "unix:relative.sock",
                "CONDUIT_METRICS_ADDRESS": "localhost",
                "CONDUIT_EXIT_WITH_PARENT": "yes",
                "TEMPORAL_DEPLOYMENT_NAME": "d",
            },
            "x",
        )
    assert str(caught.value).splitlines() == [
        "The worker's environment has 9 problems.",
        '- `CONDUIT_CONTRACT` is "2". This worker keeps contract 1: use the worker that came with the platform.',
        '- `CONDUIT_CONCURRENCY` is "0". Give a whole number from 1 to 10000.',
        '- `CONDUIT_SHUTDOWN_GRACE` is "-1". Give a number from 0 to 10000000.',
        '- `CONDUIT_STARTUP_TIMEOUT` is "0". Give a number above 0.',
        '- `CONDUIT_CPU` is "many". Give a number from 0 to 10000000.',
        '- `CONDUIT_HEALTH_ADDRESS` is "unix:relative.sock". Give an absolute path, `unix:/run/worker.sock`.',
        '- `CONDUIT_METRICS_ADDRESS` is "localhost". Give `host:port`.',
        '- `CONDUIT_EXIT_WITH_PARENT` is "yes". Give 1, or 0.',
        "- Only one of `TEMPORAL_DEPLOYMENT_NAME` and `TEMPORAL_WORKER_BUILD_ID` is set. Set both, or neither.",
    ]


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "٣"])
def test_numbers_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UserError):
        read_settings({"CONDUIT_SHUTDOWN_GRACE": text}, "x")


def test_thread_counts_are_rounded_up_and_never_overwritten() -> None:
    env = {"MKL_NUM_THREADS": "9"}
    limit_threads(1.5, env)
    assert env == {
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
        "MKL_NUM_THREADS": "9",
        "NUMEXPR_NUM_THREADS": "2",
        "VECLIB_MAXIMUM_THREADS": "2",
    }
    untouched: dict[str, str] = {}
    limit_threads(None, untouched)
    assert untouched == {}


def test_a_commit_is_shortened_and_keeps_its_mark() -> None:
    assert short_commit("0123456789abcdef" * 2 + "01234567") == "0123456789ab"
    assert short_commit("0123456789abcdef" * 2 + "01234567-dirty") == "0123456789ab-dirty"
    assert short_commit("mock") == "mock"
    assert short_commit("mock-dirty") == "mock-dirty"
