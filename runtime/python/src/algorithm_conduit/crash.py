"""Reads what Python's `faulthandler` writes when native code crashes or does not return."""

from __future__ import annotations

import re
from pathlib import Path

from algorithm_conduit.imports import place_of

_FRAME = re.compile(r'^  File "(.*)", line (\d+) in ', re.MULTILINE)


def crash_place(dump: str, directory: Path) -> str | None:
    """Give the innermost line of the folder's own code, as messages show it; nothing if there is none."""
    for filename, number in _FRAME.findall(dump):
        if Path(filename).is_relative_to(directory):
            return place_of(filename, int(number), directory)
    return None
