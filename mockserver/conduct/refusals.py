"""Rules about ignored refusals: requests that come too soon after one, or repeat what was refused."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest

_SECOND: Final = timedelta(seconds=1)
_TIMER: Final = 0.95
"""The share of a wait that must have passed, since timers are inaccurate."""

_SHORTEST: Final = _SECOND * _TIMER

_TOLERANCE: Final = 0.9
"""How much faster than the limit a client may be before it counts as hammering."""

_PERCEPTIBLE: Final = timedelta(seconds=0.1)
_GROWTH: Final = 1.1
_DOUBLING: Final = 1.5
"""How much longer a wait must be to have grown: at all, or fast enough to become long in a few steps."""

_LONG_ENOUGH: Final = timedelta(seconds=6)
"""A wait that need not grow where no limit defines how long one request takes to come back."""

_CUT: Final = 0
"""The journal's status of a connection that was reset before the answer."""

_FREE: Final = 2
"""Acceptable refusals in a row: the first one, and one retry."""

_UNTIMED: Final = 4
"""Which retry of a question is one too many if no wait is known, since the sandbox's clock stood still."""

_OTHERS: Final = 5
"""How many other questions may follow a failure at once, in case one of them is answered."""


Violations = Callable[[Sequence[JournaledRequest]], Iterator[JournaledRequest]]
"""A rule: the requests that violate it."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A request that was refused or failed, and how long its client waited before it.

    `hasty` counts the attempts before it that came too soon, and `untimed` those before which no wait is known.
    """

    request: JournaledRequest
    wait: timedelta = timedelta(0)
    hasty: int = 0
    untimed: int = 0


@dataclass(slots=True)
class _Row:
    """Refusals or failures of one token in a row."""

    first: JournaledRequest | None = None
    last: _Attempt | None = None
    questions: set[Hashable] = field(default_factory=set)

    def add(self, attempt: _Attempt) -> None:
        self.first = self.first or attempt.request
        self.last = attempt
        self.questions.add(attempt.request.question)

    def is_ignored_by(self, request: JournaledRequest) -> bool:
        """Whether a new question follows with no known wait, although its client must have seen the first refusal."""
        return (
            self.first is not None
            and request.question not in self.questions
            and request.must_have_seen(self.first)
            and request.wait_after(self.first) is None
        )


