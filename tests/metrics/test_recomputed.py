"""Expected values can be recomputed from the vendors' public endpoints alone, for every bucket."""

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


def expected(admin: Admin, metric: str, first: date = FIRST, last: date = LAST, **query: Any) -> Any:
    """The expected values of a metric."""
    return admin.get(f"/metrics/{metric}?{urlencode({'from': first, 'to': last, **query}, doseq=True)}")


def points(answer: Any) -> dict[str, int]:
    """The points of an answer."""
    return {point["date"]: point["value"] for point in answer["points"]}


def recomputed(rows: Iterable[Row], table: Any, metric: str, dimension: str, bucket: str) -> dict[str, int]:
    """The points recomputed from rows of the public endpoints."""
    return aggregate.points(rows, metric, aggregate.counting(table, metric, dimension), FIRST, LAST, bucket)


@pytest.mark.parametrize(("metric", "dimension"), EVERY)
def test_every_bucket_can_be_recomputed(admin: Admin, seen: list[Row], metric: str, dimension: str) -> None:
    for bucket in BUCKETS:
        answer = expected(admin, metric, bucket=bucket, dimension=dimension)
        found = recomputed(seen, BROAD, metric, dimension, bucket)
        assert points(answer) == found
        assert any(found.values())
        assert (answer["headline"], answer["sum"], answer["buckets"]) == (
            aggregate.average(found.values()),
            sum(found.values()),
            len(found),
        )


@pytest.mark.parametrize(("metric", "dimension"), EVERY)
def test_strict_events_can_be_recomputed(admin: Admin, seen: list[Row], metric: str, dimension: str) -> None:
    admin.done("PATCH", "/policy", {"metrics": {"dimension_events": "strict"}})
    answer = expected(admin, metric, bucket="week", dimension=dimension)
    assert answer["dimension_events"] == "strict"
    assert points(answer) == recomputed(seen, STRICT, metric, dimension, "week")


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("vendors", [(AUGMENT,), (TABNINE,), (JETBRAINS,), (JETBRAINS, AUGMENT)])
def test_single_vendors_and_combinations_can_be_recomputed(
    admin: Admin, seen: list[Row], metric: str, vendors: tuple[str, ...]
) -> None:
    answer = expected(admin, metric, bucket="week", vendor=vendors)
    assert [each["vendor"] for each in answer["counted"]] == sorted(vendors)
    assert points(answer) == recomputed((row for row in seen if row.vendor in vendors), BROAD, metric, "all", "week")


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dimension", ["ai-coding", "all"])
@pytest.mark.parametrize("team", ["Engines", "Guidance", "Simulator", "Quality"])
def test_team_has_the_people_that_tabnine_lists(
    admin: Admin, reader: Reader, seen: list[Row], metric: str, dimension: str, team: str
) -> None:
    members = reader.team(team)
    for bucket in BUCKETS:
        answer = expected(admin, metric, bucket=bucket, team=team, dimension=dimension)
        assert answer["team"]["teams"] == [team]
        assert points(answer) == recomputed(
            (row for row in seen if row.email in members), BROAD, metric, dimension, bucket
        )
        assert expected(admin, metric, bucket=bucket, team=answer["team"]["id"], dimension=dimension) == answer


@pytest.mark.parametrize(
    "now", ["2025-10-21T01:59:59Z", "2025-10-21T02:00:00Z", "2025-10-21T13:07:31Z", "2025-10-21T23:59:59Z"]
)
def test_unpublished_data_do_not_count_at_any_time_of_day(now: str) -> None:
    app = create_app(SETTINGS)
    admin, reader = Admin(app, {"Host": "127.0.0.1:8080"}), Reader(app, "acme")
    admin.done("PUT", "/clock", {"now": now, "frozen": True})
    first, last = date(2025, 10, 17), date(2025, 10, 23)
    rows, engines = reader.rows(first, last, YESTERDAY), reader.team("Engines")
    for metric in METRICS:
        counted = aggregate.counting(BROAD, metric, "all")
        found = aggregate.points(rows, metric, counted, first, last, "day")
        assert points(expected(admin, metric, first, last)) == found
        assert points(expected(admin, metric, first, last, team="Engines")) == aggregate.points(
            (row for row in rows if row.email in engines), metric, counted, first, last, "day"
        )
        shares = admin.get(f"/metrics/{metric}/people?from={first}&to={last}&date=2025-10-21&limit=1000")
        assert sum(person["value"] for person in shares["people"]) == found["2025-10-21"]


