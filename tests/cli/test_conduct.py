"""Promises about `mockserver conduct`: the findings of a server that runs, as text or JSON, and an exit code."""

import json

import pytest
from flask import Flask

from tests.admin.driver import Admin
from tests.cli.conftest import Run

HEADERS = {"Host": "127.0.0.1"}


def test_good_conduct_is_exit_code_0(run: Run, url: str) -> None:
    result = run("conduct", "--url", url)
    assert (result.exit_code, result.output) == (0, "0 findings in 0 requests\n")


def test_findings_are_told_in_words_with_exit_code_1(run: Run, url: str, app: Flask) -> None:
    for _ in range(25):
        Admin(app, HEADERS).vendor("/analytics/v0/dau-count")
    result = run("conduct", "--url", f"{url}/")
    assert result.exit_code == 1
    assert result.output == (
        "same-question-again  augment getDauCount\n"
        "  observed  GET /analytics/v0/dau-count and 23 more: the same question again within the data's day, when its "
        "answer cannot have changed\n"
        f"  requests  {', '.join(map(str, range(2, 22)))} and 4 more\n"
        "  advice    keep the answer until data of another day arrive, at 02:00 UTC\n"
        "  source    Augment's page on its Analytics API, best practices: cache responses\n"
        "\n1 findings in 25 requests\n"
    )


def test_rules_can_be_ignored_and_must_be_known(run: Run, url: str, app: Flask) -> None:
    Admin(app, HEADERS).vendor("/analytics/v0/dau?date=2025-10-21")
    result = run("conduct", "--url", url, "--ignore", "today-asked", "--ignore", "hammering")
    assert (result.exit_code, result.output) == (0, "0 findings in 1 requests\n")
    result = run("conduct", "--url", url, "--ignore", "today")
    assert (result.exit_code, "there is no rule 'today' (did you mean" in " ".join(result.stderr.split())) == (2, True)


def test_findings_are_data_with_json(run: Run, url: str, app: Flask) -> None:
    Admin(app, HEADERS).vendor("/analytics/v0/dau?date=2025-10-21")
    result = run("conduct", "--url", url, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == Admin(app, HEADERS).get("/conduct")


def test_the_admin_token_is_sent(run: Run, url: str) -> None:
    assert run("conduct", MOCKSERVER_URL=url, MOCKSERVER_ADMIN_TOKEN="anything").exit_code == 0


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param(
            "localhost", "'localhost' is no address of a server; as in http://127.0.0.1:8080", id="no address"
        ),
        pytest.param("http://127.0.0.1:1", "no server of ours answers at http://127.0.0.1:1: ", id="nobody there"),
    ],
)
def test_an_address_without_a_server_is_a_usage_error(run: Run, address: str, told: str) -> None:
    result = run("conduct", "--url", address)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())


def test_a_refusal_of_the_server_is_told(run: Run, url: str) -> None:
    result = run("conduct", "--url", url.replace("127.0.0.1", "localhost") + "/analytics/v0")
    assert result.exit_code == 2
    assert "/_mock/conduct answers 401: UNAUTHORIZED" in " ".join(result.stderr.split())


def test_a_refusal_in_problem_details_is_told_in_its_words(run: Run, url: str) -> None:
    result = run("conduct", "--url", f"{url}/_mock")
    assert result.exit_code == 2
    assert "/_mock/_mock/conduct answers 404: " in result.stderr
    assert "Not Found" not in result.stderr
