from pathlib import Path

import pytest

from transcribe import Transcript, UnsupportedAudio, transcribe

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("coffee", Transcript("i would like a cup of coffee with milk", 2.5)),
        ("weather", Transcript("the weather is cold and the wind is strong today", 2.61)),
        ("witness", Transcript("the court will hear the witness on thursday morning", 2.87)),
    ],
)
def test_writes_down_the_words(name: str, expected: Transcript) -> None:
    assert transcribe((SAMPLES / f"{name}.wav").read_bytes()) == expected


def test_refuses_what_is_no_wav_file() -> None:
    with pytest.raises(UnsupportedAudio, match="it begins with b'ID3'"):
        transcribe(b"ID3")
