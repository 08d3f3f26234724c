"""Answers what was asked and what came of it: a bounded record of the requests of one sandbox, without credentials.

Judging the requests stays out.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

_SECRET_NAMES = frozenset(
    ("token", "access_token", "api_key", "apikey", "key", "authorization", "password", "secret", "client_secret")
)
REDACTED = "[redacted]"


class Entry(NamedTuple):
    """One request. `query` is as sent; `duration_us` is in microseconds; `refusal` is the reason of a refusal."""

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


class Journal:
    """The newest entries, oldest first; ids grow by one and start again only with `clear`."""

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._last = 0

    def next_id(self) -> int:
        """The id of the entry that comes next."""
        self._last += 1
        return self._last

    def append(self, entry: Entry) -> None:
        """Keep an entry; the oldest goes when there is no room."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget every entry and begin counting anew."""
        self._entries.clear()
        self._last = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))


def redacted(text: str, secrets: tuple[str, ...]) -> str:
    """A query string without the values of parameters that hold credentials, nor any of the `secrets` themselves."""
    if not text:
        return text
    pairs = parse_qsl(text, keep_blank_values=True)
    if not any(name.lower() in _SECRET_NAMES or any(secret in value for secret in secrets) for name, value in pairs):
        return text
    return urlencode([(name, _hidden(name, value, secrets)) for name, value in pairs], safe="[]")


def _hidden(name: str, value: str, secrets: tuple[str, ...]) -> str:
    return REDACTED if name.lower() in _SECRET_NAMES or any(secret in value for secret in secrets) else value
