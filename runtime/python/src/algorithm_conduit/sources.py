"""Reads sources, without importing them, to find the modules that define activities."""

from __future__ import annotations

import ast
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages", "tests", "test", "build", "dist"})
_SKIPPED_FILES = frozenset({"setup.py", "conftest.py", "noxfile.py"})
_PACKAGE = "temporalio"
_MODULE = "temporalio.activity"
_DECORATOR = "temporalio.activity.defn"


@dataclass(frozen=True)
class Source:
    """A file that defines activities."""

    path: Path
    module: str
    """The name to import it by."""


@dataclass(frozen=True)
class Scan:
    """What a look at a folder found."""

    sources: tuple[Source, ...]
    """Files that define activities, in the order of their paths."""
    looked_at: tuple[Path, ...]
    """Every Python file that was read."""
    notebooks: tuple[Path, ...]
    """Notebooks that define activities: they cannot be imported."""


def scan(directory: Path) -> Scan:
    """Find the files under a folder that define activities.

    Hidden folders, virtual environments, `node_modules`, tests and `setup.py` are left out. A file that cannot be
    parsed counts as one that defines activities if it speaks of them: importing it will say what is wrong with it.
    """
    sources, looked_at, notebooks = [], [], []
    for path in _files(directory):
        content = _read(path)
        if path.suffix == ".ipynb":
            if b"activity.defn" in content:
                notebooks.append(path)
            continue
        looked_at.append(path)
        if _PACKAGE.encode() in content and b"defn" in content and _may_define_activities(content):
            sources.append(Source(path, module_name(path, directory)))
    return Scan(tuple(sources), tuple(looked_at), tuple(notebooks))


def module_name(path: Path, directory: Path) -> str:
    """Give the name that a file has for `import`, with the folder and its `src` on the path."""
    relative = path.relative_to(directory)
    parts = list(relative.with_suffix("").parts)
    if len(parts) > 1 and parts[0] == "src" and not (directory / "src" / "__init__.py").exists():
        parts = parts[1:]
    if len(parts) > 1 and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


def defines_activities(tree: ast.Module) -> bool:
    """Tell whether a module uses Temporal's `activity.defn`, under whatever name it was imported."""
    names = _imported_names(tree)
    return any(_qualified(node, names) == _DECORATOR for node in ast.walk(tree))


def _may_define_activities(content: bytes) -> bool:
    try:
        return defines_activities(ast.parse(content))
    except (SyntaxError, ValueError, RecursionError):
        return b"activity" in content


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """Map the module's own names to what they mean, as far as Temporal is concerned."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == _MODULE and alias.asname:
                    names[alias.asname] = _MODULE
                elif alias.name == _PACKAGE or alias.name.startswith(f"{_PACKAGE}."):
                    names[alias.asname or _PACKAGE] = alias.name if alias.asname else _PACKAGE
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module in (_PACKAGE, _MODULE):
            for alias in node.names:
                if alias.name == "*":
                    names["defn"] = _DECORATOR if node.module == _MODULE else "defn"
                else:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _qualified(node: ast.AST, names: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _qualified(node.value, names)
        return owner and f"{owner}.{node.attr}"
    return None


def _files(directory: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders if not _is_skipped_folder(Path(folder) / name))
        for name in sorted(files):
            path = Path(folder) / name
            if path.suffix == ".ipynb" or (path.suffix == ".py" and not _is_skipped_file(name)):
                yield path


def _is_skipped_folder(path: Path) -> bool:
    return path.name.startswith(".") or path.name in _SKIPPED_FOLDERS or (path / "pyvenv.cfg").exists()


def _is_skipped_file(name: str) -> bool:
    return name.startswith((".", "test_")) or name.endswith("_test.py") or name in _SKIPPED_FILES


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def line_of(path: str, number: int) -> str:
    """Give one line of a source file, stripped; empty where it cannot be read."""
    try:
        with tokenize.open(path) as file:
            return next((line.strip() for index, line in enumerate(file, 1) if index == number), "")
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""
