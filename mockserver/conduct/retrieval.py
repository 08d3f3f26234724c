"""Rules about retrieving data: repeated, day by day, or in pages that are too small, out of order, or left out."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest

DAYS: Final = 5
"""As many single days of one question should have been requested as a range."""

POLLS: Final = 2
"""How often a day it is acceptable to request the full list of users, or the same data hours apart."""

_RESTART: Final = timedelta(hours=1)


def repeated(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Answered before on the same data day, about past days; once, an hour later, it may be a restart."""
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


def read_before_final(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """The last request for a day whose figures were not final yet, where its client later read only other days."""
    lists: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.answered and each.days:
            lists[each.entry.grant, each.entry.path, each.entry.generation].append(each)
    for alike in lists.values():
        in_order = sorted(alike, key=lambda each: each.published)
        newest, restated = in_order[-1].published, in_order[-1].context.restated_days
        last = {day: each for each in in_order for day in each.days if day <= each.published}
        early = [each for day, each in last.items() if each.published < day + restated <= newest]
        yield from {each.entry.id: each for each in early}.values()


def users_polled(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """The first page of the full list of users, from the third time in a day on."""
    begun: Counter[Hashable] = Counter()
    for each in requests:
        if each.answered and each.entry.operation in each.context.advice.user_lists and each.is_first_page:
            key = each.page_chain, each.entry.at.date()
            begun[key] += 1
            if begun[key] > POLLS:
                yield each


def abandoned_list(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page with rows whose next page was never requested."""
    return (each for each in _abandoned(requests) if not each.entry.is_empty_page)


def _abandoned(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page whose next page was never requested, successfully or not; a probe does not begin a list."""
    followed = {(each.page_chain, each.position) for each in requests}
    return (each for each in requests if each.leads_to and not each.is_probe and each.leads_to not in followed)


def stopped_at_empty_page(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page without rows whose next page was never requested."""
    return (each for each in _abandoned(requests) if each.entry.is_empty_page)


def repeated_link_followed(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page that was answered before, requested again because an answer after it led back to it.

    A client that goes back by itself begins again there.
    """
    answered: defaultdict[Hashable, set[str | None]] = defaultdict(set)
    leading_back: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        chain = each.page_chain
        if any(each.position == one.entry.next_page and each.sent_after(one) for one in leading_back[chain]):
            yield each
        elif each.is_first_page or each.position in answered[chain]:
            answered[chain].clear()
            leading_back[chain].clear()
        if each.answered:
            answered[chain].add(each.position)
        if each.leads_to and each.entry.next_page in answered[chain]:
            leading_back[chain].append(each)


def pages_out_of_order(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page requested before the answer that leads to it; a known total does not justify that."""
    leading: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.leads_to:
            leading[each.leads_to].append(each)
    for each in requests:
        earlier = leading.get((each.page_chain, each.position), [])
        if earlier and not any(each.sent_after(one) for one in earlier):
            yield each


def foreign_cursor(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A cursor that the same path returned, but only to other questions."""
    given: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
    for each in requests:
        chains = given.get((each.entry.path, each.cursor), set())
        if chains and each.page_chain not in chains:
            yield each
        # A fault on the answer changes nothing: the cursor may have arrived, since most faults only delay.
        if each.entry.next_page is not None:
            given[each.entry.path, each.entry.next_page].add(each.page_chain)


def cursor_used_twice(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A cursor used more often than it was returned to the same question; once, after a pause, it may resume."""
    given: Counter[Hashable] = Counter()
    used: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        key = each.page_chain, each.cursor
        if each.answered and given[key]:
            uses = used[key]
            if len(uses) >= given[key] and not each.resumes(uses):
                yield each
            uses.append(each)
        if each.leads_to:
            given[each.leads_to] += 1


def small_pages(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A later page of a list that would have had fewer pages with the default size."""
    for each in requests:
        default = each.context.advice.default_page_sizes.get(each.entry.operation or "", 0)
        size = each.page_size or ""
        if each.answered and each.cursor is not None and size.isdecimal() and int(size) < default:
            yield each
