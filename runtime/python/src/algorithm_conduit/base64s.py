"""Bytes as they lie in JSON."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

_URL_SAFE = str.maketrans("-_", "+/")


def from_base64(value: str | Sequence[object]) -> bytes:
    """Read bytes from a base64 string (either alphabet, with or without padding), or from a list of numbers.

    Temporal's Python SDK writes `bytes` in a dataclass as a list of numbers; every other caller writes base64.

    Raises:
        ValueError: It is neither.
    """
    if not isinstance(value, str):
        if not all(type(item) is int and 0 <= item <= 255 for item in value):
            raise ValueError("a list of bytes holds numbers from 0 to 255")
        return bytes(item for item in value if isinstance(item, int))
    text = value.rstrip("=").translate(_URL_SAFE)
    if len(value) - len(text) > 2:
        raise ValueError("too much padding")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(str(error)) from None
