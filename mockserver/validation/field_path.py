"""Paths to fields of a JSON answer, as in `users[0].user_email`, `users[].metrics.tool_calls` or `[0].active`.

`[]` stands for every item of a list, and `$` for the whole answer.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

EVERY: Final = None
"""The step of a path that leads to every item of a list."""

Path = tuple[str | int | None, ...]
"""The steps of a path: names of fields, and indexes of items."""

WHOLE: Final = "$"
RULE: Final = "must be a path such as users[0].user_email, or users[].user_email for every item; $ is the whole answer"
LENGTH_MAXIMUM: Final = 200

_NAME = r"[^\s.\[\]$]+"
_STEP = re.compile(rf"\[([0-9]{{0,9}})\]|(?:^|(?<=.)\.)({_NAME})")


class PathError(ValueError):
    """A text that is not a path; the message is the rule."""


def parse(text: str) -> Path:
    """The steps of a path; PathError for anything else."""
    steps: list[str | int | None] = []
    end = 0
    while text != WHOLE and (end < len(text) or not text):
        found = _STEP.match(text, end)
        if found is None or len(text) > LENGTH_MAXIMUM:
            raise PathError(RULE)
        end = found.end()
        index, name = found.groups()
        steps.append(name or (int(index) if index else EVERY))
    return tuple(steps)


def text_of(path: Path) -> str:
    """The path as text."""
    text = "".join(f".{step}" if isinstance(step, str) else f"[{'' if step is EVERY else step}]" for step in path)
    return text.removeprefix(".") or WHOLE


def places(body: Any, path: Path) -> list[tuple[Any, Any]]:
    """The values of a body at a path, each as its object or list and its key there; none where there is no such."""
    found: list[tuple[Any, Any]] = [([body], 0)]
    for step in path:
        values = [holder[key] for holder, key in found]
        found = [(value, key) for value in values for key in _keys(value, step)]
    return found


def _keys(value: Any, step: str | int | None) -> Iterator[str | int]:
    if isinstance(value, list):
        if step is EVERY:
            yield from range(len(value))
        elif isinstance(step, int) and step < len(value):
            yield step
    elif isinstance(value, dict) and isinstance(step, str) and step in value:
        yield step
