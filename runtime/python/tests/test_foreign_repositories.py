"""The command, on repositories as researchers make them; those that need packages have tests that install them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import SOURCES

REPOSITORIES = Path(__file__).parents[3] / "test" / "fixtures" / "repositories"


@pytest.mark.parametrize(
    ("repository", "activities"),
    [
        ("flat-module", ["top_keywords"]),
        ("src-layout", ["readability"]),
        ("data-files", ["sentiment"]),
        ("class-instance", ["best", "rank"]),
        ("async-activities", ["sum_shards"]),
        ("noisy-import", ["loud"]),
        ("training-code", ["predict"]),
        ("unicode/Modelle für Größen", ["größe_schätzen"]),
        ("plain-script", ["wer"]),
        ("namespace-package", ["correct"]),
        ("lazy-model", ["classify"]),
        ("logging-at-import", ["count_vowels"]),
        ("processes-at-import", ["primes_between"]),
    ],
)
def test_check_finds_what_the_worker_serves(repository: str, activities: list[str]) -> None:
    command = [sys.executable, "-m", "algorithm_conduit", "check", "--json", str(REPOSITORIES / repository)]
    # As a supervisor runs workers, so that nothing that was started stays.
    env = {**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1", "CONDUIT_EXIT_WITH_PARENT": "1"}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True, timeout=120)
    told = json.loads(done.stdout)
    assert told["ok"], told
    assert [activity["name"] for activity in told["activities"]] == activities
    assert [path.name for path in REPOSITORIES.glob("training-code/**/RAN.*")] == []
