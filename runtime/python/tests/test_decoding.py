from __future__ import annotations

import collections
import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar, Union

import numpy
import numpy.typing
import pytest

from algorithm_conduit.decoding import DecodeError, accepts_none, decode

T = TypeVar("T")
UserId = NewType("UserId", int)


class Color(enum.Enum):
    RED = "red"
    BLUE = 2
    PAIR = (1, 2)


class Level(enum.IntEnum):
    LOW = 1


class Mode(str, enum.Enum):
    FAST = "fast"


class Flags(enum.Flag):
    A = 1
    B = 2


class Point(NamedTuple):
    x: int
    y: int = 0


class Options(TypedDict, total=False):
    language: str
    beams: int


class Strict(TypedDict):
    language: str


@dataclass
class Segment:
    start: float
    words: list[str] = field(default_factory=list)


@dataclass
class Clip:
    samples: bytes
    sample_rate: int
    name: str | None = None
    segments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True)
class Box(Generic[T]):
    item: T


@dataclass
class Checked:
    rate: int
    double: int = field(init=False)

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise ValueError("rate must not be negative")
        self.double = self.rate * 2


@dataclass
class Cat:
    name: str


@dataclass
class Dog:
    name: str
    tricks: list[str] = field(default_factory=list)


class Tree(NamedTuple):
    children: list[Tree]


@dataclass
class Unresolved:
    x: NotThere  # type: ignore[name-defined]  # noqa: F821


def problems(value: object, hint: Any) -> list[str]:
    with pytest.raises(DecodeError) as caught:
        decode(value, hint, "x")
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (3, int, 3),
        (3.0, int, 3),
        (3, float, 3.0),
        (True, bool, True),
        ("a", str, "a"),
        (None, None, None),
        (None, type(None), None),
        ([1], Any, [1]),
        ([1], object, [1]),
        ("/wD+", bytes, b"\xff\x00\xfe"),
        ("_wD-", bytes, b"\xff\x00\xfe"),
        ("/w==", bytes, b"\xff"),
        ("/w", bytes, b"\xff"),
        ("", bytes, b""),
        ([255, 0], bytes, b"\xff\x00"),
        (b"\xff", bytes, b"\xff"),
        ("/w==", bytearray, bytearray(b"\xff")),
        ("/w==", Optional[bytes], b"\xff"),
        (["/w=="], list[bytes], [b"\xff"]),
        ("2024-05-01T10:00:00Z", datetime.datetime, datetime.datetime(2024, 5, 1, 10, tzinfo=datetime.timezone.utc)),
        (
            "2024-05-01T10:00:00.5+00:00",
            datetime.datetime,
            datetime.datetime(2024, 5, 1, 10, 0, 0, 500000, datetime.timezone.utc),
        ),
        ("2024-05-01", datetime.date, datetime.date(2024, 5, 1)),
        ("10:00:00", datetime.time, datetime.time(10)),
        (1.5, datetime.timedelta, datetime.timedelta(seconds=1.5)),
        ("1.10", decimal.Decimal, decimal.Decimal("1.10")),
        ("12345678-1234-5678-1234-567812345678", uuid.UUID, uuid.UUID("12345678-1234-5678-1234-567812345678")),
        ("a/b", pathlib.Path, pathlib.Path("a/b")),
        ("red", Color, Color.RED),
        (2, Color, Color.BLUE),
        ([1, 2], Color, Color.PAIR),
        (1, Level, Level.LOW),
        ("fast", Mode, Mode.FAST),
        (3, Flags, Flags.A | Flags.B),
        ("a", Literal["a", 1], "a"),
        (1, Literal["a", 1], 1),
        ([1, 2], list, [1, 2]),
        ([1, 2], list[float], [1.0, 2.0]),
        ([1, 2], Sequence[int], [1, 2]),
        ([1, 2], Iterable[int], [1, 2]),
        ([1, 2], tuple[int, ...], (1, 2)),
        ([1, "a"], tuple[int, str], (1, "a")),
        ([1, 2], set[int], {1, 2}),
        ([1, 2], frozenset[int], frozenset({1, 2})),
        ([1, 2], collections.abc.Set[int], {1, 2}),
        ([1, 2], collections.deque[int], collections.deque([1, 2])),
        ({"a": 1}, dict, {"a": 1}),
        ({"a": 1}, dict[str, float], {"a": 1.0}),
        ({"1": "a"}, Mapping[int, str], {1: "a"}),
        ({"true": 1}, dict[bool, int], {True: 1}),
        ({"red": 1, "2": 2}, dict[Color, int], {Color.RED: 1, Color.BLUE: 2}),
        ({"a": 1}, collections.OrderedDict[str, int], collections.OrderedDict(a=1)),
        ({"a": 1}, collections.Counter[str], collections.Counter(a=1)),
        ({"a": [1]}, collections.defaultdict[str, list[int]], collections.defaultdict(None, a=[1])),
        ([1, 2], Point, Point(1, 2)),
        ([1], Point, Point(1)),
        ({"x": 1, "y": 3}, Point, Point(1, 3)),
        ({"language": "en", "more": 1}, Options, {"language": "en", "more": 1}),
        (5, UserId, 5),
        (5, Annotated[int, "unit: s"], 5),
        (5, T, 5),
        (5, typing.Final[int], 5),
        (5, Union[str, int], 5),
        (5, float | int, 5),
        (5.5, int | float, 5.5),
        ("5", int | str, "5"),
        ("YQ==", bytes | str, b"a"),
        ("YQ==", str | bytes, "YQ=="),
        ({"item": 3}, Box[int], Box(3)),
        ({"item": {"item": "a"}}, Box[Box[str]], Box(Box("a"))),
        ({"rate": 2, "double": 5}, Checked, None),
        ({"name": "Tom"}, Cat | Dog, Cat("Tom")),
        ({"name": "Rex", "tricks": ["sit"]}, Cat | Dog, Dog("Rex", ["sit"])),
    ],
)
def test_a_value_becomes_what_its_type_says(value: object, hint: Any, expected: object) -> None:
    if hint is Checked:
        made = decode(value, hint, "x")
        assert (made.rate, made.double) == (2, 5)
        return
    decoded = decode(value, hint, "x")
    assert decoded == expected
    assert type(decoded) is type(expected)


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        ("abc", int, '`x`: expected int, got str "abc"'),
        (True, int, "`x`: expected int, got bool true"),
        (1.5, int, "`x`: expected int, got float 1.5"),
        (float("inf"), int, "`x`: expected int, got float Infinity"),
        (True, float, "`x`: expected float, got bool true"),
        (None, int, "`x`: expected int, got null"),
        (1, str, "`x`: expected str, got int 1"),
        (1, None, "`x`: expected null, got int 1"),
        ("a", bool, '`x`: expected bool, got str "a"'),
        ("ä!", bytes, '`x`: expected bytes as a base64 string, got str "ä!"'),
        ("a", bytes, '`x`: expected bytes as a base64 string, got str "a"'),
        ("YQ====", bytes, '`x`: expected bytes as a base64 string, got str "YQ===="'),
        ([256], bytes, "`x`: expected bytes as a base64 string, got list [256]"),
        (b"\xff", str, "`x`: expected str, got 1 bytes"),
        ("yesterday", datetime.datetime, '`x`: expected datetime in ISO 8601, got str "yesterday"'),
        ("one", decimal.Decimal, '`x`: expected Decimal, got str "one"'),
        ("green", Color, '`x`: expected Color (one of "red", 2, [1, 2]), got str "green"'),
        (True, Level, "`x`: expected Level (one of 1), got bool true"),
        ("b", Literal["a", 1], '`x`: expected one of "a", 1, got str "b"'),
        (True, Literal["a", 1], '`x`: expected one of "a", 1, got bool true'),
        ("ab", list[str], '`x`: expected list[str], got str "ab"'),
        ([1, "a", None], list[int], '`x[1]`: expected int, got str "a"'),
        ([[1]], set[list[int]], "`x`: TypeError: unhashable type: 'list'"),
        ([1], tuple[int, str], "`x`: expected tuple[int, str] of 2 items, got list [1]"),
        ({"a": "b"}, dict[str, int], '`x["a"]`: expected int, got str "b"'),
        ({"a": 1}, dict[int, int], '`x key "a"`: expected int, got str "a"'),
        ([], dict[str, int], "`x`: expected dict[str, int], got list []"),
        ([1, 2, 3], Point, "`x`: expected Point (x, y), got list [1, 2, 3]"),
        ({"beams": "a"}, Options, '`x.beams`: expected int, got str "a"'),
        ({}, Strict, "`x.language`: missing, expected str"),
        ([], Clip, "`x`: expected Clip, got list []"),
        ({"rate": -1}, Checked, "`x`: ValueError: rate must not be negative"),
        ("a", Optional[int], '`x`: expected int, got str "a"'),
        ([], int | str, "`x`: expected int | str, got list []"),
        ({}, Unresolved, "`x`: NameError: name 'NotThere' is not defined"),
        (1, type("Lock", (), {}), "`x`: expected Lock, got int 1"),
        ("a" * 100, int, f'`x`: expected int, got str "{"a" * 56}...'),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_path_expected_and_got(value: object, hint: Any, expected: str) -> None:
    assert problems(value, hint)[0] == expected


