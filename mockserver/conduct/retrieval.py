"""Rules about retrieving data: the same again, day by day, or in pages that are foreign, too small, or left out."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest

DAYS: Final = 5
"""From so many single days of one question on, a range would have been the better request."""

POLLS: Final = 2
"""How often a day the full list of users, or the same question hours apart, is acceptable."""

_RESTART: Final = timedelta(hours=1)


def repeated(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Answered before on the same data day, about days that have passed; once, an hour later, may be a restart."""
    answered: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.answered and each.is_final:
            earlier = answered[each.question, each.data_day]
            restarted = earlier and each.elapsed_since(earlier[-1]) >= _RESTART
            if earlier and not each.resumes(earlier) and (len(earlier) >= POLLS or not restarted):
                yield each
            earlier.append(each)


def day_by_day(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Many single days on one data day, from an operation that returns a range day by day."""
    found: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.answered and each.entry.operation in each.context.advice.daily_operations and each.single_day:
            found[each.without_dates, each.data_day].append(each)
    for alike in found.values():
        if len({each.single_day for each in alike}) >= DAYS:
            yield from alike


def users_polled(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A full list of users begun again, from the third time in a day on."""
    begun: Counter[Hashable] = Counter()
    for each in requests:
        if each.answered and each.entry.operation in each.context.advice.user_lists and each.is_first_page:
            key = each.page_chain, each.entry.at.date()
            begun[key] += 1
            if begun[key] > POLLS:
                yield each


def abandoned_list(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page with a next one that was never requested, successfully or not; a probe does not begin a list."""
    followed = {(each.page_chain, each.position) for each in requests}
    return (
        each
        for each in requests
        if each.answered
        and each.entry.next_page is not None
        and not each.is_probe
        and (each.page_chain, each.entry.next_page) not in followed
    )


def pages_out_of_order(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page requested before the answer that leads to it; a known total does not justify that."""
    leading: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.answered and each.entry.next_page is not None:
            leading[each.page_chain, each.entry.next_page].append(each)
    for each in requests:
        earlier = leading.get((each.page_chain, each.position), []) if each.position is not None else []
        if earlier and not any(each.sent_after(one) for one in earlier):
            yield each


def foreign_cursor(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A cursor that the same path gave, but only to other questions."""
    given: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
    for each in requests:
        chains = given.get((each.entry.path, each.cursor), set())
        if chains and each.page_chain not in chains:
            yield each
        # A fault on the answer changes nothing: the cursor may have arrived, since most faults only delay.
        if each.entry.next_page is not None:
            given[each.entry.path, each.entry.next_page].add(each.page_chain)


def cursor_used_twice(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A cursor answered more often than it was given to the same question; once, after a pause, it may resume."""
    given: Counter[Hashable] = Counter()
    used: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        key = each.page_chain, each.cursor
        if each.answered and given[key]:
            uses = used[key]
            if len(uses) >= given[key] and not each.resumes(uses):
                yield each
            uses.append(each)
        if each.answered and each.entry.next_page is not None:
            given[each.page_chain, each.entry.next_page] += 1


def small_pages(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A later page of a list that would have had fewer pages with the default size."""
    for each in requests:
        default = each.context.advice.default_page_sizes.get(each.entry.operation or "", 0)
        size = each.page_size or ""
        if each.answered and each.cursor is not None and size.isdecimal() and int(size) < default:
            yield each
