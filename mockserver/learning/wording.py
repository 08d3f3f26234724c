"""What the words of names and descriptions say: which of them mean something, and which mean another thing.

The words are English ones that any API may have. What is peculiar to a vendor is in its own file.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

Words = frozenset[str]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SPLIT_PREFIX = re.compile(r"^(?:in|un|dis)(?:[_-]|(?=[A-Z]))")
_COUNTED = re.compile(r"^.*\b(?:number|count|amount|sum|total) of ", re.IGNORECASE)
_AFTER_SUBJECT = re.compile(r"\b(?:of|per|in|on|by|for|who|that|which|with|during|from|at|over)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;:.](?:\s|$)")
_ENDINGS = (
    *("ances", "ance", "ities", "ity", "ement", "ions", "ion", "ings", "ing", "ly", "ies", "ed"),
    *("es", "s", "e"),
)
_ROOT = 3
"""The fewest letters that a word keeps without its ending."""

_OPAQUE = 5
"""The most letters of a word that may mean nothing."""

_SHORT = 2
"""The most letters of a word that is not expected to be explained."""


def _stem(word: str) -> str:
    """A word without its ending, so that "accepted" is "acceptances", and "activated" is not "active"."""
    for ending in _ENDINGS:
        root = word.removesuffix(ending)
        if root != word and len(root) >= _ROOT and not (ending == "s" and root.endswith("s")):
            return root
    return word


@lru_cache(maxsize=10_000)
def words(text: str) -> Words:
    """The words of a name or a sentence, each without its ending."""
    return frozenset(_stem(word.lower()) for word in _WORD.findall(text.replace("n't", " not")) if len(word) > 1)


_NEGATING = words(
    "no not non nor never neither without cannot except excluding excluded fail failure failed reject rejected ignored "
    "dismissed declined discarded refused denied cancelled canceled aborted abandoned skipped missed missing lost "
    "lacking below under outside left remain remaining unused unspent idle dormant absent former removed deleted "
    "reverted undone revoked suspended blocked expired error warning invalid disabled deactivated inactive timeout"
)
"""Words with which a text denies something, or speaks of what did not happen."""

_PREFIXES = ("in", "im", "ir", "il", "un", "non", "dis", "de")
_OTHER = words(
    "new old end until last previous prior next avg average mean median max maximum peak highest min minimum lowest "
    "pct percent percentage rate ratio share proportion change delta growth trend difference created updated modified "
    "manager parent owner invited pending eligible available allowed expected estimated projected target returning"
)
"""Words that make another field of a name, or of a description."""

_UNITS = words("request session license seat line character token message hour minute second cost price device team")
"""What may be counted instead, so that it is another field where a description begins with it."""

_COUNTS = words("count number num cnt amount quantity value")
GENERIC = _COUNTS | words("user id key date day name")
"""Words that the names of many fields have, so that they tell none apart."""

_NEUTRAL = _COUNTS | words(
    "the of for with who that which are was were has have had been be and or all any each by in on at to from its "
    "their this these those how many much often there is it as an unique distinct used use using made least one what "
    "where when field full display total overall"
)
"""Words that a name or a description may have without a change of what it says."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a field's name and of its description.

    `asserted` are those of its first clause, and `subject` those of what is counted there.
    """

    name: Words
    description: Words
    asserted: Words
    subject: Words

    @property
    def told(self) -> Words:
        """All of them."""
        return self.name | self.description


def wording(name: str, description: str) -> Wording:
    """The words of a field."""
    clause = _CLAUSE.split(description, maxsplit=1)[0]
    subject = _AFTER_SUBJECT.split(_COUNTED.sub("", clause), maxsplit=1)[0]
    return Wording(words(_SPLIT_PREFIX.sub("not_", name)), words(description), words(clause), words(subject))


def informative(found: Words) -> Words:
    """The words that say something."""
    return frozenset(word for word in found - _NEUTRAL if len(word) > _SHORT or word in GENERIC)


def key(name: Words, siblings: Words) -> Words:
    """The words of a name that tell it apart from its siblings, and that are not general ones if there are others."""
    own = name - siblings or name
    return own - GENERIC or own


def is_opaque(name: Words, known: Words) -> bool:
    """Whether a name is of words that mean nothing, as far as can be told: short ones that no field of ours has."""
    return all(len(word) <= _OPAQUE for word in name) and not name & (known | _NEGATING | _OTHER | GENERIC)


def is_opposed(one: Words, other: Words) -> bool:
    """Whether just one of two texts denies something."""
    known = one | other
    return _denies(one, known) != _denies(other, known)


def means_another(ours: Wording, theirs: Wording) -> bool:
    """Whether a text is about another thing of the same kind, such as the average or the last."""
    return bool((theirs.name | theirs.asserted) & _OTHER - ours.told or theirs.subject & _UNITS - ours.name)


def _denies(text: Words, known: Words) -> bool:
    return any(word in _NEGATING or _without_negation(word) & known for word in text)


def _without_negation(word: str) -> Words:
    """What a word with a negating prefix or ending may deny."""
    found = {word.removeprefix(prefix) for prefix in _PREFIXES} | {word.removesuffix("less")}
    return frozenset(each for each in found - {word} if len(each) > _ROOT)
