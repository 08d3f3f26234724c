"""Tests of expected values: averages, buckets, the people behind a point, and the switches of the metrics."""

from datetime import date
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.metrics import expected_values
from tests.admin.driver import Admin
from tests.conftest import SETTINGS
from tests.metrics import aggregate
from tests.metrics.test_recomputed import METRICS, expected, points

SEPTEMBER = date(2025, 9, 1), date(2025, 9, 30)


def set_switches(admin: Admin, **options: str) -> None:
    """Set switches of the metrics, and all others to their defaults."""
    admin.done("PUT", "/policy", {"metrics": options})


def people(admin: Admin, metric: str, query: str) -> list[dict[str, Any]]:
    """Everybody behind a point, in pages of seven."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = admin.get(f"/metrics/{metric}/people?{query}&limit=7{after}")
        found += page["people"]
        if page["next"] is None:
            return found
        assert len(page["people"]) == 7
        assert page["next"] == page["people"][-1]["id"]
        after = f"&after={page['next']}"


def test_answer_repeats_the_query_and_lists_what_counts(admin: Admin) -> None:
    answer = expected(
        admin, "total-lines-accepted", *SEPTEMBER, bucket="month", dimension="coding-agents", team="Engines"
    )
    value, team = answer.pop("sum"), answer.pop("team")
    assert (team["name"], team["teams"]) == ("Engines", ["Engines"])
    assert answer == {
        "metric": "total-lines-accepted",
        "organization": "acme",
        "dimension": "coding-agents",
        "dimension_events": "broad",
        "final": False,
        "counted": [
            {
                "vendor": "augment",
                "fields": [
                    "remote_agent_lines_of_code",
                    "ide_agent_lines_of_code",
                    "cli_agent_interactive_lines_of_code",
                    "cli_agent_non_interactive_lines_of_code",
                ],
                "since": "2023-10-20",
                "through": "2025-10-20",
            },
            {"vendor": "jetbrains-ide", "fields": [], "since": None, "through": "2025-10-21"},
            {"vendor": "tabnine", "fields": ["agent.linesAddedAccepted"], "since": None, "through": "2025-10-21"},
        ],
        "bucket": "month",
        "from": "2025-09-01",
        "to": "2025-09-30",
        "headline": value,
        "buckets": 1,
        "points": [{"date": "2025-09-01", "from": "2025-09-01", "to": "2025-09-30", "value": value}],
    }


@pytest.mark.parametrize(
    ("metric", "bucket", "headline", "values"),
    [
        ("ai-active-users", "week", 50.2, [46, 52, 53, 52, 48]),
        ("ai-active-users", "month", 56.0, [56]),
        ("total-ai-actions", "month", 103287.0, [103287]),
        ("total-lines-added", "month", 435767.0, [435767]),
        ("total-lines-accepted", "month", 431592.0, [431592]),
    ],
)
def test_numbers_of_a_month_are_stable(
    admin: Admin, metric: str, bucket: str, headline: float, values: list[int]
) -> None:
    answer = expected(admin, metric, *SEPTEMBER, bucket=bucket)
    assert (answer["headline"], list(points(answer).values())) == (headline, values)


@pytest.mark.parametrize("metric", METRICS)
def test_people_behind_a_point_add_up_to_its_value(admin: Admin, metric: str) -> None:
    for point in expected(admin, metric, *SEPTEMBER, bucket="week")["points"]:
        query = f"from={SEPTEMBER[0]}&to={SEPTEMBER[1]}&bucket=week&date={point['date']}"
        listed = people(admin, metric, query)
        assert sum(person["value"] for person in listed) == point["value"]
        assert [person["id"] for person in listed] == sorted({person["id"] for person in listed})
        assert all(person["vendors"] for person in listed)
        if metric == "ai-active-users":
            assert max(days for person in listed for days in person["vendors"].values()) <= 7
            assert any(len(person["vendors"]) > 1 for person in listed)
        else:
            assert all(person["value"] == sum(person["vendors"].values()) for person in listed)


@pytest.mark.parametrize("metric", METRICS)
def test_people_of_a_team_add_up_to_its_value(admin: Admin, metric: str) -> None:
    [point] = expected(admin, metric, *SEPTEMBER, bucket="month", team="Data")["points"]
    listed = people(admin, metric, "from=2025-09-01&to=2025-09-30&bucket=month&team=Data&date=2025-09-01")
    assert 0 < len(listed) < 12
    assert sum(person["value"] for person in listed) == point["value"]


def test_people_of_a_whole_range_are_listed_once(admin: Admin) -> None:
    answer = admin.get("/metrics/ai-active-users/people?from=2025-09-01&to=2025-09-30&limit=1000")
    assert answer["point"] == {"date": "2025-09-01", "from": "2025-09-01", "to": "2025-09-30", "value": 56}
    assert (len(answer["people"]), answer["next"]) == (56, None)
    assert len({person["email"].casefold() for person in answer["people"]}) == 56


def test_service_accounts_are_not_people(admin: Admin) -> None:
    agents = "dimension=coding-agents&vendor=augment"
    answer = admin.get(f"/metrics/total-ai-actions/people?from=2025-09-01&to=2025-09-30&limit=1000&{agents}")
    assert all("@" in person["email"] for person in answer["people"])
    assert answer["point"]["value"] == sum(person["value"] for person in answer["people"])


def test_partial_buckets_are_clipped_or_omitted(admin: Admin) -> None:
    first, last = date(2025, 9, 3), date(2025, 9, 23)
    answer = expected(admin, "ai-active-users", first, last, bucket="week")
    assert [(point["date"], point["from"], point["to"]) for point in answer["points"]] == [
        ("2025-09-01", "2025-09-03", "2025-09-07"),
        ("2025-09-08", "2025-09-08", "2025-09-14"),
        ("2025-09-15", "2025-09-15", "2025-09-21"),
        ("2025-09-22", "2025-09-22", "2025-09-23"),
    ]
    assert answer["buckets"] == 4
    set_switches(admin, partial_buckets="omitted")
    whole = expected(admin, "ai-active-users", first, last, bucket="week")
    assert whole["points"] == answer["points"][1:3]
    assert (whole["buckets"], whole["sum"]) == (2, sum(point["value"] for point in answer["points"][1:3]))


def test_average_without_buckets_is_null(admin: Admin) -> None:
    set_switches(admin, partial_buckets="omitted")
    answer = expected(admin, "total-ai-actions", date(2025, 9, 3), date(2025, 9, 5), bucket="month")
    assert (answer["points"], answer["headline"], answer["sum"], answer["buckets"]) == ([], None, 0, 0)
    refused = admin.refused(
        "GET", "/metrics/total-ai-actions/people?from=2025-09-03&to=2025-09-05&bucket=month&date=2025-09-01"
    )
    assert "no whole bucket" in refused.detail


def test_empty_bucket_counts_as_zero_or_is_omitted(admin: Admin) -> None:
    first, last = date(2025, 10, 20), date(2025, 10, 27)
    answer = expected(admin, "ai-active-users", first, last)
    assert (answer["buckets"], answer["points"][-1]["value"]) == (8, 0)
    set_switches(admin, empty_buckets="omitted")
    full = expected(admin, "ai-active-users", first, last)
    assert (full["points"], full["sum"], full["buckets"]) == (answer["points"], answer["sum"], 2)
    assert (answer["headline"], full["headline"]) == (10.63, 42.5)


@pytest.mark.parametrize(("total", "headline"), [(1, 0.33), (2, 0.67), (3, 1.0)])
def test_average_is_rounded_half_up_to_two_decimals(total: int, headline: float) -> None:
    assert expected_values.average(total, 3) == headline
    assert expected_values.average(1, 200) == 0.01
    assert expected_values.average(1, 201) == 0.0


def test_counted_fields_have_the_names_that_are_served(admin: Admin) -> None:
    admin.done("PATCH", "/policy", {"jetbrains-ide": {"names": {"suggestions": "shown", "invocations": "calls"}}})
    answer = expected(admin, "ai-active-users", *SEPTEMBER, vendor="jetbrains-ide", dimension="coding-agents")
    assert answer["counted"][0]["fields"][:3] == ["shown of junie", "acceptances of junie", "calls of junie"]


def test_every_listed_metric_and_dimension_is_served(admin: Admin) -> None:
    answer = admin.get("/metrics")
    assert [metric["name"] for metric in answer["metrics"]] == list(METRICS)
    assert all(metric["description"] for metric in answer["metrics"])
    assert answer["dimensions"] == [*aggregate.DIMENSIONS, "all"]
    for dimension in answer["dimensions"]:
        assert expected(admin, answer["metrics"][0]["name"], *SEPTEMBER, dimension=dimension)["dimension"] == dimension


def test_no_people_are_behind_a_zero(admin: Admin) -> None:
    answer = admin.get("/metrics/total-lines-added/people?from=2025-09-01&to=2025-09-30&vendor=jetbrains-ide")
    assert (answer["point"]["value"], answer["people"], answer["next"]) == (0, [], None)


def test_switch_decides_whether_unseen_lines_count(admin: Admin) -> None:
    jetbrains: dict[str, Any] = {"vendor": "jetbrains-ide", "bucket": "month"}
    for metric in ("total-lines-added", "total-lines-accepted"):
        set_switches(admin)
        hidden = expected(admin, metric, *SEPTEMBER, **jetbrains)
        assert (hidden["sum"], hidden["counted"][0]["fields"]) == (0, [])
        set_switches(admin, unseen_lines="counted")
        counted = expected(admin, metric, *SEPTEMBER, **jetbrains)
        assert counted["sum"] > 0
        assert "junie_accepted_lines" in counted["counted"][0]["fields"] or metric == "total-lines-added"
        both = expected(admin, metric, *SEPTEMBER, bucket="month")
        others = expected(admin, metric, *SEPTEMBER, bucket="month", vendor=["augment", "tabnine"])
        assert both["sum"] == others["sum"] + counted["sum"]


def test_nothing_counts_before_the_first_day_or_after_today(admin: Admin) -> None:
    for metric in METRICS:
        for day in (date(1971, 1, 1), date(2021, 12, 31), date(2025, 10, 22), date(2199, 12, 31)):
            for bucket in ("day", "week", "month"):
                answer = expected(admin, metric, day, day, bucket=bucket, team="Engines")
                assert (answer["sum"], answer["buckets"]) == (0, 1)
            assert admin.get(f"/metrics/{metric}/people?from={day}&to={day}")["people"] == []


def test_order_of_requests_does_not_change_the_answers() -> None:
    def answers(order: list[str]) -> dict[str, Any]:
        admin = Admin(create_app(SETTINGS), {"Host": "127.0.0.1:8080"})
        return {each: admin.get(f"/metrics/{each}") for each in order}

    queries = [
        "ai-active-users?from=2025-10-15&to=2025-10-21",
        "ai-active-users?from=2025-10-01&to=2025-10-21&bucket=week&team=Data",
        "total-ai-actions?from=2025-09-10&to=2025-10-21&bucket=month&team=Data",
        "total-ai-actions?from=2025-09-10&to=2025-10-21&bucket=month",
    ]
    assert answers(queries) == answers(queries[::-1])
