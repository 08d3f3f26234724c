"""Which event loop a server has."""

import asyncio
import sys
from types import SimpleNamespace

import pytest

from mockserver.server import loops


def test_loop_is_uvloops_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = object()
    monkeypatch.setitem(sys.modules, "uvloop", SimpleNamespace(new_event_loop=lambda: made))
    assert loops.new() is made


def test_loop_is_asyncios_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    loop = loops.new()
    loop.close()
    assert isinstance(loop, asyncio.SelectorEventLoop)
