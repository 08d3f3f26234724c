"""Promises about cached rows: each is computed once while it is kept, whatever pages it is on, and the budget holds."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gateway import row_cache
from mockserver.gateway.row_cache import AHEAD, EncodedRow, RowCache
from tests.simulation import worlds

WORLD = worlds.world(people=3)
IDS = [f"{number:03}" for number in range(100)]
ROWS = [EncodedRow(row_id, f'{{"n":{number}}}'.encode()) for number, row_id in enumerate(IDS)]


class Computing:
    """Computes rows of a list of 100, and remembers which."""

    def __init__(self) -> None:
        self.computed: list[str] = []

    def __call__(self, after: str | None, count: int) -> Iterator[tuple[str, object]]:
        some = [(row_id, {"n": number}) for number, row_id in enumerate(IDS) if after is None or row_id > after]
        self.computed += [row_id for row_id, _ in some[:count]]
        return islice(iter(some), count)


@given(st.lists(st.tuples(st.one_of(st.none(), st.sampled_from([*IDS, "", "0505", "9"])), st.integers(1, 120))))
def test_rows_are_the_same_whatever_was_requested_before(requests: list[tuple[str | None, int]]) -> None:
    cache = RowCache(WORLD, budget=20_000)
    for after, count in requests:
        start = 0 if after is None else sum(row_id <= after for row_id in IDS)
        assert cache.rows("list", after, count, Computing()) == ROWS[start : start + count]


def test_first_page_computes_no_more_than_its_rows() -> None:
    computing = Computing()
    RowCache(WORLD).rows("list", None, 3, computing)
    assert computing.computed == IDS[:3]


def test_pages_that_follow_compute_rows_ahead_and_none_twice() -> None:
    cache, computing = RowCache(WORLD), Computing()
    cache.rows("list", None, 3, computing)
    cache.rows("list", "001", 3, computing)
    assert computing.computed == IDS[: 3 + AHEAD]
    for row_id in IDS:
        cache.rows("list", row_id, 5, computing)
    assert computing.computed == IDS


def test_end_of_a_list_is_cached_too() -> None:
    cache, computing = RowCache(WORLD), Computing()
    assert [cache.rows("list", "098", 5, computing) for _ in range(2)] == [ROWS[99:], ROWS[99:]]
    assert [cache.rows("list", "099", 5, computing) for _ in range(2)] == [[], []]
    assert computing.computed == ["099"]


def test_chosen_rows_are_computed_from_the_first_to_the_last_that_is_missing() -> None:
    cache, computed = RowCache(WORLD), []

    def compute(ids: Sequence[str]) -> list[object]:
        computed.append(list(ids))
        return [{"n": int(row_id)} for row_id in ids]

    assert cache.chosen("list", [], compute) == []
    for ids in (IDS[4:6], IDS[2:8], IDS[1:8], IDS[1:8], IDS[3:4]):
        assert cache.chosen("list", ids, compute) == [ROWS[int(row_id)] for row_id in ids]
    assert computed == [IDS[4:6], IDS[2:8], IDS[1:2]]
    cache.chosen("another", IDS[1:2], compute)
    assert computed[3:] == [IDS[1:2]]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((50, 49, 48, 46, 45), ["50", "46-49", "42-45"]),
        ((50, 51, 54, 55), ["50", "51-54", "55-58"]),
        ((0, 1), ["0", "1-4"]),
        ((2, 1), ["2", "0-1"]),
        ((97, 98), ["97", "98-99"]),
        ((60, 62, 61), ["60", "62", "61"]),
        ((70, 75), ["70", "75"]),
    ],
)
def test_rows_beside_are_computed_for_a_client_that_goes_through_a_list(
    asked: tuple[int, ...], expected: list[str]
) -> None:
    cache, computed = RowCache(WORLD), []

    def compute(ids: Sequence[str]) -> list[object]:
        numbers = [int(row_id) for row_id in ids]
        assert numbers == [*range(numbers[0], numbers[-1] + 1)]
        computed.append("-".join(str(each) for each in dict.fromkeys((numbers[0], numbers[-1]))))
        return [{"n": number} for number in numbers]

    def beside(first: str, last: str) -> tuple[list[str], list[str]]:
        return IDS[max(int(first) - 3, 0) : int(first)], IDS[int(last) + 1 : int(last) + 4]

    for number in asked:
        assert cache.chosen("list", [IDS[number]], compute, beside) == [ROWS[number]]
    assert computed == expected


def test_chosen_rows_are_evicted_like_all_others() -> None:
    computed: list[str] = []

    def compute(ids: Sequence[str]) -> Iterator[object]:
        computed.extend(ids)
        return iter(ids)

    cache = RowCache(WORLD, budget=1000)
    for row_id in (*IDS[:3], IDS[2], IDS[0]):
        assert [row.id for row in cache.chosen("list", [row_id], compute)] == [row_id]
    assert computed == [*IDS[:3], IDS[0]]


def test_lists_do_not_share_rows() -> None:
    cache, computing = RowCache(WORLD), Computing()
    cache.rows(("list", 1), None, 2, computing)
    cache.rows(("list", 2), None, 2, computing)
    assert computing.computed == ["000", "001", "000", "001"]


def test_oldest_rows_are_evicted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_cache, "_OVERHEAD", 100 - len(ROWS[0].json))
    cache, computing = RowCache(WORLD, budget=1000), Computing()
    cache.rows("list", None, 10, computing)
    cache.rows("other", None, 1, computing)
    del computing.computed[:]
    cache.rows("list", "000", 9, computing)
    assert computing.computed == [], "only the first row made way for the other list"
    cache.rows("list", None, 1, computing)
    assert computing.computed == ["000"]


def test_row_that_two_requests_compute_at_once_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_cache, "_OVERHEAD", 100 - len(ROWS[0].json))
    cache, computing = RowCache(WORLD, budget=1000), Computing()

    def compute_meanwhile(after: str | None, count: int) -> Iterator[tuple[str, object]]:
        cache.rows("list", after, count, computing)
        return Computing()(after, count)

    cache.rows("list", None, 9, compute_meanwhile)
    cache.rows("other", None, 1, computing)
    del computing.computed[:]
    assert cache.rows("list", None, 9, computing) == ROWS[:9]
    assert computing.computed == [], "ten rows fit"


def test_threads_get_the_same_rows() -> None:
    cache = RowCache(WORLD, budget=3000)
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda number: cache.rows("list", IDS[number], 20, Computing()), list(range(70)) * 20)
        assert list(found) == [ROWS[number + 1 : number + 21] for number in range(70)] * 20


def test_joined_rows_are_a_list_in_json() -> None:
    assert row_cache.joined(ROWS[:2]).decoded() == [{"n": 0}, {"n": 1}]
    assert row_cache.joined([]).decoded() == []


@pytest.mark.parametrize(
    ("first", "last", "before", "after"),
    [
        (100, 100, [*range(84, 100)], [*range(101, 117)]),
        (95, 110, [*range(79, 95)], [*range(111, 127)]),
        (73, 73, [70, 71, 72], [*range(74, 90)]),
        (70, 128, [], [129, 130]),
        (70, 130, [], []),
    ],
)
def test_days_beside_others_are_in_the_history(first: int, last: int, before: list[int], after: list[int]) -> None:
    found = row_cache.days_beside(70, 130)(first, last)
    assert tuple(map(list, found)) == (before, after)
