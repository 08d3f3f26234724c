"""Restated data: published days change until they are final, at every endpoint alike (switch `restatement`)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import server
from mockserver.client import Client as AdminClient
from mockserver.gateway.sandbox import Sandbox
from mockserver.simulation.clock import Clock
from tests.charts import reading
from tests.contract.audits import audit
from tests.contract.client import Client
from tests.vendors.augment import worlds
from tests.vendors.augment.test_costs import USER, points, sums
from tests.vendors.augment.test_credits import CREDITS
from tests.vendors.augment.test_laws import RECORDS

DAY = date(2025, 10, 15)
"""A Wednesday; its first publication is at 02:00 on Thursday."""

MODES = ("late_rows", "corrections")
Figures = dict[str, dict[str, int]]

every_mode = pytest.mark.parametrize("mode", MODES)


def published(client: Client, number: int, day: date = DAY) -> Client:
    """The client on the day after a day's publication with this number; the first one has the number 1."""
    return client.at(f"{day + timedelta(days=number)}T09:00:00Z")


def figures(client: Client, day: date = DAY) -> Figures:
    """The metrics of a day, by user."""
    rows = client.paginate("/user-activity", **worlds.Span(day, day).query, page_size=100)
    return {worlds.name(row): row["metrics"] for row in rows}


def seen(client: Client, day: date = DAY) -> dict[str, Any]:
    """What every endpoint shows of a day, and of a range that ends with it."""
    one, ten = worlds.Span(day, day).query, worlds.Span(day - timedelta(days=9), day).query
    return {
        "counts": client.got("/dau-count", **ten)["daily_active_user_counts"],
        "usage": client.got("/daily-usage", **ten)["daily_usage"],
        "users": client.paginate("/dau", date=str(day)),
        "activity": client.paginate("/user-activity", **ten),
        "records": client.paginate(RECORDS, date=str(day)),
        "credits": client.paginate(CREDITS, by_model="true", by_date="true", **ten),
        "costs": [points(client, group_by_keys=group, **ten) for group in ([], USER)],
        "costs of a day": points(client, **one),
    }


def at_most(lower: Figures, upper: Figures) -> bool:
    """Whether no user and no number of one publication is missing, or greater, in another."""
    return all(
        user in upper and all(number <= upper[user][name] for name, number in metrics.items())
        for user, metrics in lower.items()
    )


@every_mode
def test_day_grows_until_its_third_restatement(augment: Client, mode: str) -> None:
    final = figures(published(augment, 1))
    augment.switched(restatement=mode)
    first, second, third, fourth, fifth = (figures(published(augment, number)) for number in range(1, 6))
    assert at_most(first, second)
    assert at_most(second, third)
    assert at_most(third, fourth)
    assert len({str(each) for each in (first, second, third, fourth)}) == 4, "each publication changes the day"
    assert fourth == fifth == final


def test_late_rows_are_missing_people_and_corrections_are_not(augment: Client) -> None:
    final = figures(published(augment, 1))
    late, corrected = (figures(augment.switched(restatement=mode)) for mode in MODES)
    assert 0.4 * len(final) < len(late) < 0.8 * len(final)
    assert late.items() <= final.items(), "whoever is there has the final figures"
    assert corrected.keys() == final.keys()
    lower, upper = (worlds.added([*each.values()])["total_messages"] for each in (corrected, final))
    assert 0.8 * upper < lower < upper


@every_mode
def test_final_figures_are_those_of_off_at_every_endpoint(augment: Client, mode: str) -> None:
    off = seen(published(augment, 4))
    assert seen(augment.switched(restatement=mode)) == off
    assert seen(published(augment, 3)) != off


@every_mode
@pytest.mark.parametrize("days", [1, 2, 3, 7, 14])
def test_number_of_restatements_can_be_chosen(augment: Client, mode: str, days: int) -> None:
    final = figures(published(augment, 1))
    augment.switched(restatement=mode, restated_days=days)
    assert figures(published(augment, days + 1)) == final
    assert figures(published(augment, 1)) != final


@every_mode
def test_restatement_comes_with_the_publication_hour_and_not_with_midnight(augment: Client, mode: str) -> None:
    """What was answered before is cached; it must not outlive a publication, in either direction of the clock."""
    augment.switched(restatement=mode)
    times = ("2025-10-16T02:00:00Z", "2025-10-17T00:00:00Z", "2025-10-17T01:59:59.999Z", "2025-10-17T02:00:00Z")
    before, midnight, later, after = (seen(augment.at(now)) for now in times)
    assert {**midnight, "usage": before["usage"], "counts": before["counts"]} == before
    assert midnight == later != after
    assert seen(augment.at(times[1])) == midnight
    assert seen(augment.at(times[3])) == after


