"""Whether the texts of two fields can mean the same: a pair that shares words may still be of opposites.

A pair must share what tells our field apart from the others in its object. Words that many fields have, such as
"users", settle nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockserver.learning import wording
from mockserver.learning.shape import Shape, is_same_type
from mockserver.learning.wording import Wording, Words, informative

_AGREED = 3
"""The fewest words in which two descriptions agree. Two are those of "users with requests" and "requests of users"."""

_NOTHING: Words = frozenset()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the texts of one of our fields say, beside the other fields of its object.

    `key` are the words of its name that tell it apart, `rivals` those of the fields that could be taken for it, and
    `told` the words of its description that neither they nor the names of other fields have.
    """

    wording: Wording
    key: Words
    rivals: Words
    told: Words

    def can_be(self, theirs: Wording) -> bool:
        """Whether a name denies nothing that ours says, and nothing makes it that of another thing."""
        is_opposed = wording.is_opposed(self.wording.name, theirs.name)
        return not is_opposed and not wording.means_another(self.wording, theirs)

    def is_told_by(self, theirs: Wording) -> bool:
        """Whether a field says what tells ours apart, and in its name nothing more."""
        ours = self.wording.told
        is_opposed = wording.is_opposed(self.wording.name | self.wording.asserted, theirs.name | theirs.asserted)
        if is_opposed or theirs.told & self.rivals - ours or not self.can_be(theirs):
            return False
        if theirs.name & ours:
            return self._is_named_by(theirs)
        return self.wording.name <= theirs.told or self._is_described_by(theirs)

    def is_crossed_by(self, theirs: Wording) -> bool:
        """Whether the description of a field with our name is about another one of ours."""
        told = theirs.description
        return bool(told & self.rivals - self.wording.told) and not told & self.key

    def _is_named_by(self, theirs: Wording) -> bool:
        """Whether a name has the words that tell ours apart and no others, or has much of what our description says."""
        name, ours = informative(theirs.name), self.wording
        if name <= ours.name:
            return self.key <= theirs.told
        asserted, described = informative(ours.asserted), informative(ours.description)
        if self.key <= theirs.name:
            return name <= ours.told and 2 * len(name & asserted) > len(asserted)
        return name <= described and bool(name & self.told) and 2 * len(name) >= len(described)

    def _is_described_by(self, theirs: Wording) -> bool:
        """Whether two descriptions agree in most words."""
        ours, heard = informative(self.wording.asserted), informative(theirs.asserted)
        shared = ours & heard
        return bool(shared & self.told) and len(shared) >= _AGREED and 2 * len(shared) >= len(ours | heard)


def meanings(fields: Mapping[str, Shape], names: Iterable[str]) -> dict[str, Meaning]:
    """What each of the fields of an object says; `names` are those of all our fields."""
    worded = {name: wording.wording(name, shape.description) for name, shape in fields.items()}
    words = {name: wording.words(name) for name in names}
    return {name: _meaning(name, fields, worded, words) for name in fields}


def _meaning(
    name: str, fields: Mapping[str, Shape], worded: Mapping[str, Wording], names: Mapping[str, Words]
) -> Meaning:
    own = worded[name]
    alike = [each for each in fields if each != name and is_same_type(fields[name], fields[each])]
    keys = [
        wording.key(worded[each].name, _all(worded[other].name for other in (name, *alike) if other != each))
        for each in alike
    ]
    told = own.description - _all(worded[each].told for each in alike)
    return Meaning(
        own,
        wording.key(own.name, _all(worded[each].name for each in alike)),
        _all(keys) - wording.GENERIC,
        informative(told) - _all(found - own.name for other, found in names.items() if other != name),
    )


def _all(found: Iterable[Words]) -> Words:
    return _NOTHING.union(*found)
