"""Answers which cases a folder of YAML files states, each checked; what is wrong is said by file, case and member.

What a member may be stays out (`schemas`). Words such as `off`, and dates, are text here: YAML 1.1 would make truth
values and dates of them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from mockserver.cases.records import Case, Catalogue, Expected, Step, inside
from mockserver.cases.schemas import CaseBody

BUILT_IN = frozenset(("granted", "forbidden", "groups", "secret", "sandbox"))
"""Names that stand in braces for a credential of the vendor that is asked, or for the sandbox's id."""

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


_CASE = CaseBody()
"""Made once, since that takes longer than to use it."""


class CaseError(ValueError):
    """A file of cases that cannot be; each line says where and why."""


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same loader in C where there is one, which is ten times as fast."""


class _Loader(_Safe):  # type: ignore[misc]
    """Takes true, false, null and numbers for what they are and all else for text, and no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """The mapping; ConstructorError for a key that stands twice."""
        keys = Counter(key.value for key, _ in node.value)
        for name, times in keys.items():
            if times > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key {name!r} stands twice", node.start_mark)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_BOOL, _DATE = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"
_Loader.yaml_implicit_resolvers = {
    letter: [each for each in found if each[0] not in {_BOOL, _DATE}]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"(?:true|false)\Z"), list("tf"))


def catalogue(folder: Path) -> Catalogue:
    """The cases of every file in a folder, by id; CaseError with a line for everything that is wrong."""
    found: list[Case] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        cases, faults = _file(path)
        found += cases
        wrong += [f"{path.name}: {fault}" for fault in faults]
    twice = [name for name, times in Counter(case.id for case in found).items() if times > 1]
    wrong += [f"{name} is there more than once; an id is one case's" for name in twice]
    if wrong:
        raise CaseError("\n".join(wrong))
    return Catalogue(tuple(sorted(found, key=lambda case: case.id)))


def _file(path: Path) -> tuple[list[Case], list[str]]:
    try:
        stated = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it makes plain values alone
    except yaml.YAMLError as error:
        return [], [f"not YAML as it is read here: {' '.join(str(error).split())}"]
    if not isinstance(stated, list):
        return [], ["takes a list of cases, each beginning with `- id: C001`"]
    cases: list[Case] = []
    wrong: list[str] = []
    for place, each in enumerate(stated):
        name = each.get("id") if isinstance(each, Mapping) else None
        try:
            made = _case(_CASE.load(each), path.stem)
            cases.append(made)
            wrong += [f"{made.id}: {fault}" for fault in _unkept(made)]
        except ValidationError as error:
            wrong += [f"{name or f'case {place + 1}'}: {line}" for line in _flat(error.messages_dict, "")]
    return cases, wrong


def _case(given: dict[str, Any], stem: str) -> Case:
    if given["vendor"] != stem:
        raise ValidationError({"vendor": [f"must be {stem!r}, as the file is called"]})
    return Case(**{**given, "steps": tuple(_step(each) for each in given["steps"])})


def _step(given: dict[str, Any]) -> Step:
    mock = "mock" in given
    method, _, target = given.pop("mock" if mock else "request").partition(" ")
    return Step(**{**given, "expect": Expected(**given.get("expect", {}))}, method=method, target=target, mock=mock)


def _unkept(case: Case) -> Iterator[str]:
    """Names in braces, and in matchers, that no earlier step keeps."""
    kept: set[str] = set()
    for place, step in enumerate(case.steps):
        said = inside([step.target, step.bearer, step.form, step.headers, step.sent])
        named = {name for text in said if isinstance(text, str) for name in PLACEHOLDER.findall(text)}
        matchers = inside([step.expect.headers, step.expect.body, step.expect.text])
        stated = [each.get(word) for each in matchers if isinstance(each, Mapping) for word in ("kept", "not_kept")]
        compared = {name for name in stated if isinstance(name, str)}
        for name in sorted((named - BUILT_IN | compared) - kept):
            there = ", ".join(sorted(kept)) or "nothing"
            yield f"steps[{place}]: {name!r} was not kept by an earlier step; there is: {there}"
        kept |= {*step.keep}


def _flat(messages: Mapping[Any, Any], above: str) -> Iterator[str]:
    for name, inner in messages.items():
        here = above if name == "_schema" else f"{above}[{name}]" if isinstance(name, int) else f"{above}.{name}"
        if isinstance(inner, Mapping):
            yield from _flat(inner, here)
        else:
            yield from (f"{here.lstrip('.')}: {rule}".removeprefix(": ") for rule in inner)
