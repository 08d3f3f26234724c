"""Tests of findings: what each contains, how it is limited, and which server it describes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conduct import journaled_request, linting, rules
from mockserver.conduct.advice import Advice, LintContext
from mockserver.conduct.rules import GOOD_PRACTICE, RULES
from mockserver.gateway.journal import NEVER, Entry, Outcome
from mockserver.gateway.limits import Allowance
from tests.conduct.stories import (
    ADVICE,
    LIMITS,
    OPERATIONS,
    START,
    Line,
    findings,
    frozen,
    journal,
    line,
    sequenced,
    violations,
)

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
TABNINE = {**LIMITS, "tabnine": Allowance(per_minute=3, burst=3)}


def test_empty_journal_has_no_findings() -> None:
    assert findings([]) == []


def test_finding_contains_rule_source_and_advice() -> None:
    assert findings(journal([line("getDau", "date=2025-10-21", 400)])) == [
        linting.JournalFinding(
            rule="today-requested",
            source="Augment's page on its Analytics API: the most recent date that can be asked for is yesterday",
            vendor="augment",
            operation="getDau",
            requests=[1],
            truncated=0,
            observed="GET /analytics/v0/dau?date=2025-10-21: "
            "a date of today or later, where yesterday (UTC) is the newest day",
            advice="end ranges yesterday, by the calendar of UTC",
        )
    ]


def test_finding_lists_at_most_twenty_requests() -> None:
    (found,) = findings(journal([line("getOrganization", status=403)] * 30))
    assert (found.rule, found.source) == ("forbidden-ignored", GOOD_PRACTICE)
    assert (found.requests, found.truncated) == (list(range(3, 23)), 8)
    assert found.observed.startswith("GET /api/v1/organization and 27 more: ")


def test_long_query_is_truncated() -> None:
    query = "token=[redacted]&x=" + "y" * 200
    (found,) = findings([journal([line("getDau", query, 404)])[0]._replace(operation=None)])
    assert found.operation is None
    assert f"?{query[:100]}…: " in found.observed


def test_findings_are_ordered_by_vendor_rule_and_operation() -> None:
    lines = [line("getOrganization", "token=[redacted]"), line("getUserActivity", "token=[redacted]")]
    lines += [line("getDau", "token=[redacted]"), line("getDau", "date=2025-10-21", 400)]
    assert [(each.vendor, each.rule, each.operation) for each in findings(journal(lines))] == [
        ("augment", "token-in-url", "getDau"),
        ("augment", "token-in-url", "getUserActivity"),
        ("augment", "today-requested", "getDau"),
        ("tabnine", "token-in-url", "getOrganization"),
    ]


def test_rule_names_are_unique_and_lower_case() -> None:
    own = [rule.name for each in ADVICE.values() for rule in each.rules]
    names = rules.names(ADVICE.values())
    assert sorted(names) == sorted([*(rule.name for rule in RULES), *own])
    assert all(name == name.lower().replace(" ", "-") for name in names)


@pytest.mark.parametrize("vendor", ADVICE)
def test_sources_belong_to_rules_of_the_vendor(vendor: str) -> None:
    names = {rule.name for rule in rules.of_vendor(ADVICE[vendor])}
    assert set(ADVICE[vendor].sources) <= names


@given(st.lists(LINES, max_size=8))
def test_any_journal_can_be_linted(lines: list[Line]) -> None:
    for finding in findings(journal(lines)):
        assert set(finding.requests) <= set(range(1, len(lines) + 1))
        assert finding.requests == sorted(set(finding.requests))


def parsed(operation: str, query: str) -> journaled_request.JournaledRequest:
    contexts = {vendor: LintContext(each) for vendor, each in ADVICE.items()}
    (each,) = journaled_request.parse(journal([line(operation, query)]), contexts)
    return each


@pytest.mark.parametrize("text", ["", "a=1&a=2&b=", "%ff=%00&;&=="])
def test_any_query_can_be_parsed(text: str) -> None:
    each = parsed("getDau", text)
    assert isinstance(each.parameters, dict)
    assert each.single_day is None


def test_repeated_parameter_keeps_every_value() -> None:
    assert parsed("getMetrics", "tool=aia&tool=junie").parameters == {"tool": "aia,junie"}


@pytest.mark.parametrize(
    ("operation", "query", "day"),
    [
        ("getDauCount", "start_date=2025-10-01&end_date=2025-10-01", "2025-10-01T00:00:00+00:00"),
        (
            "getOrganizationUsage",
            "from=2025-10-01T00:00:00Z&to=2025-10-02T00:00:00Z",
            "2025-10-01T00:00:00+00:00",
        ),
        ("getOrganizationUsage", "from=2025-10-01T00:00:00Z&to=2025-10-01T00:00:00Z", None),
        ("getDauCount", "start_date=2025-10-01", None),
        ("getMetrics", "fromDate=2025-10-01&toDate=never", None),
        ("getMetrics", "start_date=2025-10-01&end_date=2025-10-01", None),
    ],
)
def test_single_day_is_a_range_of_one_day(operation: str, query: str, day: str | None) -> None:
    assert parsed(operation, query).single_day == (datetime.fromisoformat(day) if day else None)


def test_vendor_with_empty_advice_has_only_general_rules() -> None:
    contexts = {"tabnine": LintContext(Advice(daily_operations={"getOrganizationUsage": ""}))}
    lines = [line("getOrganizationUsage", "from=x&to=y&offset=0&limit=1", 403)] * 3
    lines += [line("getOrganizationUsage", "from=x&to=y&offset=0&limit=1")] * 6
    found = linting.lint(journal(lines), contexts)
    assert [each.rule for each in found] == ["forbidden-ignored"]


def burst(operation: str, count: int, after: float = 0.1) -> list[Line]:
    """So many different questions, the last of which are refused with 429 once three were answered."""
    return [line(operation, f"x={number}", 200 if number < 3 else 429, after=after) for number in range(count)]


def test_custom_limit_applies_at_any_vendor() -> None:
    found = {each.rule: each for each in findings(journal(burst("getOrganization", 5)), limits=TABNINE)}
    assert found["hammering"].observed.endswith("more requests than come back: 3 a minute, 3 at once")
    assert found["hammering"].advice == "spread requests evenly; the limit is 3 a minute, 3 at once"
    assert found["hammering"].requests == [4, 5]
    assert found["no-backoff-after-429"].advice.endswith("; one request comes back every 20 s")


def test_no_limit_means_no_hammering() -> None:
    found = {each.rule: each for each in findings(journal(burst("getOrganization", 5)))}
    assert set(found) == {"no-backoff-after-429"}
    assert found["no-backoff-after-429"].advice == "wait before the next request, and longer after each further 429"


@pytest.mark.parametrize(
    ("limit", "after", "ids"),
    [
        pytest.param(Allowance(3, 3), 20, [], id="as fast as the limit"),
        pytest.param(Allowance(3, 3), 17, [4], id="faster than the limit"),
        pytest.param(Allowance(3, 30), 17, [], id="a burst that was never used"),
        pytest.param(Allowance(300, 3), 0.1, [4], id="a small burst at once"),
        pytest.param(Allowance(300, 3), 0.19, [], id="a small burst, nearly spread"),
        pytest.param(None, 0.1, [], id="no limit"),
    ],
)
def test_hammering_uses_the_limit_in_force(limit: Allowance | None, after: float, ids: list[int]) -> None:
    entries = journal(burst("getDau", 4, after))
    assert violations("hammering", entries, limits={"augment": limit}) == ids


@pytest.mark.parametrize(
    ("limit", "ids"),
    [
        pytest.param(Allowance(10, 20), [3, 4], id="six seconds for a request"),
        pytest.param(Allowance(60, 20), [], id="a second for a request"),
        pytest.param(Allowance(600, 20), [], id="a tenth of a second for a request"),
        pytest.param(None, [3, 4], id="no limit"),
    ],
)
def test_waits_as_long_as_the_refill_need_not_grow(limit: Allowance | None, ids: list[int]) -> None:
    entries = journal([line("getDau", status=429, after=after) for after in (9, 2, 2, 2)])
    assert violations("no-backoff-after-429", entries, limits={"augment": limit}) == ids


def test_short_wait_is_enough_if_the_limit_refills_faster() -> None:
    entries = journal([line("getDau", status=429), line("getDau", after=0.1)])
    assert violations("no-backoff-after-429", entries, limits={"augment": Allowance(600, 20)}) == []
    (found,) = findings(
        journal([line("getDau", status=429), line("getDau", after=0.05)]), limits={"augment": Allowance(600, 20)}
    )
    assert found.observed.endswith("sent within 0.1 s of a 429, or refused again after a wait that did not grow")


@pytest.mark.parametrize(
    ("operation", "advice"),
    [
        ("getDauCount", "request the whole range at once, start_date to end_date (up to 90 days)"),
        ("getMetrics", "request the whole range at once, fromDate to toDate, with groupBy=DAY"),
        ("getOrganizationUsage", "request the whole range at once, from to to, with granularity=daily"),
    ],
)
def test_advice_names_parameters_of_the_vendor(operation: str, advice: str) -> None:
    dates = ADVICE[OPERATIONS[operation][0]].dates
    assert dates
    lines = [
        line(operation, f"{dates.first}=2025-10-0{day}&{dates.last}=2025-10-0{day + dates.exclusive}")
        for day in range(1, 6)
    ]
    (found,) = [each for each in findings(journal(lines)) if each.rule == "day-by-day"]
    assert found.advice == advice


def test_page_advice_names_cursor_size_and_default() -> None:
    query = "fromDate=2025-10-01&toDate=2025-10-02&limit=10"
    lines = [line("getUsersPaged", query, next_page="b"), line("getUsersPaged", f"{query}&cursor=b", next_page="c")]
    found = {each.rule: each for each in findings(journal(lines))}
    assert found["pagination-abandoned"].advice == "follow cursor until the answer has no next page, or request less"
    assert found["page-size-below-default"].observed.endswith("each smaller than the default of 50")
    assert found["page-size-below-default"].advice.startswith("leave limit out, ")


DAU = "getDau"
TRACES = st.lists(
    st.builds(
        line,
        st.sampled_from(["getDau", "getDauCount", "getUsersPaged", "getOrganizationUsers", "createToken"]),
        st.sampled_from(["", "cursor=b", "offset=0&limit=5", "offset=5&limit=5", "date=2025-10-21"]),
        st.sampled_from([200, 200, 200, 400, 401, 403, 429, 429, 503]),
        next_page=st.sampled_from([None, "b", "5"]),
        after=st.just(0.5),
    ),
    max_size=60,
)


@given(TRACES, st.lists(st.integers(1, 10**11), min_size=60, max_size=60), st.data())
def test_durations_do_not_matter_with_a_frozen_clock(lines: list[Line], times: list[int], data: st.DataObject) -> None:
    entries = frozen(lines)
    perturbed = [
        each._replace(started=sum(times[: each.id]), duration_us=data.draw(st.integers(0, 10**9))) for each in entries
    ]
    assert findings(perturbed) == findings(entries)


@pytest.mark.parametrize("step", [0.0, 0.5, 3600.0])
def test_frozen_clock_measures_only_its_own_time(step: float) -> None:
    entries = [
        each._replace(at=START + each.id * timedelta(seconds=step), frozen=True)
        for each in journal([line("getDauCount", after=0, real=7200)] * 2)
    ]
    assert violations("same-question-again", entries) == ([] if step == 3600 else [2])


def ids(count: int, status: int, *queries: str) -> list[Entry]:
    """Requests in a frozen sandbox that go through some queries in turn, all with one status."""
    return frozen([line(DAU, queries[number % len(queries)], status, after=0.001) for number in range(count)])


def faulted(count: int, status: int) -> list[Entry]:
    """The same, with one question whose answers come from a fault."""
    return [each._replace(fault="fault") for each in ids(count, status, "")]


@pytest.mark.parametrize(
    ("rule", "entries", "found"),
    [
        pytest.param("no-backoff-after-429", ids(2, 429, ""), [2], id="refused again by the limiter"),
        pytest.param("no-backoff-after-429", faulted(4, 429), [], id="three retries after faults with 429"),
        pytest.param("no-backoff-after-429", faulted(6, 429), [5, 6], id="five retries after faults with 429"),
        pytest.param("no-backoff-after-5xx", ids(4, 503, ""), [], id="three retries after 503"),
        pytest.param("no-backoff-after-5xx", ids(6, 503, ""), [5, 6], id="five retries after 503"),
        pytest.param("unauthorized-ignored", ids(4, 401, ""), [3, 4], id="one question again and again"),
        pytest.param("unauthorized-ignored", ids(34, 401, *map(str, range(50))), [], id="all sent by a pool"),
        pytest.param("unauthorized-ignored", ids(36, 401, *map(str, range(50))), [35, 36], id="too many for a pool"),
        pytest.param("no-backoff-after-429", ids(33, 429, *map(str, range(50))), [], id="429 for a pool"),
        pytest.param("no-backoff-after-429", ids(35, 429, *map(str, range(50))), [34, 35], id="429 for many questions"),
        pytest.param("no-backoff-after-5xx", ids(33, 503, *map(str, range(50))), [], id="503 for a pool"),
        pytest.param("no-backoff-after-5xx", ids(35, 503, *map(str, range(50))), [34, 35], id="503 for many questions"),
    ],
)
def test_frozen_clock_counts_instead_of_timing(rule: str, entries: list[Entry], found: list[int]) -> None:
    assert violations(rule, entries) == found


def test_moved_clock_is_timed_although_frozen() -> None:
    entries = [
        each._replace(at=START + timedelta(seconds=2 * each.id), frozen=True)
        for each in journal([line(DAU, status=429)] * 4)
    ]
    assert violations("no-backoff-after-429", entries) == [3, 4]
    assert violations("no-backoff-after-429", [each._replace(status=503) for each in entries]) == []


def test_other_questions_after_a_pause_on_the_frozen_clock() -> None:
    entries = [
        each._replace(at=START + timedelta(seconds=0 if each.id < 40 else 5), frozen=True)
        for each in journal([line(DAU, str(number), 503, after=0.001) for number in range(41)])
    ]
    assert violations("no-backoff-after-5xx", entries) == list(range(34, 40))


def test_hammering_is_found_on_a_frozen_clock() -> None:
    passed = [line(DAU, f"cursor={number}", after=0.1) for number in range(20)]
    entries = frozen([*passed, *[line(DAU, "cursor=20", 429, after=0.1)] * 2])
    assert violations("hammering", entries) == [21, 22]
    assert violations("no-backoff-after-429", entries) == [22]


def test_answered_retry_on_a_frozen_clock_may_have_waited() -> None:
    assert violations("no-backoff-after-429", frozen([line(DAU, status=429), line(DAU)])) == []


def test_limits_of_a_vendor_are_judged_apart() -> None:
    """A 429 under one limit says nothing about requests under another."""
    lines = [line(DAU, status=429), line("getDauCount", after=0.1), line(DAU, status=429, after=0.1)]
    assert violations("no-backoff-after-429", journal(lines)) == [2, 3]
    advice = ADVICE["augment"]
    other = LintContext(advice, Allowance(60, 1), limit="augment.other")
    contexts = {"augment": LintContext(advice, LIMITS["augment"], limit="augment", by_operation={"getDauCount": other})}
    found = linting.lint(journal(lines), contexts)
    assert [each.requests for each in found if each.rule == "no-backoff-after-429"] == [[3]]


def test_answers_in_flight_are_not_known() -> None:
    first, second = frozen([line(DAU, "date=never", 400), line(DAU, "date=never", 400)])
    assert violations("refused-question-again", [first, second]) == [2]
    overlapping = sequenced([first, second._replace(started=first.started + 1)])
    assert violations("refused-question-again", overlapping) == []


def test_documented_limit_refills_in_six_seconds() -> None:
    assert replace(LintContext(ADVICE["augment"]), allowance=LIMITS["augment"]).refill == timedelta(seconds=6)


WITHOUT_ANSWERS: dict[str, list[Line]] = {
    "repeated at once": [line("getDau", after=0.01)] * 8,
    "beyond the limit": [line("getDau", f"date=2025-10-{number:02}", after=0.01) for number in range(1, 20)],
    "page by page": [line("getDau", "cursor=a"), line("getDau", "cursor=a")],
    "tokens": [line("createToken", after=1)] * 8,
}


@pytest.mark.parametrize("outcome", [Outcome.IN_PROGRESS, Outcome.ABANDONED])
@pytest.mark.parametrize("lines", WITHOUT_ANSWERS.values(), ids=WITHOUT_ANSWERS)
def test_request_without_an_answer_is_no_finding(lines: list[Line], outcome: Outcome) -> None:
    entries = [each._replace(status=None, outcome=outcome, end_seq=NEVER) for each in journal(lines)]
    assert findings(entries) == []
    assert findings([each._replace(duration_us=None) for each in entries]) == []


def test_request_without_an_answer_changes_nothing_about_the_others() -> None:
    lines = [line("getDau", status=503, after=0.01) for _ in range(8)]
    abandoned = journal([line("getDau", after=0.02)])[0]._replace(id=99, status=None, end_seq=NEVER)
    assert findings([*journal(lines), abandoned]) == findings(journal(lines))


def test_page_requested_without_an_answer_is_not_abandoned() -> None:
    first = line("getDau", "page_size=200", next_page="b")
    entries = journal([first, line("getDau", "page_size=200&cursor=b")])
    assert findings([entries[0], entries[1]._replace(status=None, end_seq=NEVER)]) == []
    assert [each.rule for each in findings(entries[:1])] == ["pagination-abandoned"]


def test_request_without_an_answer_does_not_make_a_pool() -> None:
    """A client that gave up waiting sends its next request before the server notices."""
    lines = [line("getDau", "date=2025-10-01", after=1, duration_us=5_000_000), line("getDauCount", after=1)]
    first, second = journal(lines)
    contexts = {name: LintContext(each) for name, each in ADVICE.items()}
    requests = journaled_request.parse([first._replace(status=None, end_seq=NEVER), second], contexts)
    assert [each.pooled for each in requests] == [False, False]
    assert [each.entry.id for each in requests] == [2, 1], "in the order of their answers"
