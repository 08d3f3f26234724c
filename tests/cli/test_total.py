"""Tests of `mockserver total`: a table or JSON, from an organization or a running server."""

import json
from decimal import Decimal

import pytest
from flask import Flask

from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.charts.reading import HOST
from tests.cli.conftest import Run
from tests.conftest import SETTINGS

NOW = ("--now", "2025-10-21T10:30:00Z")
RANGE = ("--from", "2025-10-13", "--to", "2025-10-19")


def test_total_is_a_table_with_the_sum_above(run: Run) -> None:
    printed = run("total", "augment-cost", *RANGE, *NOW).output.splitlines()
    values = [Decimal(line.split()[0]) for line in printed[1:]]
    expected = f"augment-cost of acme: {sum(values)} USD of {len(values)} resources, 2025-10-13 to 2025-10-19"
    assert printed[0] == expected
    assert printed[-1].endswith("Remote agents")


def test_json_is_the_answer_of_the_server(run: Run) -> None:
    printed = json.loads(run("total", "augment-credits", *RANGE, *NOW, "--json").output)
    answer = Admin(create_app(SETTINGS), HOST).get("/totals/augment-credits?from=2025-10-13&to=2025-10-19&limit=1000")
    assert printed == answer


def test_running_server_adds_up_its_own_numbers(run: Run, url: str, app: Flask) -> None:
    Admin(app, HOST).done("PUT", "/policy", {"augment": {"billed_identity": "loose"}})
    exact, loose = (
        json.loads(run("total", "augment-cost", *RANGE, *flags, "--json").output) for flags in (NOW, ("--url", url))
    )
    assert Decimal(loose["sum"]) > Decimal(exact["sum"])


def test_days_that_the_api_does_not_show_are_said_to_be_missing(run: Run) -> None:
    printed = run("total", "augment-credits", "--from", "2026-01-01", "--to", "2026-01-02", *NOW).output
    assert " ".join(printed.split()) == (
        "augment-credits of acme: 0 credits of 0 users, no day, because the API shows none of them"
    )


def test_unknown_total_is_refused_with_the_nearest_name(run: Run) -> None:
    result = run("total", "augment-costs", *RANGE, *NOW)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "augment-cost" in result.stderr


def test_totals_are_listed_without_a_name(run: Run) -> None:
    listed = json.loads(run("total", "--json").output)
    assert [each["name"] for each in listed] == ["augment-credits", "augment-cost"]
    printed = " ".join(run("total").output.split())
    assert all(f"{each['name']} {each['description']}" in printed for each in listed)


@pytest.mark.parametrize("flags", [("augment-cost",), ("augment-cost", *RANGE[:2]), RANGE])
def test_total_without_its_name_or_range_is_a_usage_error(run: Run, flags: tuple[str, ...]) -> None:
    result = run("total", *flags, *NOW)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "a total needs its name, --from and --to" in result.stderr
