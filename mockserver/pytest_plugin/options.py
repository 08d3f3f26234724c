"""Answers which server pytest was told to use: by a flag, by a variable, by an ini file, in this order.

Starting one, where none is named, stays out (`home`).
"""

import os
from urllib.parse import urlsplit

import pytest

URL_VARIABLE = "MOCKSERVER_URL"
ADMIN_TOKEN_VARIABLE = "MOCKSERVER_ADMIN_TOKEN"  # noqa: S105 (a name)


def add(parser: pytest.Parser) -> None:
    """Add the flag and the ini option."""
    group = parser.getgroup("mockserver", "mockserver: a simulator of AI-analytics HTTP APIs")
    group.addoption(
        "--mockserver-url",
        metavar="URL",
        help="Use the mock server that runs there, and start none. MOCKSERVER_URL says the same, and so does "
        "mockserver_url in an ini file. MOCKSERVER_ADMIN_TOKEN is sent to it, if there is one.",
    )
    parser.addini("mockserver_url", "Use the mock server that runs there, and start none.", default="")


def url(config: pytest.Config) -> str | None:
    """The URL that was given, without a slash at its end; None when none was. UsageError when it cannot be one."""
    ways = {
        "--mockserver-url": config.getoption("--mockserver-url"),
        URL_VARIABLE: os.environ.get(URL_VARIABLE),
        "mockserver_url": config.getini("mockserver_url"),
    }
    return next((_checked(way, text) for way, text in ways.items() if text), None)


def admin_token() -> str | None:
    """What the control plane is to be shown; None when it asks for nothing."""
    return os.environ.get(ADMIN_TOKEN_VARIABLE) or None


def _checked(way: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise pytest.UsageError(f"{way} is {text!r}, which is no URL of a server; give one as in http://127.0.0.1:8080")
    return text.rstrip("/")
