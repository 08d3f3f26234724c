"""Which field of another answer is which of ours: an assignment that leaves open what cannot be decided.

Only fields that a switch can rename are compared; all others are found by their names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mockserver.learning import likeness
from mockserver.learning.likeness import Fields, Match
from mockserver.learning.meaning import Meaning, meanings
from mockserver.learning.shape import STRONG, Kind, Shape, is_compatible, is_same_type
from mockserver.learning.wording import is_opaque, words

WHOLE = 1000
"""How much alike two equal shapes are, in thousandths."""

_DEPTH_MAXIMUM = 12
_OTHER_FORMAT = 900
"""What a text of a known form counts beside a field of ours that has none, in thousandths."""

_UNKNOWN_ITEMS = 700
"""What an empty array counts beside one of ours, in thousandths."""

_STEP = 50
"""What each step into an answer costs, in thousandths."""


@dataclass(frozen=True, slots=True)
class Renames:
    """What is known of names: those that a switch can change, and the ones settled so far.

    `by_words` is whether any was settled by what names or descriptions say. Then shapes alone settle no plain field,
    because a field that says something else may be another one.
    """

    renamable: frozenset[str]
    known: Mapping[str, str] = field(default_factory=dict)
    by_words: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A name in another answer for one of ours, with its score.

    It `is_weak` where it may be a key of a map: nothing else in its object is known, and the object is no row of an
    array, or has values of one form.
    """

    name: str
    other: str
    where: str
    is_weak: bool
    score: int


@dataclass(frozen=True, slots=True)
class Open:
    """A field of ours that these fields of theirs could be, each with its place; `is_weak` as of a name."""

    name: str
    candidates: tuple[tuple[str, str], ...]
    is_weak: bool


@dataclass(slots=True)
class Alignment:
    """An answer of ours beside another one. Paths are as in "items[].date"; that of the whole answer is empty.

    `found` are the partners of our fields and of their elements, whose own shapes are in `ours`. `extra` are fields
    that only theirs has, with their places, and `missing` those that only ours has. `wrapper` is the place of the part
    that is like our answer.
    """

    found: dict[str, Shape] = field(default_factory=dict)
    ours: dict[str, Shape] = field(default_factory=dict)
    required: dict[str, bool | None] = field(default_factory=dict)
    named: list[Named] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    extra: list[tuple[str, str]] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    wrapper: str | None = None


@dataclass(frozen=True, slots=True)
class AlignedView:
    """A part of ours, at its path, and a part of another answer that could be the same.

    `score` is how much alike they are, less what the way from the whole answers costs.
    """

    path: str
    ours: Shape
    theirs: Shape
    score: int
    is_part: bool


def align(ours: Shape, theirs: Shape, renames: Renames, *, is_sample: bool = False) -> Alignment:
    """Align two answers, the other of which may be wrapped in an object, or be an array without the object around.

    The keys of a sample may be data.
    """
    view = best_view(ours, theirs, renames)
    result = Alignment(wrapper=view.theirs.where if view.is_part else None)
    _Aligner(renames, result, is_sample=is_sample).add(view.path, view.ours, view.theirs, 0)
    return result


def best_view(ours: Shape, theirs: Shape, renames: Renames) -> AlignedView:
    """The parts of two answers that are most alike; of equally good ones, the larger."""
    views = (
        AlignedView(path, mine, other, likeness_of(mine, other, renames) - _STEP * steps, steps > 0)
        for path, mine, other, steps in _views(ours, theirs)
    )
    return max(views, key=lambda view: view.score)


def _views(ours: Shape, theirs: Shape) -> Iterator[tuple[str, Shape, Shape, int]]:
    """Parts of the two answers that could be the same, each with its path in ours and its steps from the whole."""
    yield "", ours, theirs, 0
    for each in theirs.fields.values():
        yield "", ours, each, 1
        for inner in each.fields.values():
            yield "", ours, inner, 2
    for name, each in ours.fields.items():
        if Kind.ARRAY in each.kinds and Kind.ARRAY in theirs.kinds:
            yield name, each, theirs, 1


def likeness_of(ours: Shape, theirs: Shape, renames: Renames, depth: int = 0) -> int:
    """How much of our shape another has, in thousandths."""
    if not is_same_type(ours, theirs):
        return 0
    if ours.items is not None:
        return likeness_of(ours.items, theirs.items, renames, depth) if theirs.items else _UNKNOWN_ITEMS
    if not ours.fields or depth > _DEPTH_MAXIMUM:
        return WHOLE if ours.formats & STRONG or not theirs.formats & STRONG else _OTHER_FORMAT
    scores = sorted(
        (
            (_likeness_of_fields(ours.fields[one], theirs.fields[other], renames, depth) - (one != other), one, other)
            for one in ours.fields
            for other in theirs.fields
            if one == other or one in renames.renamable
        ),
        reverse=True,
    )
    return _share(ours, theirs, scores)


def _likeness_of_fields(ours: Shape, theirs: Shape, renames: Renames, depth: int) -> int:
    return likeness_of(ours, theirs, renames, depth + 1) if is_compatible(ours, theirs) else 0


def _share(ours: Shape, theirs: Shape, scores: Iterable[tuple[int, str, str]]) -> int:
    """The likeness of the best pairs, where a field without a partner has none; ours may lack it if it is optional."""
    total, pairs = 0, dict[str, str]()
    for score, one, other in scores:
        if score > 0 and one not in pairs and other not in pairs.values():
            pairs[one] = other
            total += score
    required = set(ours.fields) if ours.required is None else ours.required
    alone = len(required - pairs.keys()) + len(theirs.fields) - len(pairs)
    return total // max(len(pairs) + alone, 1)


