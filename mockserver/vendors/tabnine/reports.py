"""From facts to Tabnine's numbers: usage in buckets, people and accounts as they were at an instant, seats.

HTTP stays out, and so do JSON keys; instants are whole seconds since 1970-01-01T00:00:00Z.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

import numpy as np

from mockserver.simulation.accounts import Table
from mockserver.simulation.calendar import month_after, week_of
from mockserver.simulation.chance import I64
from mockserver.simulation.instants import DAY, Instant, day_of, midnight, seconds, written
from mockserver.simulation.organization import Product
from mockserver.simulation.people import ROLES
from mockserver.simulation.tabnine import COUNTERS, SECTIONS
from mockserver.simulation.tabnine_ranges import Totals
from mockserver.simulation.world import World
from mockserver.vendors.tabnine import policy

_LAST_MONTH = date.max.replace(day=1)
_AGENT = tuple(name for name in COUNTERS if name.startswith("agent_"))
_NOTHING = Totals((0,) * len(COUNTERS), (0,) * len(SECTIONS), 0)

Count = Callable[[Sequence[int]], list[Totals]]
"""What tells the totals between each two of some ascending seconds: of everybody, a team, or a user."""


def epoch(now: datetime, values: Mapping[str, str | int]) -> Hashable:  # noqa: ARG001 (as every vendor's)
    """What of the moment an answer depends on: the second, since today's data come in as the day goes."""
    return seconds(now)


def stamp(instant: datetime) -> str:
    """The present as this vendor would write it."""
    return written(seconds(instant))


@dataclass(frozen=True, slots=True)
class Organization:
    """The organisation, as far as it is not the same for all."""

    id: UUID
    name: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A team, and how many users it has, deactivated ones among them."""

    id: UUID
    name: str
    users: int = 0
    default: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """A user; instants as written, None where a thing has not happened."""

    id: UUID
    organization_id: UUID
    username: str | None
    email: str | None
    role: str
    verified: bool
    created: str
    updated: str | None
    deactivated: str | None
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


Numbers = Mapping[str, int | float | None]
"""Counters, users and ratios by name; None for a ratio that is undefined."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was done from an instant to another, as written: distinct users, and the numbers of each section."""

    start: str
    end: str
    users: int
    productivity_factor: float | None
    code_completions: Numbers
    chat: Numbers
    instruct: Numbers
    agent: Numbers

    @property
    def empty(self) -> bool:
        """Whether nothing was done."""
        sections = (self.code_completions, self.chat, self.instruct, self.agent)
        return not any(number for section in sections for number in section.values())


def organization(world: World) -> Organization:
    """The organisation."""
    stated = world.organization
    return Organization(world.identities.organization_id, stated.name, (stated.domain,))


def teams(world: World, now: datetime) -> list[Team]:
    """The teams, by name."""
    table = world.tabnine_accounts.table
    mine = table.team[table.known(seconds(now)) & (table.team >= 0)]
    users = np.bincount(mine, minlength=len(world.organization.teams)).tolist()
    found = [
        Team(world.identities.team_id_of(place), team.name, users[place], team.default)
        for place, team in enumerate(world.organization.teams)
    ]
    return sorted(found, key=lambda team: team.name)


def team_place(world: World, identifier: str) -> int | None:
    """The place of the team with an id; None for no team's."""
    places = range(len(world.organization.teams))
    return next((place for place in places if str(world.identities.team_id_of(place)) == identifier), None)


def team_name(world: World, place: int) -> str:
    """The name of a team."""
    return world.organization.teams[place].name


def team_counts(world: World, now: datetime, place: int) -> TeamCounts:
    """The accounts of a team, counted now."""
    table, instant = world.tabnine_accounts.table, seconds(now)
    mine = table.team == place
    active = int((mine & table.active(instant)).sum())
    known = int((mine & table.known(instant)).sum())
    return TeamCounts(active, known - active, int((mine & table.pending(instant)).sum()))


