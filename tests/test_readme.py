"""The code blocks of the README, run in order: they succeed, and print what the README shows.

A `json` block is the expected output of the `sh` block before it; "…" in it matches anything. The `python` blocks are
tests, which `plugin/test_example.py` runs.
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

from tests.server import programs

ROOT = programs.ROOT
ADDRESS = "http://127.0.0.1:8080"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVER_COMMAND = re.compile(r"^(make run|mockserver serve\b.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """Commands, and their output, if the README shows it."""

    commands: str
    output: Any = None

    @property
    def server_command(self) -> str | None:
        """The command in the block that starts a server, or None."""
        match = _SERVER_COMMAND.search(self.commands)
        return match[0] if match else None


def blocks() -> Iterator[Block]:
    """Yield the `sh` blocks of the README, each with the output that follows it."""
    fenced = _FENCE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    languages = [language for language, _ in fenced]
    assert set(languages) <= {"sh", "json", "python"}, "no test runs blocks in this language"
    for index, (language, text) in enumerate(fenced):
        if language == "sh":
            has_output = languages[index + 1 : index + 2] == ["json"]
            yield Block(text, json.loads(fenced[index + 1][1]) if has_output else None)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """The environment variables of a shell in which `mockserver` is the command under test."""
    folder = str(Path(sys.executable).parent)
    return {**programs.UNMEASURED, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def start_server(command: str, folder: Path, environment: dict[str, str]) -> tuple["subprocess.Popen[str]", str]:
    """Start a server with a command of the README, on a free port; return the process and its URL."""
    if command == "make run":
        dry_run = subprocess.run(["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert re.search(r"-m mockserver serve\s*$", dry_run.stdout)
        command = "mockserver serve --now 2026-11-21T12:00:00Z"
    process = subprocess.Popen(
        [*command.split(), "--port", "0", "--json"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())["url"]


def matches(actual: Any, expected: Any) -> bool:
    """Return whether the output is as expected; "…" matches anything."""
    if expected == "…":
        return True
    if isinstance(expected, dict):
        return list(actual) == list(expected) and all(matches(actual[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(actual) == len(expected) and all(map(matches, actual, expected))
    return bool(actual == expected)


def test_every_block_prints_what_the_readme_shows(tmp_path: Path, environment: dict[str, str]) -> None:
    started: list[subprocess.Popen[str]] = []
    url = ADDRESS
    try:
        for block in blocks():
            if block.server_command:
                before = block.commands.replace(block.server_command, "")
                subprocess.run(["bash", "-euc", before], cwd=tmp_path, env=environment, check=True)
                process, own_url = start_server(block.server_command, tmp_path, environment)
                started.append(process)
                url = own_url if url == ADDRESS else url
                continue
            commands = block.commands.replace(ADDRESS, url)
            if block.output is None:
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
            if block.output is not None:
                assert matches(json.loads(done.stdout), block.output), done.stdout
    finally:
        for process in started:
            process.terminate()
            process.communicate(timeout=10)


def test_the_readme_lists_every_bundled_organization() -> None:
    from mockserver.organizations import files

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [slug for slug in files.bundled() if f"| `{slug}` |" not in text] == []
