"""Answers how a test's marks want its sandbox: the closest mark wins, argument by argument.

Making it stays out (`servers`), and so does whether the values can be (the server says).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

NAME = "mockserver"

WORLD = ("case", "organization", "now", "frozen", "seed", "limits", "policy", "faults", "defects")
ALLOWED = (*WORLD, "in_process")

HELP = (
    "mockserver(case='C001', organization='acme', now='2026-11-02T10:00:00Z', frozen=True, seed=7, limits='off', "
    "policy={'augment': {'last_cursor': 'null'}}, faults=[{'operation': 'getDau', 'effect': {'status': 503}}], "
    "defects=['duplicate-row'], in_process=True): how the test's `sandbox` is made: as a case says (`mockserver cases` "
    "lists them), and as the others say, which win over it. All arguments are optional; those of the test win over "
    "those of its class, and these over its module's; limits and policy are merged vendor by vendor. in_process: "
    "without a socket, see the fixture mockserver_app."
)


class MarkerError(ValueError):
    """A mark that cannot be; the text says what is wrong and what may stand in it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a test's marks say: `worlds` from the farthest mark to the closest; `in_process` None: nothing was said."""

    worlds: tuple[Mapping[str, Any], ...]
    in_process: bool | None


def read(node: pytest.Item) -> Wanted:
    """The marks of a test, of its class and its module. MarkerError for an argument that nobody knows."""
    marks = [_checked(mark, node.nodeid) for mark in node.iter_markers(NAME)]
    worlds = [{name: mark[name] for name in WORLD if name in mark} for mark in reversed(marks)]
    return Wanted(tuple(worlds), next((mark["in_process"] for mark in marks if "in_process" in mark), None))


def _checked(mark: pytest.Mark, test: str) -> Mapping[str, Any]:
    allowed = f"it may have: {', '.join(ALLOWED)}"
    if mark.args:
        raise MarkerError(f"@pytest.mark.mockserver of {test} takes its arguments by name; {allowed}")
    for name in mark.kwargs:
        if name not in ALLOWED:
            from difflib import get_close_matches

            near = get_close_matches(name, ALLOWED, 1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise MarkerError(f"@pytest.mark.mockserver of {test} has no argument {name!r}{hint}; {allowed}")
    return mark.kwargs
