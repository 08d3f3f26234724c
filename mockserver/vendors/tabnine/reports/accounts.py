"""Accounts at a moment: the organization's teams, users and seats."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np

from mockserver.products.tabnine import PRODUCT, ROLES
from mockserver.products.world import World
from mockserver.simulation import calendar_periods
from mockserver.simulation.accounts import AccountTable
from mockserver.simulation.calendar import month_after
from mockserver.simulation.calendar_periods import CalendarPeriod
from mockserver.simulation.hashing import I64
from mockserver.simulation.presence import Mask
from mockserver.simulation.timestamps import format_all_utc, midnight, seconds
from mockserver.vendors.tabnine import policy


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team, how many users it has, including deactivated ones, and how many invitations are open."""

    id: UUID
    name: str
    users: int
    default: bool
    organization_id: UUID
    pending: int


@dataclass(frozen=True, slots=True)
class UserColumns:
    """Users by columns, one entry for each; timestamps as written (`registered`: in seconds), None for not yet."""

    id: list[str]
    organization_id: list[str]
    username: list[str]
    email: list[str]
    role: list[str]
    verified: list[bool]
    registered: I64
    updated: list[str | None]
    deactivated: list[str | None]
    team_index: I64
    world: World

    @property
    def team(self) -> list[dict[str, str] | None]:
        """The id and the name of each user's team; None for a user without one."""
        names = (team.name for team in self.world.organization.teams)
        ids = self.world.of(team_ids)
        known = [{"id": team_id, "name": name} for team_id, name in zip(ids, names, strict=True)]
        return [known[index] if index >= 0 else None for index in self.team_index.tolist()]

    @property
    def created(self) -> list[str]:
        """When each account was registered."""
        return format_all_utc(self.registered)

    @property
    def last_changed(self) -> list[str]:
        """When each account was updated, or else created."""
        return [updated or created for updated, created in zip(self.updated, self.created, strict=True)]


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """Accounts from a day on: `registered` at any time of a period, the others at its last second."""

    first: date
    registered: int
    deactivated: int
    active: int
    pending: int


@dataclass(frozen=True, slots=True)
class LicenseTerms:
    """The license of the year; timestamps are in seconds."""

    iat: int
    exp: int
    seats: int
    audience: str


