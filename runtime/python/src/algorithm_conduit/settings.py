"""The worker contract: what the environment of a worker process says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from algorithm_conduit.errors import UserError

_T = TypeVar("_T")

_LONGEST_SECONDS = 10_000_000
_GATE_SUFFIX = ".gate"
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@dataclass(frozen=True)
class TcpAddress:
    """A host and port to listen on."""

    host: str
    port: int

    def __str__(self) -> str:
        """Write it as `host:port`, the host of an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class UnixAddress:
    """A Unix socket to listen on."""

    path: str

    def __str__(self) -> str:
        """Write it as `unix:/absolute/path.sock`."""
        return f"unix:{self.path}"


@dataclass(frozen=True)
class Settings:
    """What a worker process is to do. Every field has a default, so that `algorithm-conduit run` works by itself."""

    algorithm: str
    """Name of the algorithm (`CONDUIT_ALGORITHM`; default: the folder's name)."""
    task_queue: str
    """Temporal task queue to poll (`CONDUIT_TASK_QUEUE`; default: the algorithm's name)."""
    version: str
    """`<tree>-<recipe>` of the code (`CONDUIT_VERSION`; default `dev`)."""
    commit: str
    """Commit of the code, or `mock`, with suffix `-dirty` for an edited folder (`CONDUIT_COMMIT`; default `dev`)."""
    concurrency: int
    """Activities at a time (`CONDUIT_CONCURRENCY`; default 1)."""
    shutdown_grace: float
    """Seconds that running activities may go on after SIGTERM (`CONDUIT_SHUTDOWN_GRACE`; default 70)."""
    startup_timeout: float
    """Seconds for import and connection (`CONDUIT_STARTUP_TIMEOUT`; default 600)."""
    cpu: float | None
    """Cores; numeric libraries get as many threads (`CONDUIT_CPU`; default: their own choice)."""
    non_retryable: frozenset[str]
    """Error types that are never retried, whoever calls (`CONDUIT_NON_RETRYABLE`, comma-separated; default none)."""
    health_address: TcpAddress | UnixAddress | None
    """Where `/healthz` and `/readyz` are served (`CONDUIT_HEALTH_ADDRESS`; default: nowhere)."""
    metrics_address: TcpAddress | None
    """Where the SDK serves Prometheus metrics (`CONDUIT_METRICS_ADDRESS`; default: nowhere)."""
    running_file: Path | None
    """Where it keeps which activities run, in case it is killed (`CONDUIT_RUNNING_FILE`; default: nowhere)."""
    gate: bool
    """Start, serve a task queue of its own (`<task queue>.gate`), and end: with 0 if that worked (`CONDUIT_GATE=1`)."""
    exit_with_parent: bool
    """Drain and exit when the parent process is gone (`CONDUIT_EXIT_WITH_PARENT=1`; default no)."""
    deployment_name: str | None
    """Worker deployment, for Worker Versioning (`TEMPORAL_DEPLOYMENT_NAME`; default none)."""
    build_id: str | None
    """Build id within the deployment (`TEMPORAL_WORKER_BUILD_ID`; default none)."""


