"""Connects to Temporal, by the SDK's own environment configuration."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import (
    LoggingConfig,
    LoggingFormat,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from algorithm_conduit.errors import UserError
from algorithm_conduit.logs import logger
from algorithm_conduit.settings import TcpAddress

_FIRST_RETRY_SECONDS = 0.1
_LONGEST_RETRY_SECONDS = 2.0
_LOGGING = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), format=LoggingFormat.JSON)
"""The SDK's core writes to standard error by itself."""


def connect_config(env: Mapping[str, str]) -> dict[str, Any]:
    """Read where and how to connect: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*.

    A `temporal.toml` of the user's is read only where the environment does not say the address: the two would mix.

    Raises:
        UserError: The SDK cannot make sense of it.
    """
    disable_file = bool(env.get("TEMPORAL_ADDRESS")) and not env.get("TEMPORAL_CONFIG_FILE")
    try:
        config: dict[str, Any] = {**ClientConfig.load_client_connect_config(disable_file=disable_file)}
    except Exception as error:
        raise UserError(f"The configuration of Temporal's client cannot be used: {error}.") from error
    return {"target_host": "localhost:7233", "namespace": "default", **config}


class Connector:
    """Connects to the server and namespace of a configuration."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take what `connect_config` gave, and further arguments of `Client.connect`."""
        self._config = config

    async def connect(self, note: Callable[[str], None]) -> Client:
        """Connect, again and again until it succeeds.

        Args:
            note: Told what is wrong, whenever that changes.
        """
        delay, noted = _FIRST_RETRY_SECONDS, ""
        while True:
            try:
                return await self.connect_once()
            except UserError as error:
                if str(error) != noted:
                    noted = str(error)
                    note(noted)
            await asyncio.sleep(delay)
            delay = min(delay * 2, _LONGEST_RETRY_SECONDS)

    async def connect_once(self) -> Client:
        """Connect once, and make sure that the namespace is there.

        Raises:
            UserError: The server cannot be reached, refuses, or does not have the namespace.
        """
        try:
            client = await Client.connect(**self._config)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
        except Exception as error:  # the SDK raises RuntimeError, RPCError, and ValueError for a bad address
            where = f"Temporal at `{self._config['target_host']}`, namespace `{self._config['namespace']}`,"
            raise UserError(f"{where} cannot be used: {_reason(error)}.") from error
        return client


def _reason(error: Exception) -> str:
    """The first line of what the SDK says; of a connection that failed, what the system said of it."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0].removesuffix(".")
    quoted: list[str] = re.findall(r'"([^"]+)"', said)
    return quoted[-1] if "transport::Error" in said and quoted else said


async def activity_pollers(client: Client, task_queue: str) -> set[str]:
    """Ask the server which workers poll a task queue for activities; their identities."""
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
    )
    return {poller.identity for poller in answer.pollers}


def quiet_runtime() -> Runtime:
    """Start the SDK's core for a command: it says nothing but errors on its own."""
    level = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=level)), worker_heartbeat_interval=None)


def make_runtime(metrics: TcpAddress | None, tags: Mapping[str, str]) -> Runtime:
    """Start the SDK's core, with its Prometheus endpoint if one is wanted. An address in use costs the metrics only."""
    if metrics is not None:
        prometheus = PrometheusConfig(bind_address=str(metrics))
        try:
            return Runtime(telemetry=TelemetryConfig(logging=_LOGGING, metrics=prometheus, global_tags=tags))
        except Exception as error:
            logger.warning(
                "No metrics: `%s` cannot be listened on: %s",
                metrics,
                error,
                extra={"event": "metrics_unavailable"},
            )
    return Runtime(telemetry=TelemetryConfig(logging=_LOGGING))
