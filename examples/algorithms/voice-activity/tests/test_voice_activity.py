from dataclasses import astuple
from pathlib import Path

import pytest

from voice_activity import UnsupportedAudio, segments, voice_activity

SAMPLES = Path(__file__).parent.parent / "samples"


def test_finds_both_sentences() -> None:
    found = voice_activity((SAMPLES / "two-sentences.wav").read_bytes())
    assert [astuple(segment) for segment in found] == [
        pytest.approx((0.77, 1.47), abs=0.1),
        pytest.approx((2.78, 4.83), abs=0.1),
    ]


def test_hears_nobody_in_a_quiet_room() -> None:
    assert voice_activity((SAMPLES / "quiet-room.wav").read_bytes()) == []


def test_a_short_pause_does_not_end_a_segment() -> None:
    assert segments([0.9, *[0.1] * 9, 0.9]) == [(0.0, 0.352)]
    assert segments([0.9, *[0.1] * 10, 0.9]) == [(0.0, 0.032), (0.352, 0.384)]


def test_refuses_what_is_no_wav_file() -> None:
    with pytest.raises(UnsupportedAudio, match="it begins with b'ID3'"):
        voice_activity(b"ID3")