def test_every_problem_is_told() -> None:
    value = {"samples": 1, "name": 2, "segments": [{"start": "a"}, {"words": [1, "b", 2]}], "more": 1}
    assert problems(value, Clip) == [
        "`x.sample_rate`: missing, expected int",
        "`x.samples`: expected bytes as a base64 string, got int 1",
        "`x.name`: expected str, got int 2",
        '`x.segments[0].start`: expected float, got str "a"',
        "`x.segments[1].start`: missing, expected float",
        "`x.segments[1].words[0]`: expected str, got int 1",
        "`x.segments[1].words[2]`: expected str, got int 2",
    ]


def test_of_many_problems_ten_are_in_the_message() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(["a"] * 12, list[int], "x")
    assert str(caught.value).count("expected") == 10
    assert str(caught.value).endswith("; and 2 more")


def test_unknown_fields_are_ignored_and_missing_ones_get_defaults() -> None:
    decoded = decode({"samples": "AA==", "sample_rate": 8, "unknown": 1}, Clip, "clip")
    assert decoded == Clip(b"\0", 8)


def test_what_is_nested_too_deep_is_told() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [[value]]
    assert problems(value, Tree) == ["`x`: nested too deep"]


def test_arrays_are_made_where_numpy_asks_for_them() -> None:
    array = decode([[1, 2]], numpy.typing.NDArray[numpy.float32], "x")
    assert (array.dtype, array.tolist()) == (numpy.float32, [[1.0, 2.0]])
    assert decode([1, 2], numpy.ndarray, "x").tolist() == [1, 2]
    assert problems(["a"], numpy.typing.NDArray[numpy.float32])[0].startswith("`x`: ValueError: could not convert")


def test_whether_a_type_accepts_none_is_known() -> None:
    assert accepts_none(Optional[int])
    assert accepts_none(Any)
    assert not accepts_none(int)
    assert not accepts_none(Clip)
