"""Type hints: how people write them, and what is left of them when decorations are taken off."""

from __future__ import annotations

import functools
import types
import typing
from typing import Any

_WRAPPERS = frozenset({"Final", "ClassVar", "Required", "NotRequired", "ReadOnly"})


def bare(hint: Any) -> Any:
    """Take off what says nothing about the value: `Annotated`, `Final`, `Required`, `NewType`, `type X = …`."""
    while True:
        if typing.get_origin(hint) is typing.Annotated or _special_name(hint) in _WRAPPERS:
            hint = typing.get_args(hint)[0]
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif type(typing.get_origin(hint)).__name__ == "TypeAliasType":
            hint = typing.get_origin(hint).__value__[typing.get_args(hint)]
        else:
            return hint


def is_union(hint: Any) -> bool:
    """Tell whether a type is a union, `A | B`, `Union[A, B]` or `Optional[A]`."""
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


@functools.lru_cache(maxsize=512)
def fields_of(cls: type) -> dict[str, Any]:
    """Give the types of a class's fields.

    Raises:
        NameError: An annotation names what is not there at run time.
    """
    return typing.get_type_hints(cls, include_extras=True)


def type_name(hint: Any) -> str:
    """Write a type as short as people do: `AudioClip`, `list[str]`, `str | None`."""
    hint = bare(hint)
    if hint is None or hint is type(None):
        return "None"
    if hint is ...:
        return "..."
    if isinstance(hint, list):
        return f"[{', '.join(map(type_name, hint))}]"
    arguments = typing.get_args(hint)
    if is_union(hint):
        return " | ".join(map(type_name, arguments))
    origin = typing.get_origin(hint) or hint
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    name = getattr(origin, "__qualname__", None) or getattr(origin, "__name__", None)
    name = name or str(origin).replace("typing.", "")
    name = name.rpartition("<locals>.")[2]
    return f"{name}[{', '.join(map(type_name, arguments))}]" if arguments else name


def _special_name(hint: Any) -> str:
    """Give the name of a special form such as `Final`; nothing for a class."""
    origin = typing.get_origin(hint)
    return "" if origin is None or isinstance(origin, type) else str(getattr(origin, "_name", ""))
