from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pydantic
import pytest
from pydantic import AliasChoices, Base64Bytes, BaseModel, ConfigDict, Field, RootModel

from algorithm_conduit.decoding import DecodeError, decode
from algorithm_conduit.encoding import EncodeError, to_plain

RAW = bytes(range(256))
TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/w=="  # noqa: E501


class Color(str, enum.Enum):
    RED = "red"


@dataclass
class Part:
    audio: bytes


class Segment(BaseModel):
    start: float = 0.0
    audio: bytes = b""


class Clip(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    samples: bytes = Field(alias="rawSamples", min_length=1)
    rate: int = 16000
    color: Color = Color.RED
    made: datetime.datetime | None = None
    segments: list[Segment] = []
    by_name: dict[str, bytes] = {}
    pair: tuple[int, bytes] | None = None
    part: Part | None = None
    choice: int | bytes = 0
    anything: Any = None


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    audio: bytes
    count: int = 1


class Own(BaseModel):
    decoded: Base64Bytes
    hexadecimal: bytes

    @pydantic.field_serializer("hexadecimal")
    def _write(self, value: bytes) -> str:
        return value.hex()

    @pydantic.field_validator("hexadecimal", mode="before")
    @classmethod
    def _read(cls, value: str) -> bytes:
        return bytes.fromhex(value)


class Configured(BaseModel):
    model_config = ConfigDict(ser_json_bytes="hex", val_json_bytes="hex")

    audio: bytes


class Root(RootModel[list[bytes]]):
    pass


class Aliased(BaseModel):
    audio: bytes = Field(validation_alias=AliasChoices("one", "two"))


class Cat(BaseModel):
    kind: Literal["cat"]
    photo: bytes


class Dog(BaseModel):
    kind: Literal["dog"]
    photo: bytes


class Owner(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]


@dataclass
class Request:
    clip: Clip
    many: list[Segment]


@pydantic.dataclasses.dataclass
class Checked:
    rate: int
    audio: bytes = b""

    @pydantic.field_validator("rate")
    @classmethod
    def _positive(cls, value: int) -> int:
        if value < 0:
            raise ValueError("must not be negative")
        return value


FULL = Clip(  # type: ignore[call-arg]
    samples=RAW,
    made=datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc),
    segments=[Segment(start=1.5, audio=RAW)],
    by_name={"a": RAW},
    pair=(1, RAW),
    part=Part(RAW),
    choice=RAW,
)


@pytest.mark.parametrize(
    "value",
    [
        FULL,
        Frozen(audio=RAW),
        Own(decoded=b"/w==", hexadecimal="ff00"),  # type: ignore[arg-type]
        Configured(audio=RAW),
        Root([RAW, b""]),
        Owner(pet=Dog(kind="dog", photo=RAW)),
        Request(FULL, [Segment(audio=RAW)]),
        Checked(1, RAW),
    ],
)
def test_bytes_in_models_go_through_unharmed(value: Any) -> None:
    assert decode(to_plain(value), type(value), "value") == value


def test_models_are_written_by_alias_with_bytes_as_base64() -> None:
    plain = to_plain(FULL)
    assert plain["rawSamples"] == plain["segments"][0]["audio"] == plain["by_name"]["a"] == plain["choice"] == TEXT
    assert plain["pair"] == [1, TEXT]
    assert plain["part"] == {"audio": TEXT}
    assert (plain["made"], plain["color"]) == ("2024-05-01T00:00:00Z", "red")


def test_models_that_say_how_their_bytes_are_written_are_obeyed() -> None:
    assert to_plain(Own(decoded=b"/w==", hexadecimal="ff00")) == {  # type: ignore[arg-type]
        "decoded": "/w==",
        "hexadecimal": "ff00",
    }
    assert to_plain(Configured(audio=b"\xff")) == {"audio": "ff"}


def test_bytes_of_a_field_of_any_type_are_written_as_base64() -> None:
    assert to_plain(Clip(rawSamples=b"a", anything=[b"\xff"]))["anything"] == ["/w=="]


def test_every_alias_is_read() -> None:
    assert decode({"two": "/w=="}, Aliased, "x") == Aliased(two=b"\xff")  # type: ignore[call-arg]
    assert decode({"samples": "/w=="}, Clip, "x").samples == b"\xff"


def test_constraints_are_checked_against_the_bytes() -> None:
    with pytest.raises(DecodeError, match="`x.rawSamples`: Data should have at least 1 byte, got bytes"):
        decode({"rawSamples": ""}, Clip, "x")


def test_every_problem_of_a_model_is_told() -> None:
    value = {"rate": "abc", "rawSamples": "/w==", "segments": [{"start": []}, {}]}
    with pytest.raises(DecodeError) as caught:
        decode(value, Clip, "clip")
    assert caught.value.problems == (
        '`clip.rate`: Input should be a valid integer, unable to parse string as an integer, got str "abc"',
        "`clip.segments[0].start`: Input should be a valid number, got list []",
    )
    with pytest.raises(DecodeError, match="`clip.rawSamples`: Field required$"):
        decode({}, Clip, "clip")


def test_bytes_that_are_not_base64_are_told() -> None:
    with pytest.raises(DecodeError) as caught:
        decode({"rawSamples": "?", "segments": [{"audio": "!"}]}, Clip, "clip")
    assert caught.value.problems[0].startswith('`clip.samples`: expected bytes as a base64 string, got str "?"')
    assert caught.value.problems[1].startswith(
        '`clip.segments[0].audio`: expected bytes as a base64 string, got str "!"'
    )


def test_a_strict_model_without_bytes_reads_json_as_pydantic_does() -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)
        made: datetime.date
        pair: tuple[int, int]

    assert decode({"made": "2024-05-01", "pair": [1, 2]}, Strict, "x") == Strict(
        made=datetime.date(2024, 5, 1), pair=(1, 2)
    )


def test_a_model_that_cannot_be_written_is_told() -> None:
    class Broken(BaseModel):
        x: int = 1

        @pydantic.field_serializer("x")
        def _write(self, value: int) -> int:
            raise ValueError("no way")

    with pytest.raises(EncodeError, match="no way"):
        to_plain(Broken())


def test_what_a_pydantic_dataclass_refuses_is_told() -> None:
    with pytest.raises(DecodeError, match="`x`: ValidationError: "):
        decode({"rate": -1}, Checked, "x")
