"""Tests of restatement: which share of a day is missing in each publication of it, for any day and number of days."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as draw

from mockserver.simulation import hashing
from mockserver.simulation.hashing import I64
from mockserver.simulation.restatement import WHOLE, Publication, Restatement

DAY = 739_000
PEOPLE = np.arange(4_000, dtype=np.int64)
MODES = (Restatement.LATE_ROWS, Restatement.CORRECTIONS)

modes = draw.sampled_from(MODES)
lengths = draw.integers(1, 14)
keys = draw.integers(0, 2**64 - 1)


def missing(mode: Restatement, length: int, number: int, key: int = hashing.key("a key")) -> I64:
    """The missing shares of a day in its publication with this number; the first one has the number 1."""
    return Publication(mode, length, DAY + number - 1).missing(key, PEOPLE, np.full_like(PEOPLE, DAY))


@given(modes, lengths, keys)
def test_missing_share_falls_to_nothing_with_each_publication(mode: Restatement, length: int, key: int) -> None:
    shares = np.stack([missing(mode, length, number, key) for number in range(1, length + 2)])
    assert (np.diff(shares, axis=0) <= 0).all()
    assert (shares.min(), shares.max() <= WHOLE) == (0, True)
    assert not shares[-1].any()
    assert shares[:-1].any(axis=1).all(), "no figure is final before the last publication"


@pytest.mark.parametrize("mode", MODES)
def test_each_of_three_publications_changes_the_day(mode: Restatement) -> None:
    totals = [int(missing(mode, 3, number).sum()) for number in range(1, 6)]
    assert totals[0] > totals[1] > totals[2] > totals[3] == totals[4] == 0


def test_late_days_are_missing_as_a_whole() -> None:
    found = missing(Restatement.LATE_ROWS, 3, 1)
    assert set(found.tolist()) == {0, WHOLE}
    assert 0.35 < (found == WHOLE).mean() < 0.45


def test_corrections_are_small() -> None:
    found = missing(Restatement.CORRECTIONS, 3, 1)
    assert 0.55 < (found > 0).mean() < 0.65
    assert found[found > 0].min() >= 8
    assert found.max() < 48


@given(modes, lengths, draw.integers(1, 30))
def test_unpublished_day_is_as_in_its_first_publication(mode: Restatement, length: int, ahead: int) -> None:
    assert (missing(mode, length, 1 - ahead) == missing(mode, length, 1)).all()


@given(modes, lengths, draw.integers(-40, 40))
def test_publication_matters_to_ranges_with_a_day_that_is_not_final(
    mode: Restatement, length: int, number: int
) -> None:
    publication = Publication(mode, length, DAY + number - 1)
    assert (publication.of_range(DAY) is publication) == missing(mode, length, number).any()
    assert publication.of_range(DAY) in {publication, None}
