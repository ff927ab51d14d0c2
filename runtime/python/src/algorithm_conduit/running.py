"""Which activities run, kept where it can be read once the process was killed."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from temporalio import activity

_MOST_TOLD = 10
"""Kubernetes reads the last 4096 bytes of such a file."""


class Running:
    """The activities that run. Only the worker's own thread begins and ends them."""

    def __init__(self, file: Path | None) -> None:
        """Take the file that is to tell of them, one JSON object a line, if one is to."""
        self._lines: dict[object, str] = {}
        self._file = file

    def __len__(self) -> int:
        """Count them."""
        return len(self._lines)

    @contextlib.contextmanager
    def one(self, info: activity.Info) -> Iterator[None]:
        """Count an activity as long as it runs."""
        key = object()
        told = {"activity": info.activity_type, "workflow_id": info.workflow_id, "attempt": info.attempt}
        self._lines[key] = json.dumps(told) + "\n"
        self._tell()
        try:
            yield
        finally:
            del self._lines[key]
            self._tell()

    def _tell(self) -> None:
        if self._file is None:
            return
        with contextlib.suppress(OSError):  # what runs matters more than what is told of it
            self._file.write_text("".join(itertools.islice(self._lines.values(), _MOST_TOLD)), encoding="utf-8")
