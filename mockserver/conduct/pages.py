"""Rules about pages: requested out of order, with foreign cursors, too small, or not to the end."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence

from mockserver.conduct.journaled_request import JournaledRequest


def abandoned(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
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


def out_of_order(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
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


def used_twice(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
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


def small(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A later page of a list that would have had fewer pages with the default size."""
    for each in requests:
        default = each.context.advice.default_page_sizes.get(each.entry.operation or "", 0)
        size = each.page_size or ""
        if each.answered and each.cursor is not None and size.isdecimal() and int(size) < default:
            yield each
