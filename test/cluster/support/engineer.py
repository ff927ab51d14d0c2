"""A workflow engineer's worker: its workflows call algorithms by their task queues and names."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

LIMIT = timedelta(minutes=10)


@workflow.defn
class TagAll:
    """Asks for the tags of many texts at once."""

    @workflow.run
    async def run(self, texts: list[str]) -> list[str]:
        """Give the tags in the order of the texts."""
        asked = (
            workflow.execute_activity("tag", text, task_queue="tagger", start_to_close_timeout=LIMIT) for text in texts
        )
        return await asyncio.gather(*asked)


@workflow.defn
class Train:
    """One long activity, which is missed after a few seconds without a heartbeat."""

    def __init__(self) -> None:
        """Begin: there is no end to be seen."""
        self._enough = False

    @workflow.run
    async def run(self, steps: int) -> dict:
        """Give what the training tells of itself."""
        training = workflow.start_activity(
            "train",
            steps,
            task_queue="trainer",
            start_to_close_timeout=LIMIT,
            heartbeat_timeout=timedelta(seconds=10),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        await workflow.wait_condition(lambda: self._enough or training.done())
        training.cancel()
        return await training

    @workflow.signal
    def enough(self) -> None:
        """Let the training end before its time."""
        self._enough = True


@workflow.defn
class Search:
    """Prepares on the lane `offline` of an algorithm, and asks on its lane `online`."""

    @workflow.run
    async def run(self, texts: list[str], word: str) -> dict:
        """Give the places of the word, and who told each part."""
        index = await workflow.execute_activity(
            "index", texts, task_queue="ranker.offline", start_to_close_timeout=LIMIT
        )
        found = await workflow.execute_activity(
            "find", args=[index["places"], word], task_queue="ranker.online", start_to_close_timeout=LIMIT
        )
        return {"places": found["places"], "queues": [index["queue"], found["queue"]]}


async def main() -> None:
    """Run until killed."""
    client = await Client.connect(**ClientConfig.load_client_connect_config())
    workflows = [TagAll, Train, Search]
    await Worker(client, task_queue="workflows", workflows=workflows, workflow_runner=UnsandboxedWorkflowRunner()).run()


asyncio.run(main())
