"""Runs an activity through Temporal: a small workflow of our own executes it on its task queue."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, TimeoutError, TimeoutType
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from algorithm_conduit.call_options import CallOptions
from algorithm_conduit.connection import Connector, activity_pollers, connect_config, quiet_runtime
from algorithm_conduit.converter import data_converter
from algorithm_conduit.errors import CallError, CallInterruptedError

_NOTE_SECONDS = 3.0
_LONGEST_SECONDS = 24 * 3600.0


@dataclass
class ConduitCallInput:
    """What the workflow is to execute; times in seconds."""

    activity: str
    task_queue: str
    arguments: list[Any]
    start_to_close: float
    schedule_to_start: float | None
    maximum_attempts: int


@workflow.defn(name="ConduitCall", sandboxed=False)
class ConduitCall:
    """Executes one activity on its task queue."""

    @workflow.run
    async def run(self, input: ConduitCallInput) -> Any:
        """Execute it and give its result."""
        wait = input.schedule_to_start
        return await workflow.execute_activity(
            input.activity,
            args=input.arguments,
            task_queue=input.task_queue,
            start_to_close_timeout=timedelta(seconds=input.start_to_close),
            schedule_to_start_timeout=None if wait is None else timedelta(seconds=wait),
            retry_policy=RetryPolicy(maximum_attempts=input.maximum_attempts),
        )


def call_through_temporal(
    name: str, arguments: list[Any], task_queue: str, options: CallOptions, env: Mapping[str, str]
) -> Any:
    """Execute an activity on a task queue and give its result.

    Raises:
        UserError: Temporal cannot be reached, no worker took the activity, or it failed.
    """
    input = ConduitCallInput(
        activity=name,
        task_queue=task_queue,
        arguments=arguments,
        start_to_close=options.start_to_close,
        schedule_to_start=options.schedule_to_start,
        maximum_attempts=options.maximum_attempts,
    )
    return asyncio.run(_call(input, options.workflow_id or f"call-{name}-{uuid.uuid4()}", env))


async def _call(input: ConduitCallInput, workflow_id: str, env: Mapping[str, str]) -> Any:
    identity = f"algorithm-conduit call@{socket.gethostname()}:{os.getpid()}"
    config = {**connect_config(env), "identity": identity, "data_converter": data_converter, "runtime": quiet_runtime()}
    client = await Connector(config).connect_once()
    own_queue = f"conduit-call-{uuid.uuid4()}"
    async with _workflow_worker(client, own_queue), _notes(client, input.task_queue):
        try:
            handle = await client.start_workflow(
                ConduitCall.run,
                input,
                id=workflow_id,
                task_queue=own_queue,
                execution_timeout=timedelta(seconds=_LONGEST_SECONDS),
            )
            return await _result(handle)
        except WorkflowFailureError as error:
            raise await _explained(error, client, input) from error
        except CallInterruptedError:
            raise
        except Exception as error:
            hint = " Pass a reference to what is larger than 2 MB." if "size exceeds limit" in str(error) else ""
            raise CallError(type(error).__name__, f"The call failed: {error}{hint}") from error


@contextlib.asynccontextmanager
async def _workflow_worker(client: Client, task_queue: str) -> AsyncIterator[None]:
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=[ConduitCall],
        workflow_runner=UnsandboxedWorkflowRunner(),
        build_id="conduit-call",
    )
    async with worker:
        yield


@contextlib.asynccontextmanager
async def _notes(client: Client, task_queue: str) -> AsyncIterator[None]:
    """Tell, once and after a while, that the call waits since nobody polls."""

    async def note() -> None:
        await asyncio.sleep(_NOTE_SECONDS)
        if not await activity_pollers(client, task_queue):
            sys.stderr.write(f"Waiting: no worker polls the task queue `{task_queue}`.\n")

    noting = asyncio.create_task(note())
    try:
        yield
    finally:
        noting.cancel()


async def _result(handle: WorkflowHandle[Any, Any]) -> Any:
    """Wait for the result. The workflow ends with the command that waits for it."""
    waiting = asyncio.current_task()
    assert waiting is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, waiting.cancel)
    try:
        return await handle.result()
    except asyncio.CancelledError:
        await handle.terminate("The call was interrupted.")
        raise CallInterruptedError from None


async def _explained(error: WorkflowFailureError, client: Client, input: ConduitCallInput) -> CallError:
    cause: BaseException | None = error.cause
    if isinstance(cause, ActivityError):
        cause = cause.cause
    if isinstance(cause, TimeoutError):
        return CallError("Timeout", await _explained_timeout(cause, client, input))
    if isinstance(cause, ApplicationError):
        kind = cause.type or "ApplicationError"
        return CallError(kind, f"{kind}: {cause.message}")
    if isinstance(cause, CancelledError):
        return CallError("Cancelled", "The call was cancelled.")
    return CallError(type(cause).__name__, f"The call failed: {cause or error}")


async def _explained_timeout(error: TimeoutError, client: Client, input: ConduitCallInput) -> str:
    if error.type == TimeoutType.SCHEDULE_TO_START and input.schedule_to_start is not None:
        seconds = f"{input.schedule_to_start:g} s"
        if await activity_pollers(client, input.task_queue):
            return f"No worker of the task queue `{input.task_queue}` was free within {seconds}."
        where = f"task queue `{input.task_queue}` of the namespace `{client.namespace}`"
        return f"No worker polls the {where}: `{input.activity}` was not taken within {seconds}."
    if error.type == TimeoutType.START_TO_CLOSE:
        return f"`{input.activity}` did not end within {input.start_to_close:g} s."
    return f"`{input.activity}` timed out: {error}."
