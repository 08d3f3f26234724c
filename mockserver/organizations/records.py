"""The record that an organization file stands for: the values that it states, with everything else filled in.

Values are valid by the time that they come here.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from mockserver import products
from mockserver.organizations import defaults, people_rules, schemas
from mockserver.products.organization_file import FileKeys, FileSection, FileValues
from mockserver.simulation.organization import (
    Adoption,
    ExactDay,
    Levels,
    Options,
    Organization,
    ScriptedFact,
    ServiceAccount,
    SilentPeriod,
    SpecialPerson,
    Team,
    Turnover,
)

_UNCHANGED = ("slug", "name", "people", "teamless_percent", "generated")


def organization(values: FileValues) -> Organization:
    """The record of a file's values."""
    return Organization(
        **{key: values[key] for key in _UNCHANGED if key in values},
        seed=values.get("seed", defaults.SEED),
        domain=values.get("domain", defaults.domain(values["slug"])),
        first_day=values.get("first_day", defaults.FIRST_DAY),
        teams=_teams(values),
        service_accounts=tuple(_service_account(each) for each in values.get("service_accounts", ())),
        turnover=Turnover(**values.get("turnover", {})),
        levels=Levels(**values.get("levels", {})),
        adoption=_adoption(values.get("adoption", {})),
        profiles=tuple(values.get("profiles", defaults.PROFILES)),
        console_groups=tuple(values.get("console_groups", ())),
        holidays=tuple(values.get("holidays", ())),
        silent=tuple(SilentPeriod(**each) for each in values.get("silent", ())),
        exact=tuple(ExactDay(**each) for each in values.get("exact", ())),
        special=tuple(_special_person(each) for each in values.get("special", ())),
        facts=tuple(_facts(values)),
        options=_options(values, lambda section: section.organization),
    )


def _options(values: FileValues, keys_of: Callable[[FileSection], FileKeys]) -> Options:
    """By product, what the product makes of its own keys in a mapping."""
    found: dict[str, object] = {}
    for product in products.discover():
        keys = keys_of(product.file)
        record = keys.to_options({key: values[key] for key in keys.fields if key in values})
        if record is not None:
            found[product.name] = record
    return found


def _teams(values: FileValues) -> tuple[Team, ...]:
    """The teams, of which one is the default: the first one where the file names none."""
    if "teams" not in values:
        return defaults.TEAMS
    first, *others = (Team(**each) for each in values["teams"])
    return (replace(first, default=not any(team.default for team in others)), *others)


def _adoption(given: FileValues) -> dict[str, Adoption]:
    return {product.name: Adoption(**given.get(product.name, {})) for product in products.discover()}


def _service_account(values: FileValues) -> ServiceAccount:
    return ServiceAccount(values["name"], _options(values, lambda section: section.service_account))


def _special_person(values: FileValues) -> SpecialPerson:
    own: dict[str, Any] = {key: value for key, value in values.items() if key not in schemas.PERSON_KEYS}
    if "role" in own:
        own["role"] = schemas.ROLES[own["role"]]
    if "active_only" in own:
        own["active_only"] = tuple(own["active_only"])
    teamless = "team" in own and own["team"] is None
    return SpecialPerson(**own, teamless=teamless, options=_options(values, lambda section: section.person))


def _facts(values: FileValues) -> Iterator[ScriptedFact]:
    known, first = people_rules.members(values), {"special": 0, "service_accounts": values["people"]}
    for fact in values.get("facts", ()):
        group, index = known[fact["member"].casefold()]
        for product in (each for each in products.discover() if each.name in fact):
            member, spec = first[group] + index, product.facts
            rows = [(tuple(row[label] for label in spec.labels), spec.fill(row)) for row in fact[product.name]]
            for labels, counters in rows or [((), {})]:
                yield ScriptedFact(member, product.name, fact["day"], labels, counters)
