"""The plugin's command-line and ini options, the admin token, and the description of its marker."""

import os
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest

MARKER_HELP = (
    "mockserver(case='C001', organization='acme', now='2026-11-02T10:00:00Z', frozen=True, seed=7, limits='off', "
    "policy={'<vendor>': {'<switch>': '<option>'}}, profile='flaky', "
    "faults=[{'vendor': '<vendor>', 'effect': {'status': 503}}], defects=['duplicate-row'], in_process=True): "
    "create the test's `sandbox` from a case (`mockserver cases` lists them) or with a profile (`mockserver profiles` "
    "lists them), with these settings in place of the case's or the server's own. All arguments are optional. A mark "
    "on a test takes precedence over one on its class, and that over one on its module, argument by argument; limits "
    "and policy are merged per vendor. in_process: without a socket, see the fixture mockserver_app."
)


class MarkerError(ValueError):
    """Invalid use of the `mockserver` marker; the message names the mistake and the allowed arguments."""


def add(parser: pytest.Parser) -> None:
    """Add --mockserver-url, and mockserver_url and mockserver_command for ini files."""
    help_text = "Use the mock server at this URL instead of starting one."
    parser.getgroup("analytics-mockserver", "analytics-mockserver: a simulator of AI-analytics HTTP APIs").addoption(
        "--mockserver-url",
        metavar="URL",
        help=f"{help_text} The variable MOCKSERVER_URL and the ini option mockserver_url do the same. If "
        "MOCKSERVER_ADMIN_TOKEN or MOCKSERVER_ADMIN_TOKEN_FILE is set, that token is sent to the server.",
    )
    parser.addini("mockserver_url", help_text, default="")
    parser.addini(
        "mockserver_command",
        "Start the mock server with this command, up to and without `serve`, as in `uvx analytics-mockserver`; it runs "
        "in pytest's root directory, without PYTHONPATH. A URL takes precedence.",
        default="",
    )


def server_command(config: pytest.Config) -> tuple[str, ...]:
    """The words of mockserver_command, none if it is not set; UsageError for an invalid one."""
    text = config.getini("mockserver_command")
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise pytest.UsageError(f"mockserver_command is {text!r}, which is not a command line: {error}") from None
    if "serve" in words:
        raise pytest.UsageError(
            f"mockserver_command is {text!r}; it must end before `serve`, which the plugin adds with its flags, "
            "as in `uvx analytics-mockserver`"
        )
    return words


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
    from analytics_mockserver import admin_token as admin_tokens

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