Pairs = dict[str, Match]


class _Aligner:
    """Fills an alignment."""

    def __init__(self, renames: Renames, result: Alignment, *, is_sample: bool) -> None:
        self._renames = renames
        self._result = result
        self._is_sample = is_sample
        self._known_words = frozenset().union(*map(words, renames.renamable))

    def add(self, path: str, ours: Shape, theirs: Shape, depth: int) -> None:
        """Add two shapes that are the same, with everything in them."""
        self._result.found[path], self._result.ours[path] = theirs, ours
        if depth > _DEPTH_MAXIMUM:
            return
        if ours.items is not None and theirs.items is not None:
            self.add(f"{path}[]", ours.items, theirs.items, depth + 1)
        if ours.fields and theirs.fields and not (self._is_sample and theirs.is_map):
            self._add_object(f"{path}." if path else "", ours, theirs, depth)

    def _add_object(self, prefix: str, ours: Shape, theirs: Shape, depth: int) -> None:
        pairs = self._by_name(ours, theirs)
        is_weak = self._is_sample and not pairs and (_is_homogeneous(theirs) or not prefix.endswith("[]."))
        self._add_by_likeness(ours, theirs, pairs)
        for name, match in pairs.items():
            other = theirs.fields[match.other]
            if name in self._renames.renamable:
                self._result.named.append(Named(name, match.other, other.where, is_weak, match.score))
            required = None if theirs.required is None else match.other in theirs.required
            self._result.required[prefix + name] = required
            self.add(prefix + name, ours.fields[name], other, depth + 1)
        self._add_rest(prefix, ours, theirs, pairs, is_weak=is_weak)

    def _by_name(self, ours: Shape, theirs: Shape) -> Pairs:
        renames = self._renames
        pairs: Pairs = {}
        for name in ours.fields:
            other = renames.known.get(name, "" if name in renames.renamable else name)
            if other in theirs.fields and is_same_type(ours.fields[name], theirs.fields[other]):
                pairs[name] = Match(other)
        return pairs

    def _add_by_likeness(self, ours: Shape, theirs: Shape, pairs: Pairs) -> None:
        """Add pairs by what names and descriptions say, and then by shapes, until there are no more."""
        same_size = len(ours.fields) == len(theirs.fields)
        meant = meanings(ours.fields, self._renames.renamable)
        found: Pairs = {}
        while True:
            pairs |= found
            mine, other = self._rest(ours, theirs, pairs)
            found = likeness.by_text(mine, other, meant) or likeness.by_shape(mine, other, meant, formats_only=True)
            if not found:
                plain = same_size and not self._renames.by_words and not any(each.score for each in pairs.values())
                found = self._by_shape_alone(mine, other, meant, plain=plain)
            if not found:
                return

    def _by_shape_alone(self, mine: Fields, other: Fields, meant: Mapping[str, Meaning], *, plain: bool) -> Pairs:
        """Arrays and objects by what they have inside, and `plain` values too if their texts say nothing."""
        found = likeness.by_shape(mine, other, meant, formats_only=False)
        return {
            one: each
            for one, each in found.items()
            if _has_inside(mine[one], other[each.other])
            or (plain and _is_plain(mine[one]) and self._says_nothing(each.other, other[each.other]))
        }

    def _says_nothing(self, name: str, theirs: Shape) -> bool:
        return not theirs.description and is_opaque(words(name), self._known_words)

    def _rest(self, ours: Shape, theirs: Shape, pairs: Pairs) -> tuple[dict[str, Shape], dict[str, Shape]]:
        """The fields without a partner: ours that can have another name, and theirs that are none of our fixed ones."""
        renames = self._renames
        fixed = set(ours.fields) - renames.renamable
        taken = {*(each.other for each in pairs.values()), *renames.known.values(), *fixed}
        mine = {name: each for name, each in ours.fields.items() if self._is_unsettled(name, pairs)}
        return mine, {name: each for name, each in theirs.fields.items() if name not in taken}

    def _is_unsettled(self, name: str, pairs: Pairs) -> bool:
        return name in self._renames.renamable and name not in pairs and name not in self._renames.known

    def _add_rest(self, prefix: str, ours: Shape, theirs: Shape, pairs: Pairs, *, is_weak: bool) -> None:
        mine, others = self._rest(ours, theirs, pairs)
        taken = {each.other for each in pairs.values()}
        for name, shape in mine.items():
            possible = [(other, each.where) for other, each in others.items() if is_compatible(shape, each)]
            if possible:
                taken |= {other for other, _ in possible}
                self._result.open.append(Open(name, tuple(possible), is_weak))
        # A field of another type is there, and so may be any field of an object that has none of ours.
        there = {each.name for each in self._result.open} | theirs.fields.keys() - taken
        for name in ours.fields if pairs else ():
            if name not in pairs and name not in there:
                self._result.missing[prefix + name] = theirs.where
        for other, each in theirs.fields.items():
            if other not in taken:
                self._result.extra.append((prefix + other, each.where))


def _is_plain(shape: Shape) -> bool:
    return not shape.kinds & {Kind.ARRAY, Kind.OBJECT}


def _has_inside(ours: Shape, theirs: Shape) -> bool:
    """Whether both are arrays or objects of which something is known."""
    return bool((ours.items and theirs.items) or (ours.fields and theirs.fields))


def _is_homogeneous(theirs: Shape) -> bool:
    """Whether all fields have the same type and format, as the values of a map have."""
    return len({(each.types, each.formats & STRONG) for each in theirs.fields.values()}) <= 1
