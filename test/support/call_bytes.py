"""Calls the activity `invert` from a workflow engineer's Python, and prints what came back."""

import asyncio
import os
import sys
import uuid
from dataclasses import dataclass
from datetime import timedelta

from algorithm_conduit import data_converter
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


@dataclass
class Blob:
    data: bytes
    note: str


@workflow.defn
class Invert:
    @workflow.run
    async def run(self, blob: Blob) -> Blob:
        return await workflow.execute_activity(
            "invert", blob, result_type=Blob, task_queue="bytes", start_to_close_timeout=timedelta(minutes=1)
        )


async def main(address: str, data: str) -> None:
    client = await Client.connect(address, namespace="speech", data_converter=data_converter)
    queue = f"bytes-{uuid.uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[Invert], workflow_runner=UnsandboxedWorkflowRunner()):
        blob = Blob(bytes.fromhex(data), "from Python")
        answer = await client.execute_workflow(Invert.run, blob, id=queue, task_queue=queue)
    print(answer.data.hex(), answer.note)


asyncio.run(main(*sys.argv[1:]))
sys.stdout.flush()
os._exit(0)  # temporalio 1.35 can abort while the interpreter ends
