"""The digests of several thousand answers of the vendors: no byte changes unless DATA_VERSION is raised.

The answers come from a separate process, so that nothing in this process affects them. `scenes` has the requests.
"""

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from mockserver.simulation import hashing
from tests.digests import record
from tests.digests.scenes import VENDORS
from tests.server import programs
from tests.server.programs import ROOT

pytestmark = pytest.mark.in_process("the answers come from another process, which calls its apps directly")

RECORDED = {name: record.recorded(vendor) for name, vendor in VENDORS.items()}
HOW_TO_RECORD = "if this is intended, record the digests: `.venv/bin/python -m tests.digests.record`"
MINIMUM = 3_000

every_vendor = pytest.mark.parametrize("name", VENDORS)


@cache
def current() -> dict[str, Any]:
    """Return the digests of all vendors, computed with an unusual hash seed and time zone."""
    environment = {**programs.UNMEASURED, "PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tests.digests.record", "--only-print"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@every_vendor
def test_no_answer_changes(name: str) -> None:
    now = current()[name]
    lines = [
        f"{scene} | {request}"
        for scene, requests in RECORDED[name]["scenes"].items()
        for request, digest in requests.items()
        if now.get(scene, {}).get(request, digest) != digest
    ]
    assert not lines, f"{len(lines)} answers have changed; {HOW_TO_RECORD}\n" + "\n".join(lines)


@every_vendor
def test_scenes_and_requests_are_the_recorded_ones(name: str) -> None:
    assert _requests(current()[name]) == _requests(RECORDED[name]["scenes"]), HOW_TO_RECORD


@every_vendor
def test_digests_have_the_current_data_version(name: str) -> None:
    assert RECORDED[name]["data_version"] == hashing.DATA_VERSION, HOW_TO_RECORD


def test_several_thousand_answers_are_recorded() -> None:
    assert sum(len(_requests(recorded["scenes"])) for recorded in RECORDED.values()) >= MINIMUM


def _requests(scenes: dict[str, dict[str, str]]) -> list[str]:
    return [f"{scene} | {request}" for scene, found in scenes.items() for request in found]
