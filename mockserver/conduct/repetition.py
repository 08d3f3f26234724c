"""Rules about needless requests: the same question again, day by day, or the whole list of users again and again."""

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


def again(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
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
