"""Tests of `mockserver audit`: a line for each invariant, and an exit code for a build."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mockserver import server
from mockserver.app import create_app
from tests.cli.conftest import Run
from tests.conftest import SETTINGS
from tests.contract.audits import NAMES
from tests.contract.watch import Watch


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server whose /_mock demands a token."""
    with server.in_thread(create_app(replace(SETTINGS, admin_token="let-me-in"))) as running:
        yield running.url


def test_each_invariant_has_a_line(run: Run, url: str) -> None:
    result = run("audit", "--url", f"{url}/", "--admin-token", "let-me-in")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0].startswith(f"2025-10-13 to 2025-10-19 of {url}, a sample: at most 150 pages of a list, 100 users")
    assert [line.split()[-1] for line in lines[1:-1]] == NAMES
    assert lines[-1].startswith(f"{len(NAMES)} invariants, 0 violated, ")


def test_violation_is_named_with_exit_code_1(run: Run, url: str) -> None:
    flags = ("--vendor", "augment", "--full", "--from", "2025-10-13", "--to", "2025-10-14")
    result = run("audit", "--url", url, "--defect", "dau-count-off-by-one", *flags, MOCKSERVER_ADMIN_TOKEN="let-me-in")
    assert result.exit_code == 1
    assert f"2025-10-13 to 2025-10-14 of {url}, everything" in result.stdout
    assert "failed         augment-counts-are-lists: 2025-10-13: rows of the whole dau list" in result.stdout


@pytest.mark.parametrize("place", ["", "augment/", "augment/getDauCount/"])
def test_defect_is_armed_where_the_flag_says(run: Run, url: str, watch: Watch, place: str) -> None:
    flags = ("--url", url, "--vendor", "augment", "--defect", f"{place}number-as-text@metadata.total_days")
    result = run("audit", *flags, MOCKSERVER_ADMIN_TOKEN="let-me-in")
    assert result.exit_code == 1
    assert 'metadata.total_days is "7", and not integer' in " ".join(result.stdout.split())
    assert watch.take()


def test_missing_admin_token_is_a_usage_error(run: Run, url: str) -> None:
    result = run("audit", "--url", url)
    assert (result.exit_code, "GET /_mock/clock returned 401" in result.stderr) == (2, True)


def test_json_is_one_document(run: Run) -> None:
    result = run("audit", "--organization", "documented", "--vendor", "cross-vendor", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["sampled"]) == (0, True)
    passed = [row["name"] for row in document["invariants"] if row["outcome"] == "passed"]
    assert passed == ["cross-vendor-spenders-are-active"]
    assert document["invariants"][1] == {
        "name": "cross-vendor-nobody-after-leaving",
        "vendor": "cross-vendor",
        "description": "Whoever has left by a list of people is not active at another vendor afterwards.",
        "source": "metrics, identities",
        "grade": "I",
        "outcome": "not applicable",
        "detail": "nobody has left",
        "requests": [],
        "truncated": 0,
    }


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        pytest.param(
            ("--url", "localhost:8080"),
            "is not the URL of a server; it takes http://host:port",
            id="a URL without a scheme",
        ),
        pytest.param(("--organization", "acmee"), "acmee", id="an unknown organization"),
        pytest.param(
            ("--organization", "documented", "--defect", "ghosts"),
            "there is no defect 'ghosts' (did you mean 'ghost'?); there are: ",
            id="defect",
        ),
        pytest.param(
            ("--organization", "documented", "--defect", "field-null@users[].mail"),
            "no answer of any vendor has 'users[].mail'; near it: ",
            id="a path",
        ),
        pytest.param(
            ("--organization", "documented", "--defect", "tabnine/getDau/field-null"),
            "'getDau' belongs to augment; tabnine has: ",
            id="another vendor's operation",
        ),
        pytest.param(("--organization", "documented", "--defect", "%"), "there is no defect '%'; there are: ", id="%"),
        pytest.param(("--organization", "documented", "--to", "2090-01-01"), "cannot be audited", id="the future"),
        pytest.param(("--from", "2026-13-01"), "'--from': '2026-13-01' is not a date that exists", id="no date"),
        pytest.param(("--to", "2026-01-01T00:00:00"), "written as in 2025-09-01", id="a time of day"),
        pytest.param(("--vendor", "tabnin"), "'tabnin' is not one of", id="vendor"),
    ],
)
def test_invalid_flags_are_a_usage_error(run: Run, flags: tuple[str, ...], error: str) -> None:
    result = run("audit", *flags)
    assert result.exit_code == 2
    assert error in " ".join(result.stderr.split())


def test_help_lists_the_groups(run: Run) -> None:
    assert "|cross-vendor]" in "".join(run("audit", "--help").stdout.split())
