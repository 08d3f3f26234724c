"""Keeps the sandboxes of every app in a store, each app with a part of its own. No test of an answer may notice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import pytest

from mockserver import app
from mockserver.admin.admin_context import Sources
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.store.memory import MemoryRegistry
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.world_cache import Make as MakeWorld
from mockserver.settings import Settings


@contextmanager
def apps_in_store(new_store: Callable[[], str]) -> Iterator[None]:
    """Run tests whose apps have a store of their own each, at a URL that `new_store` returns."""
    open_registry = app.open_registry

    def open_in_store(settings: Settings, known: Sources, world: MakeWorld) -> SandboxRegistry:
        if settings.store is None:
            settings = replace(settings, store=new_store())
        return open_registry(settings, known, world)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "open_registry", open_in_store)
        yield


def changeable(registry: SandboxRegistry) -> Sandbox:
    """The default sandbox; over a store, every call of one of its methods is a change of its own."""
    if isinstance(registry, MemoryRegistry):
        return registry.default
    return cast("Sandbox", _Changeable(registry, ()))


@dataclass(frozen=True)
class _Changeable:
    """A part of the default sandbox in a store, by the names that lead to it."""

    _registry: SandboxRegistry
    _path: tuple[str, ...]

    def __getattr__(self, name: str) -> Any:
        path = (*self._path, name)
        part = _part(self._registry.default, path)
        if callable(part):
            return partial(self._call, path)
        return _Changeable(self._registry, path) if name in {"faults", "journal"} else part

    def __iter__(self) -> Iterator[Any]:
        return iter(_part(self._registry.default, self._path))

    def _call(self, path: tuple[str, ...], *args: Any, **kwargs: Any) -> Any:
        return self._registry.change(self._registry.default, lambda sandbox: _part(sandbox, path)(*args, **kwargs))


def _part(sandbox: Sandbox, path: tuple[str, ...]) -> Any:
    found: Any = sandbox
    for name in path:
        found = getattr(found, name)
    return found
