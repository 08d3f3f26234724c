"""Errors about an organization file: every problem at once, one line each."""

import functools
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from mockserver.products.organization_file import RuleViolation
from mockserver.validation.yaml_text import QUOTE_MAXIMUM, Path, YamlError, format_path, quote


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One line for the author of a file: which file, where in it, what was found, and the rule with what is allowed."""

    source: str
    location: str
    found: str
    rule: str

    def __str__(self) -> str:
        where = f"{self.source}: {self.location}" if self.location else self.source
        return f"{where}: found {self.found}; {self.rule}" if self.found else f"{where}: {self.rule}"


class OrganizationError(ValueError):
    """An organization file that cannot be used; `problems` has everything that is wrong with it."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refusal(source: str, rule: str) -> OrganizationError:
    """The error for a file of which nothing can be loaded, for one reason."""
    return OrganizationError([FileProblem(source, "", "", rule)])


def unreadable(source: str, error: YamlError) -> OrganizationError:
    """The error for a file that is not the YAML that is read here."""
    return OrganizationError(FileProblem(source, each.location, "", each.rule) for each in error.problems)


def located(source: str, document: object, violations: Iterable[RuleViolation]) -> tuple[FileProblem, ...]:
    """Violations, each with what the document has at its path."""
    return tuple(
        FileProblem(source, format_path(each.path), _show(_at(document, each.path)), each.rule) for each in violations
    )


def _at(document: object, path: Path) -> object:
    try:
        return functools.reduce(operator.getitem, path, cast("Any", document))
    except (LookupError, TypeError):
        return None


def _show(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return quote(value)
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= QUOTE_MAXIMUM else f"{text[: QUOTE_MAXIMUM - 1]}…"