def read_settings(env: Mapping[str, str], folder_name: str) -> Settings:
    """Read the worker contract from an environment.

    Args:
        env: The environment.
        folder_name: Name of the algorithm's folder, used where the environment does not name the algorithm.

    Raises:
        UserError: Some variables cannot be used; it names all of them.
    """
    problems: list[str] = []

    def read(name: str, parse: Callable[[str], _T], default: _T) -> _T:
        text = env.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            problems.append(f'`{name}` is "{text}". {error}')
            return default

    read("CONDUIT_CONTRACT", _contract, None)
    algorithm = read("CONDUIT_ALGORITHM", str, folder_name or "algorithm")
    gate = read("CONDUIT_GATE", _flag, False)
    task_queue = read("CONDUIT_TASK_QUEUE", str, algorithm)
    settings = Settings(
        algorithm=algorithm,
        task_queue=_gate_queue(task_queue) if gate else task_queue,
        version=read("CONDUIT_VERSION", str, "dev"),
        commit=read("CONDUIT_COMMIT", str, "dev"),
        concurrency=read("CONDUIT_CONCURRENCY", _count, 1),
        shutdown_grace=read("CONDUIT_SHUTDOWN_GRACE", _seconds, 70.0),
        startup_timeout=read("CONDUIT_STARTUP_TIMEOUT", _positive, 600.0),
        cpu=read("CONDUIT_CPU", _optional_positive, None),
        non_retryable=read("CONDUIT_NON_RETRYABLE", _names, frozenset()),
        health_address=read("CONDUIT_HEALTH_ADDRESS", _health_address, None),
        metrics_address=read("CONDUIT_METRICS_ADDRESS", _optional_tcp, None),
        running_file=read("CONDUIT_RUNNING_FILE", Path, None),
        gate=gate,
        exit_with_parent=read("CONDUIT_EXIT_WITH_PARENT", _flag, False),
        deployment_name=read("TEMPORAL_DEPLOYMENT_NAME", _optional, None),
        build_id=read("TEMPORAL_WORKER_BUILD_ID", _optional, None),
    )
    if (settings.deployment_name is None) != (settings.build_id is None):
        problems.append(
            "Only one of `TEMPORAL_DEPLOYMENT_NAME` and `TEMPORAL_WORKER_BUILD_ID` is set. Set both, or neither."
        )
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise UserError(f"The worker's environment has {count}.", problems)
    return settings


def limit_threads(cpu: float | None, env: MutableMapping[str, str]) -> None:
    """Tell numeric libraries how many threads they may use, unless that was said already.

    They look at the machine's cores otherwise, not at the share that the worker has. It must happen before they load.
    """
    if cpu is None:
        return
    for name in _THREAD_VARIABLES:
        env.setdefault(name, str(math.ceil(cpu)))


def _gate_queue(task_queue: str) -> str:
    """Name the task queue of a gate: never the one that serves callers."""
    return task_queue if task_queue.endswith(_GATE_SUFFIX) else task_queue + _GATE_SUFFIX


def _contract(text: str) -> None:
    if text != "1":
        raise ValueError("This worker keeps contract 1: use the worker that came with the platform.")


def _optional(text: str) -> str | None:
    return text


def _number(text: str) -> float:
    number = float(text) if text.isascii() else math.nan
    if not math.isfinite(number):
        raise ValueError
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        raise ValueError("Give a whole number from 1 to 10000.")
    return int(text)


def _seconds(text: str) -> float:
    try:
        number = _number(text)
    except ValueError:
        number = -1
    if not 0 <= number <= _LONGEST_SECONDS:
        raise ValueError(f"Give a number from 0 to {_LONGEST_SECONDS}.")
    return number


def _positive(text: str) -> float:
    number = _seconds(text)
    if number == 0:
        raise ValueError("Give a number above 0.")
    return number


def _optional_positive(text: str) -> float | None:
    return _positive(text)


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("Give 1, or 0.")
    return text == "1"


def _names(text: str) -> frozenset[str]:
    return frozenset(name for name in (part.strip() for part in text.split(",")) if name)


def _tcp(text: str) -> TcpAddress:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError("Give `host:port`.")
    return TcpAddress(host.removeprefix("[").removesuffix("]"), int(port))


def _optional_tcp(text: str) -> TcpAddress | None:
    return _tcp(text)


def _health_address(text: str) -> TcpAddress | UnixAddress | None:
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        if not path.startswith("/"):
            raise ValueError("Give an absolute path, `unix:/run/worker.sock`.")
        return UnixAddress(path)
    try:
        return _tcp(text)
    except ValueError:
        raise ValueError("Give `host:port` or `unix:/absolute/path.sock`.") from None
