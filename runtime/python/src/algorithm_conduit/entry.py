"""What `run`, `check` and `call` were pointed at, and which module of it holds the activities."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from algorithm_conduit.errors import UserError


def directory_and_entry(path: str, env: Mapping[str, str]) -> tuple[Path, str | None]:
    """Resolve a folder, or one Python file, and the entry in it: a module, a file, or nothing, to discover it.

    The entry is the file that was named, else `CONDUIT_ENTRY`, else `entry` in `[tool.conduit]` of `pyproject.toml`, or
    in `conduit.toml`. (Python 3.10 cannot read the last two; the platform always sets `CONDUIT_ENTRY` from them.)

    Raises:
        UserError: There is no such folder or file, or its settings cannot be read.
    """
    target = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would leave a symbolic link's folder
    if target.is_dir():
        return target, env.get("CONDUIT_ENTRY", "").strip() or _entry_setting(target)
    if target.is_file() and target.suffix == ".py":
        return target.parent, target.name
    raise UserError(f"`{path}` is neither a folder nor a Python file. Name the folder that holds the activities.")


def _entry_setting(directory: Path) -> str | None:
    for name, keys in (("pyproject.toml", ("tool", "conduit")), ("conduit.toml", ())):
        settings: Any = _toml(directory / name)
        for key in keys:
            settings = settings.get(key, {}) if isinstance(settings, dict) else {}
        entry = settings.get("entry") if isinstance(settings, dict) else None
        if entry is not None:
            if not isinstance(entry, str):
                raise UserError(f"`entry` in `{name}` is {entry!r}. Name a module, as a string.")
            return entry
    return None


def _toml(path: Path) -> dict[str, Any]:
    try:
        tomllib = importlib.import_module("tomllib")
    except ModuleNotFoundError:
        return {}
    try:
        settings: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return settings
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"`{path.name}` cannot be read: {error}. Correct it.") from error
