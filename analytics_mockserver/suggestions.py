"""Sentences that refuse an unknown name and suggest the nearest known one."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a misspelt one; None if none is like it."""
    return next(iter(get_close_matches(name, list(known), n=1)), None)


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """A sentence that says there is no such name, suggests the nearest one, and lists all of them.

    `kind` is what the name stands for, as in "switch".
    """
    names = list(known)
    near = nearest(name, names)
    hint = f" (did you mean {near!r}?)" if near else ""
    return f"there is no {kind} {name!r}{hint}; there are: {', '.join(names) or 'none'}"
