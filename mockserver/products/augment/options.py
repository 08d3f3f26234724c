"""What an organization file states for Augment only: languages, editors, and the ids of members in Augment's rows.

Models and budgets are in `models`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from mockserver.products.augment import models
from mockserver.products.augment.models import Accounting
from mockserver.products.organization_file import DraftLines, FileKeys, FileSection, FileValues, RuleViolation
from mockserver.validation import file_fields
from mockserver.validation.yaml_text import Path, format_path

NAME: Final = "augment"

LANGUAGES: Final[Mapping[str, int]] = {
    "Python": 22,
    "TypeScript": 20,
    "Java": 16,
    "Go": 9,
    "Kotlin": 8,
    "JavaScript": 6,
    "Rust": 5,
    "C++": 4,
    "SQL": 4,
    "Unknown": 6,
}

EDITORS: Final[Mapping[str, int]] = {"VSCode": 55, "JetBrains": 40, "Unknown": 5}
"""Weights of editors. Work through the command line has an editor of its own, `CLI`, which needs no weight."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What an organization works with: weights of languages and editors, by name, and how it is billed.

    What a file leaves out has its default.
    """

    languages: Mapping[str, int] = field(default_factory=lambda: LANGUAGES)
    editors: Mapping[str, int] = field(default_factory=lambda: EDITORS)
    accounting: Accounting = field(default_factory=Accounting)


def environment(options: Mapping[str, object]) -> Environment:
    """The environment among the options of an organization, by product."""
    found = options.get(NAME)
    return found if isinstance(found, Environment) else Environment()


def _environment(values: FileValues) -> Environment:
    weights = {name: values[name] for name in ("languages", "editors") if name in values}
    return Environment(**weights, accounting=models.accounting(values))


def violations(values: FileValues) -> Iterator[RuleViolation]:
    """Ids are in the order of the members, because Augment's pages go by id; models and budgets follow their rules."""
    yield from models.violations(values)
    groups = ("special", "service_accounts")
    members: list[tuple[Path, Any]] = [
        ((group, index), each) for group in groups for index, each in enumerate(values.get(group, ()))
    ]
    given: list[tuple[Path, str]] = [
        ((*path, "augment_id"), each["augment_id"]) for path, each in members if "augment_id" in each
    ]
    if given:
        yield from _order(given)
        yield from _missing(values, members)


def _order(given: list[tuple[Path, str]]) -> Iterator[RuleViolation]:
    for (before, smaller), (path, greater) in pairwise(given):
        if smaller == greater:
            yield RuleViolation(path, f"an id of its own; {format_path(before)} is the same")
        elif smaller > greater:
            rule = f"ids ascend as text, people first, then service accounts; {smaller} comes before it"
            yield RuleViolation(path, rule)


def _missing(values: FileValues, members: list[tuple[Path, Any]]) -> Iterator[RuleViolation]:
    for path, each in members:
        if "augment_id" not in each:
            yield RuleViolation((*path, "augment_id"), "either every member has an augment_id or none has")
    generated = values.get("people", 0) - len(values.get("special", ()))
    if generated > 0:
        rule = f"{generated} people are generated, who have no augment_id; every member needs one here"
        yield RuleViolation(("people",), rule)


def _weights(weights: Mapping[str, int]) -> str:
    return f"{{{', '.join(f'{name}: {weight}' for name, weight in weights.items())}}}"


_ID = file_fields.text(r"[\x21-\x7e]{1,100}\Z", "1 to 100 visible ASCII characters")
_MEMBER = FileKeys({"augment_id": _ID}, lambda values: values.get("augment_id"))

FILE: Final = FileSection(
    organization=FileKeys(
        {"languages": file_fields.WeightsField(), "editors": file_fields.WeightsField(), **models.FIELDS},
        _environment,
    ),
    person=_MEMBER,
    service_account=_MEMBER,
    violations=violations,
    draft=DraftLines(
        root=(
            "# Weights by name. Work through the command line has the editor CLI without a weight.",
            f"languages: {_weights(LANGUAGES)}",
            f"editors: {_weights(EDITORS)}",
            "# What the organization pays in: credits or usd. `models` and `budgets` can be listed too.",
            "billing: credits",
        ),
        person=(
            "augment_id   the id in Augment's cursors; if one member has it, all people and service accounts have it,",
            "             in ascending order",
        ),
        example_fact="[{language: Python, editor: VSCode, chat_messages: 3}]",
    ),
)
