"""the oracle can be recomputed from outside: by the vendors' public endpoints alone, for every bucket."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS
from tests.metrics import aggregate
from tests.metrics.aggregate import AUGMENT, BROAD, DIMENSIONS, JETBRAINS, STRICT, TABNINE, Reader, Row
from tests.metrics.conftest import QUARTER, YESTERDAY

METRICS = ("ai-active-users", "total-ai-actions", "total-lines-added", "total-lines-accepted")
BUCKETS = ("day", "week", "month")
FIRST, LAST = QUARTER
EVERY = [(metric, dimension) for metric in METRICS for dimension in (*DIMENSIONS, "all")]


def ask(oracle: Admin, metric: str, first: date = FIRST, last: date = LAST, **query: Any) -> Any:
    """The oracle's answer."""
    return oracle.get(f"/metrics/{metric}?{urlencode({'from': first, 'to': last, **query}, doseq=True)}")


def points(told: Any) -> dict[str, int]:
    """The points of an answer."""
    return {point["date"]: point["value"] for point in told["points"]}


def recomputed(rows: Iterable[Row], table: Any, metric: str, dimension: str, bucket: str) -> dict[str, int]:
    """The same points, from outside."""
    return aggregate.points(rows, metric, aggregate.counting(table, metric, dimension), FIRST, LAST, bucket)


@pytest.mark.parametrize(("metric", "dimension"), EVERY)
def test_every_bucket_is_what_the_public_endpoints_add_up_to(
    oracle: Admin, seen: list[Row], metric: str, dimension: str
) -> None:
    for bucket in BUCKETS:
        told = ask(oracle, metric, bucket=bucket, dimension=dimension)
        found = recomputed(seen, BROAD, metric, dimension, bucket)
        assert points(told) == found
        assert any(found.values())
        assert (told["headline"], told["sum"], told["buckets"]) == (
            aggregate.average(found.values()),
            sum(found.values()),
            len(found),
        )


@pytest.mark.parametrize(("metric", "dimension"), EVERY)
def test_strict_events_can_be_recomputed(oracle: Admin, seen: list[Row], metric: str, dimension: str) -> None:
    oracle.done("PATCH", "/policy", {"metrics": {"dimension_events": "strict"}})
    told = ask(oracle, metric, bucket="week", dimension=dimension)
    assert told["dimension_events"] == "strict"
    assert points(told) == recomputed(seen, STRICT, metric, dimension, "week")


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("vendors", [(AUGMENT,), (TABNINE,), (JETBRAINS,), (JETBRAINS, AUGMENT)])
def test_vendors_can_be_counted_alone_or_some_together(
    oracle: Admin, seen: list[Row], metric: str, vendors: tuple[str, ...]
) -> None:
    told = ask(oracle, metric, bucket="week", vendor=vendors)
    assert [each["vendor"] for each in told["counted"]] == sorted(vendors)
    assert points(told) == recomputed((row for row in seen if row.vendor in vendors), BROAD, metric, "all", "week")


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dimension", ["ai-coding", "all"])
@pytest.mark.parametrize("team", ["Engines", "Guidance", "Simulator", "Quality"])
def test_a_team_is_whom_tabnine_lists_in_it(
    oracle: Admin, reader: Reader, seen: list[Row], metric: str, dimension: str, team: str
) -> None:
    members = reader.team(team)
    for bucket in BUCKETS:
        told = ask(oracle, metric, bucket=bucket, team=team, dimension=dimension)
        assert told["team"]["teams"] == [team]
        assert points(told) == recomputed(
            (row for row in seen if row.email in members), BROAD, metric, dimension, bucket
        )
        assert ask(oracle, metric, bucket=bucket, team=told["team"]["id"], dimension=dimension) == told


def test_a_team_brings_its_subteams_where_the_switch_says_so(oracle: Admin, reader: Reader, seen: list[Row]) -> None:
    oracle.done("PATCH", "/policy", {"metrics": {"subteams": "with"}})
    members = reader.team("Guidance") | reader.team("Simulator")
    for metric in METRICS:
        told = ask(oracle, metric, bucket="week", team="Guidance")
        assert told["team"]["teams"] == ["Guidance", "Simulator"]
        assert points(told) == recomputed((row for row in seen if row.email in members), BROAD, metric, "all", "week")


