"""What the package promises as a whole."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 cannot read TOML")
def test_the_requirements_are_those_of_the_project() -> None:
    tomllib: Any = importlib.import_module("tomllib")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [line for line in (ROOT / "requirements.in").read_text().splitlines() if not line.startswith("#")]
    assert wanted == project["dependencies"]
    pins = (ROOT / "requirements.txt").read_text()
    assert "\ntemporalio==1.35." in pins
    assert "--hash=sha256:" in pins
    assert "://" not in pins + (ROOT / "requirements-dev.txt").read_text()


def test_help_and_the_package_itself_load_without_the_sdk() -> None:
    code = "import sys, algorithm_conduit.cli; sys.exit('temporalio' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, check=False).returncode == 0
    )


def test_an_unknown_name_is_an_attribute_error() -> None:
    import algorithm_conduit

    with pytest.raises(AttributeError, match="module 'algorithm_conduit' has no attribute 'converter_'"):
        _ = algorithm_conduit.converter_


def test_researchers_need_no_pydantic_and_no_numpy() -> None:
    code = (
        "import sys; sys.modules['pydantic'] = sys.modules['numpy'] = None\n"
        "import algorithm_conduit.serving, algorithm_conduit.call_here, algorithm_conduit.call_workflow"
    )
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, check=True)
