"""Turns what an activity returns into plain JSON values."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import json
import math
import pathlib
import uuid
from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
from enum import Enum
from typing import Any

from algorithm_conduit import models

_TEXTUAL = (uuid.UUID, decimal.Decimal, pathlib.PurePath)
_LISTED = (Sequence, Set, ValuesView, Iterator)
"""What becomes a list. Not everything that can be looped over: a data frame would give the names of its columns."""
_DATES = (datetime.datetime, datetime.date, datetime.time)


class EncodeError(ValueError):
    """A value that JSON cannot carry."""

    def __init__(self, path: str, reason: str) -> None:
        """Say what is wrong, and where: `.scores[3]`, or nothing for the whole."""
        super().__init__(f"`value{path}`: {reason}")
        self.path = path
        self.reason = reason


def to_json(value: object) -> bytes:
    """Write a value as compact JSON, as Temporal's SDK does; `bytes` anywhere in it become base64 strings.

    Raises:
        EncodeError: Some part of it cannot be written.
    """
    try:
        plain = to_plain(value)
    except RecursionError:
        raise EncodeError("", "it contains itself, or is nested too deep for JSON") from None
    return json.dumps(plain, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def to_plain(value: object, path: str = "") -> Any:
    """Turn a value into what `json.dumps` takes.

    Dataclasses, pydantic models, enums, dates, UUIDs, paths, decimals and numpy's arrays and numbers are understood.

    Raises:
        EncodeError: Some part of it cannot be written.
    """
    if isinstance(value, Enum):
        return to_plain(value.value, path)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EncodeError(path, f"{value} has no place in JSON. Use None, or leave it out")
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    return _structure(value, path)


def _structure(value: object, path: str) -> Any:
    if models.is_model(type(value)):
        return to_plain(_dumped(value, path), path)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_plain(getattr(value, field.name), f"{path}.{field.name}")
            for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {_key(key, path): to_plain(item, f"{path}[{_shown(key)}]") for key, item in value.items()}
    if isinstance(value, _DATES):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, _TEXTUAL):
        return str(value)
    return _foreign(value, path)


def _foreign(value: Any, path: str) -> Any:
    """Write numpy's arrays and numbers, pydantic 1 models, and what is like a list."""
    if hasattr(value, "dtype") and callable(getattr(value, "tolist", None)):
        return to_plain(value.tolist(), path)
    if hasattr(type(value), "__fields__") and callable(getattr(value, "dict", None)):
        return to_plain(value.dict(), path)
    if isinstance(value, _LISTED):
        return [to_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    raise EncodeError(
        path,
        f"a `{type(value).__qualname__}` cannot be written as JSON. "
        "Use dataclasses, numbers, strings, bytes, lists and dictionaries",
    )


def _dumped(value: object, path: str) -> Any:
    try:
        return models.dump(value)
    except ValueError as error:
        raise EncodeError(path, str(error)) from error


def _key(key: object, path: str) -> str:
    if isinstance(key, Enum):
        return _key(key.value, path)
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, (bool, int, float)):
        return json.dumps(key)
    if isinstance(key, (*_TEXTUAL, *_DATES)):
        return str(key)
    raise EncodeError(path, f"a `{type(key).__qualname__}` cannot be the key of a JSON object. Use strings")


def _shown(key: object) -> str:
    return json.dumps(key) if isinstance(key, str) else str(key)
