"""Answers what was asked and what came of it: a bounded record of the requests of one sandbox, without credentials.

Judging the requests stays out.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import NamedTuple
from urllib.parse import unquote

_SECRET_NAMES = frozenset(
    {
        *("token", "access_token", "auth_token", "refresh_token", "authorization", "bearer"),
        *("key", "apikey", "api_key", "x_api_key", "password", "secret", "client_secret"),
    }
)
_SUSPECT = ("token", "key", "auth", "bearer", "password", "secret")
"""One of these stands in each of the names."""

_SHORTEST_SECRET = 6
"""Fewer letters are no credential, and looking for them would hide half of an ordinary path."""

TEXT_MAXIMUM = 2048
"""The longest path or query that is kept whole, in characters."""

REDACTED = "[redacted]"


class Entry(NamedTuple):
    """One request. `query` is as sent, but for credentials; `duration_us` is in microseconds; `refusal` is a Reason.

    `grant` names the token that was known, `more` what the answer gave to ask the next page with, and `started` is in
    nanoseconds of a clock that only goes forward: it tells requests that stood still in the sandbox's time apart.
    `generation` tells one set of the sandbox's switches from another.
    """

    id: int
    at: datetime
    vendor: str
    operation: str | None
    method: str
    path: str
    query: str
    status: int
    duration_us: int
    organization: str
    fault: str | None
    refusal: str | None
    grant: str | None = None
    more: str | None = None
    started: int = 0
    generation: int = 0


class Journal:
    """The newest entries, oldest first; ids grow by one and start again only with `clear`.

    Taking an id and keeping an entry are one step of the interpreter each, so that requests do not wait for each other;
    one that overtakes another between the two is put in its place when the entries are read.
    """

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._ids = count(1)

    def next_id(self) -> int:
        """The id of the entry that comes next."""
        return next(self._ids)

    def append(self, entry: Entry) -> None:
        """Keep an entry; the oldest goes when there is no room."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget every entry and begin counting anew."""
        self._entries.clear()
        self._ids = count(1)

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries.copy(), key=lambda entry: entry.id))


def redact_query(query: str, secrets: Sequence[str]) -> str:
    """A query string without the values of parameters that hold credentials, nor any of the `secrets` themselves."""
    if "%" not in query and not _suspect(query.lower()) and not _tells(query, secrets):
        return query
    return "&".join(_hidden(field, secrets) for field in query.split("&"))


def redact_path(path: str, secrets: Sequence[str]) -> str:
    """A path without the segments in which any of the `secrets` stands."""
    if not _tells(path, secrets):
        return path
    return "/".join(REDACTED if _tells(segment, secrets) else segment for segment in path.split("/"))


def _hidden(field: str, secrets: Sequence[str]) -> str:
    name, _, value = field.partition("=")
    if unquote(name).lower().replace("-", "_") in _SECRET_NAMES or _tells(unquote(value), secrets):
        return f"{name}={REDACTED}"
    return REDACTED if _tells(unquote(field), secrets) else field


def _suspect(text: str) -> bool:
    for part in _SUSPECT:  # noqa: SIM110 (as below; an expression that ignores case takes eight times as long)
        if part in text:
            return True
    return False


def _tells(text: str, secrets: Sequence[str]) -> bool:
    for secret in secrets:  # noqa: SIM110 (every request comes by here, and a generator takes three times as long)
        if secret in text and len(secret) >= _SHORTEST_SECRET:
            return True
    return False


def truncate(text: str) -> str:
    """A path or query as it is kept: what is longer than TEXT_MAXIMUM ends there, in an ellipsis."""
    return text if len(text) <= TEXT_MAXIMUM else f"{text[:TEXT_MAXIMUM]}…"