def users(world: World, now: datetime, *, team_member: bool | None, active: bool | None) -> I64:
    """The places in the accounts' table of the users that pass the filters, ascending by id."""
    table, instant = world.tabnine_accounts.table, seconds(now)
    chosen = table.known(instant)
    if team_member is not None:
        chosen &= (table.team >= 0) == team_member
    if active is not None:
        chosen &= table.active(instant) == active
    return np.flatnonzero(chosen)


def team_users(world: World, now: datetime, place: int) -> I64:
    """The places in the accounts' table of a team's users, ascending by id."""
    table = world.tabnine_accounts.table
    return np.flatnonzero(table.known(seconds(now)) & (table.team == place))


def user_rows(world: World, now: datetime, places: I64) -> list[User]:
    """The users at some places of the accounts' table."""
    table, instant = world.tabnine_accounts.table, seconds(now)
    return [_user(world, table, instant, place) for place in places.tolist()]


def user_account(world: World, now: datetime, identifier: str) -> Table | None:
    """The account of the user with an id, alone; None for nobody's, and for whoever is still to come."""
    index = world.identities.index_of(identifier)
    if index is None:
        return None
    account = world.tabnine_accounts.of(index)
    return account if account.known(seconds(now)).any() else None


def user(world: World, now: datetime, account: Table) -> User:
    """The user with an account."""
    return _user(world, account, seconds(now), 0)


def _user(world: World, table: Table, now: int, place: int) -> User:
    who = world.identities.of(int(table.index[place]))
    happened = [int(each[place]) for each in (table.changed, table.deactivated) if each[place] <= now]
    team = int(table.team[place])
    return User(
        id=who.id,
        organization_id=world.identities.organization_id,
        username=who.email,
        email=who.email,
        role=ROLES[int(table.role[place])],
        verified=bool(table.verified[place]),
        created=written(int(table.registered[place])),
        updated=written(max(happened)) if happened else None,
        deactivated=written(int(table.deactivated[place])) if table.deactivated[place] <= now else None,
        team=Team(world.identities.team_id_of(team), team_name(world, team)) if team >= 0 else None,
    )


def permissions(world: World, now: datetime, role: str) -> list[User]:
    """The users who have a role and are not deactivated."""
    table = world.tabnine_accounts.table
    chosen = table.active(seconds(now)) & (table.role == [str(each) for each in ROLES].index(role))
    return user_rows(world, now, np.flatnonzero(chosen))


def license_terms(world: World, now: datetime) -> License:
    """The license in force: issued on the last anniversary of the first day of use, for a year."""
    adoption = world.organization.adoption.get(Product.TABNINE)
    starts = adoption.starts if adoption else world.organization.first_day
    issued = _anniversary(starts, now.year)
    if issued > now.date():
        issued = _anniversary(starts, now.year - 1)
    expires = _anniversary(starts, issued.year + 1)
    ever = len(world.tabnine_accounts.table.index)
    seats = max((adoption.seats if adoption else None) or 0, ever)
    return License(midnight(issued), midnight(expires), seats, seats, world.organization.domain)


def _anniversary(day: date, year: int) -> date:
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def first_month(world: World, now: datetime, asked: date | None, count: int) -> date | None:
    """The first month to tell: as asked or `count` back, none before the organisation's; None for the future."""
    present = now.date().replace(day=1)
    if asked is not None and asked > present:
        return None
    first = month_after(present, 1 - count) if asked is None else asked
    return min(max(first, world.organization.first_day.replace(day=1)), present)


def months(world: World, now: datetime, first: date) -> list[MonthCounts]:
    """Accounts month by month, from a month to the present one, whose end is now."""
    table, present = world.tabnine_accounts.table, seconds(now) + 1
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


def everybody(world: World) -> Count:
    """What counts the whole organisation."""
    return world.tabnine_ranges.everybody


def of_team(world: World, place: int) -> Count:
    """What counts a team."""
    table = world.tabnine_accounts.table
    index = table.index[table.team == place]
    return lambda cuts: world.tabnine_ranges.members(index, cuts)


