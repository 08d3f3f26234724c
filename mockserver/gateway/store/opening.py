"""A registry over an engine, from its URL."""

from pathlib import Path
from typing import Any

from mockserver.gateway import pipeline
from mockserver.gateway.store.address import StoreAddress
from mockserver.gateway.store.documents import Documents
from mockserver.gateway.store.engine import Engine
from mockserver.gateway.store.shared_admission import EffectiveStages
from mockserver.gateway.store.shared_registry import SharedRegistry


def open_store(url: str, what: tuple[Any, ...], documents: Documents) -> SharedRegistry:
    """The registry of the sandboxes in a store."""
    address = StoreAddress.parse(url, lambda path: Path(path).read_text(encoding="utf-8").strip())
    effective = EffectiveStages(pipeline.fault, pipeline.limit)
    registry = SharedRegistry(*what, engine=Engine(address), documents=documents, effective=effective)
    registry.connect()
    return registry
