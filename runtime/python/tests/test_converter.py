from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.converter import ActivitySerializationContext, DataConverter, WorkflowSerializationContext
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from algorithm_conduit import data_converter
from algorithm_conduit.activities import Activity
from algorithm_conduit.arguments import bind
from algorithm_conduit.converter import worker_data_converter
from algorithm_conduit.decoding import DecodeError

CONVERTER = data_converter.payload_converter
IN_ACTIVITY = ActivitySerializationContext(
    namespace="n",
    workflow_id="w",
    workflow_type="W",
    activity_type="a",
    activity_id="1",
    activity_task_queue="q",
    is_local=False,
)


@dataclass
class Clip:
    samples: bytes
    rate: int = 1


def json_payload(text: str) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=text.encode())


@pytest.mark.parametrize("value", [None, b"\xff", 1, "a", [1], {"a": None}, True])
def test_plain_values_are_written_as_the_sdk_writes_them(value: Any) -> None:
    assert CONVERTER.to_payload(value) == DataConverter.default.payload_converter.to_payload(value)


def test_a_dataclass_with_bytes_goes_through() -> None:
    clip = Clip(b"\xff\x00", 3)
    payload = CONVERTER.to_payload(clip)
    assert payload == json_payload('{"rate":3,"samples":"/wA="}')
    assert CONVERTER.from_payload(payload, Clip) == clip


def test_bytes_that_the_sdk_itself_wrote_as_numbers_are_read() -> None:
    payload = DataConverter.default.payload_converter.to_payload(Clip(b"\xff\x00"))
    assert CONVERTER.from_payload(payload, Clip) == Clip(b"\xff\x00")


def test_what_is_not_json_is_told() -> None:
    with pytest.raises(DecodeError, match="`value`: is not JSON: Expecting value"):
        CONVERTER.from_payload(json_payload("nope"), Clip)


def test_only_what_the_sdk_decodes_on_the_way_to_an_activity_stays_undecoded() -> None:
    converter = worker_data_converter(frozenset())
    payload = json_payload("3")

    async def decoded(given: DataConverter) -> list[Any]:
        return await given.decode([payload])

    workflow_context = WorkflowSerializationContext(namespace="n", workflow_id="w")
    (raw,) = asyncio.run(decoded(converter.with_context(IN_ACTIVITY)))
    assert isinstance(raw, RawValue)
    assert asyncio.run(decoded(converter)) == [3]
    assert asyncio.run(decoded(converter.with_context(workflow_context))) == [3]

    @activity.defn
    async def inside() -> list[Any]:
        return await decoded(converter.with_context(IN_ACTIVITY))

    assert asyncio.run(ActivityEnvironment().run(inside)) == [3]


def test_failures_of_the_named_types_are_not_retryable() -> None:
    converter = worker_data_converter(frozenset({"KeyError", "Mine"}))

    async def non_retryable(error: BaseException) -> bool:
        failure = Failure()
        await converter.encode_failure(error, failure)
        return failure.application_failure_info.non_retryable

    errors = [KeyError("x"), LookupError("x"), ApplicationError("x", type="Mine"), ApplicationError("x")]
    assert [asyncio.run(non_retryable(error)) for error in errors] == [True, False, True, False]


def f(clip: Clip, count: int = 2, note: str | None = "n", *rest: float) -> None: ...


def untyped(a, b=3):  # type: ignore[no-untyped-def]
    ...


def raw(value: RawValue) -> None: ...


def arguments(fn: Any, *values: Any) -> list[Any]:
    payloads: Sequence[Payload] = [
        value if isinstance(value, Payload) else CONVERTER.to_payload(value) for value in values
    ]
    return bind(Activity(fn.__name__, fn), payloads, CONVERTER)


def test_arguments_are_typed_and_defaults_left_to_the_function() -> None:
    assert arguments(f, {"samples": "/w=="}) == [Clip(b"\xff")]
    assert arguments(f, {"samples": "/w=="}, 3, None, 1, 2) == [Clip(b"\xff"), 3, None, 1.0, 2.0]
    assert arguments(untyped, {"a": 1}) == [{"a": 1}]
    assert arguments(untyped, b"\xff", None) == [b"\xff", 3] or arguments(untyped, b"\xff", None) == [b"\xff", None]


def test_nothing_stands_for_the_default_where_none_does_not_fit() -> None:
    assert arguments(f, {"samples": ""}, None) == [Clip(b""), 2]
    assert arguments(f, {"samples": ""}, json_payload("null")) == [Clip(b""), 2]


def test_an_argument_may_stay_raw() -> None:
    (value,) = arguments(raw, json_payload("{"))
    assert value.payload.data == b"{"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], "`clip`: missing, expected Clip"),
        ([None], "`clip`: expected Clip, got null"),
        ([b"\xff"], "`clip`: expected Clip, got 1 bytes"),
        (
            [{"samples": 1}, "x"],
            '`clip.samples`: expected bytes as a base64 string, got int 1; `count`: expected int, got str "x"',
        ),
        ([{"samples": ""}, 1, "", 1, "x"], '`rest`: expected float, got str "x"'),
        ([json_payload("{")], "`clip`: cannot be read: Expecting property name"),
        ([Payload(metadata={"encoding": b"binary/encrypted"})], "`clip`: cannot be read: 'Unknown payload encoding"),
    ],
)
def test_arguments_that_do_not_fit_are_told_by_parameter(values: list[Any], expected: str) -> None:
    with pytest.raises(DecodeError) as caught:
        arguments(f, *values)
    assert str(caught.value).startswith(expected)


def test_too_many_arguments_are_told_with_the_signature() -> None:
    with pytest.raises(DecodeError) as caught:
        arguments(raw, 1, 2)
    assert str(caught.value) == "`raw(value: RawValue) -> None` takes 1 argument, got 2"
