"""Speech to text: CMU PocketSphinx with the English model that its wheel brings."""

import io
import wave
from dataclasses import dataclass

from pocketsphinx import Decoder
from temporalio import activity

RATE = 16_000  # samples a second: what the model was trained on
DECODER = Decoder(samprate=RATE, loglevel="FATAL")  # loaded once, when the worker starts


class UnsupportedAudio(ValueError):
    """The bytes are not audio that this algorithm can take."""


@dataclass
class Transcript:
    text: str
    seconds: float  # length of the audio


@activity.defn
def transcribe(audio: bytes) -> Transcript:
    """Writes down the English words in a WAV file (16 kHz, mono, 16 bit)."""
    pcm = samples(audio)
    return Transcript(decode(pcm), round(len(pcm) / 2 / RATE, 2))


def decode(pcm: bytes) -> str:
    """The most likely words, or an empty text where there are none."""
    if not pcm:
        return ""
    DECODER.start_utt()
    DECODER.process_raw(pcm, full_utt=True)
    DECODER.end_utt()
    best = DECODER.hyp()
    return best.hypstr if best else ""


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
