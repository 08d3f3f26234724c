"""Promises about a finding: it names rule, source, place and requests, and stays short however much there is."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conduct import journaled_request, linting
from mockserver.conduct.rules import MANNERS, RULES
from tests.conduct.stories import OPERATIONS, PUBLISHED, Line, journal, line

NAMES = st.sampled_from(
    ["from", "to", "fromDate", "toDate", "start_date", "end_date", "date", "cursor", "offset", "limit", "page_size"]
)
VALUES = st.sampled_from(
    ["0", "00", "\u0663", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2025-10-21", "%00", ""]
) | st.text(max_size=12)
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
LINES = st.builds(
    line,
    st.sampled_from(sorted(OPERATIONS)),
    QUERIES,
    st.sampled_from([200, 400, 401, 403, 429, 503]),
    after=st.just(0.5),
)


def test_nothing_is_said_of_nothing() -> None:
    assert linting.lint([], PUBLISHED) == []


def test_a_finding_tells_what_was_seen_and_what_to_do() -> None:
    assert linting.lint(journal([line("getDau", "date=2025-10-21", 400)]), PUBLISHED) == [
        linting.Finding(
            rule="today-asked",
            source="Augment's page on its Analytics API: the most recent date that can be asked for is yesterday",
            vendor="augment",
            operation="getDau",
            requests=[1],
            more=0,
            seen="GET /analytics/v0/dau?date=2025-10-21: "
            "asked for today or later, where yesterday (UTC) is the newest day",
            do="end ranges yesterday, by the calendar of UTC",
        )
    ]


def test_at_most_twenty_requests_are_listed_and_the_rest_counted() -> None:
    (found,) = linting.lint(journal([line("getOrganization", status=403)] * 30), PUBLISHED)
    assert (found.rule, found.source) == ("forbidden-ignored", MANNERS)
    assert (found.requests, found.more) == (list(range(3, 23)), 8)
    assert found.seen.startswith("GET /api/v1/organization and 27 more: ")


def test_a_long_query_is_cut_and_an_unrouted_request_has_no_operation() -> None:
    query = "token=[redacted]&x=" + "y" * 200
    (found,) = linting.lint([journal([line("getDau", query, 404)])[0]._replace(operation=None)], PUBLISHED)
    assert found.operation is None
    assert f"?{query[:100]}…: " in found.seen


def test_findings_come_by_rule_vendor_and_operation() -> None:
    lines = [line("getOrganization", "token=[redacted]"), line("getUserActivity", "token=[redacted]")]
    lines += [line("getDau", "token=[redacted]"), line("getDau", "date=2025-10-21", 400)]
    found = [(each.rule, each.vendor, each.operation) for each in linting.lint(journal(lines), PUBLISHED)]
    assert found == [
        ("today-asked", "augment", "getDau"),
        ("token-in-url", "augment", "getDau"),
        ("token-in-url", "augment", "getUserActivity"),
        ("token-in-url", "tabnine", "getOrganization"),
    ]


def test_every_rule_has_a_name_of_its_own_and_says_what_to_do() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert all(rule.seen and rule.do and rule.name == rule.name.lower().replace(" ", "-") for rule in RULES)


@given(st.lists(LINES, max_size=8))
def test_whatever_was_asked_can_be_judged_and_names_requests_that_were_made(lines: list[Line]) -> None:
    for finding in linting.lint(journal(lines), PUBLISHED):
        assert set(finding.requests) <= set(range(1, len(lines) + 1))
        assert finding.requests == sorted(set(finding.requests))


@pytest.mark.parametrize("text", ["", "a=1&a=2&b=", "%ff=%00&;&=="])
def test_any_query_can_be_read(text: str) -> None:
    (each,) = journaled_request.read(journal([line("getDau", text)]), PUBLISHED)
    assert isinstance(each.parameters, dict)
    assert each.single_day is None


def test_a_repeated_parameter_keeps_every_value() -> None:
    (each,) = journaled_request.read(journal([line("getMetrics", "tool=aia&tool=junie")]), PUBLISHED)
    assert each.parameters == {"tool": "aia,junie"}


@pytest.mark.parametrize(
    ("query", "day"),
    [
        ("start_date=2025-10-01&end_date=2025-10-01", "2025-10-01T00:00:00+00:00"),
        ("from=2025-10-01T00:00:00Z&to=2025-10-02T00:00:00Z", "2025-10-01T00:00:00+00:00"),
        ("from=2025-10-01T00:00:00Z&to=2025-10-01T00:00:00Z", None),
        ("start_date=2025-10-01", None),
        ("fromDate=2025-10-01&toDate=never", None),
    ],
)
def test_a_single_day_is_a_range_of_one(query: str, day: str | None) -> None:
    (each,) = journaled_request.read(journal([line("getMetrics", query)]), PUBLISHED)
    assert each.single_day == (datetime.fromisoformat(day) if day else None)
