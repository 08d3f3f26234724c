"""Tests of Tabnine's invariants: what a violation names, and where there is nothing to check."""

from dataclasses import replace
from pathlib import Path

import pytest

from mockserver import server
from mockserver.app import create_app
from mockserver.audit import reader
from mockserver.client import Client
from mockserver.vendors.tabnine.invariants import first, newer
from tests.audit.conftest import client, url  # noqa: F401 (fixtures)
from tests.conftest import SETTINGS
from tests.contract.audits import audit, failed
from tests.contract.watch import Watch


def test_violation_names_the_team_and_both_numbers(client: Client) -> None:  # noqa: F811 (a fixture)
    detail = audit(client, "team-too-large", groups=("tabnine",))["tabnine-teams-count-users"].detail
    assert detail.startswith("team Data: usersCount and rows of the users list are 7")


def test_sample_states_its_limits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(reader, "PAGES", 9)
    monkeypatch.setattr(first, "USERS", -1)
    results = audit(client, groups=("tabnine",))
    assert results["tabnine-team-is-its-users"].detail == "the smallest team has more than -1 users; --full reads each"
    assert results["tabnine-organization-is-its-teams"].outcome == "not applicable"
    assert {each.outcome for each in audit(client, groups=("tabnine",), full=True).values()} == {"passed"}


def test_teams_without_users_leave_nothing_to_check(
    client: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(first, "_listed", lambda *_, **__: [])
    results = audit(client, groups=("tabnine",))
    for name in ("tabnine-team-is-its-users", "tabnine-user-matches-the-list"):
        assert results[name].detail == "no team has users"


def test_users_without_a_team_are_fetched_one_by_one(client: Client) -> None:  # noqa: F811
    result = audit(client, "user-without-completions", groups=("tabnine",))["tabnine-organization-is-its-teams"]
    assert (result.outcome, "teams and users without one" in result.detail) == ("failed", True)


def test_invariants_hold_under_other_options(client: Client) -> None:  # noqa: F811
    options = {"usage_sections": "first", "empty_buckets": "omitted", "strict_user_filters": "yes"}
    client.policy.update({"tabnine": options})
    assert failed(client, groups=("tabnine",)) == set()


NOT_APPLICABLE = {
    "v2 without models": (
        {"v2_models": "never"},
        {"tabnine-models-are-their-section", "tabnine-types-are-the-agents-models"},
    ),
    "agent usage without types": (
        {"agent_usage_sections": "first"},
        {"tabnine-types-are-the-agents-models", "tabnine-types-within-bounds"},
    ),
    "v1 that has ended": ({"legacy": "v1_ends", "legacy_cutoff": "2025-10-16T00:00:00Z"}, {"tabnine-v2-is-v1"}),
    "a split history": (
        {"legacy": "split", "legacy_cutoff": "2025-10-16T00:00:00Z"},
        {"tabnine-v2-is-v1", "tabnine-agent-usage-is-v2s", "tabnine-types-are-the-agents-models"},
    ),
    "user messages": ({"v2_messages": "user_initiated"}, set()),
    "cents": ({"cost_decimals": "2"}, set()),
    "chat in agent usage": ({"agent_usage_scope": "agent_and_chat"}, set()),
    "no empty buckets": ({"empty_buckets": "omitted"}, set()),
    "two sections": ({"usage_sections": "first"}, set()),
}


@pytest.mark.parametrize(("options", "names"), NOT_APPLICABLE.values(), ids=NOT_APPLICABLE)
def test_newer_invariants_hold_or_do_not_apply(
    client: Client,  # noqa: F811
    options: dict[str, str],
    names: set[str],
) -> None:
    client.policy.update({"tabnine": options})
    results = audit(client, groups=("tabnine",))
    newer_names = {each.name for each in newer.INVARIANTS}
    outcomes = {name: result.outcome for name, result in results.items() if name in newer_names}
    assert {name for name, outcome in outcomes.items() if outcome == "not applicable"} == names
    assert "failed" not in outcomes.values()


def test_agent_invariants_do_not_apply_without_a_license(tmp_path: Path) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text("slug: plain\nname: Plain\npeople: 30\ntabnine_agent: false\n", encoding="utf-8")
    app = create_app(replace(SETTINGS, organization_file=file))
    with server.in_thread(app) as running, Client(running.url) as other:
        results = audit(other, groups=("tabnine",))
        details = {result.detail for result in results.values() if result.outcome == "not applicable"}
        assert "the license does not include the agent" in details
        assert {result.outcome for result in results.values()} == {"passed", "not applicable"}


def test_other_refusal_of_agent_usage_is_no_exemption(client: Client) -> None:  # noqa: F811
    client.faults.add({"operation": "getOrganizationAgentUsage", "effect": {"status": 500}})
    result = audit(client, groups=("tabnine",))["tabnine-tokens-add-up"]
    assert (result.outcome, "returned 500" in result.detail) == ("failed", True)


def test_users_without_a_team_limit_the_sample_of_v2(
    client: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(newer, "USERS", -1)
    result = audit(client, groups=("tabnine",))["tabnine-v2-organization-is-its-teams"]
    assert result.detail == "more than -1 users are in no team; --full reads each"


def test_negative_number_is_reported_with_its_day(client: Client, watch: Watch) -> None:  # noqa: F811
    result = audit(client, "negative-keystrokes", groups=("tabnine",))["tabnine-nothing-negative"]
    assert result.detail.startswith("keystrokes of ")
    assert watch.take()
