"""`algorithm-conduit call`: runs one activity and prints its result."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from typing import Any

from algorithm_conduit.call_arguments import parse_arguments
from algorithm_conduit.call_options import CallOptions
from algorithm_conduit.errors import CallError, CallInterruptedError, UserError
from algorithm_conduit.logs import take_stdout
from algorithm_conduit.process import leave


def call(options: CallOptions, env: Mapping[str, str]) -> int:
    """Run one activity: in this process, or through Temporal if there is a task queue; gives the exit code.

    The result goes to standard output as JSON, bytes in it as base64, and one clear sentence on what failed to standard
    error; with `--json`, `{"error": {"type", "message"}}` to standard output as well.
    """
    stream = take_stdout()
    try:
        text = json.dumps(_result(options, env), indent=2, ensure_ascii=False, default=_base64)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        if options.json:
            kind = error.kind if isinstance(error, CallError) else "UserError"
            stream.write(json.dumps({"error": {"type": kind, "message": str(error)}}, indent=2) + "\n")
        return 1
    except (KeyboardInterrupt, CallInterruptedError):
        sys.stderr.write("Interrupted.\n")
        leave(130)
    stream.write(f"{text}\n")
    return 0


def _result(options: CallOptions, env: Mapping[str, str]) -> Any:
    arguments = parse_arguments(options.args)
    if options.task_queue is None:
        from algorithm_conduit.call_here import call_here

        return call_here(options.directory, options.activity, arguments, env)
    if options.activity is None:
        raise UserError(f"Name the activity: `algorithm-conduit call ACTIVITY --task-queue {options.task_queue}`.")
    from algorithm_conduit.call_workflow import call_through_temporal

    return call_through_temporal(options.activity, arguments, options.task_queue, options, env)


def _base64(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
