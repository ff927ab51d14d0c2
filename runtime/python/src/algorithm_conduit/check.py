"""`algorithm-conduit check`: the same discovery as in production, shown."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from algorithm_conduit.check_here import TOLD, tell
from algorithm_conduit.crash import crash_place
from algorithm_conduit.entry import directory_and_entry
from algorithm_conduit.errors import UserError


def check(path: str, *, as_json: bool, env: Mapping[str, str]) -> int:
    """Find the activities of a folder and print them; gives the exit code.

    As JSON: `{"ok": true, "activities": […]}`, each `{"name", "parameters": [{"name", "type", "required"}], "returns",
    "doc"}`, or `{"ok": false, "error"}`.

    It is done in a process of its own, so that an import that ends its process is told as well.
    """
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note"
        note.touch()
        code = _run_apart(["--note", str(note), *(["--json"] if as_json else []), "--", path])
        said = note.read_text(encoding="utf-8", errors="replace")
    if said.endswith(TOLD):
        return code
    directory, _ = directory_and_entry(path, env)
    return tell(_silent_end(code, said, directory), sys.stdout, as_json=as_json)


def _run_apart(arguments: list[str]) -> int:
    with subprocess.Popen([sys.executable, "-m", "algorithm_conduit", "check", *arguments]) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue  # the child is interrupted too, and says where it was


def _silent_end(code: int, dump: str, directory: Path) -> UserError:
    what = f"Importing the activities ended the process with {_how(code)}"
    place = crash_place(dump, directory)
    if place is None:
        return UserError(f"{what}. Look in what is imported for what does that, such as `os._exit`.")
    crashed = "crashed" if code < 0 else "does not return"
    advice = f"Native code that this line calls {crashed}: try another version of its package."
    return UserError(f"{what}, at {place}. {advice}")


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
