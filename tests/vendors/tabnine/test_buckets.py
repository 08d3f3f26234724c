"""How a range is cut, what a bucket holds, and what the present and the future hold (contract, sections 4 and 5)."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from mockserver.products.tabnine.facts import COUNTERS
from mockserver.products.tabnine.ranges import TabnineRanges, UsageTotals
from mockserver.simulation.timestamps import format_utc
from tests.contract.client import Client
from tests.vendors.tabnine import queries

CUT = {
    "daily, clipped": (
        "daily",
        "2025-09-15T12:00:00Z",
        "2025-09-17T06:00:00Z",
        ["2025-09-15T12:00:00Z", "2025-09-16T00:00:00Z", "2025-09-17T00:00:00Z", "2025-09-17T06:00:00Z"],
    ),
    "daily, within a day": (
        "daily",
        "2025-09-15T12:00:00Z",
        "2025-09-15T12:00:01Z",
        ["2025-09-15T12:00:00Z", "2025-09-15T12:00:01Z"],
    ),
    "daily, of UTC whatever the offset": (
        "daily",
        "2025-09-15T00:00:00+14:00",
        "2025-09-15T00:00:00-12:00",
        ["2025-09-14T10:00:00Z", "2025-09-15T00:00:00Z", "2025-09-15T12:00:00Z"],
    ),
    "daily, over a leap day": (
        "daily",
        "2024-02-28T00:00:00Z",
        "2024-03-02T00:00:00Z",
        ["2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"],
    ),
    "daily, from a fraction before midnight": (
        "daily",
        "2025-09-15T23:59:59.5Z",
        "2025-09-17T00:00:00.25Z",
        ["2025-09-15T23:59:59.5Z", "2025-09-16T00:00:00Z", "2025-09-17T00:00:00Z", "2025-09-17T00:00:00.25Z"],
    ),
    "daily, within a second": (
        "daily",
        "2025-09-15T12:00:00.2Z",
        "2025-09-15T12:00:00.70Z",
        ["2025-09-15T12:00:00.2Z", "2025-09-15T12:00:00.7Z"],
    ),
    "weekly, from Monday to Monday": (
        "weekly",
        "2025-09-15T00:00:00Z",
        "2025-09-29T00:00:00Z",
        ["2025-09-15T00:00:00Z", "2025-09-22T00:00:00Z", "2025-09-29T00:00:00Z"],
    ),
    "weekly, clipped on both sides": (
        "weekly",
        "2025-09-14T23:59:59Z",
        "2025-09-22T00:00:01Z",
        ["2025-09-14T23:59:59Z", "2025-09-15T00:00:00Z", "2025-09-22T00:00:00Z", "2025-09-22T00:00:01Z"],
    ),
    "weekly, over the turn of a year": (
        "weekly",
        "2024-12-31T00:00:00Z",
        "2025-01-07T00:00:00Z",
        ["2024-12-31T00:00:00Z", "2025-01-06T00:00:00Z", "2025-01-07T00:00:00Z"],
    ),
    "monthly, of a leap year": (
        "monthly",
        "2024-01-31T00:00:00Z",
        "2024-03-31T00:00:00Z",
        ["2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-03-31T00:00:00Z"],
    ),
    "monthly, over the turn of a year": (
        "monthly",
        "2024-12-01T00:00:00Z",
        "2025-02-01T00:00:00Z",
        ["2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"],
    ),
    "all, in the words of the request": (
        "all",
        "2025-09-15T00:00:00+14:00",
        "2025-09-17T00:00:00.50-12:00",
        ["2025-09-15T00:00:00+14:00", "2025-09-17T00:00:00.50-12:00"],
    ),
    "daily, at the beginning of time": (
        "daily",
        "0001-01-01T00:00:00Z",
        "0001-01-03T00:00:00Z",
        ["0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z", "0001-01-03T00:00:00Z"],
    ),
    "daily, at the end of time": (
        "daily",
        "9999-12-30T00:00:00Z",
        "9999-12-31T23:59:59Z",
        ["9999-12-30T00:00:00Z", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z"],
    ),
    "weekly, at the end of time": (
        "weekly",
        "9999-12-26T00:00:00Z",
        "9999-12-31T23:59:59.5Z",
        ["9999-12-26T00:00:00Z", "9999-12-27T00:00:00Z", "9999-12-31T23:59:59.5Z"],
    ),
    "monthly, at the end of time": (
        "monthly",
        "9999-11-30T00:00:00Z",
        "9999-12-31T23:59:59Z",
        ["9999-11-30T00:00:00Z", "9999-12-01T00:00:00Z", "9999-12-31T23:59:59Z"],
    ),
    "daily, within the last second of all": (
        "daily",
        "9999-12-31T23:59:59.5Z",
        "9999-12-31T23:59:59.75Z",
        ["9999-12-31T23:59:59.5Z", "9999-12-31T23:59:59.75Z"],
    ),
    "monthly, within the last second of all": (
        "monthly",
        "9999-12-31T23:59:59.5Z",
        "9999-12-31T23:59:59.75Z",
        ["9999-12-31T23:59:59.5Z", "9999-12-31T23:59:59.75Z"],
    ),
}


@pytest.mark.parametrize(("granularity", "start", "end", "edges"), CUT.values(), ids=CUT)
def test_buckets_follow_the_utc_calendar_within_the_range(
    tabnine: Client, granularity: str, start: str, end: str, edges: list[str]
) -> None:
    team, user = queries.teams(tabnine)[0]["id"], queries.users(tabnine)[0]["id"]
    for whose in ({}, {"teamId": team}, {"userId": user}):
        result = queries.buckets(tabnine, start, end, granularity, **whose)
        assert [(each["from"], each["to"]) for each in result] == list(pairwise(edges))


def test_cut_just_before_midnight_loses_and_repeats_nothing(tabnine: Client) -> None:
    parts = queries.buckets(tabnine, "2025-09-15T23:59:59.5Z", "2025-09-17T00:00:00Z", "daily")
    assert [queries.added([each]) for each in parts] == [
        {},
        queries.added(queries.buckets(tabnine, "2025-09-16T00:00:00Z", "2025-09-17T00:00:00Z", "daily")),
    ]


@pytest.mark.parametrize(
    "granularity", ["", "ALL", "day", "hourly", "all ", "daily,weekly", "\0", "{input}", "x" * 1_000]
)
def test_unknown_granularity_is_400(tabnine: Client, granularity: str) -> None:
    answer = queries.get_report(tabnine, "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z", granularity)
    assert answer.status == 400
    assert [fault.partition(" received ")[0] for fault in answer.faults] == [
        "granularity: Invalid enum value. Expected 'all' | 'daily' | 'weekly' | 'monthly',"
    ]
    assert len(answer.body) < 300


WEEK = ("2025-09-12T00:00:00Z", "2025-09-16T00:00:00Z")
"""A Friday to a Monday: nobody works on the days between."""


def _weekend(client: Client) -> list[Any]:
    user = next(each["id"] for each in queries.users(client) if each["email"] == "ada@acme.example")
    return queries.buckets(client, "2024-12-23T00:00:00Z", "2024-12-30T00:00:00Z", "daily", userId=user)


def test_days_without_activity_are_zeros_or_omitted(tabnine: Client) -> None:
    """The week has holidays and a weekend in it."""
    whole = _weekend(tabnine)
    busy = [each for each in whole if queries.added([each])]
    assert 0 < len(busy) < len(whole) == 7
    for each in whole:
        if each not in busy:
            assert set(queries.active(each).values()) == set(queries.counters(each).values()) == {0}
    assert _weekend(tabnine.switched(empty_buckets="omitted")) == busy


def test_bucket_of_all_is_kept_where_empty_ones_are_omitted(opened: Callable[[str], Client]) -> None:
    client = opened("empty").switched(empty_buckets="omitted")
    result = queries.bucket(client, *WEEK)
    assert (result["from"], result["to"], result["activeUsers"]) == (*WEEK, 0)
    for granularity in ("daily", "weekly", "monthly"):
        assert queries.buckets(client, *WEEK, granularity) == []
    client.sandbox.reset()


SECTIONS = {"full": ["codeCompletions", "chat", "instruct", "agent"], "first": ["codeCompletions", "chat"]}


@pytest.mark.parametrize(("option", "sections"), SECTIONS.items())
def test_bucket_has_all_sections_or_the_first_two(tabnine: Client, option: str, sections: list[str]) -> None:
    tabnine.switched(usage_sections=option)
    result = queries.bucket(tabnine, "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z")
    assert list(result) == ["from", "to", "activeUsers", "productivityFactor", *sections]


@pytest.mark.parametrize("sections", ["full", "first"])
def test_agent_can_be_split_in_two(tabnine: Client, sections: str) -> None:
    span = ("2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z")
    agent = queries.bucket(tabnine, *span)["agent"]
    before = queries.bucket(tabnine.switched(usage_sections=sections), *span)
    tabnine.switched(usage_sections=sections, v1_agent_split="present")
    assert queries.bucket(tabnine, *span) == {
        **before,
        "agentChat": {"activeUsers": 0, "interactions": 0},
        "agentAgent": {name: agent[name] for name in ("activeUsers", "interactions")},
    }


def test_usage_names_its_subject_and_granularity(tabnine: Client) -> None:
    own, team, user = queries.organization(tabnine), queries.teams(tabnine)[0]["id"], queries.users(tabnine)[0]["id"]
    for whose in ({}, {"teamId": team}, {"userId": user}):
        for granularity in ("all", "daily", "weekly", "monthly"):
            body = queries.get_report(tabnine, *WEEK, granularity, **whose).json
            assert body["usage"].keys() == {"granularity", "data"}
            del body["usage"]["data"]
            expected = {"organizationId": own, **whose, "from": WEEK[0], "to": WEEK[1]}
            assert body == {**expected, "usage": {"granularity": granularity}}


FACTORS = {
    "nothing": (0, 0, None),
    "none of it": (0, 5, 0.0),
    "all of it": (5, 5, 1.0),
    "a half thousandth goes up": (1, 2000, 0.001),
    "less than that goes down": (1, 2001, 0.0),
    "an odd half": (3, 2000, 0.002),
    "nearly all": (1999, 2000, 1.0),
    "two thirds": (2, 3, 0.667),
    "as documented": (617_672, 617_672 + 831_400, 0.426),
    "beyond what floats tell apart": (10**18 + 1, 2 * 10**21, 0.001),
}


@pytest.mark.parametrize(("part", "whole", "ratio"), FACTORS.values(), ids=FACTORS)
def test_ratio_is_rounded_half_up_to_three_decimals(
    tabnine: Client, monkeypatch: pytest.MonkeyPatch, part: int, whole: int, ratio: float | None
) -> None:
    """Facts of these numbers replace a team's of today, which are not cached."""
    sums = dict.fromkeys(COUNTERS, 0) | {"completion_chars": part, "keystrokes": whole - part}
    planted = [UsageTotals(tuple(sums.values()), (0, 0, 0), 0)]
    monkeypatch.setattr(TabnineRanges, "members", lambda *_: planted)
    today = ("2025-10-21T00:00:00Z", "2025-10-22T00:00:00Z")
    result = queries.bucket(tabnine, *today, teamId=queries.teams(tabnine)[0]["id"])
    assert result.get("productivityFactor") == result["codeCompletions"].get("automationFactor") == ratio
    assert "chatConsumptionRate" not in result["chat"]


