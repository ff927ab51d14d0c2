"""A workflow as an engineer writes it: it runs in the SDK's sandbox, and knows the algorithm by name and types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow


@dataclass
class Clip:
    samples: bytes
    sample_rate: int = 16000


@dataclass
class Echo:
    clip: Clip
    reversed: bytes


@workflow.defn
class EchoWorkflow:
    @workflow.run
    async def run(self, clip: Clip, queue: str) -> Echo:
        echo: Echo = await workflow.execute_activity(
            "echo", clip, task_queue=queue, result_type=Echo, start_to_close_timeout=timedelta(seconds=20)
        )
        return echo
