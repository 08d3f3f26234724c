"""Tests of `mockserver lint`: the findings of a running server, as text or JSON, and an exit code."""

import json

import pytest
from flask import Flask

from tests.admin.driver import Admin
from tests.cli.conftest import Run

HEADERS = {"Host": "127.0.0.1"}


def test_no_findings_have_exit_code_0(run: Run, url: str) -> None:
    result = run("lint", "--url", url)
    assert (result.exit_code, result.output) == (0, "0 findings in 0 requests\n")


def test_findings_are_printed_with_exit_code_1(run: Run, url: str, app: Flask) -> None:
    for _ in range(25):
        Admin(app, HEADERS).vendor("/analytics/v0/dau-count")
    result = run("lint", "--url", f"{url}/")
    assert result.exit_code == 1
    assert result.output == (
        "same-question-again  augment getDauCount\n"
        "  observed  GET /analytics/v0/dau-count and 23 more: the same request again within a data day, when its "
        "answer cannot have changed\n"
        f"  requests  {', '.join(map(str, range(2, 22)))} and 4 more\n"
        "  advice    keep the answer until data of another day arrive, at 02:00 UTC\n"
        "  source    Augment's page on its Analytics API, best practices: cache responses\n"
        "\n1 finding in 25 requests\n"
    )


def test_ignored_rules_must_exist(run: Run, url: str, app: Flask) -> None:
    Admin(app, HEADERS).vendor("/analytics/v0/dau?date=2025-10-21")
    result = run("lint", "--url", url, "--ignore", "today-requested", "--ignore", "hammering")
    assert (result.exit_code, result.output) == (0, "0 findings in 1 request\n")
    result = run("lint", "--url", url, "--ignore", "today-request")
    assert result.exit_code == 2
    assert "there is no rule 'today-request' (did you mean" in " ".join(result.stderr.split())


def test_json_is_the_answer_of_the_server(run: Run, url: str, app: Flask) -> None:
    Admin(app, HEADERS).vendor("/analytics/v0/dau?date=2025-10-21")
    result = run("lint", "--url", url, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == Admin(app, HEADERS).get("/lint")


def test_admin_token_is_sent(run: Run, url: str) -> None:
    assert run("lint", MOCKSERVER_URL=url, MOCKSERVER_ADMIN_TOKEN="anything").exit_code == 0


@pytest.mark.parametrize(
    ("path", "answer"),
    [("/analytics/v0", "GET /_mock/health returned 401: "), ("/_mock", "GET /_mock/health returned 404: ")],
)
def test_url_with_another_path_of_the_server_is_an_error(run: Run, url: str, path: str, answer: str) -> None:
    result = run("lint", "--url", url + path)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith(f"Error: {url}{path} is not the URL of a mock server: {answer}")
    assert "Not Found" not in result.stderr
