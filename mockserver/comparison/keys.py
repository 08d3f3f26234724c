"""Which keys of a live answer are names of fields. All others may be data, such as the people of a map by person.

Where the simulator knows a map, or no field of an object, its keys are hidden, but for two cases in which names of
fields can be others: the top of answers, where several operations have the same key; and the rows there of which the
simulator has others, if they all have the same keys, with values of several forms.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.comparison.facts import ITEM, PRESENT, Aspect, Facts, Path
from mockserver.learning.shape import STRONG, Kind, Shape

NEW_MAXIMUM = 20
"""How many new fields an object has at most; with more, it is a map."""

_ROWS_LEAST = 2
_OPERATIONS_LEAST = 2

Hidden = dict[Path, int]
"""How many keys are hidden, by the paths of their objects."""


@dataclass(slots=True)
class Names:
    """The names that are known to be those of fields; what is known grows from answer to answer.

    `known` are those that the simulator does not know, and `_tops` the operations that have a key at the top.
    """

    known: set[str] = field(default_factory=set)
    _tops: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, answers: Iterable[Facts]) -> None:
        """Know the names in facts, which have no others."""
        for facts in answers:
            self.known |= {each.path[-1] for each in facts if each.aspect is Aspect.PRESENCE and each.value == PRESENT}

    def masked(self, operation: str, ours: Shape | None, theirs: Shape, value: Any) -> tuple[Shape, Hidden]:
        """A captured shape without the keys that may be data, and how many these are; `ours` is what is documented."""
        mask = _Mask(self, operation)
        return mask.value((), ours, theirs, [value]), mask.hidden

    def is_top(self, operation: str, key: str) -> bool:
        """Whether a key at the top of an operation's answer is a name: it is known, or several operations have it."""
        self._tops[key].add(operation)
        return key in self.known or len(self._tops[key]) >= _OPERATIONS_LEAST


class _Mask:
    """Hides keys in one answer."""

    def __init__(self, names: Names, operation: str) -> None:
        self.hidden: Hidden = {}
        self._rows: set[Path] = set()
        self._names = names
        self._operation = operation

    def value(self, path: Path, ours: Shape | None, theirs: Shape, values: Sequence[Any]) -> Shape:
        """The shape at a path, of which `values` are all that the answer has."""
        found = theirs
        if not path:
            self._rows = {*_rows(ours, theirs)}
        if theirs.items is not None:
            inside = [row for each in values if isinstance(each, list) for row in each]
            found = replace(found, items=self.value((*path, ITEM), ours and ours.items, theirs.items, inside))
        objects = [each for each in values if isinstance(each, dict)]
        return self._object(path, ours, found, objects) if any(objects) else found

    def _object(self, path: Path, ours: Shape | None, theirs: Shape, objects: Sequence[dict[str, Any]]) -> Shape:
        shown = self._shown(path, ours, theirs, len(objects))
        count = max(len(each.keys() - shown) for each in objects)
        if count:
            self.hidden[path] = count
        fields = {
            name: self.value(
                (*path, name),
                ours.fields.get(name) if ours else None,
                theirs.fields[name],
                [each[name] for each in objects if name in each],
            )
            for name in theirs.fields
            if name in shown
        }
        required = theirs.required and theirs.required & shown
        return replace(theirs, fields=fields, required=required, is_map=not fields)

    def _shown(self, path: Path, ours: Shape | None, theirs: Shape, count: int) -> frozenset[str]:
        """The keys of an object, or of so many rows, that are names of fields."""
        documented = ours.fields if ours else {}
        keys = frozenset(theirs.fields)
        known = keys & (documented.keys() | self._names.known)
        if ours is not None and ours.is_map:
            return keys & documented.keys()
        if keys & documented.keys() or (known and (not path or path in self._rows)):
            return known | _new_fields(keys - known, theirs)
        if path in self._rows and _are_records(theirs, count):
            self._names.known.update(keys)
            return keys
        if not path and not _is_map(theirs):
            return frozenset(key for key in sorted(keys) if self._names.is_top(self._operation, key))
        return frozenset()


def _rows(ours: Shape | None, theirs: Shape) -> Iterator[Path]:
    """The places of rows that can be those of which an answer lacks the documented name, or all around them."""
    listed = {name: each for name, each in ours.fields.items() if each.items and each.items.fields} if ours else {}
    if listed.keys() - theirs.fields.keys():
        yield (ITEM,)
        yield from ((name, ITEM) for name in theirs.fields if ours and name not in ours.fields)


def _new_fields(keys: frozenset[str], theirs: Shape) -> frozenset[str]:
    """The fields beside known ones that are always there, or the only one that is not; none of very many."""
    always = keys & (theirs.required or frozenset())
    others = keys - always
    found = keys if len(others) == 1 else always
    return found if len(found) <= NEW_MAXIMUM else frozenset()


def _are_records(theirs: Shape, count: int) -> bool:
    """Whether rows are no maps: several, all with the same few keys, and values of several forms."""
    is_alike = theirs.required == frozenset(theirs.fields) and len(theirs.fields) <= NEW_MAXIMUM
    return count >= _ROWS_LEAST and is_alike and not _has_one_form(theirs.fields)


def _is_map(theirs: Shape) -> bool:
    """Whether the keys at the top of an answer can be data: their values have one form, or there is one object."""
    values = [*theirs.fields.values()]
    if len(values) == 1:
        return Kind.OBJECT in values[0].kinds
    return _has_one_form(theirs.fields) or len(values) > NEW_MAXIMUM


def _has_one_form(fields: Mapping[str, Shape]) -> bool:
    return len({(each.types, each.formats & STRONG) for each in fields.values()}) <= 1
