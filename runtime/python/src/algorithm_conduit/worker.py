"""`algorithm-conduit run`: a worker process, from its start to its end."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from algorithm_conduit.discovery import discover
from algorithm_conduit.entry import directory_and_entry
from algorithm_conduit.errors import UserError
from algorithm_conduit.health import remove_socket, serve_health
from algorithm_conduit.identity import worker_identity
from algorithm_conduit.imports import ImportProgress
from algorithm_conduit.logs import carry_into_threads, logger, set_up_logging, take_stdout
from algorithm_conduit.process import StartupWatch, fail_startup, leave, tell_crashes, watch_parent
from algorithm_conduit.running import Running
from algorithm_conduit.settings import Settings, limit_threads, read_settings
from algorithm_conduit.shutdown import HARD_EXIT_SECONDS, Shutdown
from algorithm_conduit.state import WorkerState


def run(path: str, env: Mapping[str, str]) -> NoReturn:
    """Run the worker of a folder until it is told to stop.

    The process ends here: with 0 after a drain, with 1 when it cannot start, fails, or must leave activities behind.
    """
    stream = take_stdout()
    set_up_logging(stream, {})
    tell_crashes()
    try:
        directory, entry = directory_and_entry(path, env)
        settings = read_settings(env, directory.name)
        fields = {"algorithm": settings.algorithm, "version": settings.version}
        set_up_logging(stream, fields)
        process = WorkerProcess(settings, directory)
        process.load(entry)
        set_up_logging(stream, fields)
        carry_into_threads()
        asyncio.run(process.serve())
    except UserError as error:
        fail_startup(str(error))
    except Exception as error:
        logger.exception("The worker failed: %s: %s", type(error).__name__, error, extra={"event": "startup_failed"})
    leave(1)


class WorkerProcess:
    """The life of one worker process."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        """Begin: serve the health endpoint, and watch the time that the start takes.

        Raises:
            UserError: The health address cannot be listened on.
        """
        self.settings = settings
        self.directory = directory
        identity = worker_identity(settings.algorithm, settings.commit, settings.version)
        running = Running(settings.running_file)
        self.state = WorkerState(settings.algorithm, settings.version, settings.commit, identity, running)
        self.shutdown = Shutdown(settings.shutdown_grace, self._exit_hard)
        self.waiting_for = "Temporal's SDK has not been loaded."
        """What the start waits for, in full sentences, for the message when it takes too long."""
        self._began = time.monotonic()
        self._progress = ImportProgress()
        if settings.health_address is not None:
            serve_health(settings.health_address, self.state)
        self._startup = StartupWatch(settings.startup_timeout, self._describe_startup)
        if settings.exit_with_parent:
            watch_parent(lambda: self.shutdown.request("the parent process is gone"))

    def load(self, entry: str | None) -> None:
        """Import the researcher's code.

        Raises:
            UserError: It cannot be imported, or has no activities.
        """
        limit_threads(self.settings.cpu, os.environ)
        import_module("algorithm_conduit.serving")  # before a folder of the researcher's goes on the path
        self.activities = discover(self.directory, entry, self._progress)
        self.state.activities = [activity.describe() for activity in self.activities]

    async def serve(self) -> NoReturn:
        """Serve the activities until the worker is to stop, then end the process."""
        from algorithm_conduit.serving import serve

        self.shutdown.attach()
        self.end(await serve(self))

    def started(self) -> None:
        """Note that the start is over: the worker serves, if the server lets it."""
        self._startup.finish()

    def ready(self) -> None:
        """Note that the server counts the worker among those that poll."""
        self.state.status = "ready"
        logger.info(
            "Polling `%s` as `%s`.",
            self.settings.task_queue,
            self.state.identity,
            extra={
                "event": "ready",
                "activities": [activity.name for activity in self.activities],
                "startup_ms": round((time.monotonic() - self._began) * 1000),
            },
        )

    def passed(self) -> None:
        """Note that the gate is passed: the code was imported, and a worker of it serves."""
        self.started()
        logger.info("The gate is passed: the worker serves.", extra={"event": "gate_passed"})

    def stopped_early(self) -> int:
        """Give the exit code of a worker that was told to stop: what was to pass a gate has not passed it."""
        return 1 if self.settings.gate else 0

    def draining(self) -> None:
        """Note that the worker polls no more, and finishes what it runs."""
        self.state.status = "draining"
        logger.info(
            "Stopping: %s. Activities running: %d; they have %g s.",
            self.shutdown.reason,
            len(self.state.running),
            self.settings.shutdown_grace,
            extra={"event": "draining", "in_flight": len(self.state.running)},
        )

    def end(self, code: int) -> NoReturn:
        """End the process."""
        remove_socket(self.settings.health_address)
        logger.info("Stopped.", extra={"event": "stopped", "code": code})
        leave(code, politely=True)

    def _describe_startup(self) -> str:
        return self._progress.describe(self.directory) or self.waiting_for

    def _exit_hard(self) -> None:
        remove_socket(self.settings.health_address)
        logger.error(
            "Activities running: %d. They did not end within %g s of their cancellation: the process ends anyway.",
            len(self.state.running),
            HARD_EXIT_SECONDS,
            extra={"event": "hard_exit", "in_flight": len(self.state.running)},
        )
        leave(1)
