"""Answers whether the teams of an organisation file make sense together: names, parents, the default team.

Who is in a team stays out (`cast_rules`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.organizations import defaults
from mockserver.organizations.problems import RuleViolation


def names(stated: Mapping[str, Any]) -> list[str]:
    """The names of the stated teams that have one."""
    return [team["name"] for team in stated.get("teams", ()) if "name" in team]


def broken(stated: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Every rule about teams that does not hold."""
    yield from _groups(stated)
    teams = stated.get("teams")
    if not teams:
        return
    yield from _repeated(teams)
    yield from _parents(teams, names(stated))
    yield from _cycles(teams)
    if not any(team.get("weight", 1) for team in teams):
        yield RuleViolation(("teams",), "one team at least with a weight above 0")
    first, *others = [place for place, team in enumerate(teams) if team.get("default")] or [0]
    for place in others:
        yield RuleViolation(("teams", place, "default"), f"one default team only; teams[{first}] is it already")


def _groups(stated: Mapping[str, Any]) -> Iterator[RuleViolation]:
    known = names(stated) if "teams" in stated else [team.name for team in defaults.TEAMS]
    for place, name in enumerate(stated.get("console_groups", ())):
        if name not in known:
            yield RuleViolation(("console_groups", place), f"the name of a team in this file: {', '.join(known)}")


def _repeated(teams: list[dict[str, Any]]) -> Iterator[RuleViolation]:
    first: dict[str, int] = {}
    for place, team in enumerate(teams):
        name = team.get("name")
        if name is not None and first.setdefault(name.casefold(), place) != place:
            yield RuleViolation(
                ("teams", place, "name"), f"a name of its own; teams[{first[name.casefold()]}] has it already"
            )


def _parents(teams: list[dict[str, Any]], known: list[str]) -> Iterator[RuleViolation]:
    for place, team in enumerate(teams):
        parent = team.get("parent")
        if parent is not None and parent not in known:
            yield RuleViolation(("teams", place, "parent"), f"the name of a team in this file: {', '.join(known)}")


def _cycles(teams: list[dict[str, Any]]) -> Iterator[RuleViolation]:
    """Each cycle of parents once, at the first team of it."""
    above = {team["name"]: team.get("parent") for team in teams if "name" in team}
    told: set[str] = set()
    for place, team in enumerate(teams):
        way = _upwards(team.get("name"), above)
        if len(way) > 1 and way[0] == way[-1] and not told.intersection(way):
            told.update(way)
            yield RuleViolation(("teams", place, "parent"), f"no team above itself; this goes round: {' > '.join(way)}")


def _upwards(name: str | None, above: Mapping[str, str | None]) -> list[str]:
    """A team, its parent, and so on, until there is none or one comes again."""
    way: list[str] = []
    while name is not None and name not in way:
        way.append(name)
        name = above.get(name)
    return way if name is None else [*way, name]
