"""Answers what an organisation is: the frozen record that an organisation file is read into.

Reading and judging the file stays out (the `organizations` room does it); so does every number of a person or a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

PEOPLE_MAXIMUM = 125_000
"""The most people one organisation may have: ids keep 17 bits for a person's index."""

NEVER = date.max.toordinal()
"""The day ordinal that stands for "does not happen"."""


class Product(StrEnum):
    """A vendor's product, as a person is licensed for it."""

    AUGMENT = "augment"
    TABNINE = "tabnine"
    JETBRAINS = "jetbrains"


class Tool(StrEnum):
    """A way of working with JetBrains AI: the five that send data, Junie in Ask mode, and whatever else spends."""

    CHAT = "aia"
    CLAUDE = "claude_code"
    COMPLETION = "code_completion"
    JUNIE = "junie"
    EDITS = "nes"
    ASK = "junie_ask"
    OTHER = "other"


class JetBrainsProgram(StrEnum):
    """A program of JetBrains that sends data from a certain version on."""

    IDE = "ide"
    ASSISTANT = "ai_assistant"
    JUNIE = "junie"


class Role(StrEnum):
    """A person's role, in the words of the one vendor that has roles (Tabnine)."""

    MEMBER = "Member"
    TEAM_LEAD = "TeamLead"
    MANAGER = "Manager"
    ADMIN = "Admin"


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
    """Percentages of people who join after the organisation's first day, until a day, and of people who leave.

    Whoever leaves does so at least 60 days after joining, and within as long again as the span that people join in.
    """

    joiners_percent: int = 30
    leavers_percent: int = 20
    until: date = date(2031, 12, 31)


@dataclass(frozen=True, slots=True)
class Raise:
    """Top-up credits, in hundredths, that come on a day on top of a licence's, for the rest of that month."""

    day: date
    top_up: int


@dataclass(frozen=True, slots=True)
class Allotment:
    """What one licence holds each month, in hundredths of a credit: the built-in quota, and the top-up beside it."""

    quota: int
    top_up: int = 0
    raises: tuple[Raise, ...] = ()


@dataclass(frozen=True, slots=True)
class JetBrainsPerson:
    """What is stated of a person's JetBrains AI; None is generated.

    `tools` are the only ones that are used, `credits` the licences in the order in which they are spent, `old_clients`
    stay below the version from which on they send data.
    """

    tools: tuple[Tool, ...] | None = None
    credits: tuple[Allotment, ...] | None = None
    old_clients: tuple[JetBrainsProgram, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecialPerson:
    """A person stated by name in the file; what is None (or empty) is generated as for everybody else.

    `team` is a team's name; `teamless` says that the person is in none. `left` is the first day without the person.
    `licences` gives, per product, the first day of the
    licence, or None for no licence. `active_only` are the only days on which the person does anything at all.
    `augment_id` is the id that Augment's cursors carry in place of the person's own.
    """

    email: str
    name: str | None = None
    team: str | None = None
    teamless: bool = False
    role: Role | None = None
    level: Level | None = None
    joined: date | None = None
    left: date | None = None
    licences: Mapping[Product, date | None] = field(default_factory=dict)
    active_only: tuple[date, ...] | None = None
    augment_id: str | None = None
    jetbrains: JetBrainsPerson = JetBrainsPerson()


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """An account without a person, working through the command line."""

    name: str
    augment_id: str | None = None


@dataclass(frozen=True, slots=True)
class SilentPeriod:
    """A span of days, both ends inclusive, on which nobody is active."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ExactDay:
    """A day on which exactly `users` members (people and service accounts) are active in `product`."""

    day: date
    product: Product
    users: int


@dataclass(frozen=True, slots=True)
class ScriptedFact:
    """One row of facts that replaces what is generated for that member, product and day.

    `member` is the index of the person, or the number of people plus the index of the service account. `labels` are the
    finest grain within the day (Augment: language and editor); `counters` are whole numbers by the counter's name.
    A fact without counters says that the member does nothing in the product on that day.
    """

    member: int
    product: Product
    day: date
    labels: tuple[str, ...]
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Organization:
    """Everything an organisation file states, defaults filled in.

    `special` people take the first indexes, generated people follow. `generated` is False where only scripted facts
    count.
    `languages` and `editors` give weights by name. `console_groups` are the teams to which a role of the Console is
    bound.
    """

    slug: str
    name: str
    seed: int
    domain: str
    people: int
    teams: tuple[Team, ...]
    teamless_percent: int = 0
    first_day: date = date(2022, 1, 3)
    service_accounts: tuple[ServiceAccount, ...] = ()
    turnover: Turnover = Turnover()
    levels: Levels = Levels()
    adoption: Mapping[Product, Adoption] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    editors: Mapping[str, int] = field(default_factory=dict)
    profiles: tuple[str, ...] = ("Default",)
    console_groups: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()
    silent: tuple[SilentPeriod, ...] = ()
    exact: tuple[ExactDay, ...] = ()
    special: tuple[SpecialPerson, ...] = ()
    facts: tuple[ScriptedFact, ...] = ()
    generated: bool = True

    @property
    def members(self) -> int:
        """The number of people and service accounts together; a member's index is below it, people first."""
        return self.people + len(self.service_accounts)

    def __hash__(self) -> int:
        return hash((self.slug, self.seed, self.people))
