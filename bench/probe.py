"""Calls an algorithm's activity over and over, and prints a line whenever the answer is a new one."""

import asyncio
import json
import sys
import time
import uuid
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


@workflow.defn
class Probe:
    @workflow.run
    async def run(self, queue: str) -> str:
        return await workflow.execute_activity("answer", task_queue=queue, start_to_close_timeout=timedelta(minutes=1))


async def main(address: str, namespace: str, queue: str) -> None:
    client = await Client.connect(address, namespace=namespace)
    own_queue = f"probe-{uuid.uuid4()}"
    last = None
    async with Worker(client, task_queue=own_queue, workflows=[Probe], workflow_runner=UnsandboxedWorkflowRunner()):
        while True:
            answer = await client.execute_workflow(Probe.run, queue, id=f"probe-{uuid.uuid4()}", task_queue=own_queue)
            if answer != last:
                print(json.dumps({"answer": answer, "at": time.time() * 1000}), flush=True)
                last = answer
            await asyncio.sleep(0.05)


asyncio.run(main(*sys.argv[1:]))
