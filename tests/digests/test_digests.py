"""Digests of several thousand vendor answers: not one byte moves unless DATA_VERSION is raised.

They are made in a process of their own, so that nothing of this one shows in them. What is sent stays out (`scenes`).
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
KEPT: dict[str, dict[str, str]] = json.loads((ROOT / "tests/digests/digests.json").read_text(encoding="utf-8"))
ANEW = "if that is meant, write the digests anew: `.venv/bin/python -m tests.digests.record`"
LEAST = 3_000


@cache
def served() -> dict[str, dict[str, str]]:
    """The digests of the answers now, with another order of sets and in another zone than most machines have."""
    command = [sys.executable, "-m", "tests.digests.record", "--only-print"]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


def test_no_answer_moves() -> None:
    moved = {
        scene: [request for request, digest in kept.items() if served().get(scene, {}).get(request, digest) != digest]
        for scene, kept in KEPT.items()
    }
    lines = [f"{scene} | {request}" for scene, requests in moved.items() for request in requests]
    assert not lines, f"{len(lines)} answers are not what they were; {ANEW}\n" + "\n".join(lines)


def test_no_scene_and_no_request_is_missing() -> None:
    assert _sent(served()) == _sent(KEPT), ANEW


def test_several_thousand_answers_are_held() -> None:
    assert sum(map(len, KEPT.values())) >= LEAST


def _sent(digests: dict[str, dict[str, str]]) -> list[str]:
    return [f"{scene} | {request}" for scene, found in digests.items() for request in found]
