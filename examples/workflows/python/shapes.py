"""What the workflows and the algorithms say to each other: the contract."""

from dataclasses import dataclass


@dataclass
class AudioClip:
    audio: bytes  # a WAV file: 16 kHz, mono, 16 bit


@dataclass
class SpeakerID:
    speaker: str
    confidence: float  # 0: two speakers fit alike, 1: a perfect match


@dataclass
class Segment:
    start: float  # seconds from the beginning
    end: float


@dataclass
class Transcript:
    text: str
    seconds: float


@dataclass
class Summary:
    headline: str
    topics: list[str]


@dataclass
class Transcription:
    """What `TranscriptionWorkflow` answers. Where nobody speaks there is only `speech`, empty."""

    speech: list[Segment]
    speaker: SpeakerID | None = None
    transcript: Transcript | None = None
    summary: Summary | None = None