def under_each_limit(rule: Violations) -> Violations:
    """A rule about one limit, applied to the requests under each limit of a vendor by themselves."""

    def violations(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
        by_limit: defaultdict[str, list[JournaledRequest]] = defaultdict(list)
        for each in requests:
            by_limit[each.context.limit].append(each)
        for some in by_limit.values():
            yield from rule(some)

    return violations


def after_limit(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Sent too soon after a 429, or refused again after a wait that is no longer than the one before.

    A repeated question is measured by its own refusal, another one by the last refusal of its token.
    """
    pending: dict[Hashable, _Attempt] = {}
    rows: defaultdict[str | None, _Row] = defaultdict(_Row)
    for each in requests:
        if each.entry.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            continue
        row = rows[each.entry.grant]
        before = pending.pop(each.question, row.last)
        attempt = _Attempt(each)
        if before is not None and each.must_have_seen(before.request):
            attempt = _next_attempt(before, each)
            if _too_soon(before, attempt):
                yield each
        elif row.is_ignored_by(each):
            yield each
        if each.entry.status == HTTPStatus.TOO_MANY_REQUESTS:
            pending[each.question] = attempt
            row.add(attempt)
        else:
            del rows[each.entry.grant]


def _next_attempt(before: _Attempt, request: JournaledRequest) -> _Attempt:
    wait = request.wait_after(before.request)
    return _Attempt(request, untimed=before.untimed + 1) if wait is None else _Attempt(request, wait)


def _too_soon(before: _Attempt, attempt: _Attempt) -> bool:
    """Whether a wait was too short; if none is known, the limiter decides, as it runs on the same clock."""
    request, wait = attempt.request, attempt.wait
    if attempt.untimed:
        return attempt.untimed >= _UNTIMED or (_is_limited(before.request) and _is_limited(request))
    again = request.entry.status == HTTPStatus.TOO_MANY_REQUESTS
    enough = request.context.refill or _LONG_ENOUGH
    return wait < shortest_wait(request) * _TIMER or (again and wait < before.wait * _GROWTH and wait < enough)


def _is_limited(request: JournaledRequest) -> bool:
    """Whether the vendor's limiter refused it, and not a fault."""
    return request.entry.status == HTTPStatus.TOO_MANY_REQUESTS and request.is_genuine


def shortest_wait(request: JournaledRequest) -> timedelta:
    """How long to wait at least after a 429: a second, or less where a request comes back sooner."""
    return min(_SECOND, request.context.refill or _SECOND)


def after_failure(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Continuing at once after 5xx or no answer.

    Either a question is retried at once for the second time (one such retry is acceptable, and so are growing waits),
    or one question after the other fails, so that the fault is the server's.
    """
    failed: dict[Hashable, _Attempt] = {}
    rows: defaultdict[str | None, _Row] = defaultdict(_Row)
    for each in requests:
        row = rows[each.entry.grant]
        retry, next_in_row = _retry(failed.pop(each.question, None), each), _next_in_row(row.last, each)
        again = retry.hasty >= _FREE or retry.untimed >= _UNTIMED
        if again or next_in_row.hasty > _OTHERS or row.is_ignored_by(each):
            yield each
        if _is_failure(each):
            failed[each.question] = retry
            row.add(next_in_row)
        else:
            del rows[each.entry.grant]


def _retry(before: _Attempt | None, request: JournaledRequest) -> _Attempt:
    """A request as the next attempt at its question, with how many in a row came too soon."""
    if before is None or not request.sent_after(before.request):
        return _Attempt(request)
    attempt = _next_attempt(before, request)
    if attempt.untimed:
        return attempt
    hasty = attempt.wait < _SHORTEST and (attempt.wait < _PERCEPTIBLE or attempt.wait < before.wait * _DOUBLING)
    return replace(attempt, hasty=before.hasty + 1 if hasty else 0)


def _next_in_row(before: _Attempt | None, request: JournaledRequest) -> _Attempt:
    """A request as the next of a row of failures, with how many in a row came at once after the one before."""
    hasty = before.hasty if before else 0
    wait = request.wait_after(before.request) if before and request.must_have_seen(before.request) else None
    if wait is not None:
        hasty = hasty + 1 if wait < _SHORTEST else 0
    return _Attempt(request, hasty=hasty)


def _is_failure(each: JournaledRequest) -> bool:
    """Cut off before the answer, answered with a failure, or with an answer that a fault may have damaged."""
    status = each.entry.status or _CUT
    return status >= 500 or status == _CUT or (status == 200 and not each.answered)


def hammering(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Refused with 429 after more requests than the limit allows in the time they took."""
    context = requests[0].context if requests else None
    if context is None or context.allowance is None or context.refill is None:
        return
    most = min(context.allowance.per_minute + 1, context.allowance.burst)
    period = context.refill * most * _TOLERANCE
    passed: list[JournaledRequest] = []
    for each in requests:
        if _is_limited(each):
            if len(passed) >= most and each.elapsed_since(passed[-most]) < period:
                yield each
        elif each.entry.status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            passed.append(each)


def ignored(requests: Sequence[JournaledRequest], status: HTTPStatus) -> Iterator[JournaledRequest]:
    """Continuing despite a status, from the third in a row on; 403 is counted for each token."""
    rows: defaultdict[str | None, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        row = rows[each.entry.grant if status == HTTPStatus.FORBIDDEN else None]
        if each.entry.status != status:
            row.clear()
            continue
        if len(row) == _FREE and all(each.must_have_seen(one) for one in row):
            yield each
        if len(row) < _FREE:
            row.append(each)


def repeated(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A question that was refused before on the same day, for what is wrong with it."""
    refused: dict[Hashable, JournaledRequest] = {}
    for each in requests:
        if each.entry.status in {400, 404, 405, 422} and each.is_genuine:
            key = each.question, each.data_day
            if key in refused and each.sent_after(refused[key]):
                yield each
            refused.setdefault(key, each)
