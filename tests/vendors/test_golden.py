"""Promises about the served bytes: the same in every process, and in every version until DATA_VERSION is raised."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mockserver.simulation import hashing
from tests.vendors import golden

ANEW = "`.venv/bin/python -m tests.vendors.golden`"
MOVED = (
    "the answer is not what it was. If numbers moved on purpose, raise DATA_VERSION in "
    "mockserver/simulation/hashing.py and write the digests anew; if only the form of the JSON moved, write them anew: "
    f"{ANEW}"
)


def _kept(name: str) -> dict[str, Any]:
    """A vendor's file of digests, with none where there is no file."""
    file = golden.file(name)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"digests": {}}
    return found


KEPT = {name: _kept(name) for name in golden.VENDORS}
every_vendor = pytest.mark.parametrize("name", golden.VENDORS)


@cache
def served(name: str) -> dict[str, str]:
    """The digests of a vendor's answers now."""
    return golden.digests(name)


@every_vendor
def test_digests_are_kept(name: str) -> None:
    assert golden.file(name).exists(), f"write the digests of {name}'s golden probes with {ANEW} {name}"


@pytest.mark.parametrize(
    ("name", "request_"), [(name, each) for name, kept in KEPT.items() for each in sorted(kept["digests"])]
)
def test_answer_does_not_move(name: str, request_: str) -> None:
    assert served(name)[request_] == KEPT[name]["digests"][request_], MOVED


@every_vendor
def test_digests_are_of_the_golden_probes(name: str) -> None:
    assert served(name).keys() == KEPT[name]["digests"].keys(), f"write the digests anew with {ANEW}"


@every_vendor
def test_digests_are_of_this_data_version(name: str) -> None:
    message = f"DATA_VERSION was raised; write the digests anew with {ANEW}"
    assert KEPT[name].get("data_version") == hashing.DATA_VERSION, message


@pytest.mark.parametrize(("seed", "zone"), [("1", "America/Lima"), ("2", "Asia/Tokyo")])
def test_another_process_serves_the_same_bytes(seed: str, zone: str) -> None:
    """With another order of sets and another time zone, which must not matter."""
    command = [sys.executable, "-m", "tests.vendors.golden", "--only-print"]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {name: kept["digests"] for name, kept in KEPT.items()}
