"""Teams, users and roles, and how a user is there over time (contract, sections 5 and 6)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.contract.client import Client
from tests.vendors.tabnine import queries

FILTERS = ("teamMember", "active")
NO_BOOLEANS = ("TRUE", "True", "1", "0", "yes", "", " true", "null", "true\0", "t" * 1_000)


def _named(client: Client, email: str) -> list[dict[str, object]]:
    return [user for user in queries.users(client) if user["email"] == email]


@pytest.mark.parametrize("organization", ["acme", "initech", "empty", "documented"])
def test_exactly_one_team_is_the_default(opened: Callable[[str], Client], organization: str) -> None:
    teams = queries.teams(opened(organization))
    assert [team["isDefaultTeam"] for team in teams].count(True) == 1
    assert [set(team) for team in teams] == [{"id", "name", "usersCount", "isDefaultTeam"}] * len(teams)


def test_empty_team_is_listed_without_users(opened: Callable[[str], Client]) -> None:
    client = opened("empty")
    [team] = [team for team in queries.teams(client) if team["name"] == "Nobody"]
    assert team["usersCount"] == 0
    assert queries.team_users(client, team["id"]) == []
    assert client.got("/team/account-utilizations", teamId=team["id"]) == {
        "registered": 0,
        "deactivated": 0,
        "invited": 0,
    }
    assert queries.bucket(client, "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z", teamId=team["id"])["activeUsers"] == 0


def test_user_row_has_the_documented_keys(tabnine: Client) -> None:
    keys = {"id", "username", "email", "role", "verified", "deactivatedAt", "updatedAt"}
    assert {frozenset(user) for user in queries.users(tabnine)} == {frozenset(keys)}


@pytest.mark.parametrize("value", NO_BOOLEANS)
@pytest.mark.parametrize("name", FILTERS)
def test_filter_must_be_true_or_false(tabnine: Client, name: str, value: str) -> None:
    answer = tabnine.get("/organization/users", {"offset": "0", "limit": "1", name: value})
    assert answer.status == 400
    assert [fault.partition(",")[0] for fault in answer.faults] == [f"{name}: Expected 'true' | 'false'"]
    assert len(answer.body) < 300


def test_filters_split_the_users_in_two(initech: Client) -> None:
    everybody = queries.users(initech)
    for name in FILTERS:
        parts = [queries.users(initech, **{name: value}) for value in ("true", "false")]
        assert all(parts)
        assert sorted(user["id"] for part in parts for user in part) == [user["id"] for user in everybody]
    both = queries.users(initech, teamMember="false", active="true")
    assert both == [user for user in queries.users(initech, active="true") if not _team(initech, str(user["id"]))]


def _team(client: Client, user: str) -> dict[str, str]:
    found: dict[str, str] = client.got(f"/user/{user}")["teams"]
    return found


def test_active_users_have_no_deactivation(initech: Client) -> None:
    for value, there in (("true", False), ("false", True)):
        assert {user["deactivatedAt"] is not None for user in queries.users(initech, active=value)} == {there}


def test_deactivation_is_the_last_change_of_an_account(initech: Client) -> None:
    """Some of those who left had been changed before, as their rows showed then."""
    gone = {user["id"]: user for user in queries.users(initech.at("2031-01-01T00:00:00Z"), active="false")}
    assert all(user["updatedAt"] == user["deactivatedAt"] for user in gone.values())
    before = [user for user in queries.users(initech.at("2026-01-01T00:00:00Z")) if user["id"] in gone]
    created = {user["id"]: initech.got(f"/user/{user['id']}")["user"]["createdAt"] for user in before}
    changed = [user for user in before if user["updatedAt"] > created[user["id"]] and not user["deactivatedAt"]]
    assert changed
    assert all(user["updatedAt"] < gone[user["id"]]["updatedAt"] for user in changed)


def test_both_filters_can_be_required(tabnine: Client) -> None:
    tabnine.switched(strict_user_filters="yes")
    page = {"offset": "0", "limit": "1"}
    assert tabnine.get("/organization/users", page).faults == ["teamMember: Required", "active: Required"]
    assert tabnine.get("/organization/users", page | {"active": "true"}).faults == ["teamMember: Required"]
    assert tabnine.get("/organization/users", page | {"active": "true", "teamMember": "false"}).status == 200
    team = queries.teams(tabnine)[0]["id"]
    assert tabnine.get(f"/team/{team}/users", page).status == 200


def test_user_agrees_with_the_lists(initech: Client) -> None:
    own = queries.organization(initech)
    teams = {team["id"]: team["name"] for team in queries.teams(initech)}
    members = {user["id"]: team for team in teams for user in queries.team_users(initech, team)}
    for row in queries.users(initech)[:40]:
        result = initech.got(f"/user/{row['id']}")
        user, team = result["user"], members.get(row["id"])
        assert result["teams"] == ({"team_id": team, "team_name": teams[team]} if team else {})
        assert (user["user_id"], user["organization_id"]) == (row["id"], own)
        assert (user["email"], user["role"]) == (row["email"], row["role"])
        assert user["createdAt"] <= user["updatedAt"] == row["updatedAt"]


def test_unchanged_user_was_updated_when_created(tabnine: Client) -> None:
    unchanged = [
        row
        for row in queries.users(tabnine)
        if tabnine.got(f"/user/{row['id']}")["user"]["createdAt"] == row["updatedAt"]
    ]
    assert unchanged
    assert all(row["deactivatedAt"] is None for row in unchanged)


def test_user_without_a_team_has_an_empty_object(initech: Client) -> None:
    alone = queries.users(initech, teamMember="false")
    assert alone
    assert [_team(initech, user["id"]) for user in alone] == [{}] * len(alone)


def test_team_has_its_name(tabnine: Client) -> None:
    for team in queries.teams(tabnine):
        assert tabnine.got(f"/team/{team['id']}") == {"id": team["id"], "name": team["name"]}


@pytest.mark.parametrize("role", ["Admin", "Manager", "TeamLead", "Member"])
def test_permissions_list_active_users_with_the_role(initech: Client, role: str) -> None:
    own = queries.organization(initech)
    expected = [user for user in queries.users(initech, active="true") if user["role"] == role]
    assert expected
    assert initech.got("/instance/permissions", role=role) == [
        {"username": user["username"], "organizationId": own} for user in expected
    ]


@pytest.mark.parametrize("role", ["", "admin", "Owner", "Admin ", "Admin,Member", "\0", "x" * 5_000])
def test_unknown_role_is_400_or_nobodys(tabnine: Client, role: str) -> None:
    answer = tabnine.get("/instance/permissions", {"role": role})
    assert answer.status == 400
    assert answer.faults[0].startswith("role: Invalid enum value. Expected 'Member' | 'TeamLead' | 'Manager' | 'Admin'")
    assert len(answer.body) < 400
    tabnine.switched(unknown_role="nobody")
    assert tabnine.got("/instance/permissions", role=role) == []
    assert tabnine.got("/instance/permissions", role="Admin")


REQUIRED = ["id", "username", "email", "role", "verified"]


def test_rows_of_users_can_be_those_of_the_newest_file(tabnine: Client, initech: Client) -> None:
    for client in (tabnine, initech):
        client.switched(user_rows="later")
        for row in queries.users(client):
            assert list(row) == [*REQUIRED, "deactivatedAt", "updatedAt", "team"]
            team = client.got(f"/user/{row['id']}")["teams"]
            assert row["team"] == ({"id": team["team_id"], "name": team["team_name"]} if team else None)
        for team in queries.teams(client):
            assert all(list(row) == REQUIRED for row in queries.team_users(client, team["id"]))
    assert any(row["team"] is None for row in queries.users(initech))


def test_later_fields_are_shown_by_a_switch(tabnine: Client) -> None:
    first, plain = tabnine.got("/organization"), queries.teams(tabnine)
    tabnine.switched(later_fields="present")
    assert tabnine.got("/organization") == {**first, "oauthEnabled": False}
    rows = queries.teams(tabnine)
    pending = [tabnine.got("/team/account-utilizations", teamId=row["id"])["invited"] for row in rows]
    assert rows == [
        {**row, "organizationId": first["id"], "syncedGroupId": None, "pendingInvitationsCount": invited}
        for row, invited in zip(plain, pending, strict=True)
    ]


GUSTAV = "gustav@acme.example"


def test_deactivated_user_stays_in_the_team(tabnine: Client) -> None:
    """The file has him leave on 2025-10-11; his account goes in the first hours of that day."""
    [before] = _named(tabnine.at("2025-10-10T23:59:59Z"), GUSTAV)
    assert before["deactivatedAt"] is None
    [after] = _named(tabnine.at("2025-10-11T07:00:00Z"), GUSTAV)
    assert str(after["deactivatedAt"]).startswith("2025-10-11T0")
    assert after["updatedAt"] == after["deactivatedAt"]
    team = _team(tabnine, str(after["id"]))["team_id"]
    assert after in queries.team_users(tabnine, team)
    assert after in queries.users(tabnine, active="false")
    assert GUSTAV not in [row["username"] for row in tabnine.got("/instance/permissions", role="Member")]


def test_deactivation_holds_from_its_second_on(tabnine: Client) -> None:
    [gone] = _named(tabnine, GUSTAV)
    second = datetime.fromisoformat(str(gone["deactivatedAt"]))
    assert _named(tabnine.at(second.isoformat()), GUSTAV) == [gone]
    [before] = _named(tabnine.at((second - timedelta(microseconds=1)).isoformat()), GUSTAV)
    assert before["deactivatedAt"] is None


def test_future_user_is_unknown_everywhere(tabnine: Client) -> None:
    [wanjiru] = _named(tabnine.at("2026-04-01T00:00:00Z"), "wanjiru@acme.example")
    identifier = str(wanjiru["id"])
    assert tabnine.get(f"/user/{identifier}").status == 200
    tabnine.at(queries.NOW)
    assert _named(tabnine, "wanjiru@acme.example") == []
    assert tabnine.get(f"/user/{identifier}").status == 404
    answer = queries.get_report(tabnine, "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z", userId=identifier)
    assert answer.status == 404


def test_only_licensed_people_are_users(tabnine: Client, initech: Client) -> None:
    assert _named(initech, "paper.only@initech.example") == []
    assert [user for user in queries.users(tabnine) if "bot" in user["username"]] == []
    assert _named(tabnine, "olena@acme.example")


def test_addresses_are_served_as_written(initech: Client) -> None:
    emails = {user["email"] for user in queries.users(initech)}
    assert {"Siobhan.O'Brien@Initech.Example", "nikos@INITECH.example", "BOB.P@consultants.example"} <= emails
