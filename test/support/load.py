"""Runs many workflows of one activity each, and tells what Temporal's histories say of them, as JSON."""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import uuid
from datetime import timedelta

from temporalio import workflow
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


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
        description = await handle.describe()
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
    answer = await handle.result()
    if watching:
        watching.cancel()
    async for event in handle.fetch_history_events():
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
            handle = await client.start_workflow(
                OneActivity.run,
                args=[given.queue, seconds, given.timeout or 600],
                id=f"load-{uuid.uuid4()}",
                task_queue=own_queue,
            )
            running.append(asyncio.create_task(facts(handle, given.timeout is not None)))
            await asyncio.sleep(given.within / given.count)
        print(json.dumps(await asyncio.gather(*running)))


asyncio.run(main())
sys.stdout.flush()
os._exit(0)  # temporalio 1.35 can abort while the interpreter ends
