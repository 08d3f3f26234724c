"""The editors and languages of a person: those of each day, which make up those of any range."""

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.tabnine.words import EDITORS, LANGUAGES
from mockserver.simulation.timestamps import DAY, midnight
from tests.products.built import tabnine
from tests.simulation import worlds

WORLD = worlds.world(people=40)
START = midnight(date(2025, 9, 1))
FIRST = midnight(WORLD.organization.first_day)


@settings(max_examples=20)
@given(st.integers(0, 39), st.lists(st.integers(START, START + 50 * DAY), min_size=3, max_size=6, unique=True))
def test_parts_of_a_range_have_the_words_of_the_whole(member: int, seconds: list[int]) -> None:
    cuts = sorted(seconds)
    words = tabnine(WORLD).words
    parts, (whole,) = words.used(member, cuts), words.used(member, [cuts[0], cuts[-1]])
    for index, known in enumerate((EDITORS, LANGUAGES)):
        joined = {word for part in parts for word in part[index]}
        assert whole[index] == sorted(joined)
        assert joined <= set(known)
    for part, (start, end) in zip(parts, pairwise(cuts), strict=True):
        active = words.used(member, [start, end])[0]
        assert part == active


def test_person_has_one_or_two_of_each() -> None:
    found = [tabnine(WORLD).words.used(member, [START, START + 400 * DAY])[0] for member in range(40)]
    assert {len(editors) for editors, _ in found} == {len(languages) for _, languages in found} == {0, 1, 2}
    assert len({tuple(editors) for editors, _ in found}) > 5


def test_nothing_is_used_before_the_history() -> None:
    assert tabnine(WORLD).words.used(3, [FIRST - 90 * DAY, FIRST - 60 * DAY, FIRST - DAY]) == [([], []), ([], [])]
