"""A bounded cache of replies. Bodies are kept in pieces, so that each answer gets its own timestamp.

`view` decides which requests share a reply, by the vendor's `cache_epoch`.
"""

import json
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Protocol, TypeVar

from mockserver.gateway.journal import NO_NOTES, AnswerNotes
from mockserver.gateway.request_key import RequestKey

if TYPE_CHECKING:
    from mockserver.gateway.sandbox import Sandbox

TIMESTAMP = "\x00now\x00"
"""Stands in a body where the timestamp of the answer belongs."""

BYTES_MAXIMUM = 16 * 1024 * 1024
"""Bytes of replies that an app keeps; the oldest are evicted first."""

_JSON_TIMESTAMP = rb'"\u0000now\u0000"'
_OVERHEAD = 500
_PIECES_WITH_ONE_TIMESTAMP = 2
_CONTAINERS = (dict, list)

Key = tuple[Hashable, ...]
"""Identifies requests that share a reply; the first part is the id of their sandbox."""

REQUESTS_MAXIMUM = 20_000
"""How many requests are remembered."""


_COMPACT: Final[dict[str, Any]] = {"ensure_ascii": False, "separators": (",", ":")}
_ENCODER: Final = JSONEncoder(**_COMPACT)

_ROWS = "\x00rows\x00"
"""Stands in a body for rows that are JSON already."""

_JSON_ROWS = rb'"\u0000rows\u0000"'
_NO_HEADERS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class EncodedRows:
    """A list in an object of a reply's body whose rows are JSON already, in UTF-8."""

    rows: Sequence[bytes]

    def decoded(self) -> list[Any]:
        """The rows themselves."""
        return [json.loads(row) for row in self.rows]


def to_json(body: object) -> str:
    """A body as compact JSON, in the order of its keys, non-ASCII letters as they are."""
    return _ENCODER.encode(body)


def plain(body: Any) -> Any:
    """The same body with its encoded rows decoded."""
    if isinstance(body, EncodedRows):
        return body.decoded()
    return {key: plain(value) for key, value in body.items()} if isinstance(body, dict) else body


def rename_fields(body: Any, names: Mapping[str, str]) -> Any:
    """The same body with keys renamed at every depth, as `names` maps them."""
    if isinstance(body, dict):
        return {
            names.get(key, key): rename_fields(value, names) if isinstance(value, _CONTAINERS) else value
            for key, value in body.items()  # Most values are plain; the check here saves a call for each.
        }
    return [rename_fields(each, names) for each in body] if isinstance(body, list) else body


def split(body: dict[str, Any] | list[Any] | None, names: Mapping[str, str]) -> tuple[bytes, ...]:
    """A body as JSON, with keys renamed as `names` maps them, split at each TIMESTAMP; () for None."""
    if body is None:
        return ()
    encoded: list[EncodedRows] = []
    if names:
        text = to_json(rename_fields(plain(body), names))
    else:  # Rows are put in last: they are most of the body, and no timestamp is in them.
        text = JSONEncoder(**_COMPACT, default=partial(_stand_in, encoded)).encode(body)
    lists = iter(encoded)
    return tuple([_put_in(piece, lists) for piece in text.encode().split(_JSON_TIMESTAMP)])


def _stand_in(encoded: list[EncodedRows], rows: EncodedRows) -> str:
    """Keep rows that the encoder comes to, and have it write _ROWS in their place."""
    encoded.append(rows)
    return _ROWS


def _put_in(text: bytes, lists: Iterator[EncodedRows]) -> bytes:
    """A text with the rows of the next of `lists` wherever _ROWS stands."""
    first, *parts = text.split(_JSON_ROWS)
    return b"".join((first, *[each for part in parts for each in (b"[", b",".join(next(lists).rows), b"]", part)]))


class CachedReply(NamedTuple):
    """A reply with its body in the pieces that `split` makes."""

    pieces: tuple[bytes, ...]
    status: int = 200
    headers: Mapping[str, str] = _NO_HEADERS
    notes: AnswerNotes = NO_NOTES

    def parts(self, timestamp: str) -> tuple[bytes, ...]:
        """The body in parts, with the timestamp between the pieces."""
        pieces, between = self.pieces, f'"{timestamp}"'.encode()
        if len(pieces) == _PIECES_WITH_ONE_TIMESTAMP:
            return pieces[0], between, pieces[1]
        return (between.join(pieces),)

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return sum(map(len, self.pieces)) + _OVERHEAD


class InSandbox(Protocol):
    """What is known of a request to a sandbox."""

    @property
    def sandbox(self) -> "Sandbox":
        """The sandbox."""


Known = TypeVar("Known", bound=InSandbox)


class RequestMemory(Generic[Known]):
    """What is known of requests, by what they sent; the oldest are forgotten first. All but `get` needs a lock."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._known: OrderedDict[RequestKey, Known] = OrderedDict()
        self._keys: defaultdict[str, set[RequestKey]] = defaultdict(set)
        self.get: Callable[[RequestKey], Known | None] = self._known.get

    def put(self, key: RequestKey, known: Known) -> None:
        """Remember a request."""
        if key in self._known:
            self._remove(key)
        self._known[key] = known
        self._keys[known.sandbox.id].add(key)
        while len(self._known) > self._maximum:
            self._forgotten(*self._known.popitem(last=False))

    def forget(self, sandbox: str) -> None:
        """Forget every request to a sandbox."""
        for key in tuple(self._keys.get(sandbox, ())):
            self._remove(key)

    def _remove(self, key: RequestKey) -> None:
        self._forgotten(key, self._known.pop(key))

    def _forgotten(self, key: RequestKey, known: Known) -> None:
        sandbox = known.sandbox.id
        self._keys[sandbox].discard(key)
        if not self._keys[sandbox]:
            del self._keys[sandbox]


class ResponseCache:
    """The cached replies of one app. `put` and `forget` need the registry's lock; `get` needs none."""

    def __init__(self, budget: int = BYTES_MAXIMUM) -> None:
        self._budget = budget
        self._bytes = 0
        self._replies: OrderedDict[Key, CachedReply] = OrderedDict()
        self.get: Callable[[Key], CachedReply | None] = self._replies.get

    def put(self, key: Key, reply: CachedReply) -> None:
        """Cache a reply, and evict the oldest until the budget holds."""
        replaced = self._replies.pop(key, None)
        self._replies[key] = reply
        self._bytes += reply.size - (replaced.size if replaced else 0)
        while self._bytes > self._budget:
            self._bytes -= self._replies.popitem(last=False)[1].size

    def forget(self, sandbox: str) -> None:
        """Evict every reply of a sandbox."""
        for key in [each for each in self._replies if each[0] == sandbox]:
            self._bytes -= self._replies.pop(key).size
