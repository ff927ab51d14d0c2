"""Reads the arguments of `call` as people write them in a shell."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from algorithm_conduit.errors import UserError

_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


def parse_arguments(texts: Sequence[str]) -> list[Any]:
    """Turn arguments into JSON values.

    An argument is a JSON value (`3`, `"text"`, `{"a": 1}`); `@file`, which is the value in it if its name ends in
    `.json` and its bytes as a base64 string otherwise; or plain text. Arguments of the form `field=VALUE`, with any of
    these as VALUE, become together one object, the last argument.

    Raises:
        UserError: Something begins like JSON but is none, a file cannot be read, or a field is given twice.
    """
    values: list[Any] = []
    fields: dict[str, Any] = {}
    for text in texts:
        match = _FIELD.fullmatch(text)
        if match is None:
            values.append(_value(text))
            continue
        name, value = match.groups()
        if name in fields:
            raise UserError(f"The field `{name}` is given twice. Give it once.")
        fields[name] = _value(value)
    return [*values, fields] if fields else values


def _value(text: str) -> Any:
    if text.startswith("@"):
        return _file(text[1:])
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        if text.lstrip()[:1] in ("{", "[", '"'):
            raise UserError(_not_json(f"`{text}`", error)) from error
        return text


def _file(name: str) -> Any:
    path = Path(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"`@{name}` cannot be read: {error.strerror}. Quote text that begins with `@`: '\"@…\"'."
        ) from error
    if path.suffix != ".json":
        return base64.b64encode(content).decode()
    try:
        return json.loads(content, parse_constant=_refuse)
    except ValueError as error:
        raise UserError(_not_json(f"`{name}`", error)) from error


def _not_json(what: str, error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{what} is not JSON: {error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}."
    return f"{what} is not JSON: {error}."


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"`{constant}` is no JSON value")
