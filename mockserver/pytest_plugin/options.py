"""The configured URL and admin token of a server, and the marker of the plugin.

Values inside a marker are not checked here: the server does that when the sandbox is created.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

SANDBOX_ARGUMENTS = ("case", "organization", "now", "frozen", "seed", "limits", "policy", "faults", "defects")
MARKER_ARGUMENTS = (*SANDBOX_ARGUMENTS, "in_process")

MARKER_HELP = (
    "mockserver(case='C001', organization='acme', now='2026-11-02T10:00:00Z', frozen=True, seed=7, limits='off', "
    "policy={'<vendor>': {'<switch>': '<option>'}}, faults=[{'vendor': '<vendor>', 'effect': {'status': 503}}], "
    "defects=['duplicate-row'], in_process=True): create the test's `sandbox` from a case (`mockserver cases` lists "
    "them), with these settings in place of the case's or the server's own. All arguments are optional. A mark on a "
    "test takes precedence over one on its class, and that over one on its module, argument by argument; limits and "
    "policy are merged per vendor. in_process: without a socket, see the fixture mockserver_app."
)


class MarkerError(ValueError):
    """Invalid use of the `mockserver` marker; the message names the mistake and the allowed arguments."""


def server_url(config: pytest.Config) -> str | None:
    """The configured URL without a trailing slash, or None; UsageError for an invalid one.

    The option takes precedence over the variable, and the variable over the ini file.
    """
    sources = {
        "--mockserver-url": config.getoption("--mockserver-url"),
        "MOCKSERVER_URL": os.environ.get("MOCKSERVER_URL"),
        "mockserver_url": config.getini("mockserver_url"),
    }
    return next((_check_url(source, text) for source, text in sources.items() if text), None)


def admin_token() -> str | None:
    """The admin token of the environment, or of the file that it names; UsageError if that is not possible."""
    from mockserver.validation import admin_token as admin_tokens

    token, path = (os.environ.get(f"MOCKSERVER_{name}") or None for name in ("ADMIN_TOKEN", "ADMIN_TOKEN_FILE"))
    try:
        return admin_tokens.choose(token, Path(path) if path else None)
    except admin_tokens.AdminTokenError as error:
        raise pytest.UsageError(str(error)) from error


def _check_url(source: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise pytest.UsageError(
            f"{source} is {text!r}, which is not the URL of a server; expected one like http://127.0.0.1:8080"
        )
    return text.rstrip("/")


def read_marks(node: pytest.Item) -> tuple[list[dict[str, Any]], bool | None]:
    """The settings in the marks of a test, its class and its module, outermost first; and in_process, None if unset.

    MarkerError for an unknown argument.
    """
    marks = [_check_mark(mark, node.nodeid) for mark in node.iter_markers("mockserver")]
    settings = [{name: mark[name] for name in SANDBOX_ARGUMENTS if name in mark} for mark in reversed(marks)]
    return settings, next((mark["in_process"] for mark in marks if "in_process" in mark), None)


def _check_mark(mark: pytest.Mark, test: str) -> Mapping[str, Any]:
    if mark.args:
        allowed = ", ".join(MARKER_ARGUMENTS)
        raise MarkerError(f"@pytest.mark.mockserver of {test} takes keyword arguments only: {allowed}")
    for name in mark.kwargs:
        if name not in MARKER_ARGUMENTS:
            from mockserver.validation.suggestions import unknown_name

            raise MarkerError(f"@pytest.mark.mockserver of {test}: {unknown_name('argument', name, MARKER_ARGUMENTS)}")
    return mark.kwargs
