"""Answers how a test has the server without a socket: as an app in its own process.

It is the one place of the plugin that imports the product, and only when a test asks for it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mockserver.pytest_plugin.control import Control
from mockserver.pytest_plugin.servers import Server

if TYPE_CHECKING:
    from flask import Flask

URL = "http://localhost"
"""What a client of the app takes for its base URL; nobody is dialled."""


def app() -> "Flask":
    """An app as `mockserver serve` has it without flags."""
    from mockserver.app import create_app
    from mockserver.settings import Settings

    return create_app(Settings())


def server(made: "Flask") -> Server:
    """What makes sandboxes in an app."""

    def line(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        with made.test_client().open(path, method=method, data=body or None, headers=dict(headers)) as answer:
            return answer.status_code, answer.data

    return Server.found(URL, Control(line, URL, None, lambda: "it is an app in this process"), app=made)
