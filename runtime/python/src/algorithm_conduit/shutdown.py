"""When the worker is to stop, and what happens if it does not."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from algorithm_conduit.process import leave

HARD_EXIT_SECONDS = 5.0
"""How long after the grace period cancelled activities may go on before the process ends without them."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Shutdown:
    """Takes the wish to stop, from a signal or any thread, and ends the process if it is not fulfilled in time."""

    def __init__(self, grace: float, exit_hard: Callable[[], None]) -> None:
        """Take the grace period in seconds, and what ends the process once that and 5 s more have passed."""
        self.reason = ""
        """Why the worker stops; empty as long as it does not."""
        self._deadline = grace + HARD_EXIT_SECONDS
        self._exit_hard = exit_hard
        self._loop: asyncio.AbstractEventLoop | None = None
        self._requested = asyncio.Event()
        if os.getpid() == 1:  # the first process of a container ignores signals that it does not handle
            signal.signal(signal.SIGTERM, lambda number, _: leave(128 + number))

    def request(self, reason: str) -> None:
        """Ask the worker to stop; asking again changes nothing. While it still starts, the process ends at once."""
        if self.reason:
            return
        self.reason = reason
        if self._loop is None:
            leave(1)
        timer = threading.Timer(self._deadline, self._exit_hard)
        timer.daemon = True
        timer.start()
        self._loop.call_soon_threadsafe(self._requested.set)

    def attach(self) -> None:
        """Take the signals from here on, for the running event loop. A second Ctrl-C ends the process at once."""
        self._loop = asyncio.get_running_loop()
        # Not `loop.add_signal_handler`: an activity that blocks the loop would keep the deadline from being set.
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        # The processes that an activity forks end at SIGTERM, as they would without the worker. The signals are held
        # back meanwhile: one that comes before the child has its own handlers would be lost.
        os.register_at_fork(before=_hold_signals, after_in_parent=_release_signals, after_in_child=_default_signals)

    async def wait(self) -> None:
        """Wait until the worker is to stop."""
        await self._requested.wait()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.reason and number == signal.SIGINT:
            leave(128 + number)
        self.request(signal.Signals(number).name)


def _hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _default_signals() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _release_signals()
