from __future__ import annotations

import collections
import datetime
import decimal
import enum
import json
import pathlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy
import pytest
from temporalio.converter import JSONPlainPayloadConverter

from algorithm_conduit.encoding import EncodeError, to_json, to_plain


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Point(NamedTuple):
    x: int
    y: int


class Table:
    """As data frames do, it gives the names of its columns."""

    def __iter__(self) -> Iterator[str]:
        return iter(("a", "b"))


@dataclass
class Segment:
    start: float
    audio: bytes = b""


@dataclass(frozen=True)
class Transcript:
    text: str
    segments: list[Segment] = field(default_factory=list)
    made: datetime.datetime | None = None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (1.5, 1.5),
        ("a", "a"),
        (b"\xff\x00\xfe", "/wD+"),
        (bytearray(b"\xff"), "/w=="),
        (memoryview(b"\xff"), "/w=="),
        (Color.RED, "red"),
        (Level.LOW, 1),
        (Point(1, 2), [1, 2]),
        ((1, b"\xff"), [1, "/w=="]),
        ({3}, [3]),
        (collections.deque([1]), [1]),
        ((n for n in (1, 2)), [1, 2]),
        ({"a": 1}.values(), [1]),
        ({"a": 1}.keys(), ["a"]),
        ({"a": b"\xff"}, {"a": "/w=="}),
        ({1: 2, False: 3, None: 4, 1.5: 5, Color.RED: 6}, {"1": 2, "false": 3, "null": 4, "1.5": 5, "red": 6}),
        (
            Transcript("a", [Segment(1.0, b"\xff")]),
            {"text": "a", "segments": [{"start": 1.0, "audio": "/w=="}], "made": None},
        ),
        (datetime.datetime(2024, 5, 1, 10), "2024-05-01T10:00:00"),
        (datetime.date(2024, 5, 1), "2024-05-01"),
        (datetime.timedelta(seconds=1.5), 1.5),
        (decimal.Decimal("1.10"), "1.10"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (numpy.float32(0.5), 0.5),
        (numpy.int64(3), 3),
        (numpy.bool_(True), True),
        (numpy.array([[1.0, 2.0]], dtype=numpy.float32), [[1.0, 2.0]]),
    ],
)
def test_a_value_becomes_plain(value: object, expected: object) -> None:
    assert to_plain(value) == expected
    json.dumps(to_plain(expected), allow_nan=False)


@pytest.mark.parametrize(
    "value",
    [
        Transcript("ü", [Segment(1.0)], datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)).text,
        {"b": [1, 2.5, None, True], "a": "ü"},
        Level.LOW,
        (1, 2),
        uuid.UUID(int=1),
        Point(1, 2),
        {1: 2},
    ],
)
def test_json_is_written_as_the_sdk_writes_it(value: Any) -> None:
    payload = JSONPlainPayloadConverter().to_payload(value)
    assert payload is not None
    assert to_json(value) == payload.data


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (object(), "`value`: a `object` cannot be written as JSON"),
        (lambda: None, "`value`: a `function` cannot be written as JSON"),
        (Segment, "`value`: a `type` cannot be written as JSON"),
        (Transcript("a", [Segment(1.0), Segment(float("nan"))]), "`value.segments[1].start`: nan has no place in JSON"),
        ({"a b": [float("inf")]}, '`value["a b"][0]`: inf has no place in JSON'),
        (numpy.array([1.0, float("nan")]), "`value[1]`: nan has no place in JSON"),
        ({(1, 2): 3}, "`value`: a `tuple` cannot be the key of a JSON object"),
        (1j, "`value`: a `complex` cannot be written as JSON"),
        (Table(), "`value`: a `Table` cannot be written as JSON"),
    ],
)
def test_what_json_cannot_carry_is_told_with_its_path(value: object, expected: str) -> None:
    with pytest.raises(EncodeError) as caught:
        to_json(value)
    assert str(caught.value).startswith(expected)


def test_what_contains_itself_is_told() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(EncodeError, match="`value`: it contains itself, or is nested too deep for JSON"):
        to_json(value)
