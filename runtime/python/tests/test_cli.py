"""The command, as a process."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conftest import StartWorker
from support import SOURCES, until

Project = Callable[[Mapping[str, str]], Path]

ACTIVITIES = """
import asyncio
import os
import time
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

print("printed at import")
os.write(1, b"written at import\\n")


@dataclass
class Clip:
    samples: bytes
    rate: int = 16000


@activity.defn
def reverse(clip: Clip) -> Clip:
    \"\"\"Turns a clip around.\"\"\"
    activity.heartbeat("on the way")
    return Clip(clip.samples[::-1], clip.rate)


@activity.defn
async def raw(content: bytes) -> bytes:
    await asyncio.sleep(0)
    return content


@activity.defn
def fail(kind: str = "") -> None:
    if kind:
        raise ApplicationError("no speech", type=kind)
    raise ValueError("bad clip")


@activity.defn
def sleep(seconds: float) -> None:
    time.sleep(seconds)
"""


@pytest.fixture
def folder(project: Project) -> Path:
    return project({"activities.py": ACTIVITIES})


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONDUIT_", "TEMPORAL_"))}
    return {**kept, "PYTHONPATH": SOURCES, **settings}


def command(folder: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "algorithm_conduit", *arguments],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_check_shows_the_activities(folder: Path) -> None:
    code, out, err = command(folder, "check")
    assert (code, out) == (
        0,
        "fail(kind: str = '') -> None\nraw(content: bytes) -> bytes\nreverse(clip: Clip) -> Clip\n"
        "sleep(seconds: float) -> None\n",
    )
    assert err == "printed at import\nwritten at import\n"


def test_check_bears_a_file_named_like_a_module_of_python(folder: Path) -> None:
    (folder / "uuid.py").write_text("raise ImportError('not meant')\n")
    assert command(folder, "check")[0] == 0


def test_check_describes_the_activities_as_json(folder: Path) -> None:
    code, out, _ = command(folder, "check", "--json", ".")
    described = json.loads(out)
    assert (code, described["ok"]) == (0, True)
    assert described["activities"][2] == {
        "name": "reverse",
        "parameters": [{"name": "clip", "type": "Clip", "required": True}],
        "returns": "Clip",
        "doc": "Turns a clip around.",
    }


def test_check_of_a_broken_folder_fails_with_one_sentence(project: Project) -> None:
    folder = project({"broken.py": "from temporalio import activity\nactivity.defn\nimport not_there_at_all\n"})
    sentence = (
        "Importing `broken` failed at `broken.py:3` (`import not_there_at_all`): ModuleNotFoundError: No module named "
        "'not_there_at_all'. If `not_there_at_all` is a package, add it to the project's dependencies; if it is a file "
        "of yours, it must be found from the algorithm's folder or its `src`."
    )
    assert command(folder, "check") == (1, "", f"{sentence}\n")
    code, out, _ = command(folder, "check", "--json")
    assert (code, json.loads(out)) == (1, {"ok": False, "error": sentence})


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "os.abort()",
            "Importing the activities ended the process with SIGABRT, at `broken.py:5` (`os.abort()`). Native code "
            "that this line calls crashed: try another version of its package.",
        ),
        (
            "ctypes.string_at(0)",
            "Importing the activities ended the process with SIGSEGV, at `broken.py:5` (`ctypes.string_at(0)`). Native "
            "code that this line calls crashed: try another version of its package.",
        ),
        (
            "os._exit(0)",
            "Importing the activities ended the process with exit code 0. Look in what is imported for what does that, "
            "such as `os._exit`.",
        ),
        (
            "sys.exit(0)",
            "Importing `broken` failed at `broken.py:5` (`sys.exit(0)`): the module ends the process "
            '(`SystemExit: 0`). Put what runs it as a script under `if __name__ == "__main__":`.',
        ),
        (
            "def (:",
            "Importing `broken` failed at `broken.py:5` (`def (:`): SyntaxError: invalid syntax "
            f"(Python 3.{sys.version_info.minor})",
        ),
    ],
)
def test_check_of_an_import_that_ends_its_process_fails_with_one_sentence(
    project: Project, code: str, told: str
) -> None:
    folder = project(
        {"broken.py": f"import ctypes, os, sys, time\nfrom temporalio import activity\nactivity.defn\n\n{code}\n"}
    )
    assert command(folder, "check") == (1, "", f"{told}\n")
    exit_code, out, _ = command(folder, "check", "--json")
    assert (exit_code, json.loads(out)) == (1, {"ok": False, "error": told})


def test_check_of_an_import_that_hangs_ends_and_says_where_it_was(project: Project) -> None:
    folder = project({"slow.py": "import time\nfrom temporalio import activity\nactivity.defn\n\ntime.sleep(600)\n"})
    assert command(folder, "check", CONDUIT_STARTUP_TIMEOUT="15") == (
        1,
        "",
        "The check did not end within 15 s. Importing `slow` has not ended: it is at `slow.py:5` (`time.sleep(600)`). "
        "Do less there, or raise `timeouts.startup`.\n",
    )


def test_check_that_is_interrupted_says_where_it_was(project: Project) -> None:
    slow = "import time\nfrom temporalio import activity\nactivity.defn\nprint('here', flush=True) or time.sleep(60)\n"
    process = subprocess.Popen(
        [sys.executable, "-m", "algorithm_conduit", "check"],
        cwd=project({"slow.py": slow}),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "here\n"
    os.killpg(process.pid, signal.SIGINT)
    try:
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, err) == (
        1,
        "Importing `slow` failed at `slow.py:4` (`print('here', flush=True) or time.sleep(60)`): KeyboardInterrupt\n",
    )


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 cannot read TOML")
def test_check_takes_the_entry_from_the_repository(project: Project) -> None:
    folder = project(
        {
            "pyproject.toml": '[tool.conduit]\nentry = "chosen"\n',
            "chosen.py": "from temporalio import activity\n@activity.defn\ndef a() -> None: ...\n",
            "other.py": "from temporalio import activity\n@activity.defn\ndef a() -> None: ...\n",
        }
    )
    assert command(folder, "check")[:2] == (0, "a() -> None\n")
    assert command(folder, "check", CONDUIT_ENTRY="other")[:2] == (0, "a() -> None\n")
    assert command(folder, "check", "chosen.py")[:2] == (0, "a() -> None\n")
    assert command(folder, "check", CONDUIT_ENTRY="third")[0] == 1


def test_call_runs_an_activity_here(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "clip.raw").write_bytes(b"\xff\x00\xfe")
    code, out, _ = command(folder, "call", "reverse", f"samples=@{tmp_path}/clip.raw", "rate=8000")
    assert (code, out) == (0, '{\n  "rate": 8000,\n  "samples": "/gD/"\n}\n')


def test_call_prints_bytes_as_base64(folder: Path) -> None:
    code, out, _ = command(folder, "call", "raw", base64.b64encode(b"\xff" * 4).decode().rstrip("="))
    assert (code, out) == (0, '"/////w=="\n')


def test_call_says_what_failed(folder: Path) -> None:
    code, out, err = command(folder, "call", "fail")
    assert (code, out) == (1, "")
    assert err.endswith("ValueError: bad clip\n")
    assert 'raise ValueError("bad clip")' in err
    code, out, err = command(folder, "call", "fail", "Silent", "--json")
    assert (code, json.loads(out)) == (1, {"error": {"type": "Silent", "message": "Silent: no speech"}})


def test_call_says_what_does_not_fit(folder: Path) -> None:
    code, _, err = command(folder, "call", "reverse", "samples=??", "rate=x")
    assert code == 1
    assert err.splitlines()[-1] == (
        'InvalidInput: `clip.samples`: expected bytes as a base64 string, got str "??"; '
        '`clip.rate`: expected int, got str "x"'
    )


@pytest.mark.parametrize(
    ("arguments", "what"), [(["call", "nope"], "There is no activity `nope`."), (["call"], "Name an activity.")]
)
def test_call_of_what_is_not_there_lists_the_activities(folder: Path, arguments: list[str], what: str) -> None:
    code, _, err = command(folder, *arguments)
    assert code == 1
    assert err.splitlines()[2:] == [
        f"{what} The folder has:",
        "  fail(kind: str = '') -> None",
        "  raw(content: bytes) -> bytes",
        "  reverse(clip: Clip) -> Clip",
        "  sleep(seconds: float) -> None",
    ]


def test_call_goes_through_a_task_queue(
    folder: Path, start_worker: StartWorker, temporal: str, queue: str, tmp_path: Path
) -> None:
    start_worker(folder).ready()
    (tmp_path / "clip.raw").write_bytes(b"\xff\x00\xfe")
    clip = f"samples=@{tmp_path}/clip.raw"
    through = ["--task-queue", queue]
    address = {"TEMPORAL_ADDRESS": temporal}
    code, out, err = command(tmp_path, "call", "reverse", *through, clip, "rate=8000", **address)
    assert (code, json.loads(out), err) == (0, {"rate": 8000, "samples": "/gD/"}, "")
    code, out, err = command(tmp_path, "call", *through, "fail", **address)
    assert (code, out, err) == (1, "", "ValueError: bad clip\n")
    code, out, err = command(tmp_path, "call", *through, "fail", "Silent", "--json", **address)
    assert (code, json.loads(out), err) == (
        1,
        {"error": {"type": "Silent", "message": "Silent: no speech"}},
        "Silent: no speech\n",
    )
    code, out, err = command(tmp_path, "call", *through, "reverse", "samples=1", **address)
    assert (code, err) == (
        1,
        "InvalidInput: `clip.samples`: expected bytes as a base64 string, got int 1\n",
    )
    code, out, err = command(tmp_path, "call", *through, "sleep", "5", "--start-to-close", "0.5", **address)
    assert (code, err) == (1, "`sleep` did not end within 0.5 s.\n")
    (tmp_path / "large.raw").write_bytes(bytes(2_000_000))
    code, out, err = command(tmp_path, "call", *through, "raw", f"@{tmp_path}/large.raw", **address)
    assert (code, err) == (
        1,
        "The call failed: Blob data size exceeds limit. Pass a reference to what is larger than 2 MB.\n",
    )


def test_call_says_that_nobody_polls(folder: Path, temporal: str, queue: str) -> None:
    code, out, err = command(
        folder, "call", "reverse", "--task-queue", queue, "--schedule-to-start", "0.5", TEMPORAL_ADDRESS=temporal
    )
    assert (code, out) == (1, "")
    assert err == (
        f"No worker polls the task queue `{queue}` of the namespace `default`: `reverse` was not taken within 0.5 s.\n"
    )


def test_call_says_that_temporal_cannot_be_reached(folder: Path) -> None:
    code, out, err = command(folder, "call", "a", "--task-queue", "q", TEMPORAL_ADDRESS="127.0.0.1:1")
    assert (code, out) == (1, "")
    assert err == "Temporal at `127.0.0.1:1`, namespace `default`, cannot be used: Connection refused.\n"


def test_call_that_is_interrupted_ends_its_workflow(folder: Path, temporal: str, queue: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "algorithm_conduit", "call", "a", "--task-queue", queue, "--workflow-id", queue],
        env=environment(TEMPORAL_ADDRESS=temporal),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == f"Waiting: no worker polls the task queue `{queue}`.\n"
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (130, "", "Interrupted.\n")
    until(lambda: _status(temporal, queue) == "TERMINATED")


def _status(temporal: str, workflow_id: str) -> str:
    import asyncio

    from temporalio.client import Client

    async def ask() -> str:
        description = await (await Client.connect(temporal)).get_workflow_handle(workflow_id).describe()
        return description.status.name if description.status else ""

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--help"], 0, "algorithm-conduit check [DIRECTORY]"),
        (["call", "--help"], 0, "--schedule-to-start"),
        ([], 2, "algorithm-conduit check [DIRECTORY]"),
        (["fly"], 2, "There is no verb `fly`. The verbs are `check`, `run`, `call`."),
        (["check", "--fast"], 2, "unrecognized arguments: --fast"),
        (["call", "a", "--start-to-close", "0"], 2, "give a number above 0"),
        (["check", "not-there"], 1, "`not-there` is neither a folder nor a Python file."),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, arguments: list[str], code: int, text: str) -> None:
    given, out, err = command(tmp_path, *arguments)
    assert (given, text in out + err) == (code, True), out + err


def test_settings_that_cannot_be_used_are_one_json_line(folder: Path) -> None:
    code, out, _ = command(folder, "run", CONDUIT_CONCURRENCY="x", CONDUIT_CPU="y")
    line = json.loads(out)
    assert (code, line["level"], line["event"]) == (1, "error", "startup_failed")
    assert line["message"].startswith("The worker's environment has 2 problems.\n- `CONDUIT_CONCURRENCY` is")
