"""Promises about `mockserver audit`: a line for each identity, and an exit code that a build can heed."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mockserver import server
from mockserver.app import create_app
from mockserver.audit import run as audits
from mockserver.cli import audit
from tests.cli.conftest import Run
from tests.conftest import SETTINGS


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server whose /_mock asks for a token."""
    with server.in_thread(create_app(replace(SETTINGS, admin_token="let-me-in"))) as running:
        yield running.url


def test_what_holds_is_told_line_by_line_and_ends_with_0(run: Run, url: str) -> None:
    result = run("audit", "--url", f"{url}/", "--admin-token", "let-me-in")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0].startswith("2025-10-13 to 2025-10-19, a sample: at most 150 pages a list, 100 users")
    assert [line.split()[-1] for line in lines[1:-1]] == [identity.name for identity in audits.IDENTITIES]
    assert lines[-1].startswith(f"{len(audits.IDENTITIES)} identities, 0 failed, ")


def test_what_does_not_hold_is_named_and_ends_with_1(run: Run, url: str) -> None:
    asked = ("--vendor", "augment", "--full", "--from", "2025-10-13", "--to", "2025-10-14")
    result = run("audit", "--url", url, "--defect", "dau-count-off-by-one", *asked, MOCKSERVER_ADMIN_TOKEN="let-me-in")
    assert result.exit_code == 1
    assert "2025-10-13 to 2025-10-14, everything" in result.stdout
    assert "failed         augment-counts-are-walks: 2025-10-13: rows of the dau walk" in result.stdout


def test_a_control_plane_that_refuses_is_told(run: Run, url: str) -> None:
    result = run("audit", "--url", url)
    assert (result.exit_code, "GET /_mock/clock answers 401" in result.stderr) == (2, True)


def test_as_json_there_is_one_document(run: Run) -> None:
    result = run("audit", "--organization", "documented", "--vendor", "between", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["sampled"]) == (0, True)
    held = [row["name"] for row in told["identities"] if row["outcome"] == "passed"]
    assert held == ["between-console-within-ide"]
    assert told["identities"][1] == {
        "name": "between-nobody-after-leaving",
        "says": "Who left by Tabnine's list is not active at Augment afterwards.",
        "source": "between: metrics, identities",
        "grade": "I",
        "outcome": "not applicable",
        "detail": "nobody has left",
    }


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param(
            ("--url", "localhost:8080"),
            "is no address of a server; as in http://127.0.0.1:8080",
            id="a URL without a scheme",
        ),
        pytest.param(("--url", "http://127.0.0.1:9"), "gives no answer", id="nobody there"),
        pytest.param(("--organization", "acmee"), "acmee", id="an organisation that is not there"),
        pytest.param(
            ("--organization", "documented", "--defect", "ghosts"),
            "there is no defect 'ghosts' (did you mean 'ghost'?); there are: ",
            id="defect",
        ),
        pytest.param(("--organization", "documented", "--defect", "%"), "there is no defect '%'; there are: ", id="%"),
        pytest.param(("--organization", "documented", "--to", "2090-01-01"), "cannot be audited", id="the future"),
        pytest.param(("--vendor", "tabnin"), "'tabnin' is not one of", id="vendor"),
    ],
)
def test_what_cannot_be_audited_is_a_usage_error(run: Run, asked: tuple[str, ...], told: str) -> None:
    result = run("audit", *asked)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())


def test_the_vendors_that_can_be_chosen_are_those_with_identities() -> None:
    assert audit.VENDORS == audits.VENDORS
