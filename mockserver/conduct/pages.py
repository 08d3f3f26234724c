"""Answers which pages were asked for in the wrong way: out of order, by foreign cursors, too small, not to the end.

What is asked about stays out (`questions`).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest

_DEFAULTS: Final = {
    "getDau": ("page_size", 100),
    "getUserActivity": ("page_size", 50),
    "getDailyUserActivityByEditorLanguage": ("page_size", 50),
    "getUsersPaged": ("limit", 50),
}
"""The documented default size of a page, and the parameter that makes another."""


def abandoned(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page that led to another one, for which nobody asked, with whatever success; one row is no walk begun."""
    followed = {(each.page_chain, each.position) for each in requests}
    return (
        each
        for each in requests
        if each.answered and _leads(each) and not each.one_row and (each.page_chain, each.entry.more) not in followed
    )


def _leads(each: JournaledRequest) -> bool:
    return each.entry.more is not None


def out_of_order(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A page asked for before the answer was there that leads to it; a total that is known is no leave to do so."""
    leading: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.answered and _leads(each):
            leading[each.page_chain, each.entry.more].append(each)
    for each in requests:
        before = leading.get((each.page_chain, each.position), []) if each.position is not None else []
        if before and not any(each.sent_after(one) for one in before):
            yield each


def foreign_cursor(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A cursor that was given to the same path, but to another question alone."""
    given: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
    for each in requests:
        cursor = each.parameters.get("cursor")
        walks = given.get((each.entry.path, cursor), set())
        if walks and each.page_chain not in walks:
            yield each
        # Whatever befell the answer, its cursor may have come through: most that is armed only delays.
        if _leads(each):
            given[each.entry.path, each.entry.more].add(each.page_chain)


def used_twice(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A cursor answered more often than it was given to the same question; once, after a pause, it is picked up."""
    given: Counter[Hashable] = Counter()
    used: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        key = each.page_chain, each.parameters.get("cursor")
        if each.answered and given[key]:
            uses = used[key]
            if len(uses) >= given[key] and not each.resumes(uses):
                yield each
            uses.append(each)
        if each.answered and _leads(each):
            given[each.page_chain, each.entry.more] += 1


def small(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A later page of a walk that would have had fewer, had it left the size alone."""
    for each in requests:
        name, default = _DEFAULTS.get(each.entry.operation or "", ("", 0))
        size = each.parameters.get(name, "")
        if each.answered and "cursor" in each.parameters and size.isdecimal() and int(size) < default:
            yield each
