"""What the end-to-end tests need: Temporal's dev server, worker processes, a workflow that calls activities."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RawValue, RetryPolicy
from temporalio.converter import DataConverter
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

import algorithm_conduit

T = TypeVar("T")

SOURCES = str(Path(algorithm_conduit.__file__).parent.parent)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def until(condition: Callable[[], T], *, seconds: float = 30.0, what: str = "") -> T:
    """Wait until a condition gives something true, and give that."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        time.sleep(0.02)
    return value


def write_project(folder: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


@contextlib.contextmanager
def dev_server() -> Iterator[str]:
    """Run Temporal's dev server; gives its address."""
    port = free_port()
    command = [
        shutil.which("temporal") or str(Path(sys.executable).parent / "temporal"),
        "server",
        "start-dev",
        "--headless",
        "--log-level",
        "error",
    ]
    command += ["--ip", "127.0.0.1", "--port", str(port), "--http-port", str(free_port()), "--metrics-port", "0"]
    command += ["--dynamic-config-value", "frontend.enableCancelWorkerPollsOnShutdown=true"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"127.0.0.1:{port}"
    try:
        asyncio.run(_serving(address))
        yield address
    finally:
        process.terminate()
        process.wait()


async def _serving(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            client = await Client.connect(address)
            if await client.count_workflows() is not None:
                return
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)


class WorkerRun:
    """A worker process."""

    def __init__(
        self, folder: Path, address: str, queue: str, log: Path, arguments: Sequence[str] = (), **settings: str
    ) -> None:
        self.log = log
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CONDUIT_", "TEMPORAL_")) and not name.endswith("_THREADS")
        }
        env = {
            **inherited,
            "PYTHONPATH": SOURCES,
            "TEMPORAL_ADDRESS": address,
            "CONDUIT_CONTRACT": "1",
            "CONDUIT_ALGORITHM": "probe",
            "CONDUIT_TASK_QUEUE": queue,
            "CONDUIT_VERSION": "0123456789ab-01234567",
            "CONDUIT_COMMIT": "a" * 40,
            "CONDUIT_STARTUP_TIMEOUT": "60",
            "CONDUIT_SHUTDOWN_GRACE": "30",
            **settings,
        }
        command = [sys.executable, "-m", "algorithm_conduit", "run", *arguments]
        with log.open("wb") as out, log.with_suffix(".err").open("wb") as err:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=env,
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def identity(self) -> str:
        return f"probe@{'a' * 12}+0123456789ab-01234567@{socket.gethostname()}:{self.process.pid}"

    def lines(self) -> list[dict[str, Any]]:
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def stderr(self) -> str:
        return self.log.with_suffix(".err").read_text(encoding="utf-8")

    def events(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == event]

    def wait_for(self, event: str, *, seconds: float = 30.0) -> dict[str, Any]:
        def seen() -> list[dict[str, Any]]:
            found = self.events(event)
            assert found or self.process.poll() is None, f"ended before `{event}`: {self.lines()} {self.stderr()}"
            return found

        return until(seen, seconds=seconds, what=event)[0]

    def ready(self) -> WorkerRun:
        self.wait_for("ready")
        return self

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self, *, seconds: float = 30.0) -> int:
        return self.process.wait(seconds)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@dataclass
class Call:
    """Options of one activity call."""

    activity: str
    task_queue: str
    start_to_close: float = 30.0
    heartbeat: float | None = None
    maximum_attempts: int = 0


@workflow.defn(dynamic=True, sandboxed=False)
class RunActivity:
    """Executes an activity with whatever it was given, undecoded."""

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> RawValue:
        call = workflow.payload_converter().from_payload(args[0].payload, Call)
        result: RawValue = await workflow.execute_activity(
            call.activity,
            args=list(args[1:]),
            task_queue=call.task_queue,
            result_type=RawValue,
            start_to_close_timeout=timedelta(seconds=call.start_to_close),
            heartbeat_timeout=None if call.heartbeat is None else timedelta(seconds=call.heartbeat),
            retry_policy=RetryPolicy(
                maximum_attempts=call.maximum_attempts, initial_interval=timedelta(milliseconds=50)
            ),
        )
        return result


class Caller:
    """Calls activities by a workflow."""

    def __init__(self, client: Client, queue: str) -> None:
        self.client = client
        self._queue = queue

    async def start(self, call: Call, *arguments: Any, result_type: type | None = None) -> WorkflowHandle[Any, Any]:
        return await self.client.start_workflow(
            "Run",
            args=[call, *arguments],
            id=f"run-{uuid.uuid4()}",
            task_queue=self._queue,
            result_type=result_type,
            execution_timeout=timedelta(seconds=60),
        )

    async def execute(self, call: Call, *arguments: Any, result_type: type | None = None) -> Any:
        return await (await self.start(call, *arguments, result_type=result_type)).result()

    async def failure(self, call: Call, *arguments: Any) -> ApplicationError:
        """Give the application error with which the activity failed."""
        try:
            await self.execute(call, *arguments)
        except WorkflowFailureError as error:
            assert isinstance(error.cause, ActivityError)
            assert isinstance(error.cause.cause, ApplicationError), repr(error.cause.cause)
            return error.cause.cause
        raise AssertionError("the activity did not fail")


@contextlib.asynccontextmanager
async def caller(address: str, converter: DataConverter = DataConverter.default) -> AsyncIterator[Caller]:
    client = await Client.connect(address, data_converter=converter)
    queue = f"workflows-{uuid.uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[RunActivity],
        workflow_runner=UnsandboxedWorkflowRunner(),
        build_id="tests",
    ):
        yield Caller(client, queue)


async def starts(handle: WorkflowHandle[Any, Any]) -> list[tuple[int, str]]:
    """Give attempt and worker identity of each activity that the history has as started."""
    events: list[HistoryEvent] = [event async for event in handle.fetch_history_events()]
    return [
        (event.activity_task_started_event_attributes.attempt, event.activity_task_started_event_attributes.identity)
        for event in events
        if event.HasField("activity_task_started_event_attributes")
    ]


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
