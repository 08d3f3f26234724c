"""Tests of what the oracle says: averages, buckets, the people behind a point, and what of it is a choice."""

from datetime import date
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.metrics import expected_values
from tests.admin.driver import Admin
from tests.conftest import SETTINGS
from tests.metrics import aggregate
from tests.metrics.test_recomputed import METRICS, ask, points

SEPTEMBER = date(2025, 9, 1), date(2025, 9, 30)


def choose(oracle: Admin, **values: str) -> None:
    """Make choices of the metrics; all others go back."""
    oracle.done("PUT", "/policy", {"metrics": values})


def people(oracle: Admin, metric: str, query: str) -> list[dict[str, Any]]:
    """Everybody behind a point, in pages of seven."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = oracle.get(f"/metrics/{metric}/people?{query}&limit=7{after}")
        found += page["people"]
        if page["next"] is None:
            return found
        assert len(page["people"]) == 7
        assert page["next"] == page["people"][-1]["id"]
        after = f"&after={page['next']}"


def test_the_answer_repeats_the_question_and_says_what_counted(oracle: Admin) -> None:
    told = ask(oracle, "total-lines-accepted", *SEPTEMBER, bucket="month", dimension="coding-agents", team="Engines")
    value, team = told.pop("sum"), told.pop("team")
    assert (team["name"], team["teams"]) == ("Engines", ["Engines"])
    assert told == {
        "metric": "total-lines-accepted",
        "organization": "acme",
        "dimension": "coding-agents",
        "dimension_events": "broad",
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
        ("total-ai-actions", "month", 110340.0, [110340]),
        ("total-lines-added", "month", 108239.0, [108239]),
        ("total-lines-accepted", "month", 105421.0, [105421]),
    ],
)
def test_the_numbers_of_a_month_do_not_move(
    oracle: Admin, metric: str, bucket: str, headline: float, values: list[int]
) -> None:
    told = ask(oracle, metric, *SEPTEMBER, bucket=bucket)
    assert (told["headline"], list(points(told).values())) == (headline, values)


@pytest.mark.parametrize("metric", METRICS)
def test_the_people_behind_a_point_make_up_its_value(oracle: Admin, metric: str) -> None:
    for point in ask(oracle, metric, *SEPTEMBER, bucket="week")["points"]:
        query = f"from={SEPTEMBER[0]}&to={SEPTEMBER[1]}&bucket=week&date={point['date']}"
        told = people(oracle, metric, query)
        assert sum(person["value"] for person in told) == point["value"]
        assert [person["id"] for person in told] == sorted({person["id"] for person in told})
        assert all(person["vendors"] for person in told)
        if metric == "ai-active-users":
            assert max(days for person in told for days in person["vendors"].values()) <= 7
            assert any(len(person["vendors"]) > 1 for person in told)
        else:
            assert all(person["value"] == sum(person["vendors"].values()) for person in told)


@pytest.mark.parametrize("metric", METRICS)
def test_the_people_of_a_team_make_up_its_value(oracle: Admin, metric: str) -> None:
    [point] = ask(oracle, metric, *SEPTEMBER, bucket="month", team="Data")["points"]
    told = people(oracle, metric, "from=2025-09-01&to=2025-09-30&bucket=month&team=Data&date=2025-09-01")
    assert 0 < len(told) < 12
    assert sum(person["value"] for person in told) == point["value"]


def test_people_of_a_whole_range_are_listed_once(oracle: Admin) -> None:
    told = oracle.get("/metrics/ai-active-users/people?from=2025-09-01&to=2025-09-30&limit=1000")
    assert told["point"] == {"date": "2025-09-01", "from": "2025-09-01", "to": "2025-09-30", "value": 56}
    assert (len(told["people"]), told["next"]) == (56, None)
    assert len({person["email"].casefold() for person in told["people"]}) == 56


def test_service_accounts_are_nobody(oracle: Admin) -> None:
    agents = "dimension=coding-agents&vendor=augment"
    told = oracle.get(f"/metrics/total-ai-actions/people?from=2025-09-01&to=2025-09-30&limit=1000&{agents}")
    assert all("@" in person["email"] for person in told["people"])
    assert told["point"]["value"] == sum(person["value"] for person in told["people"])


def test_partial_buckets_are_clipped_or_left_out(oracle: Admin) -> None:
    first, last = date(2025, 9, 3), date(2025, 9, 23)
    told = ask(oracle, "ai-active-users", first, last, bucket="week")
    assert [(point["date"], point["from"], point["to"]) for point in told["points"]] == [
        ("2025-09-01", "2025-09-03", "2025-09-07"),
        ("2025-09-08", "2025-09-08", "2025-09-14"),
        ("2025-09-15", "2025-09-15", "2025-09-21"),
        ("2025-09-22", "2025-09-22", "2025-09-23"),
    ]
    assert told["buckets"] == 4
    choose(oracle, partial_buckets="omitted")
    whole = ask(oracle, "ai-active-users", first, last, bucket="week")
    assert whole["points"] == told["points"][1:3]
    assert (whole["buckets"], whole["sum"]) == (2, sum(point["value"] for point in told["points"][1:3]))


def test_an_average_over_nothing_is_none(oracle: Admin) -> None:
    choose(oracle, partial_buckets="omitted")
    told = ask(oracle, "total-ai-actions", date(2025, 9, 3), date(2025, 9, 5), bucket="month")
    assert (told["points"], told["headline"], told["sum"], told["buckets"]) == ([], None, 0, 0)
    refused = oracle.refused(
        "GET", "/metrics/total-ai-actions/people?from=2025-09-03&to=2025-09-05&bucket=month&date=2025-09-01"
    )
    assert "no whole bucket" in refused.detail


def test_an_empty_bucket_counts_as_zero_or_not_at_all(oracle: Admin) -> None:
    first, last = date(2025, 10, 20), date(2025, 10, 27)
    told = ask(oracle, "ai-active-users", first, last)
    assert (told["buckets"], told["points"][-1]["value"]) == (8, 0)
    choose(oracle, empty_buckets="omitted")
    full = ask(oracle, "ai-active-users", first, last)
    assert (full["points"], full["sum"], full["buckets"]) == (told["points"], told["sum"], 2)
    assert (told["headline"], full["headline"]) == (10.63, 42.5)


@pytest.mark.parametrize(("total", "headline"), [(1, 0.33), (2, 0.67), (3, 1.0)])
def test_an_average_has_two_decimals_and_halves_go_up(total: int, headline: float) -> None:
    assert expected_values.average(total, 3) == headline
    assert expected_values.average(1, 200) == 0.01
    assert expected_values.average(1, 201) == 0.0


def test_what_counted_goes_by_the_names_that_are_served(oracle: Admin) -> None:
    oracle.done("PATCH", "/policy", {"jetbrains-ide": {"names": {"suggestions": "shown", "invocations": "calls"}}})
    told = ask(oracle, "ai-active-users", *SEPTEMBER, vendor="jetbrains-ide", dimension="coding-agents")
    assert told["counted"][0]["fields"][:3] == ["shown of junie", "acceptances of junie", "calls of junie"]


def test_every_listed_metric_and_dimension_is_served(oracle: Admin) -> None:
    told = oracle.get("/metrics")
    assert [metric["name"] for metric in told["metrics"]] == list(METRICS)
    assert all(metric["description"] for metric in told["metrics"])
    assert told["dimensions"] == [*aggregate.DIMENSIONS, "all"]
    for dimension in told["dimensions"]:
        assert ask(oracle, told["metrics"][0]["name"], *SEPTEMBER, dimension=dimension)["dimension"] == dimension


def test_behind_nothing_there_is_nobody(oracle: Admin) -> None:
    told = oracle.get("/metrics/total-lines-added/people?from=2025-09-01&to=2025-09-30&vendor=jetbrains-ide")
    assert (told["point"]["value"], told["people"], told["next"]) == (0, [], None)


def test_lines_of_jetbrains_count_only_where_the_switch_says_so(oracle: Admin) -> None:
    jetbrains: dict[str, Any] = {"vendor": "jetbrains-ide", "bucket": "month"}
    for metric in ("total-lines-added", "total-lines-accepted"):
        choose(oracle)
        hidden = ask(oracle, metric, *SEPTEMBER, **jetbrains)
        assert (hidden["sum"], hidden["counted"][0]["fields"]) == (0, [])
        choose(oracle, unseen_lines="counted")
        counted = ask(oracle, metric, *SEPTEMBER, **jetbrains)
        assert counted["sum"] > 0
        assert "junie_accepted_lines" in counted["counted"][0]["fields"] or metric == "total-lines-added"
        both = ask(oracle, metric, *SEPTEMBER, bucket="month")
        others = ask(oracle, metric, *SEPTEMBER, bucket="month", vendor=["augment", "tabnine"])
        assert both["sum"] == others["sum"] + counted["sum"]


def test_before_the_beginning_and_after_the_present_there_is_nothing(oracle: Admin) -> None:
    for metric in METRICS:
        for day in (date(1971, 1, 1), date(2021, 12, 31), date(2025, 10, 22), date(2199, 12, 31)):
            for bucket in ("day", "week", "month"):
                told = ask(oracle, metric, day, day, bucket=bucket, team="Engines")
                assert (told["sum"], told["buckets"]) == (0, 1)
            assert oracle.get(f"/metrics/{metric}/people?from={day}&to={day}")["people"] == []


def test_another_order_of_questions_gives_the_same_answers() -> None:
    def answers(order: list[str]) -> dict[str, Any]:
        oracle = Admin(create_app(SETTINGS), {"Host": "127.0.0.1:8080"})
        return {each: oracle.get(f"/metrics/{each}") for each in order}

    asked = [
        "ai-active-users?from=2025-10-15&to=2025-10-21",
        "ai-active-users?from=2025-10-01&to=2025-10-21&bucket=week&team=Data",
        "total-ai-actions?from=2025-09-10&to=2025-10-21&bucket=month&team=Data",
        "total-ai-actions?from=2025-09-10&to=2025-10-21&bucket=month",
    ]
    assert answers(asked) == answers(asked[::-1])
