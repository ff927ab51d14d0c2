"""How the process starts and ends."""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import itertools
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TextIO

from algorithm_conduit.logs import logger

_PARENT_POLL_SECONDS = 0.5
_FALLBACK_SECONDS = 5.0
_EXIT_FUNCTIONS_SECONDS = 2.0


def leave(code: int, *, politely: bool = False) -> NoReturn:
    """End the process now; what was logged is written.

    Threads of activities that ignore their cancellation would hold up the interpreter's own exit for ever, and native
    threads of the SDK can crash it.

    Args:
        code: The exit code.
        politely: Whether what the researcher's code registered with `atexit` runs before, for 2 seconds at most.
    """
    faulthandler.cancel_dump_traceback_later()
    with contextlib.suppress(Exception):
        _end_children()
    if politely:
        threading.Timer(_EXIT_FUNCTIONS_SECONDS, lambda: _exit(code)).start()
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
    _exit(code)


def tell_crashes(file: TextIO | int = 2) -> None:
    """Have the interpreter write at which line of Python native code crashed: nothing else can tell it any more."""
    faulthandler.enable(file=file, all_threads=False)


def fail_startup(message: str) -> NoReturn:
    """End the process with the one line that says why it could not start."""
    logger.error("%s", message, extra={"event": "startup_failed"})
    leave(1)


class StartupWatch:
    """Ends the process when the start takes too long, and says what it was doing."""

    def __init__(self, timeout: float, describe: Callable[[], str]) -> None:
        """Start to watch.

        Args:
            timeout: Seconds that the start may take.
            describe: Says in full sentences what is under way.
        """
        self._done = threading.Event()
        self._timeout = timeout
        self._describe = describe
        threading.Thread(target=self._watch, name="startup-watch", daemon=True).start()
        # Native code that holds the interpreter's lock stops every thread of Python, this one's among them.
        faulthandler.dump_traceback_later(timeout + _FALLBACK_SECONDS, exit=True, file=2)

    def finish(self) -> None:
        """Stop watching: the worker has started."""
        self._done.set()
        faulthandler.cancel_dump_traceback_later()

    def _watch(self) -> None:
        if not self._done.wait(self._timeout):
            fail_startup(f"The worker did not start within {self._timeout:g} s. {self._describe()}")


def watch_parent(gone: Callable[[], None]) -> None:
    """Call back, from a thread, once the process that started this one is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_POLL_SECONDS)
        gone()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _exit(code: int) -> NoReturn:
    for sink in (*logging.getLogger().handlers, *logger.handlers, sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # nobody may read it any more
            sink.flush()
    with contextlib.suppress(Exception):
        _end_group()
    os._exit(code)


def _end_children() -> None:
    """End the processes that activities started: pools would wait for this one for ever, servers would outlive it."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is not None:
        for child in multiprocessing.active_children():
            child.terminate()


def _end_group() -> None:
    """End what nobody keeps account of: a supervisor makes each worker the leader of a group of its own.

    Twice, since a pool starts another process for each that ends.
    """
    if os.environ.get("CONDUIT_EXIT_WITH_PARENT") != "1" or os.getpgrp() != os.getpid():
        return
    for process in itertools.chain(Path("/proc").glob("[0-9]*"), Path("/proc").glob("[0-9]*")):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            pid = int(process.name)
            if pid != os.getpid() and os.getpgid(pid) == os.getpid():
                os.kill(pid, signal.SIGKILL)
