"""Runs many workflows of one activity each, and tells what Temporal's histories say of them, as JSON."""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from temporalio import workflow
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

T = TypeVar("T")

AWAY = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.UNKNOWN)


async def persist(ask: Callable[[], Awaitable[T]]) -> T:
    """Asks again and again while the server is away."""
    while True:
        try:
            return await ask()
        except RPCError as error:
            if error.status not in AWAY:
                raise
        await asyncio.sleep(1)


@workflow.defn
class OneActivity:
    @workflow.run
    async def run(self, queue: str, seconds: float, timeout: float) -> str:
        return await workflow.execute_activity(
            "work", seconds, task_queue=queue, start_to_close_timeout=timedelta(seconds=timeout)
        )


async def watch(handle: WorkflowHandle, attempts: dict[int, dict]) -> None:
    """Looks again and again who holds the activity: histories keep its last attempt only."""
    while True:
        description = await persist(handle.describe)
        for pending in description.raw_description.pending_activities:
            if pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED:
                attempts[pending.attempt] = {
                    "identity": pending.last_worker_identity,
                    "startedAt": pending.last_started_time.ToMilliseconds(),
                }
        await asyncio.sleep(1)


async def facts(handle: WorkflowHandle, watched: bool) -> dict:
    """The workflow's answer, and who ran its activity, when, at which attempt."""
    attempts: dict[int, dict] = {}
    watching = asyncio.create_task(watch(handle, attempts)) if watched else None
    answer = await persist(handle.result)
    if watching:
        watching.cancel()
    for event in (await persist(handle.fetch_history)).events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            started = event.activity_task_started_event_attributes
            return {
                "workflow": handle.id,
                "answer": answer,
                "attempt": started.attempt,
                "identity": started.identity,
                "startedAt": event.event_time.ToMilliseconds(),
                "earlier": [held for attempt, held in attempts.items() if attempt < started.attempt],
            }
    raise RuntimeError(f"{handle.id} has no activity")


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--address", required=True)
    options.add_argument("--namespace", required=True)
    options.add_argument("--queue", required=True)
    options.add_argument("--count", type=int, required=True)
    options.add_argument("--shortest", type=float, required=True)
    options.add_argument("--longest", type=float, required=True)
    options.add_argument("--within", type=float, required=True, help="seconds over which the workflows start")
    options.add_argument("--until-told", action="store_true", help="go on at that pace until SIGTERM comes")
    options.add_argument("--timeout", type=float, help="seconds that an attempt may take; earlier ones are told then")
    given = options.parse_args()

    told = asyncio.Event()
    if given.until_told:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    else:
        told.set()
    client = await Client.connect(given.address, namespace=given.namespace)
    own_queue = f"load-{uuid.uuid4()}"
    durations = random.Random(1)
    async with Worker(
        client, task_queue=own_queue, workflows=[OneActivity], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        running = []
        while len(running) < given.count or not told.is_set():
            seconds = durations.uniform(given.shortest, given.longest)
            start = partial(
                client.start_workflow,
                OneActivity.run,
                args=[given.queue, seconds, given.timeout or 600],
                id=f"load-{uuid.uuid4()}",
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                task_queue=own_queue,
            )
            handle = await persist(start)
            running.append(asyncio.create_task(facts(handle, given.timeout is not None)))
            await asyncio.sleep(given.within / given.count)
        print(json.dumps(await asyncio.gather(*running)))


asyncio.run(main())
sys.stdout.flush()
os._exit(0)  # temporalio 1.35 can abort while the interpreter ends
