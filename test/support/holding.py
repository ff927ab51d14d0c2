"""A workflow engineer's worker: its workflow runs the activity `hold`, which ends once there is a file."""

import argparse
import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


@workflow.defn
class Hold:
    """One activity on a task queue, under the time-outs of its caller."""

    @workflow.run
    async def run(self, queue: str, gate: str, start_to_close: float, heartbeat: float) -> str:
        """Give what the activity answers."""
        return await workflow.execute_activity(
            "hold",
            gate,
            task_queue=queue,
            start_to_close_timeout=timedelta(seconds=start_to_close),
            heartbeat_timeout=timedelta(seconds=heartbeat),
        )


async def main() -> None:
    """Run until killed."""
    options = argparse.ArgumentParser()
    options.add_argument("--address", required=True)
    options.add_argument("--namespace", required=True)
    given = options.parse_args()
    client = await Client.connect(given.address, namespace=given.namespace)
    await Worker(client, task_queue="workflows", workflows=[Hold], workflow_runner=UnsandboxedWorkflowRunner()).run()


asyncio.run(main())
