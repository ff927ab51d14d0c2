from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from algorithm_conduit.discovery import discover
from algorithm_conduit.errors import UserError

Project = Callable[[Mapping[str, str]], Path]

pytestmark = pytest.mark.usefixtures("own_imports")

HEAD = "from temporalio import activity\n"
ACTIVITY = HEAD + "@activity.defn\ndef a() -> None: ...\n"


def problem(folder: Path, entry: str | None = None) -> str:
    with pytest.raises(UserError) as caught:
        discover(folder, entry)
    return str(caught.value)


def test_functions_and_methods_of_instances_are_found(project: Project) -> None:
    folder = project(
        {
            "algo.py": HEAD
            + """
@activity.defn
def plain(x: int) -> int: return x

@activity.defn(name="renamed")
async def later() -> None: ...

class Model:
    def __init__(self, factor): self.factor = factor
    @activity.defn
    def scale(self, x: float = 1.0) -> float: return x * self.factor
    @staticmethod
    @activity.defn
    def static() -> None: ...

class Base:
    @activity.defn
    def inherited(self) -> None: ...

class Derived(Base): ...

class Callable_:
    @activity.defn(name="called")
    def __call__(self, x: str) -> None: ...

model = Model(3)
same = model
derived = Derived()
called = Callable_()
""",
        }
    )
    activities = discover(folder)
    assert [activity.signature() for activity in activities] == [
        "called(x: str) -> None",
        "inherited() -> None",
        "plain(x: int) -> int",
        "renamed() -> None",
        "scale(x: float = 1.0) -> float",
        "static() -> None",
    ]
    assert [activity.is_async for activity in activities] == [False, False, False, True, False, False]
    assert activities[4].fn(2.0) == 6.0


def test_only_modules_that_define_activities_are_imported(project: Project) -> None:
    flow = "1/0\nfrom temporalio import workflow\n@workflow.defn\nclass W: ...\n"
    folder = project(
        {"train.py": "raise SystemExit('trains')\n", "serve.py": ACTIVITY, "deep/more.py": "1/0\n", "flow.py": flow}
    )
    assert [activity.name for activity in discover(folder)] == ["a"]
    assert "train" not in sys.modules


def test_an_entry_is_the_only_module_imported(project: Project) -> None:
    folder = project(
        {
            "other.py": "1/0\n" + ACTIVITY,
            "app.py": "from parts.one import *\n",
            "parts/one.py": HEAD + "@activity.defn\ndef one() -> None: ...\n",
        }
    )
    assert [activity.name for activity in discover(folder, "app")] == ["one"]
    assert [activity.name for activity in discover(folder, "parts/one.py")] == ["one"]


def test_an_entry_that_is_not_there_is_an_error(project: Project) -> None:
    folder = project({"a.py": ACTIVITY})
    assert problem(folder, "b.c") == (
        "`entry` is `b.c`, but there is none of `b/c.py`, `b/c/__init__.py`, `src/b/c.py`, `src/b/c/__init__.py`. "
        "Name a module that is there."
    )
    assert problem(folder, "b.py") == "`entry` is `b.py`, which is no file of the folder. Name a file that is there."


def test_an_entry_without_activities_is_an_error(project: Project) -> None:
    folder = project({"entry_without.py": ""})
    assert problem(folder, "entry_without") == (
        "`entry` is `entry_without`, which defines no activity. Decorate a function with Temporal's `@activity.defn`."
    )


def test_two_activities_of_one_name_are_an_error_with_both_places(project: Project) -> None:
    folder = project({"one.py": ACTIVITY, "two.py": "\n" + ACTIVITY})
    assert problem(folder) == (
        "The activities cannot be served.\n"
        "- Two activities are named `a`: at `one.py:2` and at `two.py:3`. "
        'Rename one: `@activity.defn(name="…")`.'
    )


def test_two_instances_of_one_class_are_an_error(project: Project) -> None:
    folder = project(
        {"m.py": HEAD + "class M:\n    @activity.defn\n    def a(self) -> None: ...\none = M()\ntwo = M()\n"}
    )
    assert "- Two activities are named `a`: on two instances of the class at `m.py:3`." in problem(folder)


