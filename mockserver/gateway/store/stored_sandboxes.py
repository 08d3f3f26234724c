"""What the engine has of sandboxes: their ids, versions and documents, and what their requests count."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from mockserver.gateway.store.engine import Engine

_READ_AT_ONCE = 500
"""How many sandboxes are read in one round trip."""


class StoredSandbox(NamedTuple):
    """A version of a sandbox, and the document that describes it."""

    version: int
    text: str


class StoredSandboxes:
    """Reads sandboxes from the engine, many of them in one round trip, each with a command of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ids(self) -> list[str]:
        """The id of every sandbox, in order of creation; some may be gone by now."""
        found: list[str] = self._engine.command("ZRANGE", self._engine.key("order"), 0, -1)
        return found

    def versions(self, ids: Sequence[str]) -> Iterator[int | None]:
        """The version of each sandbox; None where it is gone."""
        return (None if each is None else int(each) for each in self._each("HGET", ids, "v"))

    def read(self, ids: Sequence[str]) -> Iterator[StoredSandbox | None]:
        """Each sandbox as it is now; None where it is gone."""
        found = self._each("HMGET", ids, "v", "doc")
        return (None if version is None else StoredSandbox(int(version), text) for version, text in found)

    def counters(self, sandbox_id: str, names: Sequence[str]) -> list[str | None]:
        """Counters of a sandbox by their names."""
        if not names:
            return []
        found: list[str | None] = self._engine.command("HMGET", self._engine.key("s", sandbox_id), *names)
        return found

    def all_counters(self, sandbox_id: str, prefix: str) -> dict[str, str]:
        """The counters of a sandbox whose names begin alike."""
        fields = self._engine.command("HKEYS", self._engine.key("s", sandbox_id))
        names = sorted(each for each in fields if each.startswith(prefix))
        values = self.counters(sandbox_id, names)
        return {name: value for name, value in zip(names, values, strict=True) if value is not None}

    def _each(self, command: str, ids: Sequence[str], *fields: str) -> Iterator[Any]:
        """What a command returns for each sandbox."""
        for first in range(0, len(ids), _READ_AT_ONCE):
            page = ids[first : first + _READ_AT_ONCE]
            yield from self._engine.commands(*((command, self._engine.key("s", each), *fields) for each in page))
