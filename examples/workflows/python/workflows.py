"""The versioned API of the speech algorithms: each is called by its name, on its task queue."""

import asyncio
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

from shapes import AudioClip, Segment, SpeakerID, Summary, Transcript, Transcription

TASK_QUEUE = "speech-workflows"
RETRIES = RetryPolicy(maximum_attempts=10, non_retryable_error_types=["UnsupportedAudio"])
Answer = TypeVar("Answer")


@workflow.defn
class SpeakerIdentificationWorkflow:
    """Who speaks in a clip."""

    @workflow.run
    async def run(self, clip: AudioClip) -> SpeakerID:
        return await workflow.execute_activity(
            "identify_speaker",
            clip,
            result_type=SpeakerID,
            task_queue="speaker-id",
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RETRIES,
        )


@workflow.defn
class TranscriptionWorkflow:
    """Who says what in a clip, and in short. Where nobody speaks, nothing more is asked."""

    @workflow.run
    async def run(self, clip: AudioClip) -> Transcription:
        speech = await call("voice-activity", "voice_activity", clip.audio, list[Segment])
        if not speech:
            return Transcription(speech)
        speaker, transcript = await asyncio.gather(
            call("speaker-id", "identify_speaker", clip, SpeakerID),
            call("transcribe", "transcribe", clip.audio, Transcript, timedelta(minutes=5)),
        )
        summary = await call("summarize", "summarize", transcript.text, Summary)
        return Transcription(speech, speaker, transcript, summary)


async def call(
    task_queue: str,
    activity: str,
    argument: object,
    answer: type[Answer],
    limit: timedelta = timedelta(minutes=1),
) -> Answer:
    """The activity's answer. `limit` is for one attempt, an hour for all, waiting included."""
    return await workflow.execute_activity(
        activity,
        argument,
        result_type=answer,
        task_queue=task_queue,
        start_to_close_timeout=limit,
        schedule_to_close_timeout=timedelta(hours=1),
        retry_policy=RETRIES,
    )
