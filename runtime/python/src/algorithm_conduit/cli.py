"""The command `algorithm-conduit`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

_ABOUT = """\
algorithm-conduit: runs the Temporal activities of a folder as they run in production.

  algorithm-conduit check [DIRECTORY]        find the activities and show their signatures
  algorithm-conduit call ACTIVITY [ARG ...]  run one activity, here or through a task queue
  algorithm-conduit run [DIRECTORY]          be the worker, configured by the environment

`algorithm-conduit VERB --help` tells more. Exit codes: 0 success, 1 failure, 2 wrong use.
"""


_CALL = """\
Run one activity and print its result as JSON, bytes in it as base64.

Without --task-queue it runs here, from the folder, without a server. With it, it runs through Temporal
(TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, ...) by a worker of that queue.

Each ARG is a JSON value (3, '"text"', '{"a": 1}'), plain text, or @FILE: the value in a .json file, the bytes of any
other. Those of the form field=VALUE, VALUE any of these, become together one object, the last argument:

  algorithm-conduit call transcribe samples=@speech.wav sample_rate=16000
"""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command; the process ends here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    verbs = {"check": _check, "run": _run, "call": _call}
    if not given or given[0] in ("-h", "--help", "help"):
        sys.stdout.write(_ABOUT)
        sys.exit(0 if given else 2)
    verb = verbs.get(given[0])
    if verb is None:
        sys.stderr.write(f"There is no verb `{given[0]}`. The verbs are {', '.join(f'`{name}`' for name in verbs)}.\n")
        sys.exit(2)
    verb(given[1:])
    sys.exit(0)


def _parser(verb: str, about: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"algorithm-conduit {verb}", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def _run(arguments: Sequence[str]) -> None:
    from algorithm_conduit.worker import run

    parser = _parser("run", "Poll the task queue and run the folder's activities, as the environment says.")
    parser.add_argument("directory", nargs="?", default=".", help="the algorithm's folder, or its one file (default .)")
    run(parser.parse_args(arguments).directory, os.environ)


def _check(arguments: Sequence[str]) -> None:
    from algorithm_conduit.check import check
    from algorithm_conduit.check_here import check_here

    parser = _parser("check", "Find and import the folder's activities, as the worker does, and show them.")
    parser.add_argument("directory", nargs="?", default=".", help="the algorithm's folder, or its one file (default .)")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.add_argument("--note", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.note is None:
        _end(check(options.directory, as_json=options.json, env=os.environ))
    _end(check_here(options.directory, options.note, as_json=options.json, env=os.environ))


def _call(arguments: Sequence[str]) -> None:
    from algorithm_conduit.call import call
    from algorithm_conduit.call_options import CallOptions

    parser = _parser("call", _CALL)
    add = parser.add_argument
    add("activity", nargs="?", help="name of the activity")
    add("args", nargs="*", metavar="ARG", help="an argument, as above")
    add("--directory", default=".", help="folder to run it from, in this process (default .)")
    add("--task-queue", metavar="QUEUE", help="run it through Temporal, by a worker of this task queue")
    add("--start-to-close", type=_seconds, default=60.0, metavar="SECONDS", help="time for one attempt (default 60)")
    add("--schedule-to-start", type=_seconds, metavar="SECONDS", help="time to wait for a worker (default: for ever)")
    add("--maximum-attempts", type=_count, default=1, metavar="N", help="attempts, 0 for no limit (default 1)")
    add("--workflow-id", metavar="ID", help="id of the workflow that calls it (default: a new one)")
    add("--json", action="store_true", help='write a failure as JSON too: {"error": {"type", "message"}}')
    options = parser.parse_intermixed_args(arguments)
    _end(call(CallOptions(**vars(options)), os.environ))


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"`{text}`: give a number above 0, in seconds")
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"`{text}`: give a whole number, 0 for no limit")
    return int(text)


def _end(code: int) -> NoReturn:
    """Leave without the interpreter's own exit, which threads of the SDK and of the researcher can hold up or crash."""
    from algorithm_conduit.process import leave

    leave(code, politely=True)
