"""What `mockserver serve` prints below its ready line: what it simulates, and commands that work when pasted."""

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mockserver import server, vendors
from mockserver.admin import admin_context
from mockserver.app import create_app
from mockserver.cli import banner
from mockserver.settings import Settings
from tests.cli.conftest import Run, make_late
from tests.conftest import SETTINGS
from tests.server import programs


def banner_of(settings: Settings, url: str = "http://127.0.0.1:8080") -> dict[str, str]:
    """The lines of the banner by their names."""
    sandbox = create_app(settings).extensions[admin_context.EXTENSION].registry.default
    return {line[:16].strip(): line[16:] for line in banner.lines(sandbox, settings, url)}


@pytest.fixture
def organization_file(tmp_path: Path) -> Path:
    """An organization of one person, in a path with a space."""
    file = tmp_path / "my file.yaml"
    file.write_text("slug: mine\nname: Mine\npeople: 1\nteams: [{name: Backend}]\n", encoding="utf-8")
    return file


CLOCKS = {
    "frozen": (Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC), freeze=True), "2025-10-21T10:30:00Z, frozen"),
    "running": (Settings(now=datetime(2025, 10, 21, 10, 30, 0, 1, tzinfo=UTC)), ":00Z, running"),
    "real": (Settings(), "Z, that of this machine"),
}


@pytest.mark.parametrize(("settings", "text"), CLOCKS.values(), ids=CLOCKS)
def test_clock_is_shown_with_how_it_runs(settings: Settings, text: str) -> None:
    assert banner_of(settings)["clock"].endswith(text)


def test_organization_is_shown_with_its_size(organization_file: Path) -> None:
    assert banner_of(Settings())["organization"] == "acme (60 people in 6 teams)"
    assert banner_of(Settings(organization="hooli"))["organization"] == "hooli (100,000 people in 80 teams)"
    own = banner_of(Settings(organization_file=organization_file))
    assert own["organization"] == f"mine (1 person in 1 team), from {organization_file}"
    assert own["token"].startswith("mock-augment-mine (")
    assert own["all tokens"] == f"mockserver tokens --organization-file '{organization_file}'"


def test_command_for_all_tokens_names_this_server() -> None:
    assert banner_of(Settings())["all tokens"] == "mockserver tokens"
    other = banner_of(Settings(organization="globex"), "http://127.0.0.1:9")
    assert other["all tokens"] == "mockserver tokens --organization globex --url http://127.0.0.1:9"


@pytest.mark.unix("the lines are for a POSIX shell")
def test_first_request_works_when_it_is_pasted() -> None:
    with server.in_thread(create_app(SETTINGS)) as running:
        line = banner_of(SETTINGS, running.url)["try"]
        done = subprocess.run(["bash", "-c", f"{line} -s"], capture_output=True, text=True, check=True)
    assert "daily_active_user_counts" in json.loads(done.stdout)


def test_first_request_may_need_an_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every vendor's clients exchange credentials for a token."""
    exchanging = [each for each in vendors.discover() if each.token_path is not None]
    monkeypatch.setattr(vendors, "discover", lambda: tuple(exchanging))
    assert "grant_type=client_credentials" in banner_of(replace(SETTINGS))["try"]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ends when its app is made."""

    def serve(app: server.LateApp, *call: Any, **_: Any) -> None:
        call[3]("http://127.0.0.1:8080")
        make_late(app)

    monkeypatch.setattr(server, "serve", serve)


@pytest.mark.usefixtures("served")
def test_json_has_no_banner(run: Run) -> None:
    assert run("serve", "--json").stdout.count("\n") == 1
    printed = run("serve").stdout
    assert [line[:14].strip() for line in printed.splitlines()[1:]] == [
        "organization",
        "clock",
        "token",
        "all tokens",
        "try",
    ]


@pytest.mark.in_process("the command runs in a process of its own")
def test_banner_that_nobody_reads_is_dropped() -> None:
    """A script that reads the first line may close the pipe."""
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--log-level", "warning") as program:
        url = programs.line(program).split()[2].rstrip(";")
        assert program.stdout is not None
        program.stdout.close()
        program.stdout = None
        assert programs.send(url, programs.request("/_mock/health"))[0] == 200
        program.terminate()
        _, errors = program.communicate(timeout=programs.PATIENCE)
        assert (program.returncode, errors) == (0, "")
