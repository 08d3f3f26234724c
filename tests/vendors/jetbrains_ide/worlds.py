"""Organizations for the tests of IDE Services: under other seeds, or with scripted facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from mockserver.gateway.tokens import Grant
from mockserver.products.jetbrains.options import JetBrainsPerson
from mockserver.products.jetbrains.options import JetBrainsProgram as Program
from mockserver.simulation.organization import Adoption, Organization, ScriptedFact, SpecialPerson, Team, Turnover
from tests.contract.client import Client

SMALL = (("acme", None), ("acme", 7), ("acme", 2**63), ("empty", None))
WORLDS = (*SMALL, ("initech", None), ("initech", 11))
"""Organization and seed; None is the organization's own."""

GROUPS = ("DAY", "WEEK", "MONTH", "YEAR")
_FIRST, _LAST = date(2022, 1, 3), date(2025, 10, 21)
_LICENSED = date(2022, 1, 3)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of days, both ends inclusive."""

    first: date
    last: date

    @property
    def texts(self) -> tuple[str, str]:
        """From and to."""
        return self.first.isoformat(), self.last.isoformat()


def spans(longest: int) -> st.SearchStrategy[Span]:
    """Ranges of up to `longest` days, some of which begin before the history or reach into the future."""
    days = st.dates(_FIRST - timedelta(days=10), _LAST + timedelta(days=3))
    return st.builds(
        lambda first, length: Span(first, first + timedelta(days=length)), days, st.integers(0, longest - 1)
    )


def seeded(client: Client, seed: int | None) -> Client:
    """The same organization under another seed, in a sandbox of its own."""
    if seed is None:
        return client
    token = f"seed-{seed}"
    made = replace(client.sandbox.config, seed=seed)
    client.state.make(token, made, [Grant(token, "jetbrains-ide", token, permitted=True)])
    return client.bearing(f"Bearer {token}")


def person(name: str, *old: Program, licensed: date | None = _LICENSED, left: date | None = None) -> SpecialPerson:
    """A person with a license (or without), some of whose programs stay old."""
    return SpecialPerson(
        email=f"{name.lower()}@scripted.example",
        name=name,
        joined=_LICENSED,
        left=left,
        licences={"jetbrains": licensed},
        options={"jetbrains": JetBrainsPerson(old_clients=old)},
    )


def organization(*people: SpecialPerson, facts: Mapping[tuple[int, str], Mapping[str, int]]) -> Organization:
    """An organization of these people, who do only what these facts describe."""
    return Organization(
        slug="scripted",
        name="Scripted",
        seed=1,
        domain="scripted.example",
        people=len(people),
        teams=(Team("All", default=True),),
        first_day=_LICENSED,
        turnover=Turnover(joiners_percent=0, leavers_percent=0),
        adoption={"jetbrains": Adoption(starts=_LICENSED, ramp_days=1)},
        special=people,
        generated=False,
        facts=tuple(
            ScriptedFact(member, "jetbrains", date.fromisoformat(day), (), counters)
            for (member, day), counters in facts.items()
        ),
    )
