"""Runs the workflows: `uv run worker.py`."""

import asyncio
import signal

from temporalio.worker import Worker

from connect import connect
from workflows import TASK_QUEUE, SpeakerIdentificationWorkflow, TranscriptionWorkflow


async def main() -> None:
    worker = Worker(
        await connect(),
        task_queue=TASK_QUEUE,
        workflows=[SpeakerIdentificationWorkflow, TranscriptionWorkflow],
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with worker:
        print(f"Serving task queue {TASK_QUEUE}.", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
