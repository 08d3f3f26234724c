"""Tests of the rule about days that are restated: a client must read a day again once its figures are final."""

from typing import Any

import pytest

from mockserver import vendors
from mockserver.vendors.augment import policy
from tests.conduct.stories import Line, findings, journal, line, violations

RULE = "restated-day-not-read-again"
NIGHT = 86_400


def nights(operation: str, *queries: str, **fields: Any) -> list[Line]:
    """A request each night, the first one on 2025-10-21, when 2025-10-20 is the newest published day."""
    return [line(operation, query, after=index and NIGHT, **fields) for index, query in enumerate(queries)]


def dau(*days: int) -> list[Line]:
    """The users of a day of October, each night."""
    return nights("getDau", *(f"date=2025-10-{day}" for day in days))


def counts(*ranges: tuple[int, int]) -> list[Line]:
    """The counts of some days of October, each night."""
    return nights("getDauCount", *(f"start_date=2025-10-{first}&end_date=2025-10-{last}" for first, last in ranges))


LISTED: dict[str, tuple[list[Line], list[int]]] = {
    "each day once": (dau(20, 21, 22, 23, 24), [1, 2]),
    "each day once, by default": (nights("getDau", "", "", "", "", ""), [1, 2]),
    "no time to look back yet": (dau(20, 21, 22), []),
    "a day again when it is final": (dau(20, 21, 22, 20), []),
    "a day again, but too early": ([*dau(20, 21, 20), *nights("getDau", "date=2025-10-22")], []),
    "a day again, but only before it is final": (dau(20, 20, 20, 23), [3]),
    "the last two days": (counts((19, 20), (20, 21), (21, 22), (22, 23), (23, 24)), [1, 2, 3]),
    "the last four days": (counts((17, 20), (18, 21), (19, 22), (20, 23), (21, 24)), []),
    "the default week": (nights("getDauCount", *[""] * 8), []),
    "from a day on": (nights("getDauCount", *["start_date=2025-10-20"] * 5), []),
    "up to a day": (nights("getDauCount", *(f"end_date=2025-10-{day}" for day in (20, 21, 22, 23))), []),
    "old days": (counts((1, 9), (1, 9), (1, 9), (1, 9), (1, 9)), []),
    "an unpublished day": ([*dau(21), *nights("getDau", "date=2025-10-22")], []),
    "credits, which show no published days": (nights("getCreditUsageByUser", *["start_date=2025-10-20"] * 5), []),
    "refused requests": (nights("getDau", *["date=2025-10-20"] * 4, status=429), []),
    "another list": ([*dau(20), *nights("getUserActivity", *["end_date=2025-10-19"] * 5)], []),
}


@pytest.mark.parametrize(("lines", "expected"), LISTED.values(), ids=LISTED)
def test_last_early_request_for_a_day_is_a_finding(lines: list[Line], expected: list[int]) -> None:
    assert violations(RULE, journal(lines), restated_days=3) == expected
    assert violations(RULE, journal(lines)) == []


def test_days_that_were_read_under_other_switches_do_not_count() -> None:
    before, *after = dau(20, 21, 22, 23, 24)
    changed = nights("getDau", "date=2025-10-20", generation=7)
    assert violations(RULE, journal([before, *after]), restated_days=3) == [1, 2]
    assert violations(RULE, journal([*changed, *after]), restated_days=3) == [2]


def test_advice_has_the_number_of_days() -> None:
    (finding,) = [each for each in findings(journal(dau(20, 21, 22, 23)), restated_days=3) if each.rule == RULE]
    assert finding.advice == ("with each publication, read the last 3 published days and the one before them again")


def test_operations_with_published_days_exist() -> None:
    (vendor,) = [each for each in vendors.discover() if each.name == policy.NAME]
    advice = vendors.room("advice")[policy.NAME].ADVICE
    assert set(advice.published_days) < {route.operation for route in vendor.routes}
