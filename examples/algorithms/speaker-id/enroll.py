"""Makes voiceprints.csv from enrolled/*.wav, a file for each speaker: `uv run enroll.py`."""

from pathlib import Path

from voiceprint import voiceprint

HERE = Path(__file__).parent


def enroll(folder: Path) -> dict[str, list[float]]:
    """The voiceprint of each WAV file in the folder, under the file's name."""
    files = sorted(folder.glob("*.wav"))
    return {wav.stem: voiceprint(wav.read_bytes()).round(4).tolist() for wav in files}


if __name__ == "__main__":
    prints = enroll(HERE / "enrolled")
    lines = [",".join([name, *map(str, values)]) for name, values in prints.items()]
    (HERE / "voiceprints.csv").write_text("\n".join(lines) + "\n")
    print(f"Enrolled {', '.join(prints)}.")
