"""The start of a server with a store: it waits for the engine, may empty it, and joins the servers that use it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mockserver.gateway import pipeline
from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.store.address import StoreAddress, StoreUnusable
from mockserver.gateway.store.documents import Documents
from mockserver.gateway.store.engine import Engine
from mockserver.gateway.store.joining import Joining
from mockserver.gateway.store.registry import RegistryParts
from mockserver.gateway.store.shared_admission import EffectiveStages
from mockserver.gateway.store.shared_registry import SharedRegistry

START_SECONDS = 30.0
"""How long a server that starts waits for an engine that does not answer."""


def open_store(
    address: StoreAddress, parts: RegistryParts, documents: Documents, started: Mapping[str, str], *, reset: bool
) -> SharedRegistry:
    """The registry of the sandboxes in a store; `started` is how this server was, by flag.

    With `reset`, the store is emptied first. StoreUnusable where the engine does not answer or refuses this server,
    where another version has written the store, or where other servers were started otherwise.
    """
    engine = Engine(address)
    joining, effective = Joining(engine, started), EffectiveStages(pipeline.fault, pipeline.limit)
    registry = SharedRegistry(parts, engine=engine, documents=documents, effective=effective, join=joining.join_again)
    with _usable(address):
        engine.wait(START_SECONDS)
        if reset:
            engine.delete_all()
        joining.join()
        registry.connect()
    return registry


def empty_store(address: StoreAddress) -> None:
    """Delete what is in a store; StoreUnusable where the engine does not answer or refuses it."""
    engine = Engine(address)
    with _usable(address):
        engine.wait(START_SECONDS)
        engine.delete_all()
    engine.close()


@contextmanager
def _usable(address: StoreAddress) -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        hint = _tls_hint(address.url, error.cause)
        raise StoreUnusable(f"the store at {address} cannot be used: {error.cause}{hint}") from error


def _tls_hint(url: str, cause: str) -> str:
    """What an error may mean in which neither side speaks of TLS, because only one of them has it."""
    if url.startswith("rediss:"):
        return " (a port without TLS looks like this; it needs redis://)" if "Timeout" in cause else ""
    ended = "reset by peer" in cause or "closed by server" in cause
    return " (a port with TLS looks like this; it needs rediss://)" if ended else ""