def of_user(world: World, account: Table) -> Count:
    """What counts one user."""
    return lambda cuts: world.tabnine_ranges.members(account.index, cuts)


def usage(world: World, start: Instant, end: Instant, granularity: str, now: datetime, count: Count) -> list[Bucket]:
    """The buckets of a range, ascending; the future is empty. A long range has no buckets outside the history."""
    history = midnight(world.organization.first_day), seconds(now)
    edges = _edges(start, end, granularity, history)
    totals = _totals([second for second, _ in edges], history[1] + 1, count)
    labels = pairwise(label for _, label in edges)
    return [_bucket(*label, total) for label, total in zip(labels, totals, strict=True)]


def _edges(start: Instant, end: Instant, granularity: str, history: tuple[int, int]) -> list[tuple[int, str]]:
    """Where a range begins, is cut by the calendar, and ends: the second from which on facts count, and as written."""
    if granularity == "all":
        return [(start.ceiling, start.text), (end.ceiling, end.text)]
    opening, closing = (start.ceiling, start.written), (end.ceiling, end.written)
    first, last = start.second, end.ceiling
    if (last - first) // policy.GRANULARITIES[granularity] > policy.BUCKETS_MAXIMUM:
        oldest, newest = _beginning(history[0], granularity), _following(history[1], granularity)
        if first < oldest:
            first, opening = oldest, (oldest, written(oldest))
        if newest < last:
            last, closing = newest, (newest, written(newest))
    inner, cut = [], _following(first, granularity)
    while cut < last:
        inner.append((cut, written(cut)))
        cut = _following(cut, granularity)
    return [opening, *inner, closing] if first < last else []


def _beginning(second: int, granularity: str) -> int:
    """The first second of the day, week or month in which a second lies."""
    day = day_of(second)
    if granularity == "monthly":
        return midnight(day.replace(day=1))
    return midnight(week_of(day)) if granularity == "weekly" else midnight(day)


def _following(second: int, granularity: str) -> int:
    """The first second of the next day, week or month."""
    begun = _beginning(second, granularity)
    if granularity == "monthly":
        month = day_of(begun)
        return midnight(month_after(month)) if month < _LAST_MONTH else midnight(date.max) + DAY
    return begun + (7 * DAY if granularity == "weekly" else DAY)


def _totals(cuts: list[int], present: int, count: Count) -> list[Totals]:
    past = [cut for cut in cuts if cut < present]
    counted = count([*past, min(cuts[len(past)], present)] if len(past) < len(cuts) else past) if past else []
    return counted + [_NOTHING] * (len(cuts) - 1 - len(counted))


def _bucket(start: str, end: str, totals: Totals) -> Bucket:
    sums = dict(zip(COUNTERS, totals.sums, strict=True))
    completers, chatters, agents = totals.users
    chars, typed = sums["completion_chars"], sums["keystrokes"]
    brought = chars + sums["chat_chars"]
    return Bucket(
        start,
        end,
        totals.anybody,
        _ratio(brought, brought + typed),
        code_completions={
            "users": completers,
            **_part(sums, "completions", "completion_chars", "keystrokes", "completion_lines"),
            "automation_factor": _ratio(chars, chars + typed),
        },
        chat={
            "users": chatters,
            **_part(sums, "chat_interactions", "chat_useful", "chat_lines", "chat_chars"),
            "consumption_rate": _ratio(sums["chat_useful"], sums["chat_interactions"]),
        },
        instruct=_part(sums, "instruct_accepted"),
        agent={"users": agents, **_part(sums, *_AGENT)},
    )


def _part(sums: Mapping[str, int], *names: str) -> dict[str, int]:
    return {name: sums[name] for name in names}


def _ratio(part: int, whole: int) -> float | None:
    """To three decimals, halves up, reckoned in whole thousandths; None where it would divide by 0."""
    return (2000 * part + whole) // (2 * whole) / 1000 if whole else None