def _ratio(part: int, whole: int) -> float | None:
    if not whole:
        return None
    return int(Fraction(part * 1000, whole) + Fraction(1, 2)) / 1000


def test_ratios_follow_from_their_counters(initech: Client) -> None:
    for granularity in ("all", "daily", "weekly", "monthly"):
        for result in queries.buckets(initech, "2025-08-01T00:00:00Z", "2025-10-01T00:00:00Z", granularity):
            code, chat = result["codeCompletions"], result["chat"]
            chars, typed = code["charsCompleted"], code["keystrokes"]
            brought = chars + chat["charsCompleted"]
            assert code.get("automationFactor") == _ratio(chars, chars + typed)
            assert chat.get("chatConsumptionRate") == _ratio(chat["usefulChatInteractions"], chat["interactions"])
            assert result.get("productivityFactor") == _ratio(brought, brought + typed)


@pytest.mark.parametrize("granularity", ["all", "daily", "weekly", "monthly"])
def test_future_is_zeros(tabnine: Client, granularity: str) -> None:
    team, user = queries.teams(tabnine)[0]["id"], queries.users(tabnine)[0]["id"]
    for whose in ({}, {"teamId": team}, {"userId": user}):
        result = queries.buckets(tabnine, "2025-10-21T10:30:01Z", "2025-12-01T00:00:00Z", granularity, **whose)
        assert queries.added(result) == {}
        assert {each["activeUsers"] for each in result} == {0}
        assert all("productivityFactor" not in each for each in result)


