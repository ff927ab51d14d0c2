"""The workflows against stubs of the algorithms, on Temporal's dev server."""

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from algorithm_conduit import data_converter
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from shapes import AudioClip, Segment, SpeakerID, Summary, Transcript, Transcription
from workflows import TASK_QUEUE, SpeakerIdentificationWorkflow, TranscriptionWorkflow

CLIP = AudioClip(bytes(range(256)))
SPEAKER = SpeakerID("slt", 0.5)


class UnsupportedAudio(ValueError):
    pass


@activity.defn
def identify_speaker(clip: AudioClip) -> SpeakerID:
    if not clip.audio:
        raise UnsupportedAudio(f"empty at attempt {activity.info().attempt}")
    if clip != CLIP:
        raise AssertionError("the bytes were harmed on their way")
    return SPEAKER


@activity.defn(name="voice_activity")
def speech(audio: bytes) -> list[Segment]:
    return [Segment(0.5, 1.5)] if audio == CLIP.audio else []


@activity.defn
def transcribe(audio: bytes) -> Transcript:
    if activity.info().attempt == 1:
        raise ConnectionError("The first attempt fails.")
    return Transcript("good morning", len(audio) / 100)


@activity.defn
def summarize(text: str) -> Summary:
    return Summary(text.title(), text.split())


STUBS: dict[str, Callable[..., Any]] = {
    "speaker-id": identify_speaker,
    "voice-activity": speech,
    "transcribe": transcribe,
    "summarize": summarize,
}


@asynccontextmanager
async def served() -> AsyncIterator[Client]:
    """A dev server on which the workflows and a stub of each algorithm are served."""
    async with AsyncExitStack() as stack:
        server = await WorkflowEnvironment.start_local(
            dev_server_existing_path=shutil.which("temporal"), data_converter=data_converter
        )
        client = (await stack.enter_async_context(server)).client
        threads = stack.enter_context(ThreadPoolExecutor(4))
        workflows = [SpeakerIdentificationWorkflow, TranscriptionWorkflow]
        await stack.enter_async_context(Worker(client, task_queue=TASK_QUEUE, workflows=workflows))
        for queue, stub in STUBS.items():
            await stack.enter_async_context(
                Worker(client, task_queue=queue, activities=[stub], activity_executor=threads)
            )
        yield client


def run(workflow: Callable[..., Any], clip: AudioClip) -> Any:
    """What the workflow answers to the clip."""

    async def answer() -> Any:
        async with served() as client:
            return await client.execute_workflow(
                workflow,
                clip,
                id=str(uuid.uuid4()),
                task_queue=TASK_QUEUE,
                execution_timeout=timedelta(seconds=20),
            )

    return asyncio.run(answer())


def test_identifies_the_speaker() -> None:
    assert run(SpeakerIdentificationWorkflow.run, CLIP) == SPEAKER


def test_unsupported_audio_fails_at_once() -> None:
    with pytest.raises(WorkflowFailureError) as failure:
        run(SpeakerIdentificationWorkflow.run, AudioClip(b""))
    assert isinstance(failure.value.cause, ActivityError)
    assert isinstance(failure.value.cause.cause, ApplicationError)
    assert failure.value.cause.cause.message == "empty at attempt 1"


def test_transcribes_though_an_attempt_fails() -> None:
    assert run(TranscriptionWorkflow.run, CLIP) == Transcription(
        speech=[Segment(0.5, 1.5)],
        speaker=SPEAKER,
        transcript=Transcript("good morning", 2.56),
        summary=Summary("Good Morning", ["good", "morning"]),
    )


def test_asks_nothing_more_where_nobody_speaks() -> None:
    assert run(TranscriptionWorkflow.run, AudioClip(b"silence")) == Transcription(speech=[])
