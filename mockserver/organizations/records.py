"""The record of an organization file: its values, which are valid by now, and defaults for the rest."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any

from mockserver import products
from mockserver.organizations import rules, schemas
from mockserver.products.organization_file import FileKeys, FileSection, FileValues
from mockserver.simulation.clock import ClockStart
from mockserver.simulation.organization import (
    Adoption,
    ExactDay,
    Levels,
    Organization,
    ScriptedFact,
    ServiceAccount,
    SilentPeriod,
    SpecialPerson,
    Team,
    Turnover,
)


def organization(values: FileValues) -> Organization:
    """The record of a file's values."""
    given = _with_options(values, attrgetter("organization"))
    given.setdefault("domain", f"{values['slug']}.example")  # Names below `.example` belong to nobody.
    if "clock" in given:
        given["clock"] = ClockStart(**given["clock"])
    if "teams" in given:
        given["teams"] = _teams(given["teams"])
    given["service_accounts"] = tuple(
        ServiceAccount(**_with_options(each, attrgetter("service_account")))
        for each in given.get("service_accounts", ())
    )
    given["turnover"] = Turnover(**given.get("turnover", {}))
    given["levels"] = Levels(**given.get("levels", {}))
    adoption = given.get("adoption", {})
    given["adoption"] = {each.name: Adoption(**adoption.get(each.name, {})) for each in products.discover()}
    given["silent"] = tuple(SilentPeriod(**each) for each in given.get("silent", ()))
    given["exact"] = tuple(ExactDay(**each) for each in given.get("exact", ()))
    given["special"] = tuple(_special_person(each) for each in given.get("special", ()))
    given["facts"] = tuple(_facts(values))
    given["role_groups"] = given.pop("console_groups", ())
    return Organization(**given)


def _with_options(values: FileValues, keys_of: Callable[[FileSection], FileKeys]) -> dict[str, Any]:
    """The values of a mapping, lists as tuples, with those of the products' own keys as `options`, by product."""
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    options = {}
    for product in products.discover():
        keys = keys_of(product.file)
        record = keys.to_options({key: given.pop(key) for key in keys.fields if key in given})
        if record is not None:
            options[product.name] = record
    return {**given, "options": options}


def _teams(teams: Iterable[FileValues]) -> tuple[Team, ...]:
    """The teams, of which one is the default: the first one where the file names none."""
    first, *others = (Team(**each) for each in teams)
    return (replace(first, default=not any(team.default for team in others)), *others)


def _special_person(values: FileValues) -> SpecialPerson:
    given = _with_options(values, attrgetter("person"))
    if "role" in given:
        given["role"] = schemas.ROLES[given["role"]]
    return SpecialPerson(**given, teamless="team" in given and given["team"] is None)


def _facts(values: FileValues) -> Iterator[ScriptedFact]:
    known, first = rules.members(values), {"special": 0, "service_accounts": values["people"]}
    for fact in values.get("facts", ()):
        group, index = known[fact["member"].casefold()]
        for product in (each for each in products.discover() if each.name in fact):
            member, spec = first[group] + index, product.facts
            rows = [(tuple(row[label] for label in spec.labels), spec.fill(row)) for row in fact[product.name]]
            for labels, counters in rows or [((), {})]:
                yield ScriptedFact(member, product.name, fact["day"], labels, counters)
