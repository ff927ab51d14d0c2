"""Imports a researcher's module, and says clearly what is wrong when that fails or does not end."""

from __future__ import annotations

import importlib
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType

from algorithm_conduit.errors import UserError
from algorithm_conduit.logs import logger
from algorithm_conduit.sources import Source, line_of

_LOADED_BEFORE = ("temporalio.worker", "concurrent.futures.thread", "multiprocessing")
_LONGEST_REASON = 800


class ImportProgress:
    """Which module is being imported, for the watchdog that waits for its end."""

    def __init__(self) -> None:
        """Begin with no import under way."""
        self._module: str | None = None
        self._thread = threading.get_ident()

    @contextmanager
    def importing(self, module: str) -> Iterator[None]:
        """Mark the time in which a module is imported, by this thread."""
        self._module = module
        self._thread = threading.get_ident()
        # Where the import ends the whole process (`os._exit`, native code), this line is all that is told of it.
        logger.info("Importing `%s`.", module, extra={"event": "importing"})
        try:
            yield
        finally:
            self._module = None

    def describe(self, directory: Path) -> str | None:
        """Say what is being imported, and at which of the researcher's lines it is; nothing if there is no import."""
        module = self._module
        if module is None:
            return None
        frame = _innermost(sys._current_frames().get(self._thread), directory)
        if frame is None:
            return f"Importing `{module}` has not ended."
        path, number = frame.f_code.co_filename, frame.f_lineno
        place = place_of(path, number, directory)
        return f"Importing `{module}` has not ended: it is at {place}. Do less there, or raise `timeouts.startup`."


def prepare(directory: Path) -> None:
    """Make this process the researcher's: their folder and its `src` first on the path, and no arguments of ours.

    What the worker itself needs is loaded before: a `queue.py` of theirs would be taken for Python's own.
    """
    for module in _LOADED_BEFORE:
        importlib.import_module(module)
    sys.path[:0] = [str(folder) for folder in (directory, directory / "src") if folder.is_dir()]
    sys.argv = ["algorithm-conduit"]


def import_source(source: Source, directory: Path, progress: ImportProgress) -> ModuleType:
    """Import one module.

    Raises:
        UserError: The import failed, ended the process, or gave another module than that of the file.
    """
    name = source.module
    if any("." in part for part in source.path.relative_to(directory).with_suffix("").parts):
        place = _relative(source.path, directory)
        raise UserError(f"`{place}` cannot be imported: a name in its path has a dot in it. Rename it.")
    try:
        with progress.importing(name):
            module = importlib.import_module(name)
    except BaseException as error:  # a module may raise anything, `SystemExit` among them
        raise UserError(describe_failure(name, error, directory)) from error
    found = getattr(module, "__file__", None)
    if found is None or not _same_file(Path(found), source.path):
        raise UserError(
            f"`{_relative(source.path, directory)}` cannot be imported as `{name}`: "
            f"that name belongs to {_owner(name, found)}. Rename the file."
        )
    return module


def describe_failure(module: str, error: BaseException, directory: Path) -> str:
    """Say in one sentence which import failed, at which line of the researcher's code, and why; then what to do."""
    if isinstance(error, SyntaxError) and error.filename:
        place = place_of(error.filename, error.lineno or 0, directory)
        python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
        return f"Importing `{module}` failed at {place}: {type(error).__name__}: {error.msg} ({python})"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename, directory)]
    place = f" at {place_of(own[-1].filename, own[-1].lineno or 0, directory)}" if own else ""
    return f"Importing `{module}` failed{place}: {_reason(error, directory)}"


def _reason(error: BaseException, directory: Path) -> str:
    if isinstance(error, SystemExit):
        return (
            f"the module ends the process (`SystemExit: {error.code}`). "
            'Put what runs it as a script under `if __name__ == "__main__":`.'
        )
    said = str(error).replace(f"{directory}/", "")
    text = f"{type(error).__name__}: {said}" if said else type(error).__name__
    if len(text) > _LONGEST_REASON:
        text = f"{text[:_LONGEST_REASON]}…"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return (
            f"{text}. If `{error.name.partition('.')[0]}` is a package, add it to the project's dependencies; "
            "if it is a file of yours, it must be found from the algorithm's folder or its `src`."
        )
    return text


def _innermost(frame: FrameType | None, directory: Path) -> FrameType | None:
    while frame is not None and not _is_own(frame.f_code.co_filename, directory):
        frame = frame.f_back
    return frame


def _is_own(filename: str, directory: Path) -> bool:
    """Tell whether a file is the researcher's: in the folder, but not in an environment that lies in it."""
    path = Path(filename)
    if not path.is_relative_to(directory):
        return False
    parts = path.relative_to(directory).parts
    return "site-packages" not in parts and not any(part.startswith(".") for part in parts)


def place_of(filename: str, number: int, directory: Path) -> str:
    """Show a line of a file, with what is written there."""
    code = line_of(filename, number)
    place = f"`{_relative(Path(filename), directory)}:{number}`"
    return f"{place} (`{code}`)" if code else place


def _relative(path: Path, directory: Path) -> str:
    """Show a path from the algorithm's folder, or from where packages are installed, on."""
    if path.is_relative_to(directory):
        return str(path.relative_to(directory))
    return str(path).rpartition("site-packages/")[2]


def _owner(name: str, file: str | None) -> str:
    if name.partition(".")[0] in sys.stdlib_module_names:
        return "a module of Python itself"
    _, installed, inside = (file or "").rpartition("site-packages/")
    return f"the installed `{inside}`" if installed else "the worker"


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
