"""What clients have written at vendors, in sandboxes that several servers share. No write is lost or seen in part."""

from collections.abc import Callable
from secrets import token_urlsafe
from threading import Lock

from mockserver.gateway.admission import Result
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.store.engine import Engine
from mockserver.gateway.vendor import Memory, RequestContext

_READING = ("GET", "HEAD")


class WrittenMemories:
    """The memories of sandboxes as a server has read them last, by sandbox and vendor, with their versions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._known: dict[str, dict[str, tuple[int, Memory]]] = {}

    def forget(self, sandbox_id: str) -> None:
        """Forget what was written in a sandbox."""
        self._known.pop(sandbox_id, None)

    def respond(
        self, context: RequestContext, sandbox: Sandbox, version: int, view: Callable[[Memory | None], Result]
    ) -> Result:
        """The result of a view that may write what is kept at a vendor; it is made again if another one was faster."""
        vendor = context.vendor
        if vendor.memory is None:
            return view(None)
        while True:
            version, memory = self._read(context, sandbox, version)
            if context.method in _READING:
                return view(memory)
            mine, before = vendor.memory(sandbox.world), memory.to_text()
            mine.read_text(before)
            result, after = view(mine), mine.to_text()
            if after == before:
                return result
            reply = self._engine.script("write", sandbox.id, vendor.name, version, after, token_urlsafe(12))
            if reply[0] != "stale":
                return result
            version = reply[1]

    def _read(self, context: RequestContext, sandbox: Sandbox, version: int) -> tuple[int, Memory]:
        """What is kept at a vendor, in a version or a newer one."""
        name, make = context.vendor.name, context.vendor.memory
        assert make is not None  # noqa: S101 (the caller looks)
        known = self._known.get(sandbox.id, {}).get(name)
        if known is not None and known[0] == version:
            return known
        present, text = self._engine.command("HMGET", self._engine.key("s", sandbox.id), f"mv:{name}", f"m:{name}")
        memory = make(sandbox.world)
        if text is not None:
            memory.read_text(text)
        found = int(present or 0), memory
        with self._lock:
            self._known.setdefault(sandbox.id, {})[name] = found
        return found
