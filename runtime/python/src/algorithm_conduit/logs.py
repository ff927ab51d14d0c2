"""JSON logs: one object a line on standard output. What the researcher's code prints goes to standard error."""

from __future__ import annotations

import concurrent.futures
import contextvars
import datetime
import functools
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, TextIO

logger = logging.Logger("algorithm_conduit", logging.INFO)
"""The worker's own. It stands apart: nothing that the researcher's code does to `logging` silences it."""
logger.manager = logging.Manager(logging.RootLogger(logging.INFO))

current_activity: contextvars.ContextVar[Mapping[str, object] | None] = contextvars.ContextVar(
    "current_activity", default=None
)
"""Fields that every log record made inside the running activity carries."""

REPORTED = "__conduit_reported__"
"""Attribute of an exception whose traceback the worker has logged already."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "temporal_activity"}


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object, with the fields of the worker and of the activity that made it."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        """Take the fields that every line carries."""
        super().__init__()
        self._fields = dict(fields)

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        time = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD and key[:1] != "_"}
        line: dict[str, object] = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": extra.pop("event", "log"),
            "message": record.getMessage(),
            "logger": record.name,
            **self._fields,
            **(current_activity.get() or {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        line |= {key: value for key, value in extra.items() if key not in line}
        return json.dumps(line, default=str, ensure_ascii=False)


def take_stdout() -> TextIO:
    """Keep standard output for JSON lines: whatever else is written to it from now on goes to standard error."""
    sys.stdout.flush()
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    os.dup2(2, 1)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(line_buffering=True)
    return stream


def set_up_logging(stream: TextIO, fields: Mapping[str, object]) -> None:
    """Send every log record of the process to a stream, as JSON lines, and nowhere else.

    Called again after the researcher's code was imported, it undoes what `logging.basicConfig` did there.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(fields))
    handler.addFilter(_is_news)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(min(root.level or logging.INFO, logging.INFO))
    logger.handlers[:] = [handler]
    logging.captureWarnings(True)
    logging.raiseExceptions = False


def carry_into_threads() -> None:
    """Let threads and thread pools that an activity uses log with the activity's fields."""
    start: Any = threading.Thread.start
    submit: Any = concurrent.futures.ThreadPoolExecutor.submit

    @functools.wraps(start)
    def start_with_activity(self: threading.Thread) -> None:
        if current_activity.get() is not None:
            self.run = _carrying(self.run)  # type: ignore[method-assign]
        start(self)

    @functools.wraps(submit)
    def submit_with_activity(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return submit(self, _carrying(fn) if current_activity.get() is not None else fn, *args, **kwargs)

    threading.Thread.start = start_with_activity  # type: ignore[method-assign]
    concurrent.futures.ThreadPoolExecutor.submit = submit_with_activity  # type: ignore[method-assign]


def _carrying(fn: Callable[..., Any]) -> Callable[..., Any]:
    fields = current_activity.get()

    def run(*args: Any, **kwargs: Any) -> Any:
        token = current_activity.set(fields)
        try:
            return fn(*args, **kwargs)
        finally:
            current_activity.reset(token)

    return run


def _is_news(record: logging.LogRecord) -> bool:
    """Drop the SDK's own line on a failure that the worker reports with the activity's end."""
    error = record.exc_info[1] if record.exc_info else None
    return not (record.name.startswith("temporalio") and getattr(error, REPORTED, False))
