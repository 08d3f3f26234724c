"""Holds the served bytes: the same in every process, and from one version to the next until DATA_VERSION is raised.

What the numbers should be like stays out (the other tests of this folder).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.simulation import chance
from tests.vendors.jetbrains_console import golden

KEPT = json.loads(golden.FILE.read_text(encoding="utf-8"))
ANEW = "`.venv/bin/python -m tests.vendors.jetbrains_console.golden`"
MOVED = (
    "the answer is not what it was. If numbers moved and that is meant, raise DATA_VERSION in "
    "mockserver/simulation/chance.py and write the digests anew; if only the form of the JSON moved, write them anew: "
    f"{ANEW}"
)


@pytest.fixture(scope="module", name="found")
def served() -> dict[str, str]:
    return golden.digests()


@pytest.mark.parametrize("request_", sorted(KEPT["digests"]))
def test_an_answer_does_not_move(found: dict[str, str], request_: str) -> None:
    assert found[request_] == KEPT["digests"][request_], MOVED


def test_every_request_is_held(found: dict[str, str]) -> None:
    assert found.keys() == KEPT["digests"].keys(), f"write the digests anew with {ANEW}"


def test_the_digests_are_of_this_version_of_the_data() -> None:
    assert KEPT["data_version"] == chance.DATA_VERSION, f"DATA_VERSION was raised; write the digests anew with {ANEW}"


def test_the_same_seed_gives_the_same_bytes_in_two_processes(found: dict[str, str]) -> None:
    """Each with another order of sets and another zone, which must not show."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "tests.vendors.jetbrains_console.golden", "--only-print"]
    for seed, zone in (("1", "America/Lima"), ("2", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["digests"] == found
