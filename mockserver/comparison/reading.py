"""Facts of an answer. Its values are looked at here, and nothing of them is kept."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

from analytics_mockserver.client.http import Response
from mockserver.comparison.facts import (
    ABSENT,
    FALLS,
    ITEM,
    KNOWN,
    PRESENT,
    RISES,
    UNKNOWN,
    Aspect,
    Fact,
    Facts,
    Path,
)
from mockserver.comparison.keys import Hidden
from mockserver.learning import sample_shape
from mockserver.learning.errors import LearnError
from mockserver.learning.shape import DIGITS, Shape

PADDED = "padded"
"""The format of a timestamp whose fraction ends with a group of zeros."""

Enums = Mapping[Path, frozenset[str]]
"""The documented values of fields, by path."""

Mask = Callable[[Shape, Any], tuple[Shape, Hidden]]
"""Takes the keys that may be data out of the shape of a value, and says how many these are, by path."""

_ORDERED_LEAST = 3
_HEADER = re.compile(r"[a-z][a-z0-9-]{0,39}")
_WORD = re.compile(r"[A-Za-z]+(_[A-Za-z]+)*")
_FRACTION = re.compile(r"T[0-9:]{8}\.(?:[0-9]{3})*000(?![0-9])")
_PLUMBING = frozenset(
    [
        "age",
        "alt-svc",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "keep-alive",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "via",
    ]
)
"""Headers of servers, proxies and connections, which say nothing about an API."""


def whole(response: Response) -> tuple[Facts, Any]:
    """Facts about the status and the headers of an answer, and its body, None where it has no JSON."""
    facts = [Fact((), Aspect.STATUS, str(response.status))]
    names = sorted(name for name in response.headers if _HEADER.fullmatch(name) and name not in _PLUMBING)
    facts += [Fact((name,), Aspect.HEADER, PRESENT) for name in names]
    try:
        body = sample_shape.read(response.body, "the answer") if response.body else None
    except LearnError:
        return frozenset((*facts, Fact((), Aspect.MEDIA, "not JSON"))), None
    media = "JSON" if response.body else "empty"
    return frozenset((*facts, Fact((), Aspect.MEDIA, media))), body


def body(
    value: Any,
    sent: Mapping[str, str],
    enums: Enums,
    counted: Collection[str] = (),
    ordered: Collection[str] = (),
    mask: Mask | None = None,
) -> Facts:
    """Facts about a body; `sent` are the parameters of the request.

    Rows are counted only at the places in `counted`, and the order is told only of the fields in `ordered`. Without a
    `mask`, every key that looks like a name is one.
    """
    reader = _Reader(sent, enums)
    shape = sample_shape.shape(value, "")
    shape, hidden = mask(shape, value) if mask else (shape, Hidden())
    reader.add_shape((), shape)
    reader.add_keys(hidden)
    reader.add_value((), value)
    places = {Aspect.ROWS: counted, Aspect.ORDER: ordered}
    return frozenset(each for each in reader.facts if each.aspect not in places or each.place in places[each.aspect])


class _Reader:
    def __init__(self, sent: Mapping[str, str], enums: Enums) -> None:
        self.facts: set[Fact] = set()
        self._sent = {value: name for name, value in sent.items() if len(value) >= len("2025-01-01")}
        self._enums = enums

    def _add(self, path: Path, aspect: Aspect, *values: str) -> None:
        self.facts.update(Fact(path, aspect, value) for value in values)

    def add_shape(self, path: Path, shape: Shape) -> None:
        """Add what a shape says."""
        self._add(path, Aspect.KIND, *shape.kinds)
        self._add(path, Aspect.FORMAT, *shape.formats)
        for name, each in shape.fields.items():
            self._add((*path, name), Aspect.PRESENCE, PRESENT)
            if name not in (shape.required or ()):
                self._add((*path, name), Aspect.PRESENCE, ABSENT)
            self.add_shape((*path, name), each)
        if shape.items is not None:
            self.add_shape((*path, ITEM), shape.items)

    def add_keys(self, hidden: Hidden) -> None:
        """Add how many keys are hidden."""
        for path, count in hidden.items():
            self._add(path, Aspect.KEYS, f"{count} {'key' if count == 1 else 'keys'}")

    def add_value(self, path: Path, value: Any) -> None:
        """Add what only the value shows, as far as the shape has its path."""
        if Fact(path, Aspect.KIND, "object") in self.facts and isinstance(value, dict):
            self._add_object(path, value)
        elif isinstance(value, list):
            self._add_list(path, value)
        elif isinstance(value, str):
            self._add_text(path, value)

    def _add_object(self, path: Path, value: Mapping[str, Any]) -> None:
        known = {
            name: each for name, each in value.items() if Fact((*path, name), Aspect.PRESENCE, PRESENT) in self.facts
        }
        if path[-1:] == (ITEM,):
            self._add(path, Aspect.FIELDS, ",".join(sorted(known)))
        for name, each in known.items():
            self.add_value((*path, name), each)

    def _add_list(self, path: Path, value: list[Any]) -> None:
        self._add(path, Aspect.ROWS, "no row" if not value else "one row" if len(value) == 1 else "several rows")
        self._add(path, Aspect.LENGTH, str(len(value)))
        for each in value:
            self.add_value((*path, ITEM), each)
        rows = [each for each in value if isinstance(each, dict)]
        for name in sorted({name for row in rows for name in row}):
            field = (*path, ITEM, name)
            if Fact(field, Aspect.PRESENCE, PRESENT) in self.facts:
                self._add(field, Aspect.ORDER, *_order([row.get(name) for row in rows]))

    def _add_text(self, path: Path, value: str) -> None:
        self._add(path, Aspect.LENGTH, str(len(value)))
        if value in self._sent:
            self._add(path, Aspect.ECHO, self._sent[value])
        if path in self._enums:
            self._add(path, Aspect.ENUM, KNOWN if value in self._enums[path] else UNKNOWN)
        if _WORD.fullmatch(value) and value in {value.lower(), value.upper()}:
            self._add(path, Aspect.LETTERS, "lower case" if value.islower() else "upper case")
        if _FRACTION.search(value):
            self._add(path, Aspect.FORMAT, PADDED)


def _order(values: list[Any]) -> Iterator[str]:
    kinds = {type(each) for each in values}
    if len(kinds) == 1 and kinds <= {str, int} and len({*values}) >= _ORDERED_LEAST:
        pairs = [*pairwise(values)]
        if any(one < other for one, other in pairs):
            yield RISES
        if any(one > other for one, other in pairs):
            yield FALLS


def enums(shape: Shape | None, path: Path = ()) -> dict[Path, frozenset[str]]:
    """The documented values of the fields of a shape."""
    if shape is None:
        return {}
    found = {path: shape.enum} if shape.enum else {}
    for name, each in shape.fields.items():
        found |= enums(each, (*path, name))
    return found | enums(shape.items, (*path, ITEM))


def optional(shape: Shape | None, path: Path = ()) -> set[Path]:
    """The fields of a described shape that need not be there."""
    if shape is None:
        return set()
    found = {(*path, name) for name in shape.fields if name not in (shape.required or ())}
    for name, each in shape.fields.items():
        found |= optional(each, (*path, name))
    return found | optional(shape.items, (*path, ITEM))


def timestamps(value: Any, facts: Facts) -> dict[Path, tuple[str, str]]:
    """The timestamps outside of arrays, each with the digits of its fraction, in memory only."""
    found = {}
    for each in facts:
        if each.aspect is Aspect.FORMAT and each.value.startswith(DIGITS) and ITEM not in each.path:
            node = value
            for step in each.path:
                node = node[step]
            found[each.path] = (str(node), each.value.removeprefix(DIGITS))
    return found
