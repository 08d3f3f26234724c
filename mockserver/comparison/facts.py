"""Facts: single statements about an answer, none of which has a value of it.

Facts are what is kept, compared and saved. They are taken from an answer by `reading`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from mockserver.learning.shape import Kind, Shape

ITEM = "[]"
"""The step of a path to every item of an array."""

Path = tuple[str, ...]


class Aspect(StrEnum):
    """What a fact is about."""

    STATUS = "status"
    MEDIA = "media"
    HEADER = "header"
    KIND = "kind"
    FORMAT = "format"
    PRESENCE = "presence"
    ENUM = "enum"
    ORDER = "order"
    ROWS = "rows"
    CLOCK = "clock"
    MARK = "mark"
    FIELDS = "fields"
    LETTERS = "letters"
    ECHO = "echo"
    LENGTH = "length"
    KEYS = "keys"


WEAK = frozenset((Aspect.FIELDS, Aspect.LETTERS, Aspect.ECHO))
"""Aspects that can depend on data: they count only where a switch accounts for them."""

PRESENT, ABSENT = "present", "absent"
KNOWN, UNKNOWN = "known", "unknown"
RISES, FALLS = "rises", "falls"


class Fact(NamedTuple):
    """One statement: at a path of the body, or of the answer if the path is empty."""

    path: Path
    aspect: Aspect
    value: str

    @property
    def place(self) -> str:
        """The path as in "items[].date"."""
        return place(self.path)


Facts = frozenset[Fact]


def place(path: Path) -> str:
    """A path as in "items[].date"."""
    return "".join(step if step == ITEM else f".{step}" for step in path).removeprefix(".")


def to_json(facts: Iterable[Fact]) -> list[list[Any]]:
    """Facts as they are saved."""
    return [[[*each.path], each.aspect.value, each.value] for each in sorted(facts)]


def from_json(saved: Any) -> Facts:
    """Saved facts; ValueError or TypeError for anything else."""
    return frozenset(Fact(tuple(map(str, path)), Aspect(aspect), str(value)) for path, aspect, value in saved)


def status(facts: Iterable[Fact]) -> str:
    """The status of the answer."""
    return next((each.value for each in facts if each.aspect is Aspect.STATUS), "")


def shape(facts: Iterable[Fact]) -> Shape | None:
    """The shape of the body as `learning` has it; None without one."""
    at: defaultdict[Path, list[Fact]] = defaultdict(list)
    for each in facts:
        if each.aspect in {Aspect.KIND, Aspect.FORMAT, Aspect.PRESENCE}:
            at[each.path].append(each)
    return _shape(at, ()) if () in at else None


def _shape(at: Mapping[Path, list[Fact]], path: Path) -> Shape:
    inside = [each for each in at if each[:-1] == path and each and each[-1] != ITEM]
    fields = {each[-1]: _shape(at, each) for each in inside if PRESENT in _values(at[each], Aspect.PRESENCE)}
    required = frozenset(name for name in fields if ABSENT not in _values(at[*path, name], Aspect.PRESENCE))
    item = (*path, ITEM)
    return Shape(
        frozenset(map(Kind, _values(at[path], Aspect.KIND))),
        frozenset(_values(at[path], Aspect.FORMAT)),
        fields=fields,
        required=required if fields else None,
        items=_shape(at, item) if item in at else None,
    )


def _values(facts: Iterable[Fact], aspect: Aspect) -> Iterator[str]:
    return (each.value for each in facts if each.aspect is aspect)