@pytest.mark.parametrize(
    "now", ["2025-10-21T01:59:59Z", "2025-10-21T02:00:00Z", "2025-10-21T13:07:31Z", "2025-10-21T23:59:59Z"]
)
def test_what_is_not_there_yet_does_not_count_at_any_moment_of_the_day(now: str) -> None:
    app = create_app(SETTINGS)
    oracle, reader = Admin(app, {"Host": "127.0.0.1:8080"}), Reader(app, "acme")
    oracle.done("PUT", "/clock", {"now": now, "frozen": True})
    first, last = date(2025, 10, 17), date(2025, 10, 23)
    rows, engines = reader.rows(first, last, YESTERDAY), reader.team("Engines")
    for metric in METRICS:
        counted = aggregate.counting(BROAD, metric, "all")
        found = aggregate.points(rows, metric, counted, first, last, "day")
        assert points(ask(oracle, metric, first, last)) == found
        assert points(ask(oracle, metric, first, last, team="Engines")) == aggregate.points(
            (row for row in rows if row.email in engines), metric, counted, first, last, "day"
        )
        shares = oracle.get(f"/metrics/{metric}/people?from={first}&to={last}&date=2025-10-21&limit=1000")
        assert sum(person["value"] for person in shares["people"]) == found["2025-10-21"]


def test_days_too_old_to_request_do_not_count(oracle: Admin, reader: Reader) -> None:
    refused, told = date(2023, 10, 19), date(2023, 10, 20)
    rows = [row for row in reader.rows(told, told, YESTERDAY) if row.vendor == AUGMENT]
    assert rows
    for metric in METRICS:
        counted = aggregate.counting(BROAD, metric, "all")
        for team in ({}, {"team": "Engines"}):
            members = reader.team("Engines") if team else {row.email for row in rows}
            found = aggregate.points(
                (row for row in rows if row.email in members), metric, counted, refused, told, "day"
            )
            assert points(ask(oracle, metric, refused, told, vendor=AUGMENT, **team)) == found
            assert (found["2023-10-19"], found["2023-10-20"] > 0) == (0, True)
    people = oracle.get(f"/metrics/ai-active-users/people?from={refused}&to={refused}&vendor={AUGMENT}")
    assert people["people"] == []
    assert people["counted"][0]["since"] == "2023-10-20"


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param({"augment": {"publication_hour": 11}}, id="a late day of Augment's"),
        pytest.param({"tabnine": {"usage_sections": "first"}}, id="two sections of Tabnine's"),
        pytest.param({"jetbrains-ide": {"release_dates": "honest"}}, id="JetBrains' clients are not out yet"),
    ],
)
def test_switches_of_vendors_apply_to_expected_values(switches: dict[str, dict[str, str | int]]) -> None:
    app = create_app(SETTINGS)
    oracle, reader = Admin(app, {"Host": "127.0.0.1:8080"}), Reader(app, "acme")
    first, last = date(2025, 10, 13), date(2025, 10, 21)
    before = {metric: ask(oracle, metric, first, last) for metric in METRICS}
    oracle.done("PUT", "/policy", switches)
    rows = reader.rows(first, last, YESTERDAY)
    changed = []
    for metric in METRICS:
        told = ask(oracle, metric, first, last)
        assert points(told) == aggregate.points(
            rows, metric, aggregate.counting(BROAD, metric, "all"), first, last, "day"
        )
        changed.append(points(told) != points(before[metric]))
    assert any(changed)


def test_people_who_send_no_data_do_not_count() -> None:
    app = create_app(replace(SETTINGS, organization="initech"))
    oracle, reader = Admin(app, {"Host": "127.0.0.1:8080"}), Reader(app, "initech")
    first, last = date(2024, 3, 11), date(2024, 3, 17)
    counted = aggregate.counting(BROAD, "total-ai-actions", "all")
    found = []
    for choice in ("all_but_junie", "everything"):
        oracle.done("PUT", "/policy", {"jetbrains-ide": {"old_assistant": choice}})
        told = points(ask(oracle, "total-ai-actions", first, last, vendor=JETBRAINS))
        rows = list(reader.jetbrains(first, last))
        assert told == aggregate.points(rows, "total-ai-actions", counted, first, last, "day")
        found.append(told)
    assert found[0] != found[1]