def test_days_too_old_to_request_do_not_count(admin: Admin, reader: Reader) -> None:
    refused, served = date(2023, 10, 19), date(2023, 10, 20)
    rows = [row for row in reader.rows(served, served, YESTERDAY) if row.vendor == AUGMENT]
    assert rows
    for metric in METRICS:
        counted = aggregate.counting(BROAD, metric, "all")
        for team in ({}, {"team": "Engines"}):
            members = reader.team("Engines") if team else {row.email for row in rows}
            found = aggregate.points(
                (row for row in rows if row.email in members), metric, counted, refused, served, "day"
            )
            assert points(expected(admin, metric, refused, served, vendor=AUGMENT, **team)) == found
            assert (found["2023-10-19"], found["2023-10-20"] > 0) == (0, True)
    people = admin.get(f"/metrics/ai-active-users/people?from={refused}&to={refused}&vendor={AUGMENT}")
    assert people["people"] == []
    assert people["counted"][0]["since"] == "2023-10-20"


@pytest.mark.parametrize(
    "switches",
    [
        pytest.param({"augment": {"publication_hour": 11}}, id="Augment publishes late"),
        pytest.param({"augment": {"restatement": "late_rows"}}, id="Augment's rows are late"),
        pytest.param({"augment": {"restatement": "corrections", "restated_days": 7}}, id="Augment corrects its data"),
        pytest.param({"tabnine": {"usage_sections": "first"}}, id="Tabnine shows two sections"),
        pytest.param({"jetbrains-ide": {"release_dates": "honest"}}, id="JetBrains' clients are not released yet"),
    ],
)
def test_switches_of_vendors_apply_to_expected_values(switches: dict[str, dict[str, str | int]]) -> None:
    app = create_app(SETTINGS)
    admin, reader = Admin(app, {"Host": "127.0.0.1:8080"}), Reader(app, "acme")
    first, last = date(2025, 10, 13), date(2025, 10, 21)
    before = {metric: expected(admin, metric, first, last) for metric in METRICS}
    admin.done("PUT", "/policy", switches)
    rows = reader.rows(first, last, YESTERDAY)
    changed = []
    for metric in METRICS:
        answer = expected(admin, metric, first, last)
        assert points(answer) == aggregate.points(
            rows, metric, aggregate.counting(BROAD, metric, "all"), first, last, "day"
        )
        changed.append(points(answer) != points(before[metric]))
    assert any(changed)


@pytest.mark.parametrize("mode", ["late_rows", "corrections"])
@pytest.mark.parametrize("team", [{}, {"team": "Engines"}])
def test_final_values_do_not_depend_on_restatement(admin: Admin, mode: str, team: dict[str, str]) -> None:
    first, last = date(2025, 10, 13), date(2025, 10, 20)
    wholly = {metric: expected(admin, metric, first, last, **team) for metric in METRICS}
    admin.done("PUT", "/policy", {"augment": {"restatement": mode}})
    for metric in METRICS:
        found, final = (expected(admin, metric, first, last, final=each, **team) for each in ("false", "true"))
        assert (found["final"], final["final"]) == (False, True)
        assert final == {**wholly[metric], "final": True}
        before, after = points(found), points(final)
        assert {day for day in before if before[day] != after[day]} <= {"2025-10-18", "2025-10-19", "2025-10-20"}
        assert before["2025-10-20"] <= after["2025-10-20"]
    shown = expected(admin, "total-ai-actions", first, last, **team)
    assert shown["sum"] < wholly["total-ai-actions"]["sum"]


def test_final_value_of_today_is_that_of_the_whole_day(admin: Admin) -> None:
    today = date(2025, 10, 21)
    now, final = (expected(admin, "total-ai-actions", today, today, final=each)["sum"] for each in ("false", "true"))
    admin.done("PUT", "/clock", {"now": "2025-10-21T23:59:59Z", "frozen": True})
    assert now < final == expected(admin, "total-ai-actions", today, today)["sum"]


def test_people_behind_a_final_point_add_up_to_it(admin: Admin) -> None:
    admin.done("PUT", "/policy", {"augment": {"restatement": "late_rows"}})
    query = "from=2025-10-20&to=2025-10-20&limit=1000&vendor=augment"
    found, final = (admin.get(f"/metrics/ai-active-users/people?{query}{end}") for end in ("", "&final=true"))
    assert len(found["people"]) == found["point"]["value"] < final["point"]["value"] == len(final["people"])


def test_people_who_send_no_data_do_not_count() -> None:
    app = create_app(replace(SETTINGS, organization="initech"))
    admin, reader = Admin(app, {"Host": "127.0.0.1:8080"}), Reader(app, "initech")
    first, last = date(2024, 3, 11), date(2024, 3, 17)
    counted = aggregate.counting(BROAD, "total-ai-actions", "all")
    found = []
    for option in ("all_but_junie", "everything"):
        admin.done("PUT", "/policy", {"jetbrains-ide": {"old_assistant": option}})
        answer = points(expected(admin, "total-ai-actions", first, last, vendor=JETBRAINS))
        rows = list(reader.jetbrains(first, last))
        assert answer == aggregate.points(rows, "total-ai-actions", counted, first, last, "day")
        found.append(answer)
    assert found[0] != found[1]
