"""Runs a workflow on an audio file and prints its result: `uv run start.py clip.wav`."""

import argparse
import asyncio
import json
import os
import sys
import uuid
from dataclasses import asdict
from pathlib import Path

from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from connect import connect
from shapes import AudioClip, SpeakerID, Transcription
from workflows import TASK_QUEUE, SpeakerIdentificationWorkflow, TranscriptionWorkflow


async def start(file: Path, identify: bool) -> SpeakerID | Transcription:
    """The answer of TranscriptionWorkflow, or else of SpeakerIdentificationWorkflow."""
    clip = AudioClip(file.read_bytes())
    client = await connect()
    name = f"{file.stem}-{uuid.uuid4().hex[:8]}"
    if identify:
        return await client.execute_workflow(
            SpeakerIdentificationWorkflow.run, clip, id=name, task_queue=TASK_QUEUE
        )
    return await client.execute_workflow(
        TranscriptionWorkflow.run, clip, id=name, task_queue=TASK_QUEUE
    )


def reason(error: BaseException) -> str:
    """Why a workflow failed: the algorithm's own error, without Temporal's around it."""
    if isinstance(error, ApplicationError) or error.__cause__ is None:
        return str(error)
    return reason(error.__cause__)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a WAV file: 16 kHz, mono, 16 bit")
    parser.add_argument("--identify", action="store_true", help="only ask who speaks")
    given = parser.parse_args()
    try:
        answer = asyncio.run(start(given.file, given.identify))
    except WorkflowFailureError as failure:
        sys.exit(reason(failure))
    print(json.dumps(asdict(answer), indent=2), flush=True)
    os._exit(0)  # temporalio 1.35 can abort while the interpreter ends
