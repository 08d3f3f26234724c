"""Accounts at a moment: the organization, its teams, users and seats.

What people did is in `usage`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np

from mockserver.products.tabnine import PRODUCT, ROLES
from mockserver.products.world import World
from mockserver.simulation.accounts import AccountTable
from mockserver.simulation.calendar import month_after
from mockserver.simulation.hashing import I64
from mockserver.simulation.presence import Mask
from mockserver.simulation.timestamps import format_all_utc, format_utc, midnight, seconds


@dataclass(frozen=True, slots=True)
class Organization:
    """The organization, without what is the same for all."""

    id: UUID
    name: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A team, and how many users it has, including deactivated ones."""

    id: UUID
    name: str
    users: int = 0
    default: bool = False


@dataclass(frozen=True, slots=True)
class Users:
    """Users by columns, one entry for each; timestamps as written, None for what has not happened."""

    id: list[str]
    organization_id: list[str]
    username: list[str]
    email: list[str]
    role: list[str]
    verified: list[bool]
    updated: list[str | None]
    deactivated: list[str | None]


@dataclass(frozen=True, slots=True)
class User:
    """A single user, with fields that the columns lack."""

    id: str
    organization_id: str
    email: str
    role: str
    created: str
    updated: str | None
    team: Team | None


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """Accounts in a month, January being 0."""

    year: int
    month: int
    registered: int
    deactivated: int
    active: int
    pending: int


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """Accounts of a team now."""

    registered: int
    deactivated: int
    invited: int


@dataclass(frozen=True, slots=True)
class License:
    """The license of the year."""

    iat: int
    exp: int
    seats: int
    cap: int
    audience: str


def organization(world: World) -> Organization:
    """The organization."""
    found = world.organization
    return Organization(world.identities.organization_id, found.name, (found.domain,))


def teams(world: World, now: datetime) -> list[Team]:
    """The teams, by name."""
    table = world.of(PRODUCT).accounts.table
    mine = table.team[table.known(seconds(now)) & (table.team >= 0)]
    users = np.bincount(mine, minlength=len(world.organization.teams)).tolist()
    found = [
        Team(world.identities.team_id_of(index), team.name, users[index], team.default)
        for index, team in enumerate(world.organization.teams)
    ]
    return sorted(found, key=lambda team: team.name)


def team_index(world: World, identifier: str) -> int | None:
    """The index of the team with an id; None for an unknown id."""
    indexes = range(len(world.organization.teams))
    return next((index for index in indexes if str(world.identities.team_id_of(index)) == identifier), None)


def team_name(world: World, index: int) -> str:
    """The name of a team."""
    return world.organization.teams[index].name


def team_counts(world: World, now: datetime, index: int) -> TeamCounts:
    """The accounts of a team, counted now."""
    table, second = world.of(PRODUCT).accounts.table, seconds(now)
    mine = table.team == index
    active = int((mine & table.active(second)).sum())
    known = int((mine & table.known(second)).sum())
    return TeamCounts(active, known - active, int((mine & table.pending(second)).sum()))


def users(world: World, now: datetime, *, team_member: bool | None, active: bool | None) -> I64:
    """The positions in the accounts' table of the users that pass the filters, ascending by id."""
    table, second = world.of(PRODUCT).accounts.table, seconds(now)
    chosen = table.known(second)
    if team_member is not None:
        chosen &= (table.team >= 0) == team_member
    if active is not None:
        chosen &= table.active(second) == active
    return np.flatnonzero(chosen)


def team_users(world: World, now: datetime, index: int) -> I64:
    """The positions in the accounts' table of a team's users, ascending by id."""
    table = world.of(PRODUCT).accounts.table
    return np.flatnonzero(table.known(seconds(now)) & (table.team == index))


def listed(world: World, now: datetime, positions: I64) -> Users:
    """The users at some positions of the accounts' table."""
    return _listed(world, world.of(PRODUCT).accounts.table, seconds(now), positions)


