"""Answers which requests took no notice of a refusal: too soon after it, or the same once more.

What a client asks while all is well stays out (`questions`, `pages`).
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from mockserver.conduct.asked import Asked

_SHORTEST: Final = timedelta(seconds=1)
_REFILL: Final = timedelta(seconds=6)
"""One request of Augment's ten a minute."""

_MINUTE: Final = timedelta(minutes=1)
_PER_MINUTE: Final = 10
_FREE: Final = 2
"""Refusals in a row that may pass for bad luck: the first, and one look whether it was."""


def after_limit(requests: Sequence[Asked]) -> Iterator[Asked]:
    """Within a second of a 429; or refused again after a wait that is no longer than the one before."""
    last, waited = None, timedelta(0)
    for each in requests:
        if last is not None and each.knew(last) and each.entry.status not in {401, 403}:
            wait = each.waited(last)
            again = each.entry.status == 429
            if wait < _SHORTEST or (again and wait <= waited and wait < _REFILL):
                yield each
            waited = wait if again else timedelta(0)
        if each.entry.status == 429:
            last = each
        elif each.entry.status not in {401, 403}:
            last = None


def after_failure(requests: Sequence[Asked]) -> Iterator[Asked]:
    """The same, a second time at once after 5xx; one retry at once may be."""
    failed: dict[Hashable, tuple[Asked, int]] = {}
    for each in requests:
        before, times = failed.get(each.question, (None, 0))
        hasty = before is not None and each.waited(before) < _SHORTEST
        times = times + 1 if hasty else 0
        if times >= _FREE:
            yield each
        if each.entry.status >= 500:
            failed[each.question] = each, times
        else:
            failed.pop(each.question, None)


def hammering(requests: Sequence[Asked]) -> Iterator[Asked]:
    """Refused with 429 after more requests within a minute than are documented to come back in one."""
    passed: list[Asked] = []
    for each in requests:
        if each.entry.status == 429 and each.entry.fault is None:
            if sum(each.waited(one) < _MINUTE for one in passed[-_PER_MINUTE - 1 :]) > _PER_MINUTE:
                yield each
        else:
            passed.append(each)


def ignoring(status: int) -> Callable[[Sequence[Asked]], Iterator[Asked]]:
    """The rule of going on in spite of a status: from the third in a row on."""

    def ignored(requests: Sequence[Asked]) -> Iterator[Asked]:
        times = 0
        for each in requests:
            times = times + 1 if each.entry.status == status else 0
            if times > _FREE:
                yield each

    return ignored


def refused_again(requests: Sequence[Asked]) -> Iterator[Asked]:
    """The same question that was refused for what is wrong with it, on the same day."""
    refused: set[Hashable] = set()
    for each in requests:
        if each.entry.status in {400, 404, 405, 422} and each.entry.fault is None:
            key = each.question, each.data_day
            if key in refused:
                yield each
            refused.add(key)
