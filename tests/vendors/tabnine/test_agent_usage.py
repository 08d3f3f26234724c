"""Agent usage against the contract: tokens, costs, and breakdowns by model and agent type that add up."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from mockserver.products.tabnine.models import MODELS
from tests.contract.client import Client
from tests.vendors.tabnine import queries, test_usage_v2

START, END = "2025-08-01T00:00:00Z", "2025-10-01T00:00:00Z"
TOKENS = ("tokensConsumed", "inputTokens", "outputTokens")
LINES = ("linesAdded", "linesAddedAccepted", "linesRemoved", "linesRemovedAccepted")


def buckets(client: Client, granularity: str = "all", subject: str = "organization", **more: str) -> list[Any]:
    """The buckets of agent usage; `more` are other or additional parameters."""
    whole = {"organizationId": queries.organization(client), **queries.span(START, END, granularity), **more}
    found: list[Any] = client.got(f"/{subject}/agent-usage", **whole)["usage"]["data"]
    return found


def total(bucket: Any) -> dict[str, Decimal]:
    """The totals of a bucket, in the names of a row."""
    named = {name: Decimal(str(bucket[f"total{name[0].upper()}{name[1:]}"])) for name in TOKENS}
    return {**named, "cost": Decimal(str(bucket["totalCost"]))}


def summed(rows: list[Any]) -> dict[str, Decimal]:
    """The tokens and the cost of rows, added up."""
    return {name: sum((Decimal(str(row[name])) for row in rows), Decimal(0)) for name in (*TOKENS, "cost")}


def test_agent_usage_has_the_documented_fields(tabnine: Client) -> None:
    [bucket] = buckets(tabnine)
    assert list(bucket) == [
        *("from", "to", "activeUsers", "totalTokensConsumed", "totalInputTokens", "totalOutputTokens", "totalCost"),
        *("modelBreakdown", "agentTypeBreakdown"),
    ]
    assert [set(row) for row in bucket["modelBreakdown"]] == [{"model", *TOKENS, "cost"}] * len(MODELS)
    kinds = {"agentType", "activeUsers", "interactions", *LINES, *TOKENS, "userInitiatedMessages", "cost"}
    assert [set(row) for row in bucket["agentTypeBreakdown"]] == [{*kinds, "modelBreakdown"}] * 2
    span = {"from": "2021-01-01T00:00:00Z", "to": "2021-02-01T00:00:00Z"}
    [idle] = buckets(tabnine, **span)
    assert idle == {
        **span,
        **dict.fromkeys(list(bucket)[2:7], 0),
        "modelBreakdown": [],
        "agentTypeBreakdown": [],
    }


@pytest.mark.parametrize("granularity", ["all", "daily", "weekly", "monthly"])
def test_breakdowns_add_up_to_the_totals(tabnine: Client, granularity: str) -> None:
    for bucket in buckets(tabnine, granularity):
        whole, models, kinds = total(bucket), bucket["modelBreakdown"], bucket["agentTypeBreakdown"]
        assert summed(models) == summed(kinds) == whole
        assert whole["tokensConsumed"] == whole["inputTokens"] + whole["outputTokens"]
        inner: Counter[Any] = Counter()
        for kind in kinds:
            assert summed(kind["modelBreakdown"]) == summed([kind])
            inner += Counter({(row["model"], name): row[name] for row in kind["modelBreakdown"] for name in TOKENS})
        assert inner == Counter({(row["model"], name): row[name] for row in models for name in TOKENS})
        users = [kind["activeUsers"] for kind in kinds]
        assert max(users, default=0) <= bucket["activeUsers"] <= sum(users)


@pytest.mark.parametrize("subject", ["organization", "team", "user"])
@pytest.mark.parametrize("granularity", ["all", "weekly"])
def test_agent_usage_agrees_with_usage(tabnine: Client, subject: str, granularity: str) -> None:
    whose = test_usage_v2.subjects(tabnine)[subject]
    agent = buckets(tabnine, granularity, subject, **whose)
    older = queries.buckets(tabnine, START, END, granularity, **whose)
    newer = test_usage_v2.buckets(
        tabnine.switched(v2_models="always"), subject, granularity, **{"from": START, "to": END}, **whose
    )
    for one, first, second in zip(agent, older, newer, strict=True):
        kinds = one["agentTypeBreakdown"]
        summary = {name: sum(kind[name] for kind in kinds) for name in ("interactions", *LINES)}
        assert {"activeUsers": one["activeUsers"], **summary} == first["agent"]
        tokens = [(row["inputTokens"], row["outputTokens"]) for row in one["modelBreakdown"]]
        assert tokens == [(row["inputTokens"], row["outputTokens"]) for row in second["agent"]["models"]]


def test_user_messages_are_at_most_the_interactions(tabnine: Client) -> None:
    rows = [kind for bucket in buckets(tabnine, "daily") for kind in bucket["agentTypeBreakdown"]]
    assert all(1 <= row["userInitiatedMessages"] <= row["interactions"] for row in rows)
    assert any(row["userInitiatedMessages"] < row["interactions"] for row in rows)


def test_agent_types_can_be_left_out(tabnine: Client) -> None:
    [whole], [first] = buckets(tabnine), buckets(tabnine.switched(agent_usage_sections="first"))
    del whole["agentTypeBreakdown"]
    assert first == whole


def test_chat_can_be_counted_at_no_cost(tabnine: Client) -> None:
    [alone] = buckets(tabnine)
    [both] = buckets(tabnine.switched(agent_usage_scope="agent_and_chat"))
    [newer] = test_usage_v2.buckets(tabnine.switched(), **{"from": START, "to": END})
    chat = sum(row["inputTokens"] + row["outputTokens"] for row in newer["chat"]["models"])
    assert both["totalTokensConsumed"] == alone["totalTokensConsumed"] + chat
    assert summed(both["modelBreakdown"]) == total(both)
    for name in ("totalCost", "activeUsers", "agentTypeBreakdown"):
        assert both[name] == alone[name]


def test_day_with_chat_alone_is_no_empty_bucket_where_chat_counts(tabnine: Client) -> None:
    tabnine.switched(empty_buckets="omitted")
    user = next(
        user["id"]
        for user in queries.users(tabnine)
        for bucket in queries.buckets(tabnine, START, END, userId=user["id"])
        if bucket["chat"]["interactions"] and not bucket["agent"]["interactions"]
    )
    assert buckets(tabnine, "daily", "user", userId=user) == []
    tabnine.switched(empty_buckets="omitted", agent_usage_scope="agent_and_chat")
    days = buckets(tabnine, "daily", "user", userId=user)
    assert days
    assert all(day["totalTokensConsumed"] and not day["activeUsers"] for day in days)


def test_costs_have_four_decimals_or_two(tabnine: Client) -> None:
    [exact], [rounded] = buckets(tabnine), buckets(tabnine.switched(cost_decimals="2"))
    rows = [(exact["totalCost"], rounded["totalCost"])]
    rows += [(a["cost"], b["cost"]) for a, b in zip(exact["modelBreakdown"], rounded["modelBreakdown"], strict=True)]
    for four, two in rows:
        assert Decimal(str(four)).quantize(Decimal("0.0001")) == Decimal(str(four))
        assert Decimal(str(two)).quantize(Decimal("0.01")) == Decimal(str(two))
        assert abs(Decimal(str(four)) - Decimal(str(two))) <= Decimal("0.005")
    assert any(four != two for four, two in rows)


def test_models_can_be_ids(tabnine: Client) -> None:
    [named], [ids] = buckets(tabnine), buckets(tabnine.switched(agent_usage_model="uuid"))
    [newer] = test_usage_v2.buckets(tabnine.switched(), **{"from": START, "to": END})
    assert {row["model"] for row in named["modelBreakdown"]} == {model.name for model in MODELS}
    assert [row["model"] for row in ids["modelBreakdown"]] == [row["model"] for row in newer["agent"]["models"]]


def test_agent_types_can_be_in_upper_case(tabnine: Client) -> None:
    assert {row["agentType"] for row in buckets(tabnine)[0]["agentTypeBreakdown"]} == {"ide", "cli"}
    upper = buckets(tabnine.switched(agent_types="IDE_CLI"))[0]["agentTypeBreakdown"]
    assert {row["agentType"] for row in upper} == {"IDE", "CLI"}


def test_rows_are_ordered_by_tokens_or_name(tabnine: Client) -> None:
    [by_tokens], [by_name] = buckets(tabnine), buckets(tabnine.switched(breakdown_order="name"))
    tokens = [row["tokensConsumed"] for row in by_tokens["modelBreakdown"]]
    assert tokens == sorted(tokens, reverse=True)
    assert [row["agentType"] for row in by_tokens["agentTypeBreakdown"]] == ["ide", "cli"]
    assert [row["agentType"] for row in by_name["agentTypeBreakdown"]] == ["cli", "ide"]
    names = [row["model"] for row in by_name["modelBreakdown"]]
    assert names == sorted(names)
    models = test_usage_v2.buckets(tabnine)[0]["agent"]["models"]
    assert [row["model"] for row in models] == sorted(row["model"] for row in models)


def test_empty_buckets_can_be_omitted_in_agent_usage(tabnine: Client) -> None:
    days = buckets(tabnine, "daily")
    assert buckets(tabnine.switched(empty_buckets="omitted"), "daily") == [day for day in days if day["activeUsers"]]
