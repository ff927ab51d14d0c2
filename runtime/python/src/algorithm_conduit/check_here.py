"""What `algorithm-conduit check` does in a process of its own, where the researcher's code is imported."""

from __future__ import annotations

import faulthandler
import json
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, TextIO

from algorithm_conduit.discovery import discover
from algorithm_conduit.entry import directory_and_entry
from algorithm_conduit.errors import UserError
from algorithm_conduit.imports import ImportProgress
from algorithm_conduit.logs import take_stdout
from algorithm_conduit.process import leave, tell_crashes
from algorithm_conduit.settings import read_settings

TOLD = "told\n"
"""How the note ends when all is told; otherwise it holds what the interpreter wrote at its end."""

_NATIVE_CODE_SECONDS = 5.0


def check_here(path: str, note: str, *, as_json: bool, env: Mapping[str, str]) -> int:
    """Find the activities of a folder and print them, with a note for `check`; gives the exit code."""
    stream = take_stdout()
    with Path(note).open("w", encoding="utf-8") as file:
        tell_crashes(file)
        try:
            code = _show(path, stream, file, as_json=as_json, env=env)
        except UserError as error:
            code = tell(error, stream, as_json=as_json)
        _finish(file)
    return code


def tell(error: UserError, stream: TextIO, *, as_json: bool) -> int:
    """Write what is wrong, as JSON to the stream or as text to standard error; gives the exit code."""
    if as_json:
        stream.write(json.dumps({"ok": False, "error": str(error)}, indent=2) + "\n")
        stream.flush()
    else:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
    return 1


def _show(path: str, stream: TextIO, note: TextIO, *, as_json: bool, env: Mapping[str, str]) -> int:
    directory, entry = directory_and_entry(path, env)
    progress = ImportProgress()
    seconds = read_settings(env, directory.name).startup_timeout

    def end() -> NoReturn:
        error = UserError(f"The check did not end within {seconds:g} s. {progress.describe(directory) or ''}".rstrip())
        tell(error, stream, as_json=as_json)
        _finish(note)
        leave(1)

    limit = threading.Timer(seconds, end)
    limit.daemon = True
    limit.start()
    # Native code that holds the interpreter's lock stops the timer's thread too.
    faulthandler.dump_traceback_later(seconds + _NATIVE_CODE_SECONDS, exit=True, file=note)
    activities = discover(directory, entry, progress)
    limit.cancel()
    if as_json:
        described = [activity.describe() for activity in activities]
        stream.write(json.dumps({"ok": True, "activities": described}, indent=2) + "\n")
    else:
        stream.writelines(f"{activity.signature()}\n" for activity in activities)
    return 0


def _finish(note: TextIO) -> None:
    faulthandler.disable()
    faulthandler.cancel_dump_traceback_later()
    note.write(TOLD)
    note.flush()
