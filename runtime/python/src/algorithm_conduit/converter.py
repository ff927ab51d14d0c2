"""The data converter: Temporal's own, with `bytes` as base64 strings inside JSON and errors that say what is wrong."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.converter import (
    ActivitySerializationContext,
    BinaryNullPayloadConverter,
    BinaryPlainPayloadConverter,
    BinaryProtoPayloadConverter,
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    EncodingPayloadConverter,
    FailureConverter,
    JSONProtoPayloadConverter,
    PayloadConverter,
    SerializationContext,
)

from algorithm_conduit.decoding import DecodeError, decode
from algorithm_conduit.encoding import to_json

if TYPE_CHECKING:
    from typing_extensions import Self


class JsonPayloadConverter(EncodingPayloadConverter):
    """Converts to and from `json/plain`, as every Temporal SDK does by default."""

    @property
    def encoding(self) -> str:
        """The encoding's name."""
        return "json/plain"

    def to_payload(self, value: Any) -> Payload:
        """Write a value.

        Raises:
            EncodeError: Some part of it cannot be written as JSON.
        """
        return Payload(metadata={"encoding": b"json/plain"}, data=to_json(value))

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Read a value.

        Raises:
            DecodeError: It is not JSON, or does not fit the type.
        """
        try:
            value = json.loads(payload.data)
        except ValueError as error:
            raise DecodeError([f"`value`: is not JSON: {error}"]) from error
        return value if type_hint is None else decode(value, type_hint, "value")


class ConduitPayloadConverter(CompositePayloadConverter):
    """Temporal's default payload converters, with this JSON one."""

    def __init__(self) -> None:
        """Make it; Temporal asks for a constructor without arguments."""
        super().__init__(
            BinaryNullPayloadConverter(),
            BinaryPlainPayloadConverter(),
            JSONProtoPayloadConverter(),
            BinaryProtoPayloadConverter(),
            JsonPayloadConverter(),
        )


data_converter = DataConverter(payload_converter_class=ConduitPayloadConverter)
"""For the clients and workers of Python workflow engineers: `Client.connect(…, data_converter=data_converter)`."""


@dataclasses.dataclass(frozen=True)
class WorkerDataConverter(DataConverter):
    """The worker's own: leaves the arguments of an activity undecoded, for the interceptor, which knows the types."""

    awaits_activity: bool = False

    def with_context(self, context: SerializationContext) -> Self:
        """Take note of an activity's context."""
        converter = super().with_context(context)
        return dataclasses.replace(converter, awaits_activity=isinstance(context, ActivitySerializationContext))

    async def decode(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Decode, except what the SDK decodes on the way to an activity."""
        if self.awaits_activity and not activity.in_activity():
            type_hints = [RawValue] * len(payloads)
        return await super().decode(payloads, type_hints)


def worker_data_converter(non_retryable: frozenset[str]) -> DataConverter:
    """Make the worker's data converter.

    Args:
        non_retryable: Error types that are never retried, whatever the caller's retry policy says.
    """

    class WorkerFailureConverter(DefaultFailureConverter):
        def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
            super().to_failure(exception, payload_converter, failure)
            if failure.HasField("application_failure_info") and failure.application_failure_info.type in non_retryable:
                failure.application_failure_info.non_retryable = True

    failure_converter: type[FailureConverter] = WorkerFailureConverter
    return WorkerDataConverter(
        payload_converter_class=ConduitPayloadConverter, failure_converter_class=failure_converter
    )
