"""Loads a folder of YAML files into a catalogue of cases; errors name the file, the case and the field.

The fields are declared in `schemas`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from mockserver.cases.records import Case, Catalogue, ExpectedAnswer, Step, inside
from mockserver.cases.schemas import CaseBody
from mockserver.validation import yaml_text
from mockserver.validation.yaml_text import YamlError

BUILT_IN = frozenset(("granted", "forbidden", "groups", "secret", "sandbox"))
"""Names in braces that stand for a credential of the step's vendor, or for the sandbox's id."""

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


_CASE = CaseBody()
"""Created once, since creating it takes longer than using it."""


class CaseError(ValueError):
    """An invalid file of cases; each line of the message says where and why."""


def load(folder: Path) -> Catalogue:
    """The cases of every file in a folder, by id; CaseError with a line for each error."""
    found: list[Case] = []
    errors: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        cases, wrong = _load_file(path)
        found += cases
        errors += [f"{path.name}: {error}" for error in wrong]
    repeated = [name for name, times in Counter(case.id for case in found).items() if times > 1]
    errors += [f"{name} is the id of more than one case" for name in repeated]
    if errors:
        raise CaseError("\n".join(errors))
    return Catalogue(tuple(sorted(found, key=lambda case: case.id)))


def _load_file(path: Path) -> tuple[list[Case], list[str]]:
    try:
        document = yaml_text.load(path.read_bytes(), yaml_text.DECIMAL_LOADER)
    except YamlError as error:
        return [], str(error).splitlines()
    if not isinstance(document, list):
        return [], ["must be a list of cases, each beginning with `- id: C001`"]
    cases: list[Case] = []
    errors: list[str] = []
    for index, each in enumerate(document):
        name = each.get("id") if isinstance(each, Mapping) else None
        try:
            made = _case(_CASE.load(each), path.stem)
            cases.append(made)
            errors += [f"{made.id}: {error}" for error in _unknown_names(made)]
        except ValidationError as error:
            errors += [f"{name or f'case {index + 1}'}: {line}" for line in _flatten(error.messages_dict, "")]
    return cases, errors


def _case(given: dict[str, Any], stem: str) -> Case:
    if given["vendor"] != stem:
        raise ValidationError({"vendor": [f"must be {stem!r}, like the name of the file"]})
    return Case(**{**given, "steps": tuple(_step(each) for each in given["steps"])})


def _step(given: dict[str, Any]) -> Step:
    mock = "mock" in given
    method, _, target = given.pop("mock" if mock else "request").partition(" ")
    return Step(
        **{**given, "expect": ExpectedAnswer(**given.get("expect", {}))}, method=method, target=target, mock=mock
    )


def _unknown_names(case: Case) -> Iterator[str]:
    """Names in braces, and in matchers, that no earlier step keeps."""
    kept: set[str] = set()
    for index, step in enumerate(case.steps):
        texts = inside([step.target, step.bearer, step.form, step.headers, step.sent])
        named = {name for text in texts if isinstance(text, str) for name in PLACEHOLDER.findall(text)}
        matchers = inside([step.expect.headers, step.expect.body, step.expect.text])
        words = [each.get(word) for each in matchers if isinstance(each, Mapping) for word in ("kept", "not_kept")]
        compared = {name for name in words if isinstance(name, str)}
        for name in sorted((named - BUILT_IN | compared) - kept):
            known = ", ".join(sorted(kept)) or "nothing"
            yield f"steps[{index}]: no earlier step keeps {name!r}; kept so far: {known}"
        kept |= {*step.keep}


def _flatten(messages: Mapping[Any, Any], above: str) -> Iterator[str]:
    for name, inner in messages.items():
        here = above if name == "_schema" else f"{above}[{name}]" if isinstance(name, int) else f"{above}.{name}"
        if isinstance(inner, Mapping):
            yield from _flatten(inner, here)
        else:
            yield from (f"{here.lstrip('.')}: {rule}".removeprefix(": ") for rule in inner)
