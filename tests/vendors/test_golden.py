"""Holds the served bytes: the same in every process, and from one version to the next until DATA_VERSION is raised.

What the numbers should be like stays out (the other tests of each vendor's folder).
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mockserver.simulation import hashing
from tests.vendors import golden

ANEW = "`.venv/bin/python -m tests.vendors.golden`"
MOVED = (
    "the answer is not what it was. If numbers moved and that is meant, raise DATA_VERSION in "
    "mockserver/simulation/hashing.py and write the digests anew; if only the form of the JSON moved, write them anew: "
    f"{ANEW}"
)
KEPT = {name: json.loads(golden.file(name).read_text(encoding="utf-8")) for name in golden.VENDORS}


@cache
def served(name: str) -> dict[str, str]:
    """The digests of a vendor's answers now."""
    return golden.digests(name)


@pytest.mark.parametrize(
    ("name", "asked"), [(name, asked) for name, kept in KEPT.items() for asked in sorted(kept["digests"])]
)
def test_an_answer_does_not_move(name: str, asked: str) -> None:
    assert served(name)[asked] == KEPT[name]["digests"][asked], MOVED


@pytest.mark.parametrize("name", golden.VENDORS)
def test_every_request_is_held(name: str) -> None:
    assert served(name).keys() == KEPT[name]["digests"].keys(), f"write the digests anew with {ANEW}"


@pytest.mark.parametrize("name", golden.VENDORS)
def test_the_digests_are_of_this_version_of_the_data(name: str) -> None:
    said = f"DATA_VERSION was raised; write the digests anew with {ANEW}"
    assert KEPT[name]["data_version"] == hashing.DATA_VERSION, said


@pytest.mark.parametrize(("seed", "zone"), [("1", "America/Lima"), ("2", "Asia/Tokyo")])
def test_the_same_seed_gives_the_same_bytes_in_another_process(seed: str, zone: str) -> None:
    """With another order of sets and another zone, which must not show."""
    command = [sys.executable, "-m", "tests.vendors.golden", "--only-print"]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {name: kept["digests"] for name, kept in KEPT.items()}