def test_usage_of_today_only_grows_during_the_day(tabnine: Client) -> None:
    day = ("2025-10-21T00:00:00Z", "2025-10-22T00:00:00Z")
    counts = []
    for hour in (0, 7, 8, 9, 11, 13, 15, 17, 18, 23):
        tabnine.at(f"2025-10-21T{hour:02}:00:00Z")
        [result] = queries.buckets(tabnine, *day, "daily")
        assert (result["from"], result["to"]) == day
        counts.append(queries.added([result]).get("chat interactions", 0))
    assert counts == sorted(counts)
    assert counts[:2] == [0, 0]
    assert len(set(counts)) >= 6
    later = queries.buckets(tabnine.at("2025-10-25T00:00:00Z"), *day, "daily")
    assert queries.added(later)["chat interactions"] == counts[-1] == counts[-2]


def test_past_day_never_changes(tabnine: Client) -> None:
    day = ("2025-10-20T00:00:00Z", "2025-10-21T00:00:00Z")
    found = [
        queries.buckets(tabnine.at(now), *day, "daily") for now in ("2025-10-21T00:00:00Z", "2025-10-28T12:00:00Z")
    ]
    assert found[0] == found[1]
    assert queries.added(found[0])["chat interactions"] > 0


def test_fact_is_counted_from_its_second_on(tabnine: Client) -> None:
    day = ("2025-09-16T00:00:00Z", "2025-09-17T00:00:00Z")
    users = [each["id"] for each in queries.users(tabnine)]
    user = next(each for each in users if queries.bucket(tabnine, *day, userId=each)["activeUsers"])
    second = queries.moment(tabnine, user, 1_757_980_800)
    for now, there in ((second - 1, 0), (second, 1)):
        tabnine.at(format_utc(now))
        assert queries.bucket(tabnine, *day, userId=user)["activeUsers"] == there
        team = tabnine.got(f"/user/{user}")["teams"]
        if team:
            assert queries.bucket(tabnine, *day, teamId=team["team_id"])["activeUsers"] >= there


