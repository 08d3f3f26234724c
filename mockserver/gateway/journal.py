"""The journal of one sandbox: a bounded record of its requests, without credentials.

Checking the behaviour of clients is the client lint's job (`conduct`).
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
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
"""Every secret name contains one of these."""

_SHORTEST_SECRET = 6
"""Shorter texts are not credentials, and searching for them would redact half of an ordinary path."""

TEXT_MAXIMUM = 2048
"""The longest path or query that is kept whole, in characters."""

REDACTED = "[redacted]"

next_sequence = partial(next, count(1))
"""Returns the next logical timestamp; larger ones are later, in whichever thread they are taken."""


class Entry(NamedTuple):
    """One request. `query` is as sent, without credentials; `duration_us` is in microseconds; `refusal` is a Reason.

    `grant` is the id of the token, if it is known, and `next_page` is the answer's link to the next page. `started` is
    in nanoseconds of a monotonic clock. `generation` is that of the policy in force. `frozen` is whether the sandbox's
    clock stood still.

    `start_seq` and `end_seq` are the logical timestamps of the request and of its answer. The `start_seq` of a request
    that is sent after the answer to another was received is above the other's `end_seq`, however long anything takes.
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
    next_page: str | None = None
    started: int = 0
    generation: int = 0
    frozen: bool = False
    start_seq: int = 0
    end_seq: int = 0


class Journal:
    """The newest entries, oldest first; ids grow by one and start again only with `clear`.

    Taking an id and appending an entry are atomic, so no lock is needed; entries that overtake each other between the
    two are put in order when they are read.
    """

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._ids = count(1)

    def next_id(self) -> int:
        return next(self._ids)

    def append(self, entry: Entry) -> None:
        """Keep an entry; the oldest is dropped when the journal is full."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Drop every entry and restart the ids."""
        self._entries.clear()
        self._ids = count(1)

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries.copy(), key=lambda entry: entry.id))


def redact_query(query: str, secrets: Sequence[str]) -> str:
    """A query string without the values of parameters that hold credentials, and without any of the `secrets`."""
    if "%" not in query and not _is_suspect(query.lower()) and not _contains_secret(query, secrets):
        return query
    return "&".join(_redact_field(field, secrets) for field in query.split("&"))


def redact_path(path: str, secrets: Sequence[str]) -> str:
    """A path without the segments that contain any of the `secrets`."""
    if not _contains_secret(path, secrets):
        return path
    return "/".join(REDACTED if _contains_secret(segment, secrets) else segment for segment in path.split("/"))


def _redact_field(field: str, secrets: Sequence[str]) -> str:
    name, _, value = field.partition("=")
    if unquote(name).lower().replace("-", "_") in _SECRET_NAMES or _contains_secret(unquote(value), secrets):
        return f"{name}={REDACTED}"
    return REDACTED if _contains_secret(unquote(field), secrets) else field


def _is_suspect(text: str) -> bool:
    for part in _SUSPECT:  # noqa: SIM110 (as below; an expression that ignores case takes eight times as long)
        if part in text:
            return True
    return False


def _contains_secret(text: str, secrets: Sequence[str]) -> bool:
    for secret in secrets:  # noqa: SIM110 (runs for every request, and a generator takes three times as long)
        if secret in text and len(secret) >= _SHORTEST_SECRET:
            return True
    return False


def truncate(text: str) -> str:
    """A path or query as it is kept: cut at TEXT_MAXIMUM, with an ellipsis."""
    return text if len(text) <= TEXT_MAXIMUM else f"{text[:TEXT_MAXIMUM]}…"
