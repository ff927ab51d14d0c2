"""Fits what a caller sent to the parameters of an activity."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import PayloadConverter

from algorithm_conduit.activities import Activity, is_required
from algorithm_conduit.decoding import DecodeError, accepts_none, decode
from algorithm_conduit.hints import type_name

_TYPED_ENCODINGS = (b"json/plain", b"binary/plain", b"binary/null")


def bind(activity: Activity, payloads: Sequence[Payload], converter: PayloadConverter) -> list[Any]:
    """Decode the arguments of a call.

    Parameters that were not given get their defaults, and so does one that got nothing (`undefined` in JavaScript) and
    does not take None.

    Raises:
        DecodeError: They do not fit; the message names every problem.
    """
    parameters = _expand(activity.parameters, len(payloads))
    problems: list[str] = []
    if len(payloads) > len(parameters):
        most = "1 argument" if len(parameters) == 1 else f"{len(parameters)} arguments"
        problems.append(f"`{activity.signature()}` takes {most}, got {len(payloads)}")
    for parameter in parameters[len(payloads) :]:
        if is_required(parameter):
            expected = type_name(activity.hints[parameter.name]) if parameter.name in activity.hints else "a value"
            problems.append(f"`{parameter.name}`: missing, expected {expected}")
    arguments = []
    for parameter, payload in zip(parameters, payloads):  # noqa: B905 - the lengths were compared
        try:
            arguments.append(_argument(activity, parameter, payload, converter))
        except DecodeError as error:
            problems.extend(error.problems)
    if problems:
        raise DecodeError(problems)
    return arguments


def _expand(parameters: Sequence[inspect.Parameter], count: int) -> list[inspect.Parameter]:
    """Repeat `*clips` as often as arguments are left for it."""
    if not parameters or parameters[-1].kind is not inspect.Parameter.VAR_POSITIONAL:
        return list(parameters)
    fixed = list(parameters[:-1])
    return fixed + [parameters[-1]] * max(0, count - len(fixed))


def _argument(activity: Activity, parameter: inspect.Parameter, payload: Payload, converter: PayloadConverter) -> Any:
    hint = activity.hints.get(parameter.name, Any)
    if hint is RawValue:
        return RawValue(payload)
    encoding = payload.metadata.get("encoding", b"")
    try:
        value = json.loads(payload.data) if encoding == b"json/plain" else converter.from_payload(payload)
    except Exception as error:
        raise DecodeError([f"`{parameter.name}`: cannot be read: {error}"]) from error
    if encoding not in _TYPED_ENCODINGS:
        return value
    if value is None and parameter.default is not inspect.Parameter.empty and not accepts_none(hint):
        return parameter.default
    return decode(value, hint, parameter.name)