AGES = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
LONG = {
    "two thousand years of days": ("daily", "0001-01-01T00:00:00Z", "2025-10-21T00:00:00Z", "739544"),
    "all time in days": ("daily", *AGES, "3652058"),
    "all time in weeks": ("weekly", *AGES, "521722"),
    "all time in months": ("monthly", *AGES, "117808"),
    "a day too many": ("daily", "2015-01-01T00:00:00Z", "2025-12-15T00:00:00Z", "4001"),
}


@pytest.mark.parametrize(("granularity", "start", "end", "least"), LONG.values(), ids=LONG)
def test_too_many_buckets_are_400_with_advice(
    tabnine: Client, granularity: str, start: str, end: str, least: str
) -> None:
    [fault] = queries.get_report(tabnine, start, end, granularity).faults
    assert fault == (
        f"to: Expected a range of at most 4000 {granularity} buckets, received {least} or more; "
        "choose a shorter range or a coarser granularity"
    )


@pytest.mark.parametrize("option", ["reject", "history"])
def test_four_thousand_buckets_are_served_under_either_option(tabnine: Client, option: str) -> None:
    tabnine.switched(longest_range=option)
    assert len(queries.buckets(tabnine, "2015-01-01T00:00:00Z", "2025-12-14T00:00:00Z", "daily")) == 4000


HISTORY = {
    "days": ("daily", *AGES, "2022-01-03T00:00:00Z", "2025-10-22T00:00:00Z", 1388),
    "weeks": ("weekly", *AGES, "2022-01-03T00:00:00Z", "2025-10-27T00:00:00Z", 199),
    "months": ("monthly", *AGES, "2022-01-01T00:00:00Z", "2025-11-01T00:00:00Z", 46),
    "days up to a moment": (
        "daily",
        AGES[0],
        "2025-09-01T12:00:00+02:00",
        "2022-01-03T00:00:00Z",
        "2025-09-01T10:00:00Z",
        1338,
    ),
    "days from a moment": (
        "daily",
        "2025-09-01T12:00:00Z",
        AGES[1],
        "2025-09-01T12:00:00Z",
        "2025-10-22T00:00:00Z",
        51,
    ),
}


@pytest.mark.parametrize(("granularity", "start", "end", "first", "last", "count"), HISTORY.values(), ids=HISTORY)
def test_longest_range_can_be_cut_to_the_history(
    tabnine: Client, granularity: str, start: str, end: str, first: str, last: str, count: int
) -> None:
    tabnine.switched(longest_range="history")
    body = queries.get_report(tabnine, start, end, granularity).json
    result = body["usage"]["data"]
    assert (body["from"], body["to"]) == (start, end)
    assert (result[0]["from"], result[-1]["to"], len(result)) == (first, last, count)
    assert queries.added(result) == queries.added(queries.buckets(tabnine, start, end))


@pytest.mark.parametrize(
    ("start", "end"), [(AGES[0], "2021-12-31T00:00:00Z"), ("2025-10-22T00:00:00Z", AGES[1])], ids=["before", "after"]
)
def test_range_outside_the_history_has_no_buckets(tabnine: Client, start: str, end: str) -> None:
    tabnine.switched(longest_range="history")
    assert queries.buckets(tabnine, start, end, "daily") == []
    assert queries.bucket(tabnine, start, end)["activeUsers"] == 0