def _listed(world: World, table: AccountTable, now: int, positions: I64) -> Users:
    index, changed, deactivated = table.index[positions], table.changed[positions], table.deactivated[positions]
    changes, gone = changed <= now, deactivated <= now
    emails = world.identities.emails_of(index)
    return Users(
        id=world.identities.ids_of(index),
        organization_id=[str(world.identities.organization_id)] * len(index),
        username=emails,
        email=emails,
        role=[ROLES[role] for role in table.role[positions].tolist()],
        verified=table.verified[positions].tolist(),
        updated=_happened(np.maximum(np.where(changes, changed, 0), np.where(gone, deactivated, 0)), changes | gone),
        deactivated=_happened(deactivated, gone),
    )


def _happened(timestamps: I64, happened: Mask) -> list[str | None]:
    """Timestamps as written; None for what has not happened."""
    texts = format_all_utc(np.where(happened, timestamps, 0))
    return [text if has else None for text, has in zip(texts, happened.tolist(), strict=True)]


def user_account(world: World, now: datetime, identifier: str) -> AccountTable | None:
    """The account of the user with an id, alone; None for an unknown id, and for a user who is still to come."""
    index = world.identities.index_of(identifier)
    if index is None:
        return None
    account = world.of(PRODUCT).accounts.of(index)
    return account if account.known(seconds(now)).any() else None


def user(world: World, now: datetime, account: AccountTable) -> User:
    """The user of an account."""
    found = _listed(world, account, seconds(now), np.zeros(1, dtype=np.int64))
    team = int(account.team[0])
    return User(
        id=found.id[0],
        organization_id=found.organization_id[0],
        email=found.email[0],
        role=found.role[0],
        created=format_utc(int(account.registered[0])),
        updated=found.updated[0],
        team=Team(world.identities.team_id_of(team), team_name(world, team)) if team >= 0 else None,
    )


def permissions(world: World, now: datetime, role: str) -> Users:
    """The users who have a role and are not deactivated."""
    table = world.of(PRODUCT).accounts.table
    return listed(world, now, np.flatnonzero(table.active(seconds(now)) & (table.role == ROLES.index(role))))


def license_terms(world: World, now: datetime) -> License:
    """The license in force: issued on the last anniversary of the first day of use, for a year."""
    adoption = world.organization.adoption.get(PRODUCT.name)
    starts = adoption.starts if adoption else world.organization.first_day
    issued = _anniversary(starts, now.year)
    if issued > now.date():
        issued = _anniversary(starts, now.year - 1)
    expires = _anniversary(starts, issued.year + 1)
    ever = len(world.of(PRODUCT).accounts.table.index)
    seats = max((adoption.seats if adoption else None) or 0, ever)
    return License(midnight(issued), midnight(expires), seats, seats, world.organization.domain)


def _anniversary(day: date, year: int) -> date:
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def first_month(world: World, now: datetime, start: date | None, count: int) -> date | None:
    """The first month of the answer: `start` or `count` back, none before the organization's; None for the future."""
    present = now.date().replace(day=1)
    if start is not None and start > present:
        return None
    first = month_after(present, 1 - count) if start is None else start
    return min(max(first, world.organization.first_day.replace(day=1)), present)


def months(world: World, now: datetime, first: date) -> list[MonthCounts]:
    """Accounts month by month, from a month to the present one, whose end is now."""
    table, present = world.of(PRODUCT).accounts.table, seconds(now) + 1
    found: list[MonthCounts] = []
    while midnight(first) < present:
        start, following = midnight(first), month_after(first)
        last = min(midnight(following), present) - 1
        registered = table.known(last) & (table.deactivated > start)
        gone = table.known(last) & (table.deactivated <= last)
        counts = (registered, gone, table.active(last), table.pending(last))
        found.append(MonthCounts(first.year, first.month - 1, *(int(each.sum()) for each in counts)))
        first = following
    return found
