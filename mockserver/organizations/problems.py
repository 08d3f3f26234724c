"""Answers how a bad organisation file is refused: every problem at once, one line each.

Finding the problems stays out; the rooms beside this one do it.
"""

import functools
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

Path = tuple[str | int, ...]
"""The way to a value inside a file: keys of mappings and places in lists."""

_FOUND_MAXIMUM = 60
_PLAIN = re.compile(r"[\w@.+'-]{1,60}")


@dataclass(frozen=True, slots=True)
class RuleViolation:
    """A rule that does not hold at a path, before it is known what the file has there."""

    path: Path
    rule: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One line for the writer of a file: which file, where in it, what was found, and the rule with what is allowed."""

    source: str
    place: str
    found: str
    rule: str

    def __str__(self) -> str:
        where = f"{self.source}: {self.place}" if self.place else self.source
        return f"{where}: found {self.found}; {self.rule}" if self.found else f"{where}: {self.rule}"


class OrganizationError(ValueError):
    """An organisation file that cannot be used; `problems` holds all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refusal(source: str, rule: str, place: str = "") -> OrganizationError:
    """The error for a file of which nothing can be read, for one reason."""
    return OrganizationError([Problem(source, place, "", rule)])


def located(source: str, document: object, broken: Iterable[RuleViolation]) -> tuple[Problem, ...]:
    """The broken rules with what the document has at each path."""
    return tuple(
        Problem(source, format_path(each.path), _shown(_at(document, each.path)), each.rule) for each in broken
    )


def format_path(path: Path) -> str:
    """A path as a reader writes it: `special[3].joined`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + (step if _PLAIN.fullmatch(step) else _shown(step))
    return text


def _at(document: object, path: Path) -> object:
    try:
        return functools.reduce(operator.getitem, path, cast("Any", document))
    except (LookupError, TypeError):
        return None


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else ascii(value) if _odd(value) else repr(value)
    return text if len(text) <= _FOUND_MAXIMUM else f"{text[: _FOUND_MAXIMUM - 1]}…"


def _odd(value: object) -> bool:
    """Whether showing it as it is could upset a terminal (lone surrogates, mostly)."""
    return isinstance(value, str) and not value.isprintable()
