"""Answers what must hold between Tabnine's users lists and what it tells of a user, a team and a role by themselves.

What people did stays out (`tabnine`, `tabnine_buckets`).
"""

from collections import Counter
from typing import Any

from mockserver.audit.invariant import Invariant, Violation, equal
from mockserver.audit.reader import NotApplicable, Reader
from mockserver.audit.tabnine import VENDOR, members, teams, users

_AT = "/api/v1"
_ROLES = ("Admin", "Manager", "TeamLead", "Member")
_LISTED, _DETAIL = ("id", "email", "role"), ("user_id", "email", "role")


def _detail(reader: Reader, user: str) -> Any:
    return reader.get(VENDOR, f"{_AT}/user/{user}")


def _user_tells_the_list(reader: Reader) -> None:
    some = [(team, row) for team in teams(reader) for row in members(reader, team["id"])[: None if reader.full else 1]]
    if not some:
        raise NotApplicable("no team has users")
    for team, row in some:
        told = _detail(reader, row["id"])
        for name, other in zip(_LISTED, _DETAIL, strict=True):
            equal(f"user {row['id']}", told["user"][other], row[name], f"{name} alone and in the list")
        equal(
            f"user {row['id']}", told["teams"].get("team_id"), team["id"], "the user's team and that which lists them"
        )


def _team_accounts_are_the_list(reader: Reader) -> None:
    for team in teams(reader):
        told = reader.get(VENDOR, f"{_AT}/team/account-utilizations", teamId=team["id"])
        rows = members(reader, team["id"])
        left = sum(row["deactivatedAt"] is not None for row in rows)
        equal(f"team {team['name']}", told["deactivated"], left, "deactivated accounts and users who left")
        equal(
            f"team {team['name']}", told["registered"], len(rows) - left, "registered accounts and users who are there"
        )


def _permissions_are_the_list(reader: Reader) -> None:
    there = [row for row in users(reader) if row["deactivatedAt"] is None]
    for role in _ROLES:
        told = Counter(row["username"] for row in reader.get(VENDOR, f"{_AT}/instance/permissions", role=role))
        listed = Counter(row["username"] for row in there if row["role"] == role)
        for name in sorted((told - listed) | (listed - told)):
            raise Violation(
                f"{name}: {told[name]} times {role} in the permissions, {listed[name]} times in the users list"
            )


INVARIANTS = (
    Invariant("tabnine-user-tells-the-list", "A user has the address, role and team that the lists tell.",
             "tabnine: 6", "I", _user_tells_the_list),
    Invariant("tabnine-team-accounts-are-the-list", "A team's accounts are those of its users list.",
             "tabnine: 6", "I", _team_accounts_are_the_list),
    Invariant("tabnine-permissions-are-the-list", "Each role is had by exactly the users who are listed with it.",
             "tabnine: 6", "I", _permissions_are_the_list),
)  # fmt: skip
