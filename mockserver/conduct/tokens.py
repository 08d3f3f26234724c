"""Rules about credentials: sent in a URL, fetched again for each request, or used after they expired."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest
from mockserver.gateway.redaction import REDACTED

_SHORTEST_LIFE: Final = timedelta(minutes=1)
_FREE: Final = 2
"""How many valid tokens a client may hold: two programs may start at once."""


def in_url(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Credentials in the query string or in the path; the journal shows that they were there, never which."""
    return (each for each in requests if REDACTED in each.entry.query or REDACTED in each.entry.path)


def _issues_token(request: JournaledRequest) -> bool:
    operation = request.context.advice.issuing_operation
    return operation is not None and request.entry.operation == operation


def fetched_anew(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A token fetched while the client holds two that are still valid."""
    fetched: defaultdict[str | None, list[JournaledRequest]] = defaultdict(list)
    for each in requests:
        held = fetched[each.entry.grant]
        if each.entry.status == HTTPStatus.UNAUTHORIZED:
            held.clear()
        elif _issues_token(each) and each.entry.status == 200:
            held[:] = [one for one in held if each.elapsed_since(one) < _SHORTEST_LIFE]
            if len(held) >= _FREE:
                yield each
            held.append(each)


def expired_again(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """An expired token of a known client sent again, with no other token fetched since its first refusal."""
    expired: dict[str, JournaledRequest] = {}
    for each in requests:
        grant = each.entry.grant
        if grant is None or each.context.advice.issuing_operation is None:
            continue
        if each.entry.status == HTTPStatus.UNAUTHORIZED and not _issues_token(each):
            if grant in expired and each.must_have_seen(expired[grant]):
                yield each
            expired.setdefault(grant, each)
        else:
            expired.pop(grant, None)
