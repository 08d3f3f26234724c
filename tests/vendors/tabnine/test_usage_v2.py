"""The newer usage below /api/v2 against the contract: v1's counters under other names, models, editors, unknown ids."""

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.products.tabnine.words import EDITORS, LANGUAGES
from tests.contract.client import Answer, Client
from tests.vendors.tabnine import queries

START, END = "2025-08-01T00:00:00Z", "2025-10-21T10:30:00Z"
PATHS = {"organization": {}, "team": {"teamId": ""}, "user": {"userId": ""}}


def report(client: Client, subject: str = "organization", granularity: str = "all", **more: str) -> Answer:
    """The answer about a subject; `more` are other or additional parameters."""
    whole = {"organizationId": queries.organization(client), **queries.span(START, END, granularity), **more}
    return client.get(f"/api/v2/{subject}/usage", whole)


def buckets(client: Client, subject: str = "organization", granularity: str = "all", **more: str) -> list[Any]:
    """The buckets of an answer."""
    answer = report(client, subject, granularity, **more)
    assert answer.status == 200, answer.body
    found: list[Any] = answer.json["usage"]["data"]
    return found


def subjects(client: Client) -> dict[str, dict[str, str]]:
    """A team, a user and the organization, with the parameters that name them."""
    team, user = queries.teams(client)[0]["id"], queries.users(client)[3]["id"]
    return {"organization": {}, "team": {"teamId": team}, "user": {"userId": user}}


RENAMED = {"interactions": "messages", "lines": "linesAdded"}
LEFT_OUT = {"automationFactor", "usefulChatInteractions", "charsCompleted", "chatConsumptionRate"}


def _as_v2(bucket: Any) -> Any:
    """A bucket of v1 in the form of v2."""
    chat = {RENAMED.get(name, name): n for name, n in bucket["chat"].items() if name not in LEFT_OUT}
    agent = {RENAMED.get(name, name): number for name, number in bucket["agent"].items()}
    completions = {name: number for name, number in bucket["codeCompletions"].items() if name != "automationFactor"}
    whole = {name: bucket[name] for name in ("from", "to", "activeUsers")}
    return {**whole, "codeCompletions": completions, "chat": chat, "agent": agent}


@pytest.mark.parametrize("granularity", ["all", "daily", "weekly", "monthly"])
@pytest.mark.parametrize("subject", PATHS)
def test_v2_has_the_counters_of_v1(tabnine: Client, subject: str, granularity: str) -> None:
    whose = subjects(tabnine)[subject]
    tabnine.switched(v2_models="never", v2_dimensions="absent")
    newer, older = (
        report(tabnine, subject, granularity, **whose).json,
        queries.get_report(tabnine, START, END, granularity, **whose).json,
    )
    assert newer["usage"].pop("data") == [_as_v2(bucket) for bucket in older["usage"].pop("data")]
    assert newer == older


@pytest.mark.parametrize("option", ["all_only", "always", "never"])
def test_models_are_shown_with_all_always_or_never(tabnine: Client, option: str) -> None:
    tabnine.switched(v2_models=option)
    for granularity in ("all", "monthly"):
        shown = option == "always" or (option == "all_only" and granularity == "all")
        for bucket in buckets(tabnine, granularity=granularity):
            assert ("models" in bucket["chat"], "models" in bucket["agent"]) == (shown, shown)


def test_model_rows_add_up_to_their_section(tabnine: Client) -> None:
    found = set()
    for bucket in buckets(tabnine.switched(v2_models="always"), granularity="weekly"):
        for section in (bucket["chat"], bucket["agent"]):
            rows = section["models"]
            found |= {row["model"] for row in rows}
            users = [row["uniqueUsers"] for row in rows]
            assert sum(row["messages"] for row in rows) == section["messages"]
            assert max(users, default=0) <= section["activeUsers"] <= sum(users)
            assert all(row["messages"] >= row["uniqueUsers"] >= 1 for row in rows)
            assert all(min(row["inputTokens"], row["outputTokens"]) >= 1 for row in rows)
    assert len(found) == 3
    [idle] = buckets(tabnine.switched(), **{"from": "2021-01-01T00:00:00Z", "to": "2021-02-01T00:00:00Z"})
    assert (idle["chat"]["models"], idle["agent"]["models"]) == ([], [])


def test_messages_are_interactions_or_those_of_users(tabnine: Client) -> None:
    before = buckets(tabnine.switched(v2_models="always"), granularity="monthly")
    after = buckets(tabnine.switched(v2_models="always", v2_messages="user_initiated"), granularity="monthly")
    for first, second in zip(before, after, strict=True):
        assert 0 < second["agent"]["messages"] < first["agent"]["messages"]
        assert sum(row["messages"] for row in second["agent"]["models"]) == second["agent"]["messages"]
        assert second["chat"] == first["chat"]
    without = buckets(tabnine.switched(v2_models="never", v2_messages="user_initiated"), granularity="monthly")
    assert [each["agent"]["messages"] for each in without] == [each["agent"]["messages"] for each in after]


def test_editors_and_languages_are_shown_for_a_user(tabnine: Client) -> None:
    user = subjects(tabnine)["user"]
    [whole] = buckets(tabnine, "user", **user)
    days = buckets(tabnine, "user", "daily", **user)
    for name, known in (("ides", EDITORS), ("languages", LANGUAGES)):
        words = whole[name].split(",")
        assert words == sorted(set(words))
        assert set(words) <= set(known)
        assert {word for day in days for word in day.get(name, "").split(",") if word} == set(words)
        assert {bool(day["activeUsers"]) for day in days if name in day} == {True}
        assert {bool(day["activeUsers"]) for day in days if name not in day} == {False}
    assert all(day["ides"] is None for day in buckets(tabnine.switched(v2_dimensions="null"), "user", "daily", **user))
    assert not any("ides" in day for day in buckets(tabnine.switched(v2_dimensions="absent"), "user", "daily", **user))
    assert "ides" not in buckets(tabnine.switched(), "team", **subjects(tabnine)["team"])[0]


