"""An activity as the worker sees it: a callable, its name, and what it takes and gives."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from algorithm_conduit.hints import type_name

DYNAMIC = "(dynamic)"
"""Stands for the name of an activity that takes calls of every other name."""

_DEFINITION = "__temporal_activity_definition"


@dataclass(frozen=True)
class Activity:
    """One activity, ready to be registered."""

    name: str
    """The name that callers use."""
    fn: Callable[..., Any]
    """What runs: a function, or a method bound to its instance."""

    @cached_property
    def parameters(self) -> tuple[inspect.Parameter, ...]:
        """The parameters that callers fill: without `self`, and without `**options`, which callers cannot."""
        parameters = inspect.signature(self.fn).parameters.values()
        return tuple(each for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD)

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        """Type of each parameter that has one, and of the result as `return`."""
        fn = self.fn if inspect.isroutine(self.fn) else type(self.fn).__call__
        return typing.get_type_hints(fn, include_extras=True)

    @property
    def is_async(self) -> bool:
        """Whether it runs on the event loop; otherwise it runs in a thread."""
        return inspect.iscoroutinefunction(self.fn) or inspect.iscoroutinefunction(type(self.fn).__call__)

    @property
    def place(self) -> tuple[str, int]:
        """File and line of its definition."""
        fn = inspect.unwrap(self.fn)
        code = getattr(getattr(fn, "__func__", fn), "__code__", None) or type(fn).__call__.__code__
        return code.co_filename, code.co_firstlineno

    def describe(self) -> dict[str, object]:
        """Describe it as plain data: name, parameters with type and whether they are required, result, doc."""
        return {
            "name": self.name,
            "parameters": [
                {
                    "name": parameter.name,
                    "type": type_name(self.hints.get(parameter.name, Any)),
                    "required": is_required(parameter),
                }
                for parameter in self.parameters
            ],
            "returns": type_name(self.hints.get("return", Any)),
            "doc": inspect.getdoc(self.fn) or "",
        }

    def signature(self) -> str:
        """Write it as people do: `transcribe(clip: AudioClip, language: str = 'en') -> Transcript`."""
        parameters = ", ".join(_written(parameter, self.hints) for parameter in self.parameters)
        result = f" -> {type_name(self.hints['return'])}" if "return" in self.hints else ""
        return f"{self.name}({parameters}){result}"


def activity_name(candidate: object) -> str | None:
    """Give the name under which Temporal's `@activity.defn` registered a callable; nothing for anything else."""
    try:
        definition = getattr(candidate, _DEFINITION, None)
    except Exception:  # objects of any kind lie in a module, some of which answer to no attribute
        return None
    if definition is None or type(definition).__module__ != "temporalio.activity":
        return None
    name: str | None = definition.name
    return DYNAMIC if name is None else name


def is_required(parameter: inspect.Parameter) -> bool:
    """Tell whether callers must give a parameter."""
    return parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.VAR_POSITIONAL


def _written(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> str:
    star = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else ""
    text = f"{star}{parameter.name}"
    if parameter.name in hints:
        text += f": {type_name(hints[parameter.name])}"
    if parameter.default is not inspect.Parameter.empty:
        text += f" = {parameter.default!r}" if parameter.name in hints else f"={parameter.default!r}"
    return text
