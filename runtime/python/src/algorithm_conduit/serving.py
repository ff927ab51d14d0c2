"""The part of a worker's life that Temporal's SDK is needed for: connect, poll, drain."""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from algorithm_conduit.connection import Connector, activity_pollers, connect_config, make_runtime
from algorithm_conduit.converter import worker_data_converter
from algorithm_conduit.errors import UserError
from algorithm_conduit.interceptors import ActivityInterceptor
from algorithm_conduit.logs import logger
from algorithm_conduit.loop_watch import LoopWatch
from algorithm_conduit.settings import Settings

if TYPE_CHECKING:
    from algorithm_conduit.worker import WorkerProcess

_POLLER_CHECK_SECONDS = 0.05
_POLLER_CHECK_GROWTH = 1.2
_LONGEST_POLLER_CHECK_SECONDS = 5.0


async def serve(process: WorkerProcess) -> int:
    """Connect, poll until the worker is to stop, and drain; gives the exit code.

    Raises:
        UserError: The configuration of the client cannot be used.
    """
    stopped = asyncio.create_task(process.shutdown.wait())
    connecting = asyncio.create_task(_connect(process))
    await asyncio.wait({stopped, connecting}, return_when=asyncio.FIRST_COMPLETED)
    if not connecting.done():
        return process.stopped_early()
    client = connecting.result()
    return await _poll(process, client, _make_worker(process, client), stopped)


async def _connect(process: WorkerProcess) -> Client:
    settings = process.settings
    config = connect_config(os.environ)
    config["identity"] = process.state.identity
    config["data_converter"] = worker_data_converter(settings.non_retryable)
    tags = {"algorithm": settings.algorithm, "version": settings.version}
    config["runtime"] = make_runtime(settings.metrics_address, tags)
    connector = Connector(config)

    def note(problem: str) -> None:
        process.waiting_for = problem
        logger.info("Waiting. %s", problem, extra={"event": "waiting_for_temporal"})

    return await connector.connect(note)


async def _poll(process: WorkerProcess, client: Client, worker: Worker, stopped: asyncio.Task[None]) -> int:
    gate = process.settings.gate
    if gate:
        process.waiting_for = (
            f"Temporal does not count the worker among those that poll `{process.settings.task_queue}`."
        )
    else:
        process.started()
    running = asyncio.create_task(worker.run())
    polling = asyncio.create_task(_until_polling(process, client))
    await asyncio.wait({running, stopped, polling} if gate else {running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    passed = gate and process.state.status == "ready"
    polling.cancel()
    if running.done():
        logger.error("The worker failed: %s", running.exception(), extra={"event": "worker_failed"})
        return 1
    if passed:
        process.passed()
    else:
        process.draining()
    await worker.shutdown()
    return 0 if passed else process.stopped_early()


async def _until_polling(process: WorkerProcess, client: Client) -> None:
    """Ask the server, less and less often, until it counts the worker among those that poll."""
    delay, noted = _POLLER_CHECK_SECONDS, ""
    while True:
        try:
            if process.state.identity in await activity_pollers(client, process.settings.task_queue):
                process.ready()
                return
        except Exception as error:  # the server may be gone for a moment; the SDK's pollers wait for it too
            if str(error) != noted:
                noted = str(error)
                logger.warning("Whether the worker polls is not known: %s", error, extra={"event": "pollers_unknown"})
        await asyncio.sleep(delay)
        delay = min(delay * _POLLER_CHECK_GROWTH, _LONGEST_POLLER_CHECK_SECONDS)


def _make_worker(process: WorkerProcess, client: Client) -> Worker:
    settings = process.settings
    # The worker's log lines carry what these add to each message, and its own lines say what the SDK's say.
    activity.logger.activity_info_on_message = False
    activity.logger.activity_info_on_extra = False
    logging.getLogger("temporalio.worker").setLevel(logging.WARNING)
    converter = client.data_converter.payload_converter
    watch = LoopWatch(process.activities, process.directory)
    watch.start()
    try:
        return Worker(
            client,
            task_queue=settings.task_queue,
            activities=[each.fn for each in process.activities],
            activity_executor=ThreadPoolExecutor(settings.concurrency, thread_name_prefix="activity"),
            max_concurrent_activities=settings.concurrency,
            interceptors=[ActivityInterceptor(process.activities, process.state, converter, watch)],
            identity=process.state.identity,
            # Left out, the SDK would hash every loaded module.
            build_id=None if settings.deployment_name else settings.version,
            deployment_config=_deployment(settings),
            graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_grace),
        )
    except (TypeError, ValueError) as error:
        raise UserError(f"Temporal's SDK refuses the activities: {error}") from error


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    if settings.deployment_name is None or settings.build_id is None:
        return None
    version = WorkerDeploymentVersion(deployment_name=settings.deployment_name, build_id=settings.build_id)
    return WorkerDeploymentConfig(version=version, use_worker_versioning=True)
