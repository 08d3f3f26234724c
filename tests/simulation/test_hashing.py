"""The draws: the same bits everywhere, exact at the ends, in the given shares."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.simulation import hashing

KEYS = st.integers(0, 2**64 - 1)
COUNTERS = st.integers(-(2**63), 2**63 - 1)
ALL_DRAWS = np.arange(65536, dtype=np.int64)


@given(KEYS, COUNTERS)
def test_scalar_and_mix_draw_the_same_bits(key: int, counter: int) -> None:
    assert int(hashing.mix(key, np.array([counter], dtype=np.int64))[0]) == hashing.scalar(key, counter)


@pytest.mark.parametrize(
    ("key", "counter", "bits"),
    [
        # The first outputs of splitmix64 from the seeds 0 and 1234567, as published with the algorithm.
        (0, 0, 0xE220A8397B1DCDAF),
        (0, 1, 0x6E789E6AA1B965F4),
        (0, 2, 0x06C45D188009454F),
        (1234567, 0, 6457827717110365317),
        (1234567, 1, 3203168211198807973),
        (1234567, 2, 9817491932198370423),
    ],
)
def test_bits_equal_splitmix64(key: int, counter: int, bits: int) -> None:
    assert hashing.scalar(key, counter) == bits


def test_keys_and_counters_are_broadcast() -> None:
    keys = np.array([3, 2**64 - 1], dtype=np.uint64)
    table = hashing.mix(keys[:, None], np.array([[-5, 0, 9]], dtype=np.int64))
    expected = [[hashing.scalar(int(key), counter) for counter in (-5, 0, 9)] for key in keys]
    assert table.tolist() == expected


def test_mix_does_not_change_its_arguments() -> None:
    keys, counters = np.array([3], dtype=np.uint64), np.array([4], dtype=np.int64)
    hashing.mix(keys, counters)
    assert (keys.tolist(), counters.tolist()) == ([3], [4])


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("ab", "c"), 0x4449645A7CE72544),
        (("a", "bc"), 0xA88A4C477C93AF5A),
        ((1, 7, "acme", "team"), 0x3DE05C9CEF6C3E48),
    ],
    ids=["ab c", "a bc", "a topic"],
)
def test_key_is_stable_and_keeps_words_apart(words: tuple[str | int, ...], key: int) -> None:
    assert hashing.key(*words) == key


@given(KEYS)
def test_fields_of_a_hash_make_up_the_whole(bits: int) -> None:
    drawn = np.array([bits], dtype=np.uint64)
    for width in (4, 8, 10, 16):
        fields = [int(hashing.field(drawn, position, width)[0]) for position in range(64 // width)]
        whole = sum(part << position * width for position, part in enumerate(fields))
        assert whole == bits & ((1 << 64 // width * width) - 1), width


@pytest.mark.parametrize("layout", [np.array, np.transpose], ids=["by rows", "by columns"])
@given(hashes=st.lists(KEYS, min_size=1, max_size=6))
def test_small_fields_have_the_numbers_of_fields(layout: Callable[..., hashing.U64], hashes: list[int]) -> None:
    drawn = layout(np.array([hashes, hashes[::-1]], dtype=np.uint64))
    for index in range(4):
        assert hashing.word_field(drawn, index).tolist() == [
            [each >> 16 * index & 0xFFFF for each in row] for row in drawn.tolist()
        ]
    for index in range(8):
        assert hashing.byte_field(drawn, index).tolist() == [
            [each >> 8 * index & 0xFF for each in row] for row in drawn.tolist()
        ]


def test_zero_percent_is_never_and_hundred_percent_always() -> None:
    assert not hashing.percent(ALL_DRAWS, 0).any()
    assert hashing.percent(ALL_DRAWS, 100).all()


@pytest.mark.parametrize("share", [1, 3, 50, 99])
def test_percentage_is_exact(share: int) -> None:
    assert int(hashing.percent(ALL_DRAWS, share).sum()) == -(-share * 65536 // 100)


def test_each_draw_may_have_its_own_percentage() -> None:
    assert hashing.percent(np.array([0, 65535, 0]), np.array([0, 100, 1])).tolist() == [False, True, True]


@pytest.mark.parametrize(("steps", "mean"), [(256, 45), (256, 256), (64, 1000)])
def test_exponential_table_ascends_from_near_zero_and_has_the_mean(steps: int, mean: int) -> None:
    table = hashing.exponential(steps, mean)
    assert table[0] == mean // steps
    assert (np.diff(table) >= 0).all()
    assert abs(int(table.sum()) - mean * steps) <= steps, "rounding down costs less than one a step"


def test_exponential_table_has_the_median() -> None:
    table = hashing.exponential(256, 1000)
    assert table[127] <= 693 <= table[128], "ln 2 of the mean"


@pytest.mark.parametrize("weights", [[1], [1, 1], [84, 10, 4, 2], [0, 5, 0, 3, 0], [1_000_000, 1]])
def test_choices_occur_in_proportion_to_their_weights(weights: list[int]) -> None:
    found = np.bincount(hashing.weighted(ALL_DRAWS, np.array(weights)), minlength=len(weights))
    shares = [weight * 65536 / sum(weights) for weight in weights]
    assert len(found) == len(weights)
    assert all(abs(count - share) <= 1 for count, share in zip(found.tolist(), shares, strict=True))


def test_choice_without_weight_is_never_made() -> None:
    found = set(hashing.weighted(ALL_DRAWS, np.array([0, 5, 0, 3, 0])).tolist())
    assert found == {1, 3}


def test_neighbouring_keys_and_counters_give_unrelated_bits() -> None:
    """Each bit of a sum over many neighbours is set about half of the time: within 3 of 100."""
    rows = hashing.mix(np.arange(100, dtype=np.uint64)[:, None], np.arange(100, dtype=np.int64)[None, :])
    for position in range(64):
        share = int(hashing.field(rows, position, 1).sum())
        assert 4700 <= share <= 5300, f"bit {position}: {share} of 10000"
