"""Tests of Tabnine's invariants: what a violation names, and where there is nothing to check."""

from typing import Any

import pytest

from mockserver.audit import reader
from mockserver.client import Client
from mockserver.vendors.tabnine import invariants
from tests.audit.conftest import client, url  # noqa: F401 (fixtures)
from tests.contract.audits import audit, failed
from tests.contract.watch import Watch


def test_violation_names_the_team_and_both_numbers(client: Client) -> None:  # noqa: F811 (a fixture)
    detail = audit(client, "team-too-large", groups=("tabnine",))["tabnine-teams-count-users"].detail
    assert detail.startswith("team Data: usersCount and rows of the users list are 7")


def test_sample_states_its_limits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(reader, "PAGES", 9)
    monkeypatch.setattr(invariants, "USERS", -1)
    results = audit(client, groups=("tabnine",))
    assert results["tabnine-team-is-its-users"].detail == "the smallest team has more than -1 users; --full reads each"
    assert results["tabnine-organization-is-its-teams"].outcome == "not applicable"
    assert {each.outcome for each in audit(client, groups=("tabnine",), full=True).values()} == {"passed"}


def test_teams_without_users_leave_nothing_to_check(
    client: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(invariants, "_listed", lambda *_, **__: [])
    results = audit(client, groups=("tabnine",))
    for name in ("tabnine-team-is-its-users", "tabnine-user-matches-the-list"):
        assert results[name].detail == "no team has users"


def test_users_without_a_team_are_fetched_one_by_one(
    client: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    users: Any = invariants._users  # noqa: SLF001 (at acme everybody has a team)
    monkeypatch.setattr(invariants, "_users", lambda read, *_: users(read)[:1])
    result = audit(client, groups=("tabnine",))["tabnine-organization-is-its-teams"]
    assert (result.outcome, "teams and users without one" in result.detail) == ("failed", True)


def test_invariants_hold_under_other_options(client: Client) -> None:  # noqa: F811
    options = {"usage_sections": "first", "empty_buckets": "omitted", "strict_user_filters": "yes"}
    client.policy.update({"tabnine": options})
    assert failed(client, groups=("tabnine",)) == set()


def test_negative_number_is_reported_with_its_day(client: Client, watch: Watch) -> None:  # noqa: F811
    result = audit(client, "negative-keystrokes", groups=("tabnine",))["tabnine-nothing-negative"]
    assert result.detail.startswith("keystrokes of ")
    assert watch.take()
