"""Organizations whose licenses and spending are scripted, and ranges."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, Raise
from mockserver.simulation.organization import Adoption, Organization, ScriptedFact, SpecialPerson, Team
from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries

BEGINNING = date(2022, 1, 3)
LICENSED = date(2023, 1, 9)
TEN = Allotment(1000)
TEN_AND_FIVE = Allotment(1000, 500)
SMALL = (("acme", None), ("acme", 7), ("acme", 2**63), ("empty", None), ("documented", None))
WORLDS = (*SMALL, ("initech", None), ("initech", 11))
"""Organization and seed; None is the organization's own."""

Spends = Mapping[str, Mapping[str, int]]
"""Counters by day; credits are in hundredths."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person with licenses in the order of spending, and their facts by day."""

    spends: Spends
    licences: tuple[Allotment, ...] = (TEN,)
    team: str | None = None
    left: date | None = None


def raised(allotment: Allotment, day: str, top_up: int) -> Allotment:
    """The same license with more top-up, in hundredths, from a day on."""
    return replace(allotment, raises=(*allotment.raises, Raise(date.fromisoformat(day), top_up)))


def junie(**days: int) -> Spends:
    """What Junie spends in hundredths, by day: `_09_01` is 2025-09-01."""
    return {f"2025{day.replace('_', '-')}": {"junie_invocations": 5, "junie_credits": n} for day, n in days.items()}


def organization(*people: Person, slug: str = "own", teams: tuple[Team, ...] = (Team("One"),)) -> Organization:
    """An organization of these people (p0, p1 and so on) with scripted facts only."""
    return Organization(
        slug=slug,
        name="Own",
        seed=1,
        domain="own.example",
        people=len(people),
        teams=teams,
        adoption={"jetbrains": Adoption(starts=LICENSED)},
        special=tuple(_special(index, person) for index, person in enumerate(people)),
        facts=tuple(
            ScriptedFact(index, "jetbrains", date.fromisoformat(day), (), counters)
            for index, person in enumerate(people)
            for day, counters in person.spends.items()
        ),
        generated=False,
    )


def _special(index: int, person: Person) -> SpecialPerson:
    return SpecialPerson(
        email=f"p{index}@own.example",
        team=person.team,
        teamless=person.team is None,
        joined=BEGINNING,
        left=person.left,
        licences={"augment": None, "tabnine": None, "jetbrains": LICENSED},
        options={"jetbrains": JetBrainsPerson(credits=person.licences)},
    )


def seeded(client: Client, seed: int | None) -> Client:
    """The same organization under another seed, in a sandbox of its own."""
    if seed is None:
        return client
    return queries.own(client, replace(client.sandbox.config.organization, seed=seed), f"seed-{seed}")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of days, both included."""

    first: date
    last: date

    @property
    def texts(self) -> tuple[str, str]:
        """From and to."""
        return self.first.isoformat(), self.last.isoformat()


def spans(longest: int) -> st.SearchStrategy[Span]:
    """Ranges of up to `longest` days of the history and a little beyond."""
    starts = st.dates(date(2022, 12, 1), date(2025, 11, 10))
    return st.builds(lambda first, length: Span(first, first + timedelta(days=length)), starts, st.integers(0, longest))
