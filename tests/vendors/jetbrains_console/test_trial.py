"""Promises about the Console and its OpenAPI file, tried by schemathesis with valid and invalid data."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from mockserver import resources
from mockserver.gateway.limits import Allowance
from tests.contract import trial
from tests.contract.client import Client
from tests.contract.trial import Outcome
from tests.vendors.jetbrains_console import queries

FILE = resources.openapi() / "jetbrains-console.yaml"
BEGINNING = date(2022, 1, 3)
DAYS = 1500


def amend(query: dict[str, Any]) -> None:
    """A schema cannot express that a range ends after it begins, or that there is no year 0."""
    if not {"fromDate", "toDate"} <= query.keys():
        return
    first, last = (_day(query[name]) for name in ("fromDate", "toDate"))
    if first is not None and last is not None:
        start, end = sorted((first % DAYS, last % DAYS))
        query |= {
            "fromDate": str(BEGINNING + timedelta(days=start)),
            "toDate": str(BEGINNING + timedelta(days=end)),
        }


def _day(value: object) -> int | None:
    """The ordinal of a day in the form of the schema; 0 for a day of the year 0, which Python lacks."""
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value).toordinal()
    except ValueError:
        return 0 if value.startswith("0000-") else None


def _run_trial(client: Client, examples: int) -> Outcome:
    token = str(client.authorization).split()[1]
    credentials = ("mock-jetbrains-console-acme", queries.SECRET)
    return trial.run(client.app, FILE, token, amend, examples, credentials)


def test_checks_pass_in_every_phase_without_limits(jetbrains_console_of: Callable[..., Client]) -> None:
    outcome = _run_trial(jetbrains_console_of(), 20)
    assert outcome.failures == []
    assert outcome.answered == {200, 400, 401, 405}
    assert outcome.seen("FUZZING") >= {200, 400, 401}
    assert outcome.seen("COVERAGE") >= {200, 400, 401, 405}


def test_limit_adds_only_documented_429s(
    jetbrains_console_of: Callable[..., Client],
) -> None:
    """On a frozen clock nothing is refilled, so every report after the burst is refused."""
    outcome = _run_trial(jetbrains_console_of().limited(Allowance(per_minute=10, burst=20)), 3)
    assert outcome.failures == []
    assert outcome.answered <= {200, 400, 401, 405, 429}
    assert sum(count for (_, status), count in outcome.statuses.items() if status == 429) > 20


def test_too_strict_server_is_detected(
    jetbrains_console_of: Callable[..., Client],
) -> None:
    """The switch that refuses valid lists must make the trial fail."""
    strict = jetbrains_console_of().switched(malformed_ids="reject")
    assert any("positive_data_acceptance" in failure for failure in _run_trial(strict, 10).failures)


AMENDED = {
    "a range": (queries.span("4289-10-10", "0017-01-01"), True),
    "a range in the year 0": (queries.span("0000-10-10", "2025-01-01"), True),
    "half a range": ({"fromDate": "4289-10-10"}, False),
    "a day that does not exist": (queries.span("2025-02-30", "2025-03-30"), False),
    "another form": (queries.span("20250230", "2025-03-30"), False),
    "no days": ({"fromDate": ["2025-02-20"], "toDate": "soon"}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize(("query", "changed"), AMENDED.values(), ids=AMENDED)
def test_only_allowed_queries_are_amended(query: dict[str, Any], *, changed: bool) -> None:
    amended = dict(query)
    amend(amended)
    assert (amended != query) is changed
