"""The public names of the pytest plugin, and a second name to load it by; the code is in `analytics_mockserver`.

This is one file for the reason given in `mockserver.client`. The distribution mockserver-client has an entry point for
its own file of this name, so that pytest may load this file instead of that one.
"""

import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from analytics_mockserver import pytest_plugin as plugin

if TYPE_CHECKING:
    from analytics_mockserver.pytest_plugin import *  # noqa: F403 (what __getattr__ gives)

__all__ = plugin.__all__


def __getattr__(name: str) -> object:
    """A public name of the plugin."""
    if name in __all__:
        return getattr(plugin, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load the plugin unless it is loaded or blocked, and block the other names of this module."""
    if not pluginmanager.is_blocked(plugin.NAMES[0]):
        pluginmanager.import_plugin(plugin.__name__)
    entry_points = metadata.entry_points(group="pytest11")
    names = {__name__, *(each.name for each in entry_points if each.value == __name__)}
    for name in names - {pluginmanager.get_name(sys.modules[__name__])}:
        pluginmanager.set_blocked(name)
