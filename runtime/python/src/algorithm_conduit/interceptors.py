"""What the worker does around every activity: arguments, result, heartbeats, one log line at its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from temporalio import activity
from temporalio.common import RawValue
from temporalio.converter import PayloadConverter
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from algorithm_conduit.activities import Activity
from algorithm_conduit.arguments import bind
from algorithm_conduit.decoding import DecodeError
from algorithm_conduit.encoding import EncodeError
from algorithm_conduit.heartbeats import Heartbeats
from algorithm_conduit.logs import REPORTED, current_activity, logger
from algorithm_conduit.loop_watch import LoopWatch
from algorithm_conduit.state import WorkerState

CONVERSION_ATTEMPTS = 3
"""Attempts after which input or output that cannot be converted fails for good."""


_LONGEST_MESSAGE = 2000
_COMPLETES_LATER = "_CompleteAsyncError"
"""What `activity.raise_complete_async()` raises is no error; its class is not public."""


class ActivityInterceptor(Interceptor):
    """Puts the worker's own around each activity. It needs the worker's data converter: arguments come undecoded."""

    def __init__(
        self, activities: Iterable[Activity], state: WorkerState, converter: PayloadConverter, watch: LoopWatch
    ) -> None:
        """Take what it needs to know of the worker."""
        self.activities = {each.name: each for each in activities}
        self.state = state
        self.converter = converter
        self.watch = watch

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Make the interceptor of one activity."""
        return _Inbound(next, self)


class _Inbound(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, shared: ActivityInterceptor) -> None:
        super().__init__(next)
        self._shared = shared
        self._heartbeats: Heartbeats | None = None

    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        details = [self._decoded(detail) for detail in outbound.info().heartbeat_details]
        self._heartbeats = Heartbeats(outbound, details)
        super().init(self._heartbeats)

    def _decoded(self, detail: Any) -> Any:
        return self._shared.converter.from_payload(detail.payload) if isinstance(detail, RawValue) else detail

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        token = current_activity.set(_fields(info))
        started = time.monotonic()
        self._shared.state.taken += 1
        try:
            with self._shared.state.running.one(info):
                result = await self._run(input, info)
        except BaseException as error:
            _report(error, info, started)
            raise
        else:
            _report(None, info, started)
            return result
        finally:
            current_activity.reset(token)

    async def _run(self, input: ExecuteActivityInput, info: activity.Info) -> Any:
        known = self._shared.activities.get(info.activity_type)
        if known is not None:
            payloads = [argument.payload for argument in input.args]
            try:
                input.args = bind(known, payloads, self._shared.converter)
            except DecodeError as error:
                raise _for_good_at_last("InvalidInput", str(error), info) from None
        if known is not None and known.is_async:
            with self._shared.watch.running(info.activity_type):
                result = await self.next.execute_activity(input)
        else:
            assert self._heartbeats is not None
            timeout = info.heartbeat_timeout.total_seconds() if info.heartbeat_timeout else None
            async with self._heartbeats.repeated(timeout):
                result = await self.next.execute_activity(input)
        try:
            return RawValue(self._shared.converter.to_payload(result))
        except EncodeError as error:
            raise _for_good_at_last("InvalidOutput", f"`result{error.path}`: {error.reason}", info) from None


def _for_good_at_last(kind: str, message: str, info: activity.Info) -> ApplicationError:
    """Make the error of values that cannot be converted: retried, since new code may come, but not for ever."""
    return ApplicationError(message, type=kind, non_retryable=info.attempt >= CONVERSION_ATTEMPTS)


def _fields(info: activity.Info) -> dict[str, object]:
    return {
        "activity": info.activity_type,
        "activity_id": info.activity_id,
        "workflow": info.workflow_type,
        "workflow_id": info.workflow_id,
        "run_id": info.workflow_run_id,
        "attempt": info.attempt,
    }


def _report(error: BaseException | None, info: activity.Info, started: float) -> None:
    outcome = _outcome(error)
    extra: dict[str, object] = {
        "event": "activity_ended",
        "outcome": outcome,
        "duration_ms": round((time.monotonic() - started) * 1000),
    }
    if outcome != "failed" or error is None:
        logger.info("Activity `%s` %s.", info.activity_type, outcome, extra=extra)
        return
    kind = (error.type if isinstance(error, ApplicationError) else None) or type(error).__name__
    message = (error.message if isinstance(error, ApplicationError) else str(error))[:_LONGEST_MESSAGE]
    extra |= {"error_type": kind, "error_message": message}
    explained = kind in ("InvalidInput", "InvalidOutput") and isinstance(error, ApplicationError)
    logger.warning(
        "Activity `%s` failed: %s: %s",
        info.activity_type,
        kind,
        message,
        extra=extra,
        exc_info=None if explained else error,
    )
    BaseException.__setattr__(error, REPORTED, True)  # some exceptions are frozen dataclasses


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "completed"
    if isinstance(error, (CancelledError, asyncio.CancelledError)):
        return "cancelled"
    if type(error).__name__ == _COMPLETES_LATER:
        return "left to complete asynchronously"
    return "failed"
