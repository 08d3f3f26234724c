"""Answers which requests treat credentials badly: shown in a URL, fetched anew each time, used beyond their end.

Going on after 401 or 403 without any credentials that hold stays out (`refusals`).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from mockserver.conduct.journaled_request import JournaledRequest
from mockserver.gateway.journal import REDACTED

_ISSUING: Final = "createToken"
_SHORTEST_LIFE: Final = timedelta(minutes=1)
_FREE: Final = 2
"""Tokens at a time that nobody minds: two programs may start at once."""


def in_url(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """Credentials in the query string or in the path; the journal shows that they were there, never which."""
    return (each for each in requests if REDACTED in each.entry.query or REDACTED in each.entry.path)


def fetched_anew(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A token fetched while the client has two that must still be good."""
    fetched: dict[str | None, list[JournaledRequest]] = {}
    for each in requests:
        held = fetched.setdefault(each.entry.grant, [])
        if each.entry.status == 401:
            held.clear()
        elif each.entry.operation == _ISSUING and each.entry.status == 200:
            held[:] = [one for one in held if each.elapsed_since(one) < _SHORTEST_LIFE]
            if len(held) >= _FREE:
                yield each
            held.append(each)


def expired_again(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
    """A token of a known client refused again, when no other one was fetched after it had expired."""
    expired: dict[str, JournaledRequest] = {}
    for each in requests:
        grant = each.entry.grant
        if grant is None:
            continue
        if each.entry.status == 401 and each.entry.operation != _ISSUING:
            if grant in expired and each.must_have_seen(expired[grant]):
                yield each
            expired.setdefault(grant, each)
        else:
            expired.pop(grant, None)
