"""Who speaks in a clip: the activity that workflows call."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from temporalio import activity

from voiceprint import nearest, voiceprint

VOICEPRINTS = Path(__file__).with_name("voiceprints.csv")
ENROLLED = {
    name: np.array(values, dtype=float)
    for name, *values in csv.reader(VOICEPRINTS.read_text().splitlines())
}


@dataclass
class AudioClip:
    audio: bytes  # a WAV file: 16 kHz, mono, 16 bit


@dataclass
class SpeakerID:
    speaker: str
    confidence: float  # 0: two speakers fit alike, 1: a perfect match


@activity.defn
def identify_speaker(clip: AudioClip) -> SpeakerID:
    """Names the enrolled speaker whose voice is nearest to the one in the clip."""
    speaker, confidence = nearest(voiceprint(clip.audio), ENROLLED)
    return SpeakerID(speaker, round(confidence, 3))
