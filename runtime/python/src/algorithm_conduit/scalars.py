"""Readers for the types that JSON writes as one number, string or truth value."""

from __future__ import annotations

import datetime
import decimal
import pathlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from algorithm_conduit.base64s import from_base64

_T = TypeVar("_T")

READ_ERRORS = (ValueError, TypeError, ArithmeticError)
"""What the readers raise for a value that does not fit."""

EXPECTED: Mapping[Any, str] = {
    bytes: "bytes as a base64 string",
    bytearray: "bytes as a base64 string",
    datetime.datetime: "datetime in ISO 8601",
    datetime.date: "date in ISO 8601",
    datetime.time: "time in ISO 8601",
    datetime.timedelta: "timedelta in seconds",
}
"""What messages say is expected, where the type's name does not say how JSON writes it."""


def _bool(value: Any) -> bool:
    return _of(value, bool)


def _int(value: Any) -> int:
    number = _of(value, int, float)
    if isinstance(number, bool) or number != int(number):
        raise TypeError
    return int(number)


def _float(value: Any) -> float:
    number = _of(value, int, float)
    if isinstance(number, bool):
        raise TypeError
    return float(number)


def _str(value: Any) -> str:
    return _of(value, str)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else from_base64(_of(value, str, list))


def _bytearray(value: Any) -> bytearray:
    return bytearray(_bytes(value))


def _datetime(value: Any) -> datetime.datetime:
    return datetime.datetime.fromisoformat(_without_z(_str(value)))


def _date(value: Any) -> datetime.date:
    return datetime.date.fromisoformat(_str(value))


def _time(value: Any) -> datetime.time:
    return datetime.time.fromisoformat(_without_z(_str(value)))


def _timedelta(value: Any) -> datetime.timedelta:
    return datetime.timedelta(seconds=_float(value))


def _decimal(value: Any) -> decimal.Decimal:
    number = _of(value, int, float, str)
    if isinstance(number, bool):
        raise TypeError
    return decimal.Decimal(str(number))


def _uuid(value: Any) -> uuid.UUID:
    return uuid.UUID(_str(value))


def _path(value: Any) -> pathlib.Path:
    return pathlib.Path(_str(value))


def _of(value: Any, *kinds: type[_T]) -> _T:
    if not isinstance(value, kinds):
        raise TypeError
    return value


def _without_z(text: str) -> str:
    """Write `Z` as Python 3.10 reads it, and milliseconds as JavaScript writes them."""
    text = f"{text[:-1]}+00:00" if text.endswith(("Z", "z")) else text
    head, dot, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}" if dot else text


READERS: Mapping[Any, Callable[[Any], Any]] = {
    bool: _bool,
    int: _int,
    float: _float,
    str: _str,
    bytes: _bytes,
    bytearray: _bytearray,
    datetime.datetime: _datetime,
    datetime.date: _date,
    datetime.time: _time,
    datetime.timedelta: _timedelta,
    decimal.Decimal: _decimal,
    uuid.UUID: _uuid,
    pathlib.Path: _path,
    pathlib.PurePath: _path,
}
"""The reader of each type: gives the value, or raises one of `READ_ERRORS`."""
