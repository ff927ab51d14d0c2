from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from algorithm_conduit.sources import defines_activities, module_name, scan

Project = Callable[[Mapping[str, str]], Path]

ACTIVITY = "from temporalio import activity\n@activity.defn\ndef a() -> None: ...\n"


@pytest.mark.parametrize(
    "source",
    [
        "from temporalio import activity\n@activity.defn\ndef a(): ...",
        "from temporalio import activity\n@activity.defn(name='b')\nasync def a(): ...",
        "from temporalio import activity as act\nclass A:\n    @act.defn\n    def a(self): ...",
        "from temporalio.activity import defn\n@defn\ndef a(): ...",
        "from temporalio.activity import defn as d\n@d(name='x')\ndef a(): ...",
        "from temporalio.activity import *\n@defn\ndef a(): ...",
        "import temporalio.activity\n@temporalio.activity.defn\ndef a(): ...",
        "import temporalio.activity as x\n@x.defn\ndef a(): ...",
        "import temporalio.worker\nimport temporalio.activity\n@temporalio.activity.defn\ndef a(): ...",
        "import temporalio as t\n@t.activity.defn\ndef a(): ...",
        "try:\n    from temporalio import activity\nfinally:\n    pass\nregister = activity.defn(print)",
    ],
)
def test_every_way_to_use_defn_is_seen(source: str) -> None:
    assert defines_activities(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "from temporalio import workflow\n@workflow.defn\nclass W: ...",
        "from temporalio import activity\nactivity.info()",
        "from mine import activity\n@activity.defn\ndef a(): ...",
        "from .temporalio import activity\n@activity.defn\ndef a(): ...",
        "'''from temporalio import activity; activity.defn'''",
        "# activity.defn\nfrom temporalio.client import Client",
    ],
)
def test_other_code_is_not_taken_for_activities(source: str) -> None:
    assert not defines_activities(ast.parse(source))


def test_what_does_not_belong_to_the_algorithm_is_left_out(project: Project) -> None:
    left_out = [
        ".hidden/a.py",
        ".venv/lib/a.py",
        "env/lib/a.py",
        "node_modules/a.py",
        "tests/helpers.py",
        "pkg/test_a.py",
        "pkg/a_test.py",
        "conftest.py",
        "setup.py",
        "__pycache__/a.py",
        "notes.txt",
    ]
    folder = project({**dict.fromkeys(left_out, ACTIVITY), "env/pyvenv.cfg": "", "b.py": ACTIVITY, "a/b.py": ACTIVITY})
    assert [(str(source.path.relative_to(folder)), source.module) for source in scan(folder).sources] == [
        ("b.py", "b"),
        ("a/b.py", "a.b"),
    ]


def test_a_module_is_named_as_it_is_imported(project: Project) -> None:
    folder = project({"src/pkg/__init__.py": "", "src/pkg/m.py": "", "src/m.py": "", "m.py": "", "a/__init__.py": ""})
    assert module_name(folder / "src/pkg/m.py", folder) == "pkg.m"
    assert module_name(folder / "src/pkg/__init__.py", folder) == "pkg"
    assert module_name(folder / "src/m.py", folder) == "m"
    assert module_name(folder / "m.py", folder) == "m"
    assert module_name(folder / "a/__init__.py", folder) == "a"
    assert module_name(project({"src/__init__.py": "", "src/m.py": ""}) / "src/m.py", folder) == "src.m"


def test_a_file_that_cannot_be_parsed_counts_if_it_speaks_of_activities(project: Project) -> None:
    folder = project({"broken.py": ACTIVITY + "def (", "old.py": "print 'python 2'", "empty.py": ""})
    found = scan(folder)
    assert [source.module for source in found.sources] == ["broken"]
    assert len(found.looked_at) == 3


def test_notebooks_with_activities_are_noted(project: Project) -> None:
    folder = project({"a.ipynb": '{"cells": ["@activity.defn"]}', "b.ipynb": "{}"})
    assert [path.name for path in scan(folder).notebooks] == ["a.ipynb"]
