"""Answers the same question twice without working twice: bodies kept in pieces, the instant written anew each time.

When two questions are the same stays out (`view` decides by the vendor's epoch).
"""

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

TIMESTAMP = "\x00now\x00"
"""Stands in a body where the instant of the answer belongs."""

KEPT_BYTES = 16 * 1024 * 1024
"""Bytes of answers that an app keeps; those kept first go first."""

_OVERHEAD = 500
_HOLDERS = (dict, list)

Key = tuple[Hashable, ...]
"""What one question is told from others by."""


def to_json(body: object) -> str:
    """A body as compact JSON, in the order of its keys, non-ASCII letters as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def rename_fields(body: Any, names: Mapping[str, str]) -> Any:
    """The same body, at every depth under other keys: those that are in `names` have the names there."""
    if isinstance(body, dict):
        return {
            names.get(key, key): rename_fields(value, names) if isinstance(value, _HOLDERS) else value
            for key, value in body.items()  # Most values hold nothing; asking here saves a call for each.
        }
    return [rename_fields(each, names) for each in body] if isinstance(body, list) else body


@dataclass(frozen=True, slots=True)
class CachedBody:
    """A body in pieces, between which the instant goes; `more` is what leads to the next page, where there is one."""

    pieces: tuple[bytes, ...]
    more: str | None = None

    @classmethod
    def of(
        cls, body: dict[str, Any] | list[Any], names: Mapping[str, str] | None = None, more: str | None = None
    ) -> "CachedBody":
        """The answer with this body, in which STAMP stands for the instant; keys that are in `names` are renamed."""
        written = to_json(rename_fields(body, names) if names else body)
        return cls(tuple(written.encode().split(to_json(TIMESTAMP).encode())), more)

    def with_timestamp(self, instant: str) -> bytes:
        """The whole body, with the instant in its places."""
        return f'"{instant}"'.encode().join(self.pieces)

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        return sum(map(len, self.pieces)) + _OVERHEAD


class ResponseCache:
    """The kept answers of one app, by keys whose first part is the sandbox they belong to.

    `put` and `forget` are for the lock of the app's state; `get` needs none, and keeps no order.
    """

    def __init__(self, budget: int = KEPT_BYTES) -> None:
        self._budget = budget
        self._bytes = 0
        self._kept: dict[Key, CachedBody] = {}

    def get(self, key: Key) -> CachedBody | None:
        """The answer kept under a key."""
        return self._kept.get(key)

    def put(self, key: Key, answer: CachedBody) -> None:
        """Keep an answer, letting go of the first kept until the budget holds."""
        replaced = self._kept.pop(key, None)
        self._kept[key] = answer
        self._bytes += answer.size - (replaced.size if replaced else 0)
        while self._bytes > self._budget:
            self._bytes -= self._kept.pop(next(iter(self._kept))).size

    def forget(self, sandbox: str) -> None:
        """Let go of every answer of a sandbox."""
        for key in [each for each in self._kept if each[0] == sandbox]:
            self._bytes -= self._kept.pop(key).size
