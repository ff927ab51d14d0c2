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
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


@workflow.defn
class OneActivity:
    @workflow.run
    async def run(self, queue: str, seconds: float) -> str:
        return await workflow.execute_activity(
            "work", seconds, task_queue=queue, start_to_close_timeout=timedelta(minutes=10)
        )


async def facts(handle: WorkflowHandle) -> dict:
    """The workflow's answer, and who ran its activity, when, at which attempt."""
    answer = await handle.result()
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            started = event.activity_task_started_event_attributes
            return {
                "workflow": handle.id,
                "answer": answer,
                "attempt": started.attempt,
                "identity": started.identity,
                "startedAt": event.event_time.ToMilliseconds(),
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
        handles = []
        while len(handles) < given.count or not told.is_set():
            seconds = durations.uniform(given.shortest, given.longest)
            handles.append(
                await client.start_workflow(
                    OneActivity.run, args=[given.queue, seconds], id=f"load-{uuid.uuid4()}", task_queue=own_queue
                )
            )
            await asyncio.sleep(given.within / given.count)
        print(json.dumps(await asyncio.gather(*(facts(handle) for handle in handles))))


asyncio.run(main())
sys.stdout.flush()
os._exit(0)  # temporalio 1.35 can abort while the interpreter ends
