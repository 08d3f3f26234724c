"""The rule of Tabnine 6.2 against the contract: where v1's usage ends, and v2's begins."""

from typing import Any

import pytest

from mockserver.simulation.timestamps import format_utc
from tests.contract.client import Client
from tests.vendors.tabnine import queries, test_usage_v2

CUTOFF = "2025-09-16T12:30:00Z"
START, END = "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z"
WHOLE = {"from": START, "to": END}
GRANULARITIES = ("all", "daily", "weekly", "monthly")


def _older(client: Client, granularity: str, start: str = START, end: str = END) -> list[Any]:
    return queries.buckets(client, start, end, granularity)


def _newer(client: Client, granularity: str, start: str = START, end: str = END) -> list[Any]:
    return test_usage_v2.buckets(client, granularity=granularity, **{"from": start, "to": end})


def test_v1_ends_at_the_cutoff_and_v2_goes_on(tabnine: Client) -> None:
    whole, v2 = _older(tabnine, "daily"), _newer(tabnine, "daily")
    [before] = _older(tabnine, "all", end=CUTOFF)
    tabnine.switched(legacy="v1_ends", legacy_cutoff=CUTOFF)
    days = _older(tabnine, "daily")
    assert days[:15] == whole[:15]
    assert {day["activeUsers"] for day in days[16:]} == {0}
    assert all("productivityFactor" not in day for day in days[16:])
    assert queries.added(days) == queries.added([before])
    assert _newer(tabnine, "daily") == v2
    [ended] = _older(tabnine, "all", CUTOFF)
    assert queries.added([ended]) == {}


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_v1_and_v2_split_the_history(tabnine: Client, granularity: str) -> None:
    tabnine.switched(v2_models="never")
    whole = _newer(tabnine, granularity)
    tabnine.switched(v2_models="never", legacy="split", legacy_cutoff=CUTOFF)
    older = [test_usage_v2._as_v2(bucket) for bucket in _older(tabnine, granularity)]  # noqa: SLF001 (a test's own)
    newer = _newer(tabnine, granularity)
    for first, second, both in zip(older, newer, whole, strict=True):
        assert queries.added([first, second]) == queries.added([both])
        users = first["activeUsers"], second["activeUsers"]
        assert max(users) <= both["activeUsers"] <= sum(users)


def test_cutoff_counts_by_the_second(tabnine: Client) -> None:
    user = queries.users(tabnine)[0]["id"]
    midnight = 1_757_894_400  # 2025-09-15T00:00:00Z, a Monday
    second = queries.moment(tabnine, user, midnight)
    for cutoff, active in ((second, 0), (second + 1, 1)):
        tabnine.switched(legacy="v1_ends", legacy_cutoff=format_utc(cutoff))
        assert queries.bucket(tabnine, START, END, userId=user)["activeUsers"] in {active, 1}
        day = queries.buckets(tabnine, "2025-09-15T00:00:00Z", "2025-09-16T00:00:00Z", "daily", userId=user)
        assert day[0]["activeUsers"] == active


def test_agent_usage_has_no_cutoff(tabnine: Client) -> None:
    query = {"organizationId": queries.organization(tabnine), **queries.span(START, END, "daily")}
    before = tabnine.got("/organization/agent-usage", **query)
    assert tabnine.switched(legacy="split", legacy_cutoff=CUTOFF).got("/organization/agent-usage", **query) == before


def test_other_endpoints_have_no_cutoff(tabnine: Client) -> None:
    before = [tabnine.got(path, **query) for path, query in queries.STATIC.items()]
    tabnine.switched(legacy="split", legacy_cutoff=CUTOFF)
    assert [tabnine.got(path, **query) for path, query in queries.STATIC.items()] == before


def test_buckets_after_the_cutoff_can_be_omitted(tabnine: Client) -> None:
    tabnine.switched(legacy="v1_ends", legacy_cutoff=CUTOFF, empty_buckets="omitted")
    days = _older(tabnine, "daily")
    assert days
    assert all(day["activeUsers"] and day["from"] < CUTOFF for day in days)


def test_no_header_announces_the_end_of_v1(tabnine: Client) -> None:
    tabnine.switched(legacy="v1_ends")
    headers = queries.get_report(tabnine, START, END).headers
    assert not {"sunset", "deprecation", "warning"} & {name.lower() for name, _ in headers}


def test_legacy_is_off_by_default(tabnine: Client) -> None:
    span = ("2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z")
    later = tabnine.at("2026-07-01T00:00:00Z")
    assert queries.bucket(later, *span)["activeUsers"] == _newer(later, "all", *span)[0]["activeUsers"] > 0
    tabnine.switched(legacy="v1_ends")
    months = queries.buckets(tabnine, *span, "monthly")
    assert [month["activeUsers"] > 0 for month in months] == [True, False, False]
