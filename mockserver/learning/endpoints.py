"""Our operations among the paths of another API, which may have a prefix of its own and other names of parameters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mockserver.learning.api import Endpoint

Steps = tuple[str, ...]

VARIABLE = "{}"

_COMPARED_MAXIMUM = 500
"""How many paths are compared letter by letter, which takes time."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The partner of each of our endpoints, and those that have several equally good ones."""

    found: Mapping[Endpoint, Endpoint]
    ambiguous: Mapping[Endpoint, tuple[Endpoint, ...]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Two endpoints with the same end; `prefix` is what is before it in the path of theirs."""

    ours: Endpoint
    theirs: Endpoint
    length: int
    prefix: Steps
    is_whole: bool


def steps(path: str) -> Steps:
    """The parts of a path, a variable part without its name."""
    return tuple(VARIABLE if _is_variable(part) else part for part in path.split("/") if part)


def match(ours: Sequence[Endpoint], theirs: Iterable[Endpoint]) -> Matches:
    """Find a partner for each of ours: with the same method, and the same path below any prefix.

    Where only the end of a path is the same, its prefix must be that of a second of our endpoints too.
    """
    paths = [(other, steps(other.path)) for other in theirs]
    lengths = [(one, _telling_length(one, ours)) for one in ours]
    candidates = [
        pair for one, least in lengths for other, path in paths if (pair := _candidate(one, least, other, path))
    ]
    votes = Counter(candidate.prefix for candidate in candidates)
    kept = [each for each in candidates if each.is_whole or votes[each.prefix] > 1]
    found: dict[Endpoint, Endpoint] = {}
    ambiguous: dict[Endpoint, tuple[Endpoint, ...]] = {}
    for one in ours:
        of_one = [each for each in kept if each.ours == one]
        best = max(((each.length, votes[each.prefix]) for each in of_one), default=None)
        tied = [each.theirs for each in of_one if (each.length, votes[each.prefix]) == best]
        if len(tied) == 1:
            found[one] = tied[0]
        elif tied:
            ambiguous[one] = tuple(tied)
    return Matches(found, ambiguous)


def nearest(ours: Iterable[Endpoint], theirs: Iterable[Endpoint], maximum: int = 5) -> list[str]:
    """The paths of theirs that look most like those of ours; only those are compared that have a step of ours."""
    ours = list(ours)
    known = {step for one in ours for step in steps(one.path)} - {VARIABLE}
    every = sorted({(str(other), bool(known.intersection(steps(other.path)))) for other in theirs})
    paths = [path for path, is_alike in every if is_alike][:_COMPARED_MAXIMUM]
    found = [near for one in ours for near in get_close_matches(str(one), paths, n=1, cutoff=0.3)]
    return [path for path, _ in Counter(found).most_common(maximum)] or [path for path, _ in every[:maximum]]


def _candidate(ours: Endpoint, least: int, theirs: Endpoint, path: Steps) -> _Candidate | None:
    mine = steps(ours.path)
    length = _common_end(mine, path) if ours.method == theirs.method else 0
    if length < max(least, 1):
        return None
    return _Candidate(ours, theirs, length, path[: len(path) - length], length == len(mine))


def _telling_length(ours: Endpoint, every: Sequence[Endpoint]) -> int:
    """How many steps at the end of a path tell it apart from every other path of ours."""
    others = [each for each in every if each != ours and each.method == ours.method]
    longest = max((_common_end(steps(ours.path), steps(each.path)) for each in others), default=0)
    return min(longest + 1, len(steps(ours.path)))


def _common_end(one: Steps, other: Steps) -> int:
    length = 0
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if mine != theirs:
            break
        length += 1
    return length


def _is_variable(part: str) -> bool:
    return (part.startswith("{") and part.endswith("}")) or part.startswith(":")
