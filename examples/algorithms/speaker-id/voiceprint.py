"""A voiceprint from the long-term statistics of MFCCs, and the enrolled speaker nearest to it.

Only numpy. The sources of the formulas, named where they are used:

- [DM80] S. Davis, P. Mermelstein, "Comparison of parametric representations for monosyllabic word
  recognition in continuously spoken sentences", IEEE Trans. ASSP 28(4), 1980: the cepstrum of a
  mel filter bank.
- [HTK] S. Young et al., "The HTK Book", chapter 5: framing, pre-emphasis, Hamming window, the
  spacing of the filters, and the mel scale 2595 log10(1 + f / 700).
- [MOG77] J. Markel, B. Oshika, A. Gray, "Long-term feature averaging for speaker recognition",
  IEEE Trans. ASSP 25(4), 1977: averages and deviations over much speech tell speakers apart,
  whatever they say.
"""

import io
import wave

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE = 16_000  # samples a second
WINDOW = 400  # 25 ms
STEP = 160  # 10 ms
FFT = 512
FILTERS = 26
CEPSTRA = 19
SPEECH_DB = 30.0  # frames more than this below the loudest one count as silence


class UnsupportedAudio(ValueError):
    """The bytes are not audio that this algorithm can take."""


def voiceprint(wav: bytes) -> Array:
    """Mean and deviation of each cepstral coefficient over the frames with speech [MOG77]."""
    spectrum = power_spectrum(frames(samples(wav)))
    loudness = 10 * np.log10(spectrum.sum(axis=1) + 1e-12)
    cepstrum = mfcc(spectrum[loudness > loudness.max() - SPEECH_DB])
    return np.concatenate([cepstrum.mean(axis=0), cepstrum.std(axis=0)])


def nearest(print_: Array, enrolled: dict[str, Array]) -> tuple[str, float]:
    """The enrolled speaker at the smallest distance d1, and a confidence: 1 - d1 / d2.

    d2 is the distance to the next one: 0 means that two speakers fit alike, 1 a perfect match.
    """
    distances = {name: float(np.linalg.norm(print_ - known)) for name, known in enrolled.items()}
    first, second = sorted(distances, key=distances.__getitem__)[:2]
    return first, 1 - distances[first] / (distances[second] + 1e-12)


def samples(wav: bytes) -> Array:
    """The samples of a WAV file, from -1 to 1. At least half a second, or there is no print."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            layout = (file.getframerate(), file.getnchannels(), 8 * file.getsampwidth())
            pcm = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        message = f"The audio is no WAV file of PCM samples; it begins with {wav[:12]!r}"
        raise UnsupportedAudio(message) from None
    if layout != (RATE, 1, 16):
        raise UnsupportedAudio(f"(Hz, channels, bits) must be (16000, 1, 16), not {layout}")
    if len(pcm) < RATE:
        raise UnsupportedAudio(
            f"{len(pcm) / 2 / RATE:.2f} s of audio is too little: 0.5 s is needed"
        )
    return np.frombuffer(pcm, dtype="<i2") / 32768.0


def frames(signal: Array) -> Array:
    """Overlapping Hamming-windowed frames, pre-emphasised: y[n] = x[n] - 0.97 x[n-1] [HTK]."""
    emphasised = np.append(signal[0], signal[1:] - 0.97 * signal[:-1])
    windows = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::STEP]
    return windows * np.hamming(WINDOW)


def power_spectrum(framed: Array) -> Array:
    """|FFT|^2 / N of each frame (the periodogram)."""
    return np.abs(np.fft.rfft(framed, FFT)) ** 2 / FFT


def mfcc(spectrum: Array) -> Array:
    """Cepstral coefficients 1 to 19 [DM80, eq. 1]: the cosine transform of the log filter energies.

    Coefficient 0 is left out: it is the loudness, which tells of the microphone, not of the voice.
    """
    energies = np.log(spectrum @ mel_filters().T + 1e-10)
    n = np.arange(1, CEPSTRA + 1)[:, None]
    k = np.arange(1, FILTERS + 1)[None, :]
    return energies @ np.cos(n * (k - 0.5) * np.pi / FILTERS).T


def mel_filters() -> Array:
    """Triangular filters, their centres equally far apart on the mel scale [HTK, section 5.4]."""

    def mel(hertz: float) -> float:
        return 2595 * float(np.log10(1 + hertz / 700))

    edges = 700 * (10 ** (np.linspace(mel(0), mel(RATE / 2), FILTERS + 2) / 2595) - 1)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    hertz = np.fft.rfftfreq(FFT, 1 / RATE)[None, :]
    rising, falling = (hertz - left) / (centre - left), (right - hertz) / (right - centre)
    return np.clip(np.minimum(rising, falling), 0, None)