class Directory:
    """The accounts of an organization at a moment. A position is a row of the table of all accounts."""

    def __init__(self, world: World, now: datetime) -> None:
        self._world = world
        self._today = now.date()
        self._now = seconds(now)

    @property
    def _table(self) -> AccountTable:
        return self._world.of(PRODUCT).accounts.table

    def teams(self, *, by_name: bool = True) -> list[ListedTeam]:
        """The teams, by name or in the order of the organization's file."""
        table, identities = self._table, self._world.identities
        users, pending = self._by_team(table.known(self._now)), self._by_team(table.pending(self._now))
        found = [
            ListedTeam(
                identities.team_id_of(index),
                team.name,
                users[index],
                team.default,
                identities.organization_id,
                pending[index],
            )
            for index, team in enumerate(self._world.organization.teams)
        ]
        return sorted(found, key=lambda team: team.name) if by_name else found

    def _by_team(self, chosen: Mask) -> list[int]:
        """The number of chosen accounts in each team."""
        team = self._table.team
        counts: list[int] = np.bincount(
            team[chosen & (team >= 0)], minlength=len(self._world.organization.teams)
        ).tolist()
        return counts

    def team_counts(self, team: int) -> AccountCounts:
        """The accounts of a team now."""
        return self._count(self._today, self._now, self._now, self._table.team == team)

    def months(self, start: date | None) -> list[AccountCounts]:
        """Accounts month by month, up to now: from `start` or a year back, and none before the organization's first."""
        first = month_after(self._today, 1 - policy.MONTHS_DEFAULT) if start is None else start
        first = min(max(first, self._world.organization.first_day), self._today)
        days = calendar_periods.starts(first.toordinal(), self._today.toordinal(), CalendarPeriod.MONTH)
        months = [date.fromordinal(day) for day in days]
        lasts = [min(midnight(month_after(month)) - 1, self._now) for month in months]
        return [self._count(month, midnight(month), last) for month, last in zip(months, lasts, strict=True)]

    def _count(self, day: date, first: int, last: int, chosen: Mask | np.bool_ = np.True_) -> AccountCounts:
        table = self._table
        known = table.known(last) & chosen
        counted = (
            known & (table.deactivated > first),
            known & (table.deactivated <= last),
            table.active(last) & chosen,
            table.pending(last) & chosen,
        )
        return AccountCounts(day, *(int(each.sum()) for each in counted))

    def users(
        self,
        *,
        in_team: bool | None = None,
        team: int | None = None,
        active: bool | None = None,
        role: str | None = None,
    ) -> I64:
        """The positions of the users that pass the filters (None is any), ascending by id."""
        table = self._table
        chosen = table.known(self._now)
        if in_team is not None:
            chosen &= (table.team >= 0) == in_team
        if team is not None:
            chosen &= table.team == team
        if active is not None:
            chosen &= table.active(self._now) == active
        if role is not None:
            chosen &= table.role == (ROLES.index(role) if role in ROLES else len(ROLES))
        return np.flatnonzero(chosen)

    def members_of(self, team: int) -> I64:
        """The indexes of the members who ever have an account in a team."""
        return self._table.index[np.flatnonzero(self._table.team == team)]

    def account(self, identifier: str) -> AccountTable | None:
        """The account of the user with an id, alone; None for an unknown id, and for a user who is still to come."""
        index = self._world.identities.index_of(identifier)
        if index is None:
            return None
        account = self._world.of(PRODUCT).accounts.of(index)
        return account if account.known(self._now).any() else None

    def listed(self, positions: I64 | slice, table: AccountTable | None = None) -> UserColumns:
        """The users at some positions of a table of accounts: of the table of all accounts, if none is given."""
        table = table or self._table
        index, changed, deactivated = table.index[positions], table.changed[positions], table.deactivated[positions]
        changes, gone = changed <= self._now, deactivated <= self._now
        updated = np.maximum(np.where(changes, changed, 0), np.where(gone, deactivated, 0))
        emails = self._world.identities.emails_of(index)
        return UserColumns(
            id=self._world.identities.ids_of(index),
            organization_id=[self._world.of(organization_id)] * len(index),
            username=emails,
            email=emails,
            role=[ROLES[role] for role in table.role[positions].tolist()],
            verified=table.verified[positions].tolist(),
            registered=table.registered[positions],
            updated=_happened(updated, changes | gone),
            deactivated=_happened(deactivated, gone),
            team_index=table.team[positions],
            world=self._world,
        )


def _happened(timestamps: I64, happened: Mask) -> list[str | None]:
    """Timestamps as written; None for what has not happened."""
    texts = format_all_utc(np.where(happened, timestamps, 0))
    return [text if has else None for text, has in zip(texts, happened.tolist(), strict=True)]


def organization_id(world: World) -> str:
    """The id of the organization as text."""
    return str(world.identities.organization_id)


def team_ids(world: World) -> tuple[str, ...]:
    """The ids of the teams as text, in the order of the organization's file."""
    return tuple(str(world.identities.team_id_of(index)) for index in range(len(world.organization.teams)))


def team_index(world: World, identifier: str) -> int | None:
    """The index of the team with an id; None for an unknown id."""
    known = world.of(team_ids)
    return known.index(identifier) if identifier in known else None


def license_terms(world: World, now: datetime) -> LicenseTerms:
    """The license in force: issued on the last anniversary of the first day of use, for a year."""
    adoption = world.organization.adoption.get(PRODUCT.name)
    starts = adoption.starts if adoption else world.organization.first_day
    issued = _anniversary(starts, now.year)
    if issued > now.date():
        issued = _anniversary(starts, now.year - 1)
    expires = _anniversary(starts, issued.year + 1)
    bought = adoption.seats if adoption else None
    seats = len(world.of(PRODUCT).accounts.table.index) if bought is None else bought
    return LicenseTerms(midnight(issued), midnight(expires), seats, world.organization.domain)


def _anniversary(day: date, year: int) -> date:
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
