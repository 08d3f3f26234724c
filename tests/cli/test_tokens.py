"""Tests of `mockserver tokens`: every token has a curl line that works."""

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from mockserver import server
from mockserver.app import create_app
from tests.cli.conftest import Run
from tests.conftest import SETTINGS

CLIENT = "mock-jetbrains-console-acme"


def _lines(printed: str) -> dict[str, str]:
    """The printed credentials, each with the curl line below it."""
    lines = printed.splitlines()
    return {credentials.strip(): line.strip() for credentials, line in pairwise(lines) if line.startswith("    curl ")}


def test_client_credentials_and_groups_are_printed(run: Run) -> None:
    printed = list(_lines(run("tokens").output))
    assert f"client id {CLIENT}, client secret mock-secret" in printed
    assert f"client id {CLIENT}-forbidden, client secret mock-secret  (403)" in printed
    assert f"client id {CLIENT}-groups, client secret mock-secret  (sees only Guidance, Quality)" in printed


def test_groups_are_printed_only_for_organizations_with_them(run: Run) -> None:
    printed = run("tokens", "--organization", "globex").output
    assert "mock-jetbrains-console-globex-forbidden" in printed
    assert "-groups" not in printed


@pytest.mark.unix("the lines are for a POSIX shell")
def test_every_curl_line_works(run: Run) -> None:
    with server.in_thread(create_app(SETTINGS)) as running:
        lines = _lines(run("tokens", "--url", running.url).output)
        for credentials, line in lines.items():
            pasted = f"{line} -s -o /dev/null -w '%{{http_code}}'"
            done = subprocess.run(["bash", "-c", pasted], capture_output=True, text=True, check=True)
            assert done.stdout == ("403" if "(403)" in credentials else "200"), line
    assert len(lines) == 10


def test_unknown_organization_is_a_usage_error(run: Run) -> None:
    result = run("tokens", "--organization", "nope")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: nope: no bundled organization has this name; there are: acme, ")


def test_tokens_of_an_organization_file_are_printed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "slug: mine\nname: Mine\npeople: 12\nteams: [{name: Backend}]\nconsole_groups: [Backend]\n", encoding="utf-8"
    )
    printed = run("tokens", "--organization-file", str(file)).output
    assert "mock-augment-mine" in printed
    assert "sees only Backend" in printed
