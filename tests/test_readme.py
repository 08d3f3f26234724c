"""The README's code blocks, run in order as a reader would: what they promise comes back.

A `json` block is what the `sh` block before it prints; "…" in it stands for anything. `python` blocks are tests, which
`plugin/test_example.py` runs.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "http://127.0.0.1:8080"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVES = re.compile(r"^(make run|mockserver serve\b.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """Commands, and what they print where the README says it."""

    commands: str
    printed: Any = None

    @property
    def serves(self) -> str | None:
        """The command of the block that starts a server, if one does."""
        found = _SERVES.search(self.commands)
        return found[0] if found else None


def blocks() -> Iterator[Block]:
    """The README's blocks, each with the answer that follows it."""
    fenced = _FENCE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    languages = [language for language, _ in fenced]
    assert set(languages) <= {"sh", "json", "python"}, "a block that no test would run"
    for place, (language, text) in enumerate(fenced):
        if language == "sh":
            answered = languages[place + 1 : place + 2] == ["json"]
            yield Block(text, json.loads(fenced[place + 1][1]) if answered else None)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """A shell's environment in which `mockserver` is the one under test."""
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def serving(command: str, folder: Path, environment: dict[str, str]) -> tuple["subprocess.Popen[str]", str]:
    """A server as the README starts it, on a free port, and its URL."""
    if command == "make run":
        dry = subprocess.run(["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert re.search(r"-m mockserver serve\s*$", dry.stdout)
        command = "mockserver serve --now 2026-11-21T12:00:00Z"
    served = subprocess.Popen(
        [*command.split(), "--port", "0", "--json"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert served.stdout is not None
    return served, json.loads(served.stdout.readline())["url"]


def matches(printed: Any, expected: Any) -> bool:
    """Whether an answer is the expected one, "…" standing for anything."""
    if expected == "…":
        return True
    if isinstance(expected, dict):
        return list(printed) == list(expected) and all(matches(printed[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(printed) == len(expected) and all(map(matches, printed, expected))
    return bool(printed == expected)


def test_every_block_of_the_readme_runs_and_prints_what_it_says(tmp_path: Path, environment: dict[str, str]) -> None:
    started: list[subprocess.Popen[str]] = []
    url = ADDRESS
    try:
        for block in blocks():
            if block.serves:
                before = block.commands.replace(block.serves, "")
                subprocess.run(["bash", "-euc", before], cwd=tmp_path, env=environment, check=True)
                served, at = serving(block.serves, tmp_path, environment)
                started.append(served)
                url = at if url == ADDRESS else url
                continue
            commands = block.commands.replace(ADDRESS, url)
            if block.printed is None:
                commands = commands.replace("curl -s ", "curl -s --fail-with-body ")
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", commands],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{block.commands}\n{done.stdout}{done.stderr}"
            if block.printed is not None:
                assert matches(json.loads(done.stdout), block.printed), done.stdout
    finally:
        for served in started:
            served.terminate()
            served.communicate(timeout=10)


def test_every_bundled_organisation_is_in_the_readme() -> None:
    from mockserver.organizations import files

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [slug for slug in files.bundled() if f"| `{slug}` |" not in text] == []
