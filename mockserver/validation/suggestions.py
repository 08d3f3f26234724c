"""Sentences that refuse an unknown name and suggest the nearest known one."""

from collections.abc import Iterable
from difflib import get_close_matches


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """A sentence that says there is no such name, suggests the nearest one, and lists all of them.

    `kind` is what the name stands for, as in "switch".
    """
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"there is no {kind} {name!r}{hint}; there are: {', '.join(names) or 'none'}"