def test_editors_of_a_time_before_the_history_are_left_out(tabnine: Client) -> None:
    span = {"from": "2001-01-01T00:00:00Z", "to": "2001-03-01T00:00:00Z"}
    months = buckets(tabnine, "user", "monthly", **subjects(tabnine)["user"], **span)
    assert [set(month) & {"ides", "languages"} for month in months] == [set(), set()]


@pytest.mark.parametrize("status", [403, 404, 401])
@pytest.mark.parametrize("path", ["/api/v2/{}/usage", "/{}/agent-usage"])
def test_unknown_id_has_the_status_of_the_switch(tabnine: Client, path: str, status: int) -> None:
    tabnine.switched(unknown_id=str(status))
    for kind in ("team", "user"):
        whole = {"organizationId": queries.organization(tabnine), **queries.span(START, END[:19] + "Z")}
        answer = tabnine.get(path.format(kind), {**whole, f"{kind}Id": "nobody"})
        assert (answer.status, answer.json["error"]["status"]) == (status, status)
        assert answer.message.endswith(f"there is no {kind} 'nobody'")


@pytest.mark.parametrize("path", ["/api/v2/{}/usage", "/{}/agent-usage"])
def test_unknown_id_can_have_the_usage_of_nobody(tabnine: Client, path: str) -> None:
    tabnine.switched(unknown_id="zeros")
    for kind in ("team", "user"):
        whole = {"organizationId": queries.organization(tabnine), **queries.span(START, END[:19] + "Z")}
        body = tabnine.got(path.format(kind), **{**whole, f"{kind}Id": queries.UNKNOWN})
        assert body[f"{kind}Id"] == queries.UNKNOWN
        assert [bucket["activeUsers"] for bucket in body["usage"]["data"]] == [0]
        assert queries.added(body["usage"]["data"]) == {}


@pytest.mark.parametrize("path", ["/organization/usage", "/api/v2/organization/usage", "/organization/agent-usage"])
def test_bucket_of_all_can_have_the_end_twice(tabnine: Client, path: str) -> None:
    whole = {"organizationId": queries.organization(tabnine), **queries.span(START, END)}
    requested, ended = tabnine.got(path, **whole), tabnine.switched(all_bucket="end").got(path, **whole)
    [before], [after] = requested["usage"]["data"], ended["usage"]["data"]
    assert (before["from"], before["to"], after["from"], after["to"]) == (START, END, END, END)
    assert {**before, "from": END} == after
    assert ended["from"] == START


SHORT = {"day": "daily", "week": "weekly", "month": "monthly"}


@pytest.mark.parametrize("path", ["/organization/usage", "/api/v2/organization/usage", "/organization/agent-usage"])
def test_short_granularities_can_be_accepted(tabnine: Client, path: str) -> None:
    for short, long in SHORT.items():
        whole = {"organizationId": queries.organization(tabnine), **queries.span(START, END, short)}
        assert tabnine.switched().get(path, whole).status == 400
        body = tabnine.switched(short_granularities="accept").got(path, **whole)
        assert body["usage"]["granularity"] == short
        assert body["usage"]["data"] == tabnine.got(path, **{**whole, "granularity": long})["usage"]["data"]


def test_short_granularity_has_the_same_longest_range(tabnine: Client) -> None:
    span = {"from": "2001-01-01T00:00:00Z", "granularity": "day"}
    answer = report(tabnine.switched(short_granularities="accept"), **span)
    assert answer.faults[0].startswith("to: Expected a range of at most 4000 daily buckets")


def test_v2_needs_every_parameter(tabnine: Client) -> None:
    answer = tabnine.get("/api/v2/user/usage")
    names = ("organizationId", "from", "to", "granularity", "userId")
    assert (answer.status, answer.faults) == (400, [f"{name}: Required" for name in names])


def test_empty_buckets_can_be_omitted_in_v2(tabnine: Client) -> None:
    user = subjects(tabnine)["user"]
    days = buckets(tabnine, "user", "daily", **user)
    shown = buckets(tabnine.switched(empty_buckets="omitted"), "user", "daily", **user)
    assert shown == [day for day in days if day["activeUsers"]]
    assert 0 < len(shown) < len(days)
    everybody = buckets(tabnine.switched(v2_models="always"), granularity="daily")
    tabnine.switched(v2_models="always", empty_buckets="omitted")
    assert buckets(tabnine, granularity="daily") == [day for day in everybody if day["activeUsers"]]


@pytest.mark.parametrize("everywhere", ["yes", "no"])
@pytest.mark.parametrize("path", ["/api/v2/organization/usage", "/organization/agent-usage"])
def test_token_without_permission_is_403_at_newer_endpoints(tabnine: Client, path: str, everywhere: str) -> None:
    tabnine.switched(forbidden_everywhere=everywhere)
    assert tabnine.bearing("Bearer mock-tabnine-acme-forbidden").get(path).status == 403


def test_foreign_organization_is_refused_in_v2(tabnine: Client) -> None:
    answer = report(tabnine, organizationId="another")
    assert (answer.status, answer.message) == (401, "Unauthorized: Invalid organization.")


def test_model_ids_differ_between_organizations(tabnine: Client, opened: Callable[[str], Client]) -> None:
    ids = [{row["model"] for row in buckets(client)[0]["chat"]["models"]} for client in (tabnine, opened("initech"))]
    assert not ids[0] & ids[1]
