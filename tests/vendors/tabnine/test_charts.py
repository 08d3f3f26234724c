"""Tabnine's charts have the numbers of its API, of the organization and of each team."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.charts import reading
from tests.contract.client import Client
from tests.vendors.tabnine import queries

GRANULARITIES = {"day": "daily", "week": "weekly", "month": "monthly", "all": "all"}
PERIODS = (("2025-10-01", "2025-10-20"), ("2025-08-13", "2025-09-24"), ("2025-10-19", "2025-10-22"))
MODEL_SERIES = ("tokensConsumed", "inputTokens", "outputTokens", "cost")
RATIOS = ("productivityFactor", "codeCompletions.automationFactor", "chat.chatConsumptionRate")


def usage(client: Client, period: tuple[str, str], bucket: str, **whose: str) -> dict[str, Any]:
    """The buckets of the API, by the day on which each begins."""
    end = date.fromisoformat(period[1]) + timedelta(days=1)
    found = queries.buckets(client, f"{period[0]}T00:00:00Z", f"{end}T00:00:00Z", GRANULARITIES[bucket], **whose)
    return {each["from"].removesuffix("T00:00:00Z"): each for each in found}


@pytest.mark.parametrize("organization", reading.ORGANIZATIONS)
@pytest.mark.parametrize("bucket", GRANULARITIES)
@pytest.mark.parametrize("period", PERIODS)
def test_active_users_are_those_of_the_organization_usage(
    opened: Callable[[str], Client], organization: str, bucket: str, period: tuple[str, str]
) -> None:
    client = opened(organization)
    shown = reading.chart(client.app, "tabnine-active-users", from_=period[0], to=period[1], bucket=bucket)
    expected = usage(client, period, bucket)
    assert reading.numbers(shown) == {(day,): {"activeUsers": each["activeUsers"]} for day, each in expected.items()}


def team_numbers(bucket: Any) -> dict[str, Any]:
    """The numbers of a chart's row, of a bucket."""
    return {
        "activeUsers": bucket["activeUsers"],
        "codeCompletions.completions": bucket["codeCompletions"]["completions"],
        "chat.interactions": bucket["chat"]["interactions"],
        "agent.interactions": bucket["agent"]["interactions"],
        "productivityFactor": bucket.get("productivityFactor"),
        "codeCompletions.automationFactor": bucket["codeCompletions"].get("automationFactor"),
        "chat.chatConsumptionRate": bucket["chat"].get("chatConsumptionRate"),
    }


@pytest.mark.parametrize(
    ("organization", "bucket", "period"),
    [
        ("acme", "day", PERIODS[0]),
        ("acme", "week", PERIODS[1]),
        ("initech", "month", PERIODS[1]),
        ("initech", "all", PERIODS[0]),
        ("documented", "day", PERIODS[0]),
        ("empty", "day", PERIODS[2]),
        ("hooli", "all", PERIODS[2]),
    ],
)
def test_usage_by_team_is_that_of_each_team(
    opened: Callable[[str], Client], organization: str, bucket: str, period: tuple[str, str]
) -> None:
    client = opened(organization)
    shown = reading.chart(client.app, "tabnine-usage-by-team", from_=period[0], to=period[1], bucket=bucket)
    assert reading.numbers(shown) == {
        (day, team["name"]): team_numbers(each)
        for team in queries.teams(client)
        for day, each in usage(client, period, bucket, teamId=team["id"]).items()
    }


@pytest.mark.parametrize("organization", ["acme", "initech"])
@pytest.mark.parametrize(("bucket", "period"), [("day", PERIODS[0]), ("week", PERIODS[1]), ("all", PERIODS[0])])
def test_tokens_by_model_are_those_of_agent_usage(
    opened: Callable[[str], Client], organization: str, bucket: str, period: tuple[str, str]
) -> None:
    client = opened(organization)
    shown = reading.chart(client.app, "tabnine-tokens-by-model", from_=period[0], to=period[1], bucket=bucket)
    found = {key: numbers for key, numbers in reading.numbers(shown).items() if numbers["tokensConsumed"] is not None}
    end = date.fromisoformat(period[1]) + timedelta(days=1)
    ranged = {"from": f"{period[0]}T00:00:00Z", "to": f"{end}T00:00:00Z", "granularity": GRANULARITIES[bucket]}
    body = client.got("/organization/agent-usage", organizationId=queries.organization(client), **ranged)
    assert found == {
        (each["from"][:10], row["model"]): {name: row[name] for name in MODEL_SERIES}
        for each in body["usage"]["data"]
        for row in each["modelBreakdown"]
    }
    assert found
    assert shown["note"] is None


def test_tokens_without_a_license_for_the_agent_are_a_note(unlicensed: Client) -> None:
    shown = reading.chart(unlicensed.app, "tabnine-tokens-by-model")
    assert shown["rows"] == []
    assert shown["note"] == "The Agent feature is not included in your account's license."


def test_undefined_ratio_is_null(opened: Callable[[str], Client]) -> None:
    client = opened("empty")
    [row, *_] = reading.chart(client.app, "tabnine-usage-by-team", bucket="all")["rows"]
    assert [row[name] for name in RATIOS] == [None, None, None]
    assert row["activeUsers"] == 0


def test_requests_are_those_for_usage_before_those_for_ids(tabnine: Client) -> None:
    shown = reading.chart(tabnine.app, "tabnine-active-users", from_="2025-10-01", to="2025-10-20")
    period = "from=2025-10-01T00:00:00Z&to=2025-10-21T00:00:00Z&granularity=daily"
    usage_of = f"/api/v1/organization/usage?organizationId={queries.organization(tabnine)}"
    assert [each["path"] for each in shown["requests"]] == [f"{usage_of}&{period}", "/api/v1/organization"]


def test_refusal_names_the_parameter_and_the_rule(tabnine: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.vendors.tabnine.policy.BUCKETS_MAXIMUM", 10)
    shown = reading.chart(tabnine.app, "tabnine-active-users", from_="2025-09-01", to="2025-10-20")
    assert shown["note"] == (
        "Validation Error: to: Expected a range of at most 10 daily buckets, received 50 or more; choose a shorter "
        "range or a coarser granularity"
    )
    assert {row["activeUsers"] for row in shown["rows"]} == {None}
    assert len(shown["rows"]) == 50


def test_missing_section_is_null(tabnine: Client) -> None:
    tabnine.switched(usage_sections="first")
    rows = reading.chart(tabnine.app, "tabnine-usage-by-team", bucket="all")["rows"]
    assert {row["agent.interactions"] for row in rows} == {None}
    assert all(row["chat.interactions"] for row in rows)


def test_today_grows_with_the_clock(tabnine: Client) -> None:
    day = {"from_": "2025-10-21", "to": "2025-10-21"}
    first = reading.chart(tabnine.app, "tabnine-active-users", **day)["rows"][0]["activeUsers"]
    later = tabnine.at("2025-10-21T23:00:00Z")
    assert reading.chart(later.app, "tabnine-active-users", **day)["rows"][0]["activeUsers"] > first
