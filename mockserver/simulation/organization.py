"""The frozen record that an organization file is loaded into.

Loading and validating the file belongs to the `organizations` room. Products are plain names here; a product's own keys
become its `options`, which nothing here reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mockserver.simulation.clock import ClockStart

PEOPLE_MAXIMUM = 125_000
"""The most people one organization may have: ids keep 17 bits for a person's index."""

NEVER = date.max.toordinal()
"""The day ordinal that stands for "does not happen"."""

FIRST_DAY = date(2022, 1, 3)
"""The first day of an organization whose file has none."""

Options = Mapping[str, object]
"""By a product's name: the product's own record of the keys that only it has."""


class Level(StrEnum):
    """How much a person uses AI tools."""

    LIGHT = "light"
    REGULAR = "regular"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class Team:
    """A team; `weight` is its share of the people, relative to the other teams' (0: an empty team)."""

    name: str
    weight: int = 1
    parent: str | None = None
    default: bool = False


DEFAULT_TEAMS = (
    Team("Core", weight=3, default=True),
    Team("Backend", weight=5),
    Team("Frontend", weight=4),
    Team("Mobile", weight=2),
    Team("Data", weight=2),
    Team("Platform", weight=2, parent="Core"),
)


@dataclass(frozen=True, slots=True)
class Adoption:
    """How a product spreads: percentages of people, the first day of use, and the length of the ramp in days."""

    licensed_percent: int = 100
    started_percent: int = 90
    starts: date = date(2023, 1, 2)
    ramp_days: int = 180
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Levels:
    """Percentages of light and heavy users; the rest is regular."""

    light_percent: int = 30
    heavy_percent: int = 20


@dataclass(frozen=True, slots=True)
class Turnover:
    """Percentages of people who join between the organization's first day and `until`, and of people who leave.

    People leave at least 60 days after joining, within a period as long as the one in which people join.
    """

    joiners_percent: int = 30
    leavers_percent: int = 20
    until: date = date(2031, 12, 31)


@dataclass(frozen=True, slots=True)
class SpecialPerson:
    """A person whom the file describes; what is None (or empty) is generated as for everybody else.

    `team` is a team's name; `teamless` puts the person into none. `role` is a rank from 0 (the most common) up; the
    product that has roles names the ranks. `left` is the first day without the person. `licences` gives, per product,
    the first day of the licence, or None for no licence. `active_only` are the only days on which the person does
    anything at all.
    """

    email: str
    name: str | None = None
    team: str | None = None
    teamless: bool = False
    role: int | None = None
    level: Level | None = None
    joined: date | None = None
    left: date | None = None
    licences: Mapping[str, date | None] = field(default_factory=dict)
    active_only: tuple[date, ...] | None = None
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """An account without a person, working through the command line."""

    name: str
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SilentPeriod:
    """A run of days, both ends inclusive, on which nobody is active."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ExactDay:
    """A day on which exactly `users` members (people and service accounts) are active in `product`."""

    day: date
    product: str
    users: int


@dataclass(frozen=True, slots=True)
class ScriptedFact:
    """One row of facts that replaces what is generated for a member, a product and a day.

    `member` is the index of the person, or the number of people plus the index of the service account. `labels` name
    the row within the day at the product's finest grain (a language and an editor, for example); `counters` are whole
    numbers by the counter's name. A fact without counters means that the member does nothing in the product that day.
    """

    member: int
    product: str
    day: date
    labels: tuple[str, ...]
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Organization:
    """The contents of an organization file, with its defaults filled in.

    Special people have the first indexes, generated people follow. `adoption` is by product. `generated` is False where
    only scripted facts count. `role_groups` are the teams to which a client's role can be bound. `clock` is where the
    clocks of its sandboxes start, None for the wall clock.
    """

    slug: str
    name: str
    people: int
    domain: str
    seed: int = 1
    clock: ClockStart | None = None
    teams: tuple[Team, ...] = DEFAULT_TEAMS
    teamless_percent: int = 0
    first_day: date = FIRST_DAY
    service_accounts: tuple[ServiceAccount, ...] = ()
    turnover: Turnover = Turnover()
    levels: Levels = Levels()
    adoption: Mapping[str, Adoption] = field(default_factory=dict)
    profiles: tuple[str, ...] = ("Default",)
    role_groups: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()
    silent: tuple[SilentPeriod, ...] = ()
    exact: tuple[ExactDay, ...] = ()
    special: tuple[SpecialPerson, ...] = ()
    facts: tuple[ScriptedFact, ...] = ()
    generated: bool = True
    options: Options = field(default_factory=dict)

    @property
    def members(self) -> int:
        """The number of people and service accounts together; a member's index is below it, people first."""
        return self.people + len(self.service_accounts)

    def __hash__(self) -> int:
        return hash((self.slug, self.seed, self.people))
