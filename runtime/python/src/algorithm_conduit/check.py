"""`algorithm-conduit check`: the same discovery as in production, shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from algorithm_conduit.discovery import discover
from algorithm_conduit.entry import directory_and_entry
from algorithm_conduit.errors import UserError
from algorithm_conduit.logs import take_stdout


def check(path: str, *, as_json: bool, env: Mapping[str, str]) -> int:
    """Find the activities of a folder and print them; gives the exit code.

    As JSON: `{"ok": true, "activities": […]}`, each `{"name", "parameters": [{"name", "type", "required"}], "returns",
    "doc"}`, or `{"ok": false, "error"}`.
    """
    stream = take_stdout()
    try:
        directory, entry = directory_and_entry(path, env)
        activities = discover(directory, entry)
        described = [activity.describe() for activity in activities]
    except UserError as error:
        if as_json:
            stream.write(json.dumps({"ok": False, "error": str(error)}, indent=2) + "\n")
        else:
            sys.stderr.write(f"{error}\n")
        return 1
    if as_json:
        stream.write(json.dumps({"ok": True, "activities": described}, indent=2) + "\n")
    else:
        stream.writelines(f"{activity.signature()}\n" for activity in activities)
    return 0