@every_mode
def test_credits_before_the_first_publication_are_those_of_it(augment: Client, mode: str) -> None:
    """Credits of a day are known before its activity; nobody's may disappear when the day is published."""
    augment.switched(restatement=mode)
    query = worlds.Span(DAY, DAY).query
    early, first = (
        augment.at(now).paginate(CREDITS, **query) for now in ("2025-10-16T01:59:00Z", "2025-10-16T02:00:00Z")
    )
    assert early == first
    assert {worlds.name(row) for row in first} <= figures(augment).keys()
    assert sum(row["credits_consumed"] for row in first) < sum(
        row["credits_consumed"] for row in augment.switched().paginate(CREDITS, **query)
    )


@every_mode
def test_chart_of_a_large_day_has_the_published_figures(opened: Callable[[str], Client], mode: str) -> None:
    """A day with more records than a page is summed without making them."""
    client = published(opened("initech"), 1)
    client.switched(restatement=mode)
    shown = reading.chart(client.app, "augment-usage-by-editor", from_=str(DAY), to=str(DAY))
    messages = sum(row["total_messages"] for row in shown["rows"])
    assert messages == sum(each["total_messages"] for each in figures(client).values())
    client.sandbox.reset()


@every_mode
def test_scripted_days_are_restated_too(opened: Callable[[str], Client], mode: str) -> None:
    client = opened("documented")
    days = [worlds.DOCUMENTED + timedelta(days=index) for index in range(6)]
    final = [figures(client, day) for day in days]
    client.switched(restatement=mode)
    first = [figures(published(client, 1, day), day) for day in days]
    assert all(map(at_most, first, final))
    assert first != final
    records = [client.paginate(RECORDS, date=str(day)) for day in days[-1:]]
    assert [worlds.added([row["metrics"] for row in found]) for found in records] == [
        worlds.added([*each.values()]) for each in first[-1:]
    ]
    client.sandbox.reset()


Restated = Callable[[str, int], tuple[Client, Sandbox]]


@pytest.fixture(scope="session")
def restated(opened: Callable[[str], Client]) -> Restated:
    """A client of an organization under a seed, and its sandbox, which no other test uses."""

    @cache
    def client(organization: str, seed: int) -> tuple[Client, Sandbox]:
        made = worlds.seeded(opened(organization), seed)
        sandbox = made.state.find(f"seed-{seed}")
        assert sandbox is not None
        return made, sandbox

    return client


@settings(max_examples=25)
@given(
    which=st.tuples(st.sampled_from(["acme", "initech", "documented", "empty"]), st.sampled_from([101, 102, 2**62])),
    mode=st.sampled_from(MODES),
    length=st.sampled_from([1, 2, 3, 7, 14]),
    number=st.integers(1, 15),
    day=worlds.days().filter(lambda day: day > worlds.OLDEST + timedelta(days=20)),
    size=st.integers(7, 100),
)
def test_endpoints_agree_in_every_publication(
    restated: Restated, which: tuple[str, int], mode: str, length: int, number: int, day: date, size: int
) -> None:
    client, sandbox = restated(*which)
    sandbox.set_policy({"augment": {"restatement": mode, "restated_days": length}})
    sandbox.set_clock(Clock.at(datetime.combine(day + timedelta(days=number), time(9), UTC), frozen=True))
    check(client, worlds.Span(day - timedelta(days=3), day), size)


def check(client: Client, span: worlds.Span, size: int) -> None:
    activity = client.paginate("/user-activity", page_size=size, **span.query)
    counts = client.got("/dau-count", **span.query)["daily_active_user_counts"]
    present = [client.paginate("/dau", date=day, page_size=size) for day in span.days]
    assert [row["user_count"] for row in counts] == [len(users) for users in present]
    listed = [worlds.name(row) for users in present for row in users]
    assert {worlds.name(row): row["active_days"] for row in activity} == {who: listed.count(who) for who in listed}
    usage = client.got("/daily-usage", **span.query)["daily_usage"]
    whole = worlds.added([row["metrics"] for row in activity])
    assert whole == worlds.added([row["metrics"] for row in usage])
    records = [row for day in span.days for row in client.paginate(RECORDS, date=day, page_size=size)]
    assert whole == worlds.added([row["metrics"] for row in records])
    spent = client.paginate(CREDITS, page_size=size, **span.query)
    assert {worlds.name(row) for row in spent} <= set(listed)
    costs = sums(points(client, **span.query))
    assert costs["credits_consumed"] == sum(row["credits_consumed"] for row in spent)
    assert costs == sums(points(client, group_by_keys=USER, page_size=size, **span.query))


@every_mode
@pytest.mark.parametrize("now", ["2025-10-21T00:30:00Z", "2025-10-21T02:00:00Z", "2025-10-22T12:00:00Z"])
def test_audit_finds_nothing_while_days_are_restated(augment: Client, mode: str, now: str) -> None:
    with server.in_thread(augment.app) as running, AdminClient(running.url) as client:
        client.clock.set(now=now, frozen=True)
        client.policy.update({"augment": {"restatement": mode, "restated_days": 7}})
        results = audit(client)
        assert {name for name, result in results.items() if result.outcome == "failed"} == set()
        assert results["augment-spenders-are-active"].outcome == "passed"
