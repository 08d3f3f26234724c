"""Refusals of the reports: all errors at once, each with its rule and the allowed values (contract, section 2)."""

import pytest

from tests.contract import wire
from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries
from tests.vendors.jetbrains_console.queries import ADOPTION, EVERY

DATES = ", written YYYY-MM-DD"
BAD = {
    "no dates": ("", ["fromDate is required: a date" + DATES, "toDate is required: a date" + DATES]),
    "an empty date": ("fromDate=&toDate=2025-10-20", ["fromDate must be a date that exists" + DATES + ", not ''"]),
    "a day that does not exist": ("fromDate=2025-02-29&toDate=2025-10-20", ["not '2025-02-29'"]),
    "a month that does not exist": ("fromDate=2025-13-01&toDate=2025-10-20", ["not '2025-13-01'"]),
    "the year 0": ("fromDate=0000-01-01&toDate=2025-10-20", ["not '0000-01-01'"]),
    "five digits": ("fromDate=2025-01-01&toDate=10000-01-01", ["toDate must be a date", "not '10000-01-01'"]),
    "an ordinal date": ("fromDate=2025-W01-1&toDate=2025-10-20", ["not '2025-W01-1'"]),
    "without hyphens": ("fromDate=20250101&toDate=2025-10-20", ["not '20250101'"]),
    "a timestamp": ("fromDate=2025-01-01T00:00:00Z&toDate=2025-10-20", ["fromDate must be"]),
    "digits that are no ASCII": ("fromDate=%D9%A2%D9%A0%D9%A2%D9%A5-01-01&toDate=2025-10-20", ["fromDate must be"]),
    "a NUL": ("fromDate=2025-01-01%00&toDate=2025-10-20", ["fromDate must be"]),
    "a percent sign alone": ("fromDate=%&toDate=2025-10-20", ["not '%'"]),
    "bytes of no text": ("fromDate=%ff%fe&toDate=2025-10-20", ["fromDate must be"]),
    "the wrong way round": ("fromDate=2025-10-21&toDate=2025-10-20", ["fromDate must not be later than toDate"]),
    "the wrong way round, and more": (
        "fromDate=2025-10-21&toDate=2025-10-20&groupBy=x",
        ["fromDate must not be later than toDate", "groupBy must be one of day, week, month, year, not 'x'"],
    ),
    "a date twice": ("fromDate=2025-10-20&fromDate=2025-10-20&toDate=2025-10-20", ["fromDate is there 2 times"]),
    "a grouping twice": ("RANGE&groupBy=day&groupBy=day", ["groupBy is there 2 times; send it once"]),
    "quarters": ("RANGE&groupBy=quarter", ["groupBy must be one of day, week, month, year, not 'quarter'"]),
    "a grouping of the other surface": ("RANGE&groupBy=MONTH", ["not 'MONTH'"]),
    "no grouping": ("RANGE&groupBy=", ["groupBy must be one of", "not ''"]),
    "an unknown IDE": ("RANGE&ide=IU,XX", ["ide must hold product codes out of IU, PY, WS, GO, CL", "not 'XX'"]),
    "an IDE in small letters": ("RANGE&ide=iu", ["not 'iu'"]),
    "an IDE with a space": ("RANGE&ide=IU,%20PY", ["not ' PY'"]),
    "an empty IDE": ("RANGE&ide=", ["ide must not be empty"]),
    "an empty element": ("RANGE&ide=IU,,PY", ["ide must not be empty, nor hold an empty element"]),
    "an empty id": (f"RANGE&userIds={queries.UNKNOWN},", ["userIds must not be empty, nor hold"]),
    "an empty address": ("RANGE&userEmails=a@b&userEmails=", ["userEmails must not be empty, nor hold"]),
    "an unknown name": ("RANGE&userId=x", ["'userId' is no parameter", "did you mean userIds?"]),
    "a name in other letters": ("RANGE&groupby=day", ["'groupby' is no parameter", "did you mean groupBy?"]),
    "a name of nothing": ("RANGE&=1", ["'' is no parameter", "has fromDate, toDate, groupBy, userIds"]),
    "a name like nothing": (f"RANGE&{'z' * 300}=1", [f"'{'z' * 40}…' is no parameter; a report has"]),
}


def _query(text: str) -> str:
    return text.replace("RANGE", "fromDate=2025-09-01&toDate=2025-10-20")


@pytest.mark.parametrize(("query", "result"), BAD.values(), ids=BAD)
def test_invalid_query_is_400_with_the_rule(jetbrains_console: Client, query: str, result: list[str]) -> None:
    for path in queries.REPORTS:
        answer = jetbrains_console.get(path, _query(query))
        assert (answer.status, answer.code) == (400, "invalid_parameter")
        for each in result:
            assert each in answer.message


def test_all_errors_are_listed_in_parameter_order(jetbrains_console: Client) -> None:
    answer = jetbrains_console.get(ADOPTION, "limit=1&ide=x&userIds=&groupBy=y&toDate=z")
    parts = answer.message.split("; ")
    starts = ["fromDate is", "toDate must", "groupBy must", "userIds must", "leave it", "ide must", "'limit' is", "a "]
    assert [part[: len(start)] for part, start in zip(parts, starts, strict=True)] == starts


def test_only_a_few_unknown_names_are_listed(jetbrains_console: Client) -> None:
    query = "&".join(f"unknown{index}=1" for index in range(1000))
    answer = jetbrains_console.get(ADOPTION, query)
    assert answer.status == 400
    assert len(answer.body) < 2000


def test_long_values_are_shortened_in_messages(jetbrains_console: Client) -> None:
    answer = jetbrains_console.get(ADOPTION, queries.span("9" * 5000, "2025-10-20"))
    assert f"not '{'9' * 40}…'" in answer.message


@wire.TOO_LONG
def test_ten_thousand_ids_are_too_long_a_query(jetbrains_console: Client) -> None:
    query = queries.span("2025-09-01", "2025-10-20", userIds=",".join([queries.UNKNOWN] * 10_000))
    answer = jetbrains_console.get(ADOPTION, query)
    assert (answer.status, answer.code) == (400, "invalid_parameter")
    assert "at most 16384 are read; ask in several requests" in answer.message


def test_hundreds_of_ids_are_accepted(jetbrains_console: Client) -> None:
    query = queries.span("2025-09-01", "2025-10-20", userIds=",".join([queries.UNKNOWN] * 400))
    assert jetbrains_console.got(ADOPTION, **query)["total"] == {"enabledUsers": 0, "activeUsers": 0}


@pytest.mark.parametrize("path", EVERY)
def test_every_report_has_the_same_rules(jetbrains_console: Client, path: str) -> None:
    answer = jetbrains_console.get(path, "fromDate=2025-09-01&toDate=2025-10-20&groupBy=hour&cursor=x")
    assert answer.message == (
        "groupBy must be one of day, week, month, year, not 'hour'; 'cursor' is no parameter; "
        f"a report has fromDate, toDate, groupBy, userIds, userEmails, ide{', principalIds' * path.startswith('/v2')}"
    )
