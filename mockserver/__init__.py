"""A simulator of vendors' AI-analytics HTTP APIs.

The public names are loaded when they are first used, so that importing the package costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.app import create_app
    from mockserver.client import Client

    __version__: str

__all__ = ["Client", "__version__", "create_app"]

__distribution__ = "analytics-mockserver"  # by this line, `analytics_mockserver.ownership` knows this package


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "__version__":
        from importlib import metadata

        return metadata.version(__distribution__)
    homes = {"create_app": "mockserver.app", "Client": "mockserver.client"}
    if name not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(homes[name]), name)
