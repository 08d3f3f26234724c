"""A reader at two terminals: one shell that keeps its variables, and servers, each on the port that the page names."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.docs.blocks import Block
from tests.server import programs
from tests.server.programs import PATIENCE, ROOT

_SERVER = re.compile(r"^(?:make run|(?:uvx analytics-)?mockserver serve\b.*)$", re.MULTILINE)
_PORT = re.compile(r"--port (\d+)")
NOW = "--now 2026-11-21T12:00:00Z"
"""The time of a server for which the page names none: the days in the pages' requests must be in its past."""

_AT_EXIT = "trap 'code=$?; export -p > .variables; exit $code' EXIT\n"
_AT_START = "[ ! -f .variables ] || . ./.variables\n"


class Session:
    """Runs the blocks of one page in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: dict[int, tuple[subprocess.Popen[str], str]] = {}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {name: value for name, value in programs.UNMEASURED.items() if not name.startswith("MOCKSERVER_")}
        self.environment = {**kept, "PATH": path}

    def run(self, block: Block) -> None:
        """Do what the page says: save a file, start servers, or run commands and compare their output."""
        if block.file:
            (self.folder / block.file).write_text(block.text, encoding="utf-8")
            return
        assert len(_SERVER.findall(block.text)) <= 1, f"{block.place}: a terminal runs one server"
        commands = _SERVER.sub(self._start, block.text)
        for port, (_, url) in self.servers.items():
            commands = commands.replace(f"http://127.0.0.1:{port}", url)
        assert not re.search(r"127\.0\.0\.1:80\d\d", commands), f"{block.place}: no server was started at this port"
        if not block.output:
            commands = commands.replace("curl -s ", "curl -s --fail-with-body ")
        done = self._shell(commands)
        assert done.returncode == block.exit_code, f"{block.place}\n{block.text}\n{done.stdout}{done.stderr}"
        if block.output:
            assert _agrees(done.stdout, *block.output), f"{block.place} prints\n{done.stdout}"

    def _shell(self, commands: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", _AT_EXIT + _AT_START + commands],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=6 * PATIENCE,
        )

    def _start(self, match: re.Match[str]) -> str:
        """Start the server of a command when the lines before it are done; return what is left to run: nothing."""
        before = match.string[: match.start()]
        if before.strip():
            assert self._shell(before).returncode == 0
        command = _command(match[0])
        named = _PORT.search(command)
        port = int(named[1]) if named else 8080
        assert port == 0 or port not in self.servers, f"{match[0]}: this page has a server at port {port} already"
        process = subprocess.Popen(
            [*_PORT.sub("", command).removesuffix("--json").split(), "--port", "0", "--json"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        ready = process.stdout.readline()
        self.servers[port] = (process, json.loads(ready)["url"] if ready else "")
        assert ready, f"{match[0]}: the server did not start"
        return ""

    def close(self) -> None:
        """Stop the servers."""
        for process, _ in self.servers.values():
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _command(shown: str) -> str:
    """The command that is run in place of the one shown."""
    if shown == "make run":
        dry_run = subprocess.run(["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert re.search(r"-m mockserver serve\s*$", dry_run.stdout)
        shown = "mockserver serve"
    shown = shown.removeprefix("uvx ")
    return shown if "--now" in shown else f"{shown} {NOW}"


def _agrees(printed: str, language: str, expected: str) -> bool:
    if language == "json":
        return matches(json.loads(printed), json.loads(expected))
    pattern = ".*".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def matches(actual: Any, expected: Any) -> bool:
    """Return whether the output is as expected; "…" matches anything."""
    if expected == "…":
        return True
    if isinstance(expected, dict):
        return list(actual) == list(expected) and all(matches(actual[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(actual) == len(expected) and all(map(matches, actual, expected))
    return bool(actual == expected)


@contextmanager
def reading(folder: Path) -> Iterator[Session]:
    """A session whose servers are stopped at the end."""
    session = Session(folder)
    try:
        yield session
    finally:
        session.close()
