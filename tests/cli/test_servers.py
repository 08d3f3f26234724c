"""Commands with --url: a program other than a mock server is a usage error."""

from typing import TYPE_CHECKING

import pytest

from mockserver import server
from tests.cli.conftest import Run

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

COMMANDS = {
    "lint": ("lint",),
    "audit": ("audit",),
    "cases": ("cases", "--run", "C001"),
    "metric": ("metric", "ai-active-users", "--from", "2025-10-13", "--to", "2025-10-19"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html>", b"", b'{"vendors": null}'])
def test_other_program_is_a_usage_error(run: Run, command: str, body: bytes) -> None:
    def other(_environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        return [body]

    with server.in_thread(other) as running:
        result = run(*COMMANDS[command], "--url", running.url)
    assert result.exit_code == 2
    assert "GET /_mock/health is not answered by a mock server" in " ".join(result.stderr.split())
