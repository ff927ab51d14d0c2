"""Finds the activities of a researcher's folder: reads the sources first, then imports only what defines activities."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from algorithm_conduit.activities import Activity, activity_name
from algorithm_conduit.errors import UserError
from algorithm_conduit.imports import ImportProgress, import_source, prepare
from algorithm_conduit.sources import Scan, Source, module_name, scan

_SHOWN_FILES = 10


def discover(directory: Path, entry: str | None = None, progress: ImportProgress | None = None) -> tuple[Activity, ...]:
    """Find and import the activities of a folder, sorted by name.

    Args:
        directory: Absolute path of the algorithm's folder. It and its `src` go first on `sys.path`.
        entry: Module (`package.module`) or file (`module.py`) that holds the activities; found by reading the sources
            when left out.
        progress: Told which module is being imported.

    Raises:
        UserError: Nothing was found, an import failed, or two activities have one name.
    """
    prepare(directory)
    found = scan(directory) if entry is None else Scan((_entry_source(directory, entry),), (), ())
    modules = _import_all(found.sources, directory, progress or ImportProgress())
    activities = [activity for module in modules for activity in _activities_of(module)]
    problems = [*_without_instance(modules, activities), *_ambiguous(activities, directory)]
    if problems:
        raise UserError("The activities cannot be served.", problems)
    if not activities:
        raise UserError(_nothing_found(directory, entry, found))
    return tuple(sorted(_unique(activities), key=lambda activity: activity.name))


def _entry_source(directory: Path, entry: str) -> Source:
    if entry.endswith(".py"):
        path = directory / entry
        if not path.is_file():
            raise UserError(f"`entry` is `{entry}`, which is no file of the folder. Name a file that is there.")
        return Source(path, module_name(path, directory))
    base = Path(*entry.split("."))
    places = [root / base for root in (directory, directory / "src")]
    files = [file for place in places for file in (place.with_name(f"{place.name}.py"), place / "__init__.py")]
    for file in files:
        if file.is_file():
            return Source(file, entry)
    looked = ", ".join(f"`{file.relative_to(directory)}`" for file in files)
    raise UserError(f"`entry` is `{entry}`, but there is none of {looked}. Name a module that is there.")


def _import_all(sources: Sequence[Source], directory: Path, progress: ImportProgress) -> list[ModuleType]:
    modules, problems = [], []
    for source in sources:
        try:
            modules.append(import_source(source, directory, progress))
        except UserError as error:
            problems.append(str(error))
    if problems:
        raise UserError("\n".join(problems))
    return modules


def _activities_of(module: ModuleType) -> Iterator[Activity]:
    for value in list(vars(module).values()):
        if isinstance(value, ModuleType):
            continue
        if isinstance(value, type):
            yield from (Activity(name, fn) for name, fn in _class_level(value))
            continue
        name = activity_name(value)
        if name is not None:
            yield Activity(name, value)  # a function, or an instance whose class defines `__call__` as an activity
        else:
            yield from (Activity(name, getattr(value, attribute)) for name, attribute in _methods(type(value)))


def _methods(cls: type) -> list[tuple[str, str]]:
    """Give activity name and attribute of each method of a class that is an activity."""
    if cls.__module__ == "builtins":
        return []
    return [
        (name, attribute)
        for attribute in {attribute: None for base in cls.__mro__ for attribute in vars(base)}
        if (name := activity_name(_plain(inspect.getattr_static(cls, attribute)))) is not None
    ]


def _class_level(cls: type) -> list[tuple[str, Any]]:
    """Give the activities that a class has without an instance: its static and class methods."""
    return [
        (name, getattr(cls, attribute))
        for name, attribute in _methods(cls)
        if isinstance(inspect.getattr_static(cls, attribute), (staticmethod, classmethod))
    ]


def _plain(member: object) -> object:
    member = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
    return member if isinstance(member, FunctionType) else None


def _without_instance(modules: Sequence[ModuleType], activities: Sequence[Activity]) -> Iterator[str]:
    owners = [owner for activity in activities if (owner := getattr(activity.fn, "__self__", activity.fn)) is not None]
    for module in modules:
        for name, cls in vars(module).items():
            if not isinstance(cls, type) or cls.__module__ != module.__name__ or cls.__name__ != name:
                continue
            methods = [attribute for _, attribute in _methods(cls)]
            bound = [m for m in methods if not isinstance(inspect.getattr_static(cls, m), (staticmethod, classmethod))]
            if bound and not any(isinstance(owner, cls) for owner in owners):
                yield (
                    f"`{name}.{bound[0]}` in `{module.__name__}` is an activity, but the module makes no instance of "
                    f"`{name}`. Add one at module level: `{name.lower()} = {name}()`."
                )


def _ambiguous(activities: Sequence[Activity], directory: Path) -> Iterator[str]:
    seen: dict[str, Activity] = {}
    for activity in _unique(activities):
        other = seen.setdefault(activity.name, activity)
        if other is not activity:
            one, two = (_place(each, directory) for each in (other, activity))
            reason = f"at {one} and at {two}" if one != two else f"on two instances of the class at {one}"
            yield f'Two activities are named `{activity.name}`: {reason}. Rename one: `@activity.defn(name="…")`.'


def _unique(activities: Sequence[Activity]) -> list[Activity]:
    """Drop what was seen before under another module's name or alias."""
    kept: dict[tuple[str, int, int], Activity] = {}
    for activity in activities:
        owner = getattr(activity.fn, "__self__", None)
        fn = getattr(activity.fn, "__func__", activity.fn)
        kept.setdefault((activity.name, id(owner), id(fn)), activity)
    return list(kept.values())


def _place(activity: Activity, directory: Path) -> str:
    filename, line = activity.place
    path = Path(filename)
    return f"`{path.relative_to(directory) if path.is_relative_to(directory) else path}:{line}`"


def _nothing_found(directory: Path, entry: str | None, found: Scan) -> str:
    if entry is not None:
        return f"`entry` is `{entry}`, which defines no activity. Decorate a function with Temporal's `@activity.defn`."
    names = [str(path.relative_to(directory)) for path in found.looked_at]
    if not names:
        looked = "The folder holds no Python file."
    else:
        more = f" and {len(names) - _SHOWN_FILES} more" if len(names) > _SHOWN_FILES else ""
        looked = f"Looked at {', '.join(f'`{name}`' for name in names[:_SHOWN_FILES])}{more}."
    parts = [f"No activity was found. {looked}"]
    if found.notebooks:
        notebook = found.notebooks[0].relative_to(directory)
        parts.append(f"`{notebook}` defines some, but a notebook cannot be imported: move them into a `.py` file.")
    parts.append("Decorate a function with Temporal's `@activity.defn` (`from temporalio import activity`).")
    return " ".join(parts)
