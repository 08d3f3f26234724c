"""Answers which requests need not have been made, or not in that way: asked before, day by day, or misread.

How lists are walked stays out (`pages`), and so does what follows a refusal (`refusals`).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest

DAYS: Final = 5
"""Single days of one question, from which on a range would have been the thing to ask for."""

POLLS: Final = 2
"""How often in a day nobody minds the full list of users, or the same question hours apart."""

_RESTART: Final = timedelta(hours=1)

_TOLD_BY_DAY: Final = {
    *("getDauCount", "getDailyUsage"),
    *("getUsersAdoption", "getMetrics", "getMetricsByFeature", "getMetricsTotals", "getUsersPaged"),
    *("getUsersAdoptionV1", "getLimitHitsV1", "getQuotaConsumptionV1"),
    *("getUsersAdoptionV2", "getLimitHitsV2", "getQuotaConsumptionV2"),
    *("getOrganizationUsage", "getTeamUsage", "getUserUsage"),
}
"""Where an answer about a range tells its days one by one, so that no single day need be asked for."""

_USERS: Final = {"getOrganizationUsers", "getTeamUsers"}


def again(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Answered before on the same day of the data, about days that have passed; once, later, may be a restart."""
    answered: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.answered and each.is_final:
            before = answered[each.question, each.data_day]
            restarted = before and each.elapsed_since(before[-1]) >= _RESTART
            if before and not each.resumes(before) and (len(before) >= POLLS or not restarted):
                yield each
            before.append(each)


def day_by_day(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Single days of what a range tells day by day, when there are many on one day of the data."""
    found: defaultdict[Hashable, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.answered and each.entry.operation in _TOLD_BY_DAY and each.single_day:
            found[each.beyond_range, each.data_day].append(each)
    for alike in found.values():
        if len({each.single_day for each in alike}) >= DAYS:
            yield from alike


def users_polled(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A full list of users begun anew, from the third time in a day on."""
    begun: Counter[Hashable] = Counter()
    for each in requests:
        if each.answered and each.entry.operation in _USERS and each.position == "0":
            key = each.page_chain, each.entry.at.date()
            begun[key] += 1
            if begun[key] > POLLS:
                yield each


def today(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A date of today or later, refused by a vendor that has none."""
    for each in requests:
        stated = (each.parameters.get(name, "") for name in ("date", "start_date", "end_date"))
        if each.entry.status == 400 and any(_reaches(text, each.entry.at.date()) for text in stated):
            yield each


def _reaches(text: str, day: date) -> bool:
    try:
        return date.fromisoformat(text) >= day
    except ValueError:
        return False


def month_zero(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A month 00, as the answers count months and requests do not."""
    for each in requests:
        months = each.entry.operation == "getOrganizationAccountUtilizations"
        if months and each.parameters.get("startDate", "").endswith("-00"):
            yield each


def older_version(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A report under v1 that is documented under v2."""
    return (each for each in requests if each.entry.operation == "getLimitHitsV1")
