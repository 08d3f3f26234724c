"""Promises about IDE Services and its OpenAPI file, tried by schemathesis with valid and invalid data."""

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from mockserver import resources
from mockserver.gateway.limits import Allowance
from tests.contract import trial
from tests.contract.client import Client
from tests.contract.trial import Outcome

FILE = resources.openapi() / "jetbrains-ide.yaml"


def amend(query: dict[str, Any]) -> None:
    """Make valid data follow the rules that a schema cannot express; invalid data stay as they are."""
    _amend_range(query)
    _amend_cursor(query)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _amend_range(query: dict[str, Any]) -> None:
    """A schema cannot express that a range ends after it begins, or that there is no year 0."""
    for name in ("fromDate", "toDate"):
        if str(query.get(name)).startswith("0000-"):
            query[name] = "0001-01-01"
    first, last = _day(query.get("fromDate")), _day(query.get("toDate"))
    if first and last and first > last:
        query |= {"fromDate": query["toDate"], "toDate": query["fromDate"]}


def _amend_cursor(query: dict[str, Any]) -> None:
    """A schema cannot express that a cursor comes from an earlier answer to the same query.

    Nor does a link stop at the last page: after it, pagination starts again.
    """
    cursor = query.get("cursor")
    if cursor is None or (isinstance(cursor, str) and _is_base64(cursor) and not _is_cursor(cursor)):
        query.pop("cursor", None)


def _is_base64(text: str) -> bool:
    try:
        return len(text) >= 4 and bool(b64decode(text, validate=True))
    except ValueError:
        return False


def _is_cursor(text: str) -> bool:
    try:
        return len(json.loads(b64decode(text))["after"]) in {1, 3}
    except (ValueError, TypeError, KeyError):
        return False


NOT_SIMULATED = "COVERAGE POST /api/v1/users "
"""How failures begin that are about a 501: the trial sends the method, since the file does not have it."""


def _run_trial(client: Client, examples: int) -> Outcome:
    """Cursors of other queries are accepted, because the parameters are generated one at a time."""
    client.switched(foreign_cursor="continue")
    return trial.run(client.app, FILE, "mock-jetbrains-ide-acme", amend, examples)


def test_checks_pass_in_every_phase_without_limits(jetbrains_ide_of: Callable[..., Client]) -> None:
    outcome = _run_trial(jetbrains_ide_of(), 15)
    assert [failure for failure in outcome.failures if not failure.startswith(NOT_SIMULATED)] == []
    assert outcome.answered == {200, 400, 401, 405, 501}
    assert outcome.seen("FUZZING") >= {200, 400, 401}
    assert outcome.seen("COVERAGE") >= {200, 400, 405}
    assert 200 in outcome.seen("STATEFUL_TESTING")


def test_limit_adds_only_documented_429s(
    jetbrains_ide_of: Callable[..., Client],
) -> None:
    """On a frozen clock nothing is refilled, so everything after the burst is refused."""
    outcome = _run_trial(jetbrains_ide_of().limited(Allowance(per_minute=10, burst=20)), 3)
    assert [failure for failure in outcome.failures if not failure.startswith(NOT_SIMULATED)] == []
    assert outcome.answered <= {200, 400, 401, 405, 429, 501}
    assert sum(count for (_, status), count in outcome.statuses.items() if status == 429) > 20


def test_refusing_an_allowed_request_is_detected(jetbrains_ide_of: Callable[..., Client]) -> None:
    """The switch that refuses long ranges must make the trial fail."""
    strict = jetbrains_ide_of().switched(longest_range="reject")
    outcome = trial.run(strict.app, FILE, "mock-jetbrains-ide-acme", _backwards, 5)
    assert any("positive_data_acceptance" in failure for failure in outcome.failures)


def _backwards(query: dict[str, Any]) -> None:
    amend(query)
    if _day(query.get("fromDate")) and _day(query.get("toDate")):
        query |= {"fromDate": "0001-01-01", "groupBy": "DAY"}


AMENDED = {
    "a range upside down": ({"fromDate": "4289-10-10", "toDate": "0017-01-01"}, True),
    "a range in the year 0": ({"fromDate": "0000-10-10", "toDate": "2025-01-01"}, True),
    "a range as it should be": ({"fromDate": "2025-09-01", "toDate": "2025-09-01"}, False),
    "half a range": ({"fromDate": "4289-10-10"}, False),
    "a day that does not exist": ({"fromDate": "2025-03-30", "toDate": "2025-02-30"}, False),
    "no days": ({"fromDate": ["2025-02-20"], "toDate": "soon"}, False),
    "a forged cursor": ({"cursor": "0000"}, True),
    "no cursor any more": ({"cursor": None}, True),
    "a cursor of the server's": ({"cursor": "eyJhZnRlciI6WzAsNzM5NTI1LDExXSwib2YiOiIwMDY2M2QyODRmMTFmMGM5In0="}, False),
    "no base64": ({"cursor": "!!!!"}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize(("query", "changed"), AMENDED.values(), ids=AMENDED)
def test_only_allowed_queries_are_amended(query: dict[str, Any], *, changed: bool) -> None:
    amended = dict(query)
    amend(amended)
    assert (amended != query) is changed
