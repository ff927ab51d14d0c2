from pathlib import Path

import numpy as np
import pytest

from enroll import enroll
from speaker_id import ENROLLED, AudioClip, identify_speaker
from voiceprint import UnsupportedAudio

HERE = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("speaker", "confidence"), [("awb", 0.678), ("kal", 0.724), ("rms", 0.728), ("slt", 0.542)]
)
def test_tells_the_enrolled_speakers_apart_by_sentences_they_were_not_enrolled_with(
    speaker: str, confidence: float
) -> None:
    answer = identify_speaker(AudioClip((HERE / "samples" / f"{speaker}.wav").read_bytes()))
    assert answer.speaker == speaker
    assert answer.confidence == pytest.approx(confidence, abs=0.01)


def test_voiceprints_are_those_of_the_enrolled_recordings() -> None:
    made = enroll(HERE / "enrolled")
    assert list(made) == list(ENROLLED)
    for name, values in made.items():
        np.testing.assert_allclose(values, ENROLLED[name], atol=1e-3)


def test_refuses_what_is_no_wav_file() -> None:
    with pytest.raises(UnsupportedAudio, match="it begins with b'ID3'"):
        identify_speaker(AudioClip(b"ID3"))
