"""Promises about Tabnine and its OpenAPI file, tried by schemathesis with valid and invalid data."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from mockserver import resources
from mockserver.gateway.limits import Allowance
from mockserver.simulation.timestamps import DAY, format_utc, seconds
from tests.contract import trial
from tests.contract.client import Client
from tests.contract.trial import Outcome

FILE = resources.openapi() / "tabnine.yaml"
BEGINNING = seconds(datetime.fromisoformat("2022-01-03T00:00:00Z"))
DAYS = 1500
MONTHS = 46


def amend(query: dict[str, Any]) -> None:
    """Make good data good by the rules that a schema cannot state; what the schema itself forbids is left as it is."""
    _amend_range(query)
    _amend_month(query)


def _amend_range(query: dict[str, Any]) -> None:
    """A schema knows what a timestamp is, but not that a range begins before it ends, nor how long it may be."""
    if not {"from", "to"} <= query.keys():
        return
    first, last = (_second(query[name]) for name in ("from", "to"))
    if first is not None and last is not None:
        start, end = sorted((BEGINNING + first % (DAYS * DAY), BEGINNING + last % (DAYS * DAY)))
        query |= {"from": format_utc(start), "to": format_utc(end + 1)}


def _second(value: object) -> int | None:
    """The second of a timestamp in the form of the schema; years that Python lacks are any timestamp."""
    if not isinstance(value, str) or len(value) < 20 or value[10] != "T" or value[-1] not in "Z0123456789":
        return None
    try:
        return seconds(datetime.fromisoformat(value))
    except (ValueError, TypeError, OverflowError):
        return 0 if value.startswith("0000-") else None


def _amend_month(query: dict[str, Any]) -> None:
    """A schema knows what a month is, but not which one is in the future."""
    year, _, month = str(query.get("startDate")).partition("-")
    if len(year) == 4 and year.isdecimal() and month in {f"{index:02}" for index in range(1, 13)}:
        query["startDate"] = f"{2022 + int(year) % 3}-{month}"


def _tried(client: Client, examples: int) -> Outcome:
    """The outcome without the failures that the contract asks for: agent usage without a range is a 500."""
    outcome = trial.run(client.app, FILE, "mock-tabnine-acme", amend, examples)
    outcome.failures = [each for each in outcome.failures if not _is_documented_failure(each)]
    return outcome


def _is_documented_failure(failure: str) -> bool:
    is_server_error = "/agent-usage " in failure and ": not_a_server_error: " in failure
    return is_server_error and not ("'from':" in failure and "'to':" in failure)


def test_checks_pass_in_every_phase_without_limits(tabnine_of: Callable[..., Client]) -> None:
    outcome = _tried(tabnine_of(), 20)
    assert outcome.failures == []
    assert outcome.answered == {200, 400, 401, 404, 405, 500}
    assert outcome.seen("FUZZING") >= {200, 400, 401}
    assert outcome.seen("COVERAGE") >= {200, 400, 401, 404, 405}
    assert 200 in outcome.seen("STATEFUL_TESTING")


def test_limit_adds_only_documented_429s(
    tabnine_of: Callable[..., Client],
) -> None:
    """The frozen clock never gives a request back, so that everything after the burst is refused."""
    outcome = _tried(tabnine_of().limited(Allowance(per_minute=10, burst=20)), 3)
    assert outcome.failures == []
    assert outcome.answered <= {200, 400, 401, 404, 405, 429, 500}
    assert sum(count for (_, status), count in outcome.statuses.items() if status == 429) > 20


def test_too_strict_server_is_detected(tabnine_of: Callable[..., Client]) -> None:
    """The trial is no better than its eyes: a switch that refuses a good limit must not get through it."""
    strict = tabnine_of().switched(zero_limit="reject")
    assert any("positive_data_acceptance" in failure for failure in _tried(strict, 5).failures)


AMENDED = {
    "a range": ({"from": "4289-10-10T00:00:00Z", "to": "0017-01-01T00:00:00+14:00"}, True),
    "a range in the year 0": ({"from": "0000-10-10T00:00:00Z", "to": "2025-01-01T00:00:00Z"}, True),
    "half a range": ({"from": "4289-10-10T00:00:00Z"}, False),
    "a day that does not exist": ({"from": "2025-02-30T00:00:00Z", "to": "2025-03-30T00:00:00Z"}, False),
    "no offset": ({"from": "2025-02-20T00:00:00.0", "to": "2025-02-20T00:00:00"}, False),
    "no timestamps": ({"from": ["2025-02-20T00:00:00Z"], "to": "soon"}, False),
    "a month in another age": ({"startDate": "4289-10"}, True),
    "no month": ({"startDate": "2025-13"}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize(("query", "changed"), AMENDED.values(), ids=AMENDED)
def test_only_allowed_queries_are_amended(query: dict[str, Any], *, changed: bool) -> None:
    amended = dict(query)
    amend(amended)
    assert (amended != query) is changed
