"""Fixtures."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from support import WorkerRun, dev_server, write_project

StartWorker = Callable[..., WorkerRun]


@pytest.fixture(scope="session")
def temporal() -> Iterator[str]:
    """Address of a Temporal server."""
    with dev_server() as address:
        yield address


@pytest.fixture
def queue() -> str:
    """A task queue that nobody else uses."""
    return f"queue-{uuid.uuid4()}"


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Writes a researcher's folder."""
    return lambda files: write_project(tmp_path / "algorithm", files)


@pytest.fixture
def start_worker(temporal: str, queue: str, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts worker processes, which end with the test."""
    runs: list[WorkerRun] = []

    def start(folder: Path, *arguments: str, **settings: str) -> WorkerRun:
        settings = {"TEMPORAL_ADDRESS": temporal, **settings}
        run = WorkerRun(folder, temporal, queue, tmp_path / f"worker-{len(runs)}.log", arguments, **settings)
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.kill()


@pytest.fixture
def own_imports(tmp_path: Path) -> Iterator[None]:
    """Takes back what a test imports from its folder, and what that does to the path and the environment."""
    path, arguments, environment = list(sys.path), sys.argv, dict(os.environ)
    yield
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
    sys.path[:] = path
    sys.argv = arguments
    os.environ.clear()
    os.environ.update(environment)
