"""How much alike the names, descriptions and values of fields are, in thousandths, and which belong together.

Whole numbers only, so that the same files always give the same result.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mockserver.learning.meaning import Meaning
from mockserver.learning.shape import STRONG, Shape, is_compatible, is_same_type
from mockserver.learning.wording import Words, is_opposed, wording, words

Fields = Mapping[str, Shape]

SAME_DESCRIPTION, SAME_VALUES, SAME_NAME, BOTH = 1000, 900, 800, 100
_NAMES, _DESCRIPTIONS, _MENTIONED = 700, 750, 600
"""The most that two names or descriptions count for that share all words, and a name that the other field mentions."""

LEAST, MARGIN = 150, 75
"""What the best partner must reach, and by how much it must be better than the second best."""


@dataclass(frozen=True, slots=True)
class Match:
    """The partner of a field; `score` is how much alike their texts or values are, 0 if only their shapes are."""

    other: str
    score: int = 0


def by_text(ours: Fields, theirs: Fields, meant: Mapping[str, Meaning]) -> dict[str, Match]:
    """Pairs of fields whose texts or values are more alike than those of any other pair with either.

    `meant` is what our fields say beside all others of their object.
    """
    weights = _weights([*_texts(ours), *_texts(theirs)])
    scores = {
        (one, other): _score(one, ours[one], other, theirs[other], weights)
        for one in ours
        for other in theirs
        if is_same_type(ours[one], theirs[other]) and _is_told(one, ours[one], other, theirs[other], meant[one])
    }
    pairs = {}
    for (one, other), score in scores.items():
        rivals = [
            found for pair, found in scores.items() if pair != (one, other) and (pair[0] == one or pair[1] == other)
        ]
        if score >= LEAST and score - max(rivals, default=0) >= MARGIN:
            pairs[one] = Match(other, score)
    return pairs


def by_shape(ours: Fields, theirs: Fields, meant: Mapping[str, Meaning], *, formats_only: bool) -> dict[str, Match]:
    """Pairs of fields that could be nothing else: each has the other as its only possible partner.

    With `formats_only`, possible partners are those of the same format, such as date.
    """
    possible = [
        (one, other)
        for one in ours
        for other in theirs
        if (_same_format if formats_only else is_compatible)(ours[one], theirs[other])
        and meant[one].can_be(wording(other, theirs[other].description))
    ]
    counts = Counter(("ours", one) for one, _ in possible) + Counter(("theirs", other) for _, other in possible)
    return {one: Match(other) for one, other in possible if counts["ours", one] == counts["theirs", other] == 1}


def _is_told(name: str, ours: Shape, other: str, theirs: Shape, meant: Meaning) -> bool:
    """Whether texts or values say that a field is ours."""
    if _has_same_description(ours, theirs) or _has_same_values(ours, theirs):
        return not is_opposed(words(name), words(other))
    said = wording(other, theirs.description)
    return not meant.is_crossed_by(said) if name == other else meant.is_told_by(said)


def _same_format(one: Shape, other: Shape) -> bool:
    return is_same_type(one, other) and bool(one.formats & other.formats & STRONG)


def _texts(fields: Fields) -> Iterable[str]:
    return (f"{name} {shape.description}" for name, shape in fields.items())


def _weights(texts: Sequence[str]) -> dict[str, int]:
    """The weight of each word: the fewer fields have it, the more it tells."""
    counts = Counter(word for text in texts for word in words(text))
    return {word: 1000 // count for word, count in counts.items()}


def _score(name: str, ours: Shape, other: str, theirs: Shape, weights: Mapping[str, int]) -> int:
    mine, other_words = words(name), words(other)
    mentioned = mine | words(ours.description)
    told = other_words | words(theirs.description)
    return BOTH * (name == other) + max(
        SAME_DESCRIPTION * _has_same_description(ours, theirs),
        SAME_NAME * (name == other),
        SAME_VALUES * _has_same_values(ours, theirs),
        _NAMES * _shared(mine, other_words, mine | other_words, weights) // 1000,
        _DESCRIPTIONS * _descriptions(ours, theirs, weights) // 1000,
        _MENTIONED * _shared(mentioned, other_words, other_words, weights) // 1000,
        _MENTIONED * _shared(mine, told, mine, weights) // 1000,
    )


def _has_same_description(ours: Shape, theirs: Shape) -> bool:
    return bool(ours.description) and _plain(ours) == _plain(theirs)


def _has_same_values(ours: Shape, theirs: Shape) -> bool:
    """Whether most of the documented values are the same, in either case."""
    one, other = ({value.lower() for value in each.enum or ()} for each in (ours, theirs))
    return len(one & other) > 1 and 2 * len(one & other) > len(one | other)


def _plain(shape: Shape) -> str:
    return " ".join(shape.description.lower().split()).rstrip(".")


def _descriptions(ours: Shape, theirs: Shape, weights: Mapping[str, int]) -> int:
    one, other = words(ours.description), words(theirs.description)
    return _shared(one, other, one | other, weights)


def _shared(one: Words, other: Words, of: Words, weights: Mapping[str, int]) -> int:
    """The weight that two sets of words have in common, of a whole, in thousandths."""
    total = sum(weights[word] for word in of)
    return 1000 * sum(weights[word] for word in one & other) // total if total else 0
