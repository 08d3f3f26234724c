"""Rules about the teams of a file: names, parents, the default team.

Which people are in a team is checked by `people_rules`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.organizations import defaults
from mockserver.products.organization_file import FileValues, RuleViolation


def names(values: FileValues) -> list[str]:
    """The names of the file's teams that have one."""
    return [team["name"] for team in values.get("teams", ()) if "name" in team]


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Every violated rule about teams."""
    yield from _groups(values)
    teams = values.get("teams")
    if not teams:
        return
    yield from _repeated(teams)
    yield from _parents(teams, names(values))
    yield from _cycles(teams)
    if not any(team.get("weight", 1) for team in teams):
        yield RuleViolation(("teams",), "at least one team with a weight above 0")
    first, *others = [index for index, team in enumerate(teams) if team.get("default")] or [0]
    for index in others:
        yield RuleViolation(("teams", index, "default"), f"one default team only; teams[{first}] is it already")


def _groups(values: FileValues) -> Iterator[RuleViolation]:
    known = names(values) if "teams" in values else [team.name for team in defaults.TEAMS]
    for index, name in enumerate(values.get("console_groups", ())):
        if name not in known:
            yield RuleViolation(("console_groups", index), f"the name of a team in this file: {', '.join(known)}")


def _repeated(teams: list[dict[str, Any]]) -> Iterator[RuleViolation]:
    first: dict[str, int] = {}
    for index, team in enumerate(teams):
        name = team.get("name")
        if name is not None and first.setdefault(name.casefold(), index) != index:
            rule = f"a unique name; teams[{first[name.casefold()]}] has it already"
            yield RuleViolation(("teams", index, "name"), rule)


def _parents(teams: list[dict[str, Any]], known: list[str]) -> Iterator[RuleViolation]:
    for index, team in enumerate(teams):
        parent = team.get("parent")
        if parent is not None and parent not in known:
            yield RuleViolation(("teams", index, "parent"), f"the name of a team in this file: {', '.join(known)}")


def _cycles(teams: list[dict[str, Any]]) -> Iterator[RuleViolation]:
    """Each cycle of parents once, at its first team."""
    parents = {team["name"]: team.get("parent") for team in teams if "name" in team}
    reported: set[str] = set()
    for index, team in enumerate(teams):
        path = _upwards(team.get("name"), parents)
        if len(path) > 1 and path[0] == path[-1] and not reported.intersection(path):
            reported.update(path)
            yield RuleViolation(
                ("teams", index, "parent"), f"no team above itself; this is a cycle: {' > '.join(path)}"
            )


def _upwards(name: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """A team, its parent, and so on, until there is none or a team is repeated."""
    path: list[str] = []
    while name is not None and name not in path:
        path.append(name)
        name = parents.get(name)
    return path if name is None else [*path, name]
