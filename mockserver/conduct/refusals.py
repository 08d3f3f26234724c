"""Answers which requests took no notice of a refusal: too soon after it, or the same once more.

What a client asks while all is well stays out (`questions`, `pages`).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest

_SHORTEST: Final = timedelta(seconds=0.95)
"""A second, less what a timer may be off."""

_PERCEPTIBLE: Final = timedelta(seconds=0.1)
_GROWTH: Final = 1.1
_DOUBLING: Final = 1.5
"""By what a wait must be longer to have grown: at all, or as one that began short does in a few steps."""

_REFILL: Final = timedelta(seconds=6)
"""One request of Augment's ten a minute."""

_MINUTE: Final = timedelta(minutes=1)
_PER_MINUTE: Final = 10
UNKNOWN, FORBIDDEN = 401, 403
CUT: Final = 0
"""The status in the journal of a connection that was reset before the answer."""

_FREE: Final = 2
"""Refusals in a row that may pass for bad luck: the first, and one look whether it was."""

_OTHERS: Final = 5
"""Other questions that may follow at once on failures, in case one of them is answered."""


def after_limit(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Within a second of a 429; or refused again after a wait that is no longer than the one before."""
    by_token: defaultdict[str | None, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        if each.entry.status not in {UNKNOWN, FORBIDDEN}:
            by_token[each.entry.grant].append(each)
    for mine in by_token.values():
        yield from _after_limit(mine)


def _after_limit(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Whoever asks the same again is measured by its own refusal, and whoever asks something else by the last one."""
    pending: dict[Hashable, tuple[JournaledRequest, timedelta]] = {}
    last: tuple[JournaledRequest, timedelta] | None = None
    for each in requests:
        before, again, wait = pending.pop(each.question, last), each.entry.status == 429, timedelta(0)
        if before is not None and each.must_have_seen(before[0]):
            wait = each.wait_after(before[0])
            if wait < _SHORTEST or (again and wait < before[1] * _GROWTH and wait < _REFILL):
                yield each
        last = (each, wait) if again else None
        if last:
            pending[each.question] = last


def after_failure(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Going on at once after 5xx or no answer: with the same question, or with others when nothing comes of any."""
    again = {each.entry.id for each in _same_after_failure(requests)}
    others = {each.entry.id for each in _others_after_failure(requests)}
    return (each for each in requests if each.entry.id in again | others)


def _same_after_failure(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """The same, a second time at once; one retry at once may be, and waits that soon grow."""
    failed: dict[Hashable, tuple[JournaledRequest, timedelta, int]] = {}
    for each in requests:
        before, waited, times = failed.pop(each.question, (None, timedelta(0), 0))
        wait = each.wait_after(before) if before else timedelta(0)
        times = times + 1 if before and _hasty(wait, waited) else 0
        if times >= _FREE:
            yield each
        if _failed(each):
            failed[each.question] = each, wait, times


def _others_after_failure(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """One after the other at once, of which one after the other fails: the server is ill, and not a question."""
    rows: dict[str | None, tuple[JournaledRequest, int]] = {}
    for each in requests:
        before, hasty = rows.pop(each.entry.grant, (None, 0))
        if before is not None and each.must_have_seen(before):
            hasty = hasty + 1 if each.wait_after(before) < _SHORTEST else 0
        if hasty > _OTHERS:
            yield each
        if _failed(each):
            rows[each.entry.grant] = each, hasty


def _failed(each: JournaledRequest) -> bool:
    """No answer, one that says so, or one that somebody had a hand in, and may have broken."""
    return each.entry.status >= 500 or each.entry.status == CUT or (each.entry.status == 200 and not each.answered)


def _hasty(wait: timedelta, before: timedelta) -> bool:
    return wait < _SHORTEST and (wait < _PERCEPTIBLE or wait < before * _DOUBLING)


def hammering(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Refused with 429 after more requests within a minute than are documented to come back in one."""
    passed: list[JournaledRequest] = []
    for each in requests:
        if each.entry.status == 429 and each.entry.fault is None:
            if sum(each.elapsed_since(one) < _MINUTE for one in passed[-_PER_MINUTE - 1 :]) > _PER_MINUTE:
                yield each
        else:
            passed.append(each)


def ignoring(status: int) -> Callable[[Sequence[JournaledRequest]], Iterator[JournaledRequest]]:
    """The rule of going on in spite of a status: from the third in a row on; 403 is that of a token, and one's own."""

    def ignored(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
        rows: defaultdict[str | None, list[JournaledRequest]] = defaultdict(list)
        for each in requests:
            row = rows[each.entry.grant if status == FORBIDDEN else None]
            if each.entry.status != status:
                row.clear()
                continue
            if len(row) == _FREE and all(each.must_have_seen(one) for one in row):
                yield each
            if len(row) < _FREE:
                row.append(each)

    return ignored


def refused_again(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """The same question that was refused for what is wrong with it, on the same day."""
    refused: dict[Hashable, JournaledRequest] = {}
    for each in requests:
        if each.entry.status in {400, 404, 405, 422} and each.entry.fault is None:
            key = each.question, each.data_day
            if key in refused and each.sent_after(refused[key]):
                yield each
            refused.setdefault(key, each)
