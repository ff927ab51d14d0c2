"""Warns when an `async` activity blocks the event loop: nothing else of the worker runs meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType

from algorithm_conduit.activities import Activity
from algorithm_conduit.logs import logger

BLOCKED_SECONDS = 1.0
"""How long the loop may stand still before the worker warns."""

_TICK_SECONDS = 0.25


class LoopWatch:
    """Watches an event loop from a thread of its own."""

    def __init__(self, activities: Iterable[Activity], directory: Path) -> None:
        """Take the activities, to name the one that blocks, and the folder whose code is the researcher's."""
        self._names = {code: each.name for each in activities if (code := _code(each)) is not None}
        self._directory = str(directory)
        self._running: list[str] = []
        self._ticked = time.monotonic()
        self._thread = 0

    @contextlib.contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Note that an `async` activity runs."""
        self._running.append(name)
        try:
            yield
        finally:
            self._running.remove(name)

    def start(self) -> None:
        """Watch the running loop, from now until the process ends."""
        self._thread = threading.get_ident()
        self._tick(asyncio.get_running_loop())
        threading.Thread(target=self._watch, name="loop-watch", daemon=True).start()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._ticked = time.monotonic()
        loop.call_later(_TICK_SECONDS, self._tick, loop)

    def _watch(self) -> None:
        warned = 0.0
        while True:
            time.sleep(_TICK_SECONDS)
            ticked = self._ticked
            if time.monotonic() - ticked < BLOCKED_SECONDS + _TICK_SECONDS or ticked == warned or not self._running:
                continue
            warned = ticked
            self._warn()

    def _warn(self) -> None:
        frames = list(_frames(sys._current_frames().get(self._thread)))
        name = next((self._names[frame.f_code] for frame in reversed(frames) if frame.f_code in self._names), None)
        own = next((frame for frame in frames if frame.f_code.co_filename.startswith(self._directory)), None)
        if name is None and own is None:
            return  # the machine is busy, not the activity
        who = f"`{name}`" if name else f"one of {', '.join(f'`{each}`' for each in sorted(set(self._running)))}"
        place = f" at {Path(own.f_code.co_filename).name}:{own.f_lineno}" if own else ""
        logger.warning(
            "The `async` activity %s has blocked the event loop for more than %g s%s: the worker does nothing else "
            "meanwhile, heartbeats among it. Make it a plain `def`, or await the work with `asyncio.to_thread`.",
            who,
            BLOCKED_SECONDS,
            place,
            extra={"event": "event_loop_blocked", "activity": name or self._running[0]},
        )


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _code(activity: Activity) -> CodeType | None:
    fn = activity.fn
    code = getattr(getattr(fn, "__func__", fn), "__code__", None)
    return code if isinstance(code, CodeType) else None