def test_one_activity_seen_in_two_modules_is_one(project: Project) -> None:
    folder = project({"base_.py": ACTIVITY, "again.py": ACTIVITY.replace("def a", "def b") + "from base_ import a\n"})
    assert [activity.name for activity in discover(folder)] == ["a", "b"]


def test_a_method_without_an_instance_is_an_error(project: Project) -> None:
    folder = project({"m.py": HEAD + "class Model:\n    @activity.defn\n    def scale(self) -> None: ...\n"})
    assert problem(folder) == (
        "The activities cannot be served.\n"
        "- `Model.scale` in `m` is an activity, but the module makes no instance of `Model`. "
        "Add one at module level: `model = Model()`."
    )


def test_a_folder_without_activities_says_what_was_looked_at(project: Project) -> None:
    folder = project({"a.py": "", "pkg/b.py": "", "n.ipynb": '"@activity.defn"'})
    assert problem(folder) == (
        "No activity was found. Looked at `a.py`, `pkg/b.py`. `n.ipynb` defines some, but a notebook "
        "cannot be imported: move them into a `.py` file. Decorate a function with Temporal's `@activity.defn` "
        "(`from temporalio import activity`)."
    )


def test_a_folder_without_python_files_says_so(project: Project) -> None:
    folder = project({"README.md": ""})
    assert problem(folder).startswith("No activity was found. The folder holds no Python file. Decorate")


def test_a_syntax_error_names_file_and_line(project: Project) -> None:
    folder = project({"bad_syntax.py": ACTIVITY + "def (:\n"})
    assert problem(folder) == (
        "Importing `bad_syntax` failed at `bad_syntax.py:4` (`def (:`): SyntaxError: invalid syntax "
        f"(Python 3.{sys.version_info.minor})"
    )


def test_a_module_that_ends_the_process_is_an_error(project: Project) -> None:
    folder = project({"exits.py": ACTIVITY + "import sys\nsys.exit(3)\n"})
    assert problem(folder) == (
        "Importing `exits` failed at `exits.py:5` (`sys.exit(3)`): the module ends the process (`SystemExit: 3`). "
        'Put what runs it as a script under `if __name__ == "__main__":`.'
    )


def test_an_error_in_a_library_names_the_researchers_line(project: Project) -> None:
    folder = project({"uses.py": ACTIVITY + "import json\nmodel = json.loads('{')\n"})
    assert problem(folder).startswith(
        "Importing `uses` failed at `uses.py:5` (`model = json.loads('{')`): JSONDecodeError: "
    )


def test_every_broken_module_is_told(project: Project) -> None:
    folder = project({"broken_one.py": ACTIVITY + "1/0\n", "broken_two.py": ACTIVITY + "None.x\n"})
    first, second = problem(folder).splitlines()
    assert first == "Importing `broken_one` failed at `broken_one.py:4` (`1/0`): ZeroDivisionError: division by zero"
    assert second.startswith("Importing `broken_two` failed at `broken_two.py:4` (`None.x`): AttributeError: ")


def test_activities_in_a_file_named_like_a_module_of_python_are_an_error(project: Project) -> None:
    folder = project({"signal.py": ACTIVITY})
    assert problem(folder) == (
        "`signal.py` cannot be imported as `signal`: that name belongs to a module of Python itself. Rename the file."
    )


def test_a_module_full_of_odd_objects_is_searched(project: Project) -> None:
    folder = project(
        {
            "odd.py": ACTIVITY
            + """
from unittest.mock import Mock
mock = Mock()
class Strange:
    def __getattr__(self, name): raise RuntimeError(name)
    def __bool__(self): raise RuntimeError
    def __eq__(self, other): raise RuntimeError
    __hash__ = None
strange = Strange()
""",
        }
    )
    assert [activity.name for activity in discover(folder)] == ["a"]


def test_a_dynamic_activity_is_found(project: Project) -> None:
    folder = project(
        {
            "dynamic_.py": HEAD
            + "from collections.abc import Sequence\nfrom temporalio.common import RawValue\n"
            + "@activity.defn(dynamic=True)\ndef any_(args: Sequence[RawValue]) -> None: ...\n"
        }
    )
    assert [activity.signature() for activity in discover(folder)] == ["(dynamic)(args: Sequence[RawValue]) -> None"]
