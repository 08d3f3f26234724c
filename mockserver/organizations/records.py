"""Answers which record an organisation file stands for: the values that it states, with everything else filled in.

Judging the values stays out (`schemas`, `rules`); what arrives here is right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.organizations import defaults, people_rules
from mockserver.organizations.products import FACT_SPECS
from mockserver.simulation.organization import (
    Adoption,
    Allotment,
    ExactDay,
    JetBrainsPerson,
    Levels,
    Organization,
    Product,
    Raise,
    ScriptedFact,
    ServiceAccount,
    SilentPeriod,
    SpecialPerson,
    Team,
    Turnover,
)

Stated = Mapping[str, Any]

_AS_STATED = ("slug", "name", "people", "teamless_percent", "generated")


def organization(stated: Stated) -> Organization:
    """The record of a file's values."""
    return Organization(
        **{key: stated[key] for key in _AS_STATED if key in stated},
        seed=stated.get("seed", defaults.SEED),
        domain=stated.get("domain", defaults.domain(stated["slug"])),
        first_day=stated.get("first_day", defaults.FIRST_DAY),
        teams=_teams(stated),
        service_accounts=tuple(ServiceAccount(**each) for each in stated.get("service_accounts", ())),
        turnover=Turnover(**stated.get("turnover", {})),
        levels=Levels(**stated.get("levels", {})),
        adoption=_adoption(stated.get("adoption", {})),
        languages=stated.get("languages", defaults.LANGUAGES),
        editors=stated.get("editors", defaults.EDITORS),
        profiles=tuple(stated.get("profiles", defaults.PROFILES)),
        console_groups=tuple(stated.get("console_groups", ())),
        holidays=tuple(stated.get("holidays", ())),
        silent=tuple(SilentPeriod(**each) for each in stated.get("silent", ())),
        exact=tuple(ExactDay(**each) for each in stated.get("exact", ())),
        special=tuple(_special(each) for each in stated.get("special", ())),
        facts=tuple(_facts(stated)),
    )


def _teams(stated: Stated) -> tuple[Team, ...]:
    """The teams, of which one is the default: the first when none says so."""
    if "teams" not in stated:
        return defaults.TEAMS
    first, *others = (Team(**each) for each in stated["teams"])
    return (replace(first, default=not any(team.default for team in others)), *others)


def _adoption(given: Stated) -> dict[Product, Adoption]:
    return {product: replace(spread, **given.get(product, {})) for product, spread in defaults.ADOPTION.items()}


def _special(stated: Stated) -> SpecialPerson:
    lists = {"licences": {Product(name): day for name, day in stated.get("licences", {}).items()}}
    days = {"active_only": tuple(stated["active_only"])} if "active_only" in stated else {}
    teamless = "team" in stated and stated["team"] is None
    jetbrains = _jetbrains(stated.get("jetbrains", {}))
    return SpecialPerson(**{**stated, **lists, **days, "jetbrains": jetbrains}, teamless=teamless)


def _jetbrains(stated: Stated) -> JetBrainsPerson:
    return JetBrainsPerson(
        tools=tuple(stated["tools"]) if "tools" in stated else None,
        credits=tuple(_allotment(each) for each in stated["credits"]) if "credits" in stated else None,
        old_clients=tuple(stated.get("old_clients", ())),
    )


def _allotment(stated: Stated) -> Allotment:
    return Allotment(**{**stated, "raises": tuple(Raise(**each) for each in stated.get("raises", ()))})


def _facts(stated: Stated) -> Iterator[ScriptedFact]:
    known, first = people_rules.members(stated), {"special": 0, "service_accounts": stated["people"]}
    for fact in stated.get("facts", ()):
        group, place = known[fact["member"].casefold()]
        for product, grain in ((each, grain) for each, grain in FACT_SPECS.items() if each.value in fact):
            member, day = first[group] + place, fact["day"]
            rows = [(tuple(row[label] for label in grain.labels), grain.filled(row)) for row in fact[product.value]]
            for labels, counters in rows or [((), {})]:
                yield ScriptedFact(member, product, day, labels, counters)
