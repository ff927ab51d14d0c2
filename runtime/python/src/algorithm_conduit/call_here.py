"""Runs an activity in this process, without a server, with the same converter as in production."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from algorithm_conduit.activities import Activity
from algorithm_conduit.arguments import bind
from algorithm_conduit.converter import data_converter
from algorithm_conduit.decoding import DecodeError
from algorithm_conduit.discovery import discover
from algorithm_conduit.encoding import EncodeError
from algorithm_conduit.entry import directory_and_entry
from algorithm_conduit.errors import CallError, UserError
from algorithm_conduit.process import tell_crashes


def call_here(path: str, name: str | None, arguments: list[Any], env: Mapping[str, str]) -> Any:
    """Run one activity of a folder; gives its result as JSON values. An error's traceback goes to standard error.

    Raises:
        UserError: There is no such activity, the arguments do not fit, or it failed.
    """
    tell_crashes()
    activity = _chosen(discover(*directory_and_entry(path, env)), name)
    converter = data_converter.payload_converter
    try:
        values = bind(activity, [converter.to_payload(value) for value in arguments], converter)
    except DecodeError as error:
        raise CallError("InvalidInput", f"InvalidInput: {error}") from None
    result = _run(activity, values)
    try:
        return converter.from_payload(converter.to_payload(result))
    except EncodeError as error:
        raise CallError("InvalidOutput", f"InvalidOutput: `result{error.path}`: {error.reason}") from None


def _run(activity: Activity, values: list[Any]) -> Any:
    environment = ActivityEnvironment()
    try:
        if activity.is_async:
            return asyncio.run(environment.run(activity.fn, *values))
        return environment.run(activity.fn, *values)
    except Exception as error:
        sys.stderr.write("".join(traceback.format_exception(error)))
        kind = (error.type if isinstance(error, ApplicationError) else None) or type(error).__name__
        message = error.message if isinstance(error, ApplicationError) else str(error)
        raise CallError(kind, f"{kind}: {message}") from error


def _chosen(activities: tuple[Activity, ...], name: str | None) -> Activity:
    for activity in activities:
        if activity.name == name:
            return activity
    known = "\n".join(f"  {activity.signature()}" for activity in activities)
    what = "Name an activity." if name is None else f"There is no activity `{name}`."
    raise UserError(f"{what} The folder has:\n{known}")
