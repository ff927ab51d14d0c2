"""Turns JSON values into what an activity's parameters say they are, and names everything that does not fit."""

from __future__ import annotations

import collections
import collections.abc
import dataclasses
import inspect
import json
import sys
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from algorithm_conduit import models
from algorithm_conduit.encoding import EncodeError, to_plain
from algorithm_conduit.hints import bare, fields_of, is_union, type_name
from algorithm_conduit.scalars import EXPECTED, READ_ERRORS, READERS

_SHOWN_PROBLEMS = 10
_SHOWN_CHARACTERS = 60
_KINDS: Mapping[type, str] = {type(None): "null", dict: "object"}
_LISTS: Mapping[type, Callable[[list[Any]], Any]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    collections.deque: collections.deque,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Collection: list,
    collections.abc.Iterable: list,
}


class DecodeError(ValueError):
    """Values that do not fit their types; the message names each with path, what was expected and what was given."""

    def __init__(self, problems: list[str]) -> None:
        """Take all problems; the first ten are told."""
        more = len(problems) - _SHOWN_PROBLEMS
        shown = [*problems[:_SHOWN_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
        super().__init__("; ".join(shown))
        self.problems = tuple(problems)


class _UnfitError(Exception):
    """Ends the decoding of a value whose problems are noted already."""


def decode(value: object, hint: Any, path: str) -> Any:
    """Make a typed value of a JSON value.

    Unknown fields of a dataclass are ignored; missing ones get their defaults.

    Args:
        value: What `json.loads` gave, or bytes.
        hint: The type that it is to become.
        path: What the value is called, for messages: `clip`.

    Raises:
        DecodeError: It does not fit.
    """
    decoder = _Decoder()
    result = None
    try:
        result = decoder.decode(value, hint, path)
    except _UnfitError:
        pass
    except RecursionError:
        decoder.problems.append(f"`{path}`: nested too deep")
    if decoder.problems:
        raise DecodeError(decoder.problems)
    return result


def accepts_none(hint: Any) -> bool:
    """Tell whether None is a value of a type."""
    try:
        decode(None, hint, "")
    except DecodeError:
        return False
    return True


def describe(value: object) -> str:
    """Tell a value for a message: its kind and itself, shortened: `str "abc"`."""
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    text = _json(value)
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[: _SHOWN_CHARACTERS - 3]}..."
    return f"{_KINDS.get(type(value), type(value).__name__)} {text}"


class _Decoder:
    """Decodes one value and notes every problem on the way."""

    def __init__(self, *, strict: bool = False) -> None:
        self.problems: list[str] = []
        self._strict = strict
        """Whether unknown fields of a dataclass are a problem; so a union finds the member that fits best."""

    def decode(self, value: Any, hint: Any, path: str) -> Any:
        hint = bare(hint)
        if hint is Any or hint is object:
            return value
        if hint is None or hint is type(None):
            return value if value is None else self._unfit(path, "null", value)
        if isinstance(hint, type) and hint in READERS:
            return self._scalar(value, hint, path)
        if isinstance(hint, typing.TypeVar):
            return self.decode(value, hint.__bound__ or Any, path)
        arguments = typing.get_args(hint)
        if typing.get_origin(hint) is typing.Literal:
            return self._literal(value, arguments, path)
        if is_union(hint):
            return self._union(value, hint, arguments, path)
        if models.is_model(hint):
            return self._model(value, hint, path)
        origin = typing.get_origin(hint) or hint
        if not isinstance(origin, type):
            return self._unfit(path, type_name(hint), value)
        return self._class(value, hint, origin, arguments, path)

    def _class(self, value: Any, hint: Any, origin: type, arguments: tuple[Any, ...], path: str) -> Any:
        if issubclass(origin, Enum):
            return self._enum(value, origin, path)
        if dataclasses.is_dataclass(origin):
            return self._dataclass(value, origin, arguments, path)
        if typing.is_typeddict(origin):
            return self._typed_dict(value, origin, path)
        if hasattr(origin, "_fields") and issubclass(origin, tuple):
            return self._named_tuple(value, origin, path)
        if issubclass(origin, tuple):
            return self._tuple(value, hint, arguments, path)
        if issubclass(origin, collections.abc.Mapping):
            return self._mapping(value, hint, origin, arguments, path)
        if origin.__module__ == "numpy" and origin.__name__ == "ndarray":
            return self._array(value, hint, arguments, path)
        if origin in _LISTS:
            items = self._list(value, hint, path)
            return self._made(lambda: _LISTS[origin](self._each(items, arguments[0] if arguments else Any, path)), path)
        if callable(getattr(origin, "parse_obj", None)) and isinstance(value, dict):
            return self._made(lambda: getattr(origin, "parse_obj")(value), path)  # noqa: B009 - pydantic 1
        return value if isinstance(value, origin) else self._unfit(path, type_name(hint), value)

    def _scalar(self, value: Any, hint: type, path: str) -> Any:
        try:
            return READERS[hint](value)
        except READ_ERRORS:
            return self._unfit(path, _expected(hint), value)

    def _literal(self, value: Any, choices: tuple[Any, ...], path: str) -> Any:
        for choice in choices:
            plain = to_plain(choice)
            if type(plain) is type(value) and plain == value:
                return choice
        return self._unfit(path, f"one of {', '.join(_json(to_plain(choice)) for choice in choices)}", value)

    def _enum(self, value: Any, cls: type[Enum], path: str) -> Any:
        for member in cls:
            try:
                plain = to_plain(member.value)
            except EncodeError:
                continue
            if plain == value and isinstance(plain, bool) == isinstance(value, bool):
                return member
        try:
            if not isinstance(value, bool):
                return cls(value)  # flags combined, or what `_missing_` makes of it
        except (ValueError, TypeError):
            pass
        known = ", ".join(_json(member.value) for member in cls)
        return self._unfit(path, f"{cls.__qualname__} (one of {known})", value)

    def _union(self, value: Any, hint: Any, choices: tuple[Any, ...], path: str) -> Any:
        """Take the first member that fits, one without unknown fields if there is any."""
        if value is None and type(None) in choices:
            return None
        # An int stays one in `float | int`. Bytes and strings look alike: the one named first wins.
        ordered = sorted(choices, key=lambda choice: type(value) is not choice or choice is str)
        trials: list[_Decoder] = []
        for strict in (True, False):
            trials = []
            for choice in ordered:
                trial = _Decoder(strict=strict)
                try:
                    return trial.decode(value, choice, path)
                except _UnfitError:
                    trials += [] if choice is type(None) else [trial]
        if len(trials) == 1:  # an optional value: what is wrong with it says more than that it is not null either
            self.problems.extend(trials[0].problems)
            raise _UnfitError
        return self._unfit(path, type_name(hint), value)

    def _model(self, value: Any, cls: Any, path: str) -> Any:
        try:
            return models.validate(cls, value, path)
        except models.ModelError as error:
            self.problems.extend(error.problems)
            raise _UnfitError from error

    def _dataclass(self, value: Any, cls: Any, arguments: tuple[Any, ...], path: str) -> Any:
        if not isinstance(value, dict):
            return self._unfit(path, cls.__qualname__, value)
        hints = self._made(lambda: fields_of(cls), path)
        bound = dict(zip(getattr(cls, "__parameters__", ()), arguments))  # noqa: B905 - arguments may be left out
        fields = [field for field in dataclasses.fields(cls) if field.name in value]
        absent = [
            field.name
            for field in dataclasses.fields(cls)
            if field.init and field not in fields and field.default is field.default_factory is dataclasses.MISSING
        ]
        self.problems.extend(f"`{path}.{name}`: missing, expected {_expected(hints[name])}" for name in absent)
        unknown = [name for name in value if name not in hints] if self._strict else []
        self.problems.extend(f"`{path}.{name}`: unknown" for name in unknown)
        items = self._several(
            (value[field.name], _filled_in(hints[field.name], bound), f"{path}.{field.name}") for field in fields
        )
        if absent or unknown:
            raise _UnfitError
        given = dict(zip((field.name for field in fields), items, strict=True))
        made = self._made(lambda: cls(**{field.name: given[field.name] for field in fields if field.init}), path)
        for field in fields:
            if not field.init:
                object.__setattr__(made, field.name, given[field.name])
        return made

    def _typed_dict(self, value: Any, cls: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self._unfit(path, cls.__qualname__, value)
        hints = self._made(lambda: fields_of(cls), path)
        absent = [name for name in hints if name in cls.__required_keys__ and name not in value]
        self.problems.extend(f"`{path}.{name}`: missing, expected {_expected(hints[name])}" for name in absent)
        items = self._several((item, hints.get(key, Any), f"{path}.{key}") for key, item in value.items())
        if absent:
            raise _UnfitError
        return dict(zip(value, items, strict=True))

    def _named_tuple(self, value: Any, cls: Any, path: str) -> Any:
        names: tuple[str, ...] = cls._fields
        required = len(names) - len(cls._field_defaults)
        items = [value[name] for name in names if name in value] if isinstance(value, dict) else value
        if not isinstance(items, list) or not required <= len(items) <= len(names):
            return self._unfit(path, f"{cls.__qualname__} ({', '.join(names)})", value)
        hints = self._made(lambda: fields_of(cls), path)
        parts = ((item, hints.get(name, Any), f"{path}.{name}") for name, item in zip(names, items))  # noqa: B905
        return cls(*self._several(parts))

    def _tuple(self, value: Any, hint: Any, arguments: tuple[Any, ...], path: str) -> Any:
        items = self._list(value, hint, path)
        if not arguments or arguments[-1] is ...:
            return tuple(self._each(items, arguments[0] if arguments else Any, path))
        if len(items) != len(arguments):
            return self._unfit(path, f"{type_name(hint)} of {len(arguments)} items", value)
        parts = zip(items, arguments, strict=True)
        return tuple(self._several((item, part, f"{path}[{index}]") for index, (item, part) in enumerate(parts)))

    def _mapping(self, value: Any, hint: Any, origin: type, arguments: tuple[Any, ...], path: str) -> Any:
        if not isinstance(value, dict):
            return self._unfit(path, type_name(hint), value)
        key_hint, item_hint = (*arguments, int if origin is collections.Counter else Any, Any)[:2]
        if not arguments:
            key_hint, item_hint = Any, Any
        keys = self._several((_key(key, key_hint), key_hint, f"{path} key {_json(key)}") for key in value)
        items = self._several((item, item_hint, f"{path}[{_json(key)}]") for key, item in value.items())
        pairs = dict(zip(keys, items, strict=True))
        if origin is collections.defaultdict:
            return collections.defaultdict(None, pairs)
        return pairs if inspect.isabstract(origin) or origin is dict else self._made(lambda: origin(pairs), path)

    def _array(self, value: Any, hint: Any, arguments: tuple[Any, ...], path: str) -> Any:
        items = self._list(value, hint, path)
        kinds = typing.get_args(arguments[1]) if len(arguments) > 1 else ()
        kind = kinds[0] if kinds and isinstance(kinds[0], type) else None
        numpy = sys.modules["numpy"]  # it is there, since the type is its own
        return self._made(lambda: numpy.asarray(items, dtype=kind), path)

    def _list(self, value: Any, hint: Any, path: str) -> list[Any]:
        return value if isinstance(value, list) else self._unfit(path, type_name(hint), value)

    def _each(self, items: list[Any], hint: Any, path: str) -> list[Any]:
        return self._several((item, hint, f"{path}[{index}]") for index, item in enumerate(items))

    def _several(self, parts: Iterable[tuple[Any, Any, str]]) -> list[Any]:
        """Decode several values, and go on after one that does not fit, to note the others too."""
        results, unfit = [], False
        for value, hint, path in parts:
            try:
                results.append(self.decode(value, hint, path))
            except _UnfitError:
                unfit = True
        if unfit:
            raise _UnfitError
        return results

    def _made(self, make: Callable[[], Any], path: str) -> Any:
        """Run the researcher's own constructor: what it refuses is a problem of the input."""
        try:
            return make()
        except (_UnfitError, RecursionError):
            raise
        except Exception as error:
            self.problems.append(f"`{path}`: {type(error).__name__}: {error}")
            raise _UnfitError from error

    def _unfit(self, path: str, expected: str, value: Any) -> typing.NoReturn:
        self.problems.append(f"`{path}`: expected {expected}, got {describe(value)}")
        raise _UnfitError


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def _expected(hint: Any) -> str:
    hint = bare(hint)
    return (EXPECTED.get(hint) if isinstance(hint, type) else None) or type_name(hint)


def _filled_in(hint: Any, bound: Mapping[Any, Any]) -> Any:
    """Give what a generic dataclass was given for its type variable: `int` for the `T` of `Box[int]`."""
    return bound.get(hint, hint) if isinstance(hint, typing.TypeVar) else hint


def _key(key: str, hint: Any) -> Any:
    """Give the key of a JSON object, which is always a string, as the number or truth value that its type asks for."""
    hint = bare(hint)
    members = tuple(hint) if isinstance(hint, type) and issubclass(hint, Enum) else ()
    if hint in (int, float, bool, type(None)) or any(not isinstance(member.value, str) for member in members):
        try:
            return json.loads(key)
        except json.JSONDecodeError:
            return key
    return key
