"""The digests of several thousand vendor answers: no byte changes unless DATA_VERSION is raised.

They are computed in a separate process, so that nothing in this process affects them. `scenes` has the requests.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.in_process("the answers are those of another process, which sends to its apps directly")

ROOT = Path(__file__).parents[2]
RECORDED: dict[str, dict[str, str]] = json.loads((ROOT / "tests/digests/digests.json").read_text(encoding="utf-8"))
HOW_TO_RECORD = "if this is intended, record the digests: `.venv/bin/python -m tests.digests.record`"
MINIMUM = 3_000


@cache
def current() -> dict[str, dict[str, str]]:
    """Compute the digests, with an unusual order of sets and in an unusual time zone."""
    command = [sys.executable, "-m", "tests.digests.record", "--only-print"]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


def test_no_answer_changes() -> None:
    changed = {
        scene: [
            request for request, digest in recorded.items() if current().get(scene, {}).get(request, digest) != digest
        ]
        for scene, recorded in RECORDED.items()
    }
    lines = [f"{scene} | {request}" for scene, requests in changed.items() for request in requests]
    assert not lines, f"{len(lines)} answers have changed; {HOW_TO_RECORD}\n" + "\n".join(lines)


def test_no_scene_and_no_request_is_missing() -> None:
    assert _sent(current()) == _sent(RECORDED), HOW_TO_RECORD


def test_several_thousand_answers_are_recorded() -> None:
    assert sum(map(len, RECORDED.values())) >= MINIMUM


def _sent(digests: dict[str, dict[str, str]]) -> list[str]:
    return [f"{scene} | {request}" for scene, found in digests.items() for request in found]
