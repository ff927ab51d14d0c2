"""Pydantic 2 models, when the researcher uses them. Pydantic itself is never imported here.

Pydantic writes `bytes` as UTF-8 text, which fails for most of them. They go as base64 strings instead, in models too,
except where a model or field says for itself how it wants to be written.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from algorithm_conduit.base64s import from_base64
from algorithm_conduit.hints import is_union


class ModelError(ValueError):
    """What is wrong with a model's input; one sentence for each problem, with its path."""

    def __init__(self, problems: list[str]) -> None:
        """Take the problems."""
        super().__init__("; ".join(problems))
        self.problems = problems


def is_model(hint: object) -> bool:
    """Tell whether a type is a pydantic 2 model."""
    return isinstance(hint, type) and hasattr(hint, "__pydantic_core_schema__") and hasattr(hint, "model_validate")


def dump(model: Any) -> Any:
    """Write a model as pydantic does for JSON, by its aliases, with `bytes` as base64 strings.

    Raises:
        ValueError: Pydantic cannot write it.
    """
    return _without_bytes(model).model_dump(mode="json", by_alias=True, warnings=False)


def validate(cls: Any, value: object, path: str) -> Any:
    """Make a model of JSON values.

    Raises:
        ModelError: The values do not fit.
    """
    problems: list[str] = []
    prepared = _with_bytes(value, cls, path, problems)
    if problems:
        raise ModelError(problems)
    try:
        if prepared is value:
            return cls.model_validate_json(json.dumps(value))
        return cls.model_validate(prepared)
    except ValueError as error:
        raise ModelError(_described(error, path)) from error


def _described(error: ValueError, path: str) -> list[str]:
    errors = getattr(error, "errors", None)
    if not callable(errors):
        return [f"`{path}`: {error}"]
    return [
        f"`{_path(path, item['loc'])}`: {item['msg']}"
        + ("" if item["type"] == "missing" else f", got {_shown(item['input'])}")
        for item in errors(include_url=False)
    ]


def _path(path: str, location: tuple[str | int, ...]) -> str:
    return path + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return f"{type(value).__name__} {text if len(text) <= 60 else f'{text[:57]}...'}"


def _speaks_for_itself(cls: Any, name: str, field: Any, *, writing: bool) -> bool:
    """Tell whether a field of a model says how it is written or read: then its bytes are left to pydantic."""
    if cls.model_config.get("ser_json_bytes" if writing else "val_json_bytes", "utf8") != "utf8":
        return True
    if any(not type(item).__module__.startswith("annotated_types") for item in field.metadata):
        return True
    decorators = cls.__pydantic_decorators__
    own = decorators.field_serializers if writing else decorators.field_validators
    return any(
        (writing or decorator.info.mode != "after") and (name in decorator.info.fields or "*" in decorator.info.fields)
        for decorator in own.values()
    )


def _without_bytes(value: Any) -> Any:
    """Copy a value with base64 strings in place of its bytes; give the value itself where it has none."""
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if is_model(type(value)):
        return _model_without_bytes(value)
    if isinstance(value, Mapping):
        items = {key: _without_bytes(item) for key, item in value.items()}
        return items if any(items[key] is not value[key] for key in items) else value
    if isinstance(value, (list, tuple, set, frozenset)):
        copies = [_without_bytes(item) for item in value]
        if all(copy is item for copy, item in zip(copies, value, strict=True)):
            return value
        return copies if isinstance(value, list) else tuple(copies)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _without_bytes(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return value if all(copy is getattr(value, name) for name, copy in fields.items()) else fields
    return value


def _model_without_bytes(model: Any) -> Any:
    cls = type(model)
    if cls.__pydantic_decorators__.model_serializers:
        return model
    update = {
        name: copy
        for name, field in cls.model_fields.items()
        if not _speaks_for_itself(cls, name, field, writing=True)
        and (copy := _without_bytes(getattr(model, name))) is not getattr(model, name)
    }
    return model.model_copy(update=update) if update else model


def _with_bytes(value: Any, hint: Any, path: str, problems: list[str]) -> Any:
    """Copy JSON values with bytes in place of base64 strings, where the type says so; else give the value itself."""
    if is_model(hint):
        return _fields_with_bytes(value, _model_fields(hint), path, problems)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return _fields_with_bytes(value, ((name, name, hints[name]) for name in hints), path, problems)
    if hint is bytes and isinstance(value, (str, list)):
        try:
            return from_base64(value)
        except ValueError as error:
            problems.append(f"`{path}`: expected bytes as a base64 string, got {_shown(value)} ({error})")
            return value
    return _parts_with_bytes(value, hint, path, problems)


def _parts_with_bytes(value: Any, hint: Any, path: str, problems: list[str]) -> Any:
    arguments = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if not arguments:
        return value
    if origin is typing.Annotated:
        plain = all(type(item).__module__.startswith("annotated_types") for item in arguments[1:])
        return _with_bytes(value, arguments[0], path, problems) if plain else value
    if is_union(hint):
        return _choice_with_bytes(value, arguments, path, problems)
    if isinstance(value, dict) and len(arguments) == 2:
        items = {key: _with_bytes(item, arguments[1], f"{path}.{key}", problems) for key, item in value.items()}
        return items if any(items[key] is not value[key] for key in value) else value
    if isinstance(value, list):
        hints = arguments if origin is tuple and arguments[-1] is not ... else (arguments[0],) * len(value)
        if len(hints) == len(value):
            copies = [
                _with_bytes(item, part, f"{path}[{index}]", problems)
                for index, (item, part) in enumerate(zip(value, hints, strict=True))
            ]
            return copies if any(copy is not item for copy, item in zip(copies, value, strict=True)) else value
    return value


def _choice_with_bytes(value: Any, choices: tuple[Any, ...], path: str, problems: list[str]) -> Any:
    """Take the first member of a union whose bytes can be read."""
    if isinstance(value, str) and str in choices:
        return value
    found: list[str] = []
    for choice in choices:
        found = []
        copy = _with_bytes(value, choice, path, found)
        if copy is not value and not found:
            return copy
    problems.extend(found)
    return value


def _fields_with_bytes(value: Any, fields: Iterator[tuple[str, str, Any]], path: str, problems: list[str]) -> Any:
    update: dict[str, Any] = {}
    for key, name, hint in fields:
        if key == "":
            return _with_bytes(value, hint, path, problems)
        if isinstance(value, dict) and key in value:
            copy = _with_bytes(value[key], hint, f"{path}.{name}", problems)
            if copy is not value[key]:
                update[key] = copy
    return {**value, **update} if update else value


def _model_fields(cls: Any) -> Iterator[tuple[str, str, Any]]:
    """Give key in JSON, name and type of each field whose bytes are ours to read; the key of a root is empty."""
    root = getattr(cls, "__pydantic_root_model__", False)
    for name, field in cls.model_fields.items():
        if _speaks_for_itself(cls, name, field, writing=False):
            continue
        keys = [""] if root else [name, *_aliases(field)]
        yield from ((key, name, field.annotation) for key in keys)


def _aliases(field: Any) -> list[str]:
    alias = field.validation_alias or field.alias
    choices = getattr(alias, "choices", [alias])
    return [choice for choice in choices if isinstance(choice, str)]
