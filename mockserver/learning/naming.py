"""The other API's names for our fields, settled over all answers at once: a field has one name everywhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mockserver.learning.alignment import Alignment, Named, Renames, align
from mockserver.learning.shape import Shape


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer of one of our operations, and the other API's; `is_sample` if that is from a captured body."""

    operation: str
    ours: Shape
    theirs: Shape
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """The alignment of each pair, the settled names, and those that differ from answer to answer."""

    alignments: Sequence[Alignment]
    settled: Mapping[str, Named]
    differing: Mapping[str, tuple[Named, ...]]

    def open(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """The candidates, with their places, of each name that is not settled; none where they may be keys of a map."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for each in (each for alignment in self.alignments for each in alignment.open):
            found[each.name] |= {} if each.is_weak else dict(each.candidates)
        return {name: tuple(candidates.items()) for name, candidates in found.items()}


def settle(pairs: Sequence[Pair], renamable: Iterable[str]) -> Naming:
    """Align all pairs until no name is settled any more."""
    names = frozenset(renamable)
    # At first, what shapes alone tell is left out: it counts only where no name says anything.
    strict = _votes(pairs, _aligned(pairs, Renames(names, by_words=True)))
    by_words = any(each.score for votes in strict.values() for each, _ in votes)
    known: dict[str, Named] = {}
    differing: dict[str, tuple[Named, ...]] = {}
    while True:
        others = {name: each.other for name, each in known.items()}
        alignments = _aligned(pairs, Renames(names, others, by_words))
        votes = _votes(pairs, alignments)
        differing |= {name: found for name, each in votes.items() if len(found := _distinct(each)) > 1}
        certain = {name: each[0][0] for name, each in votes.items() if name not in differing and _is_certain(each)}
        settled = {name: known.get(name, each) for name, each in certain.items()}
        if settled.keys() == known.keys():
            return Naming(alignments, settled, differing)
        known = settled


Votes = list[tuple[Named, Pair]]


def _aligned(pairs: Sequence[Pair], renames: Renames) -> list[Alignment]:
    return [align(pair.ours, pair.theirs, renames, is_sample=pair.is_sample) for pair in pairs]


def _votes(pairs: Sequence[Pair], alignments: Sequence[Alignment]) -> dict[str, Votes]:
    found: defaultdict[str, Votes] = defaultdict(list)
    for pair, alignment in zip(pairs, alignments, strict=True):
        for named in alignment.named:
            found[named.name].append((named, pair))
    return found


def _distinct(votes: Votes) -> tuple[Named, ...]:
    return tuple({named.other: named for named, _ in reversed(votes)}.values())


def _is_certain(votes: Votes) -> bool:
    """A key that may be data is a name only where two operations have it, or where it is our name."""
    strong = any(not named.is_weak or named.name == named.other for named, _ in votes)
    return strong or len({pair.operation for _, pair in votes}) > 1
