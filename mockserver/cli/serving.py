"""`mockserver serve`: an app made from the flags, served on a port."""

import gc
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mockserver.cli import conflicts, logs, options, output, servers
from mockserver.cli.options import DEFAULTS, option

if TYPE_CHECKING:
    from flask import Flask

    from mockserver.settings import Settings


class _LineLost(Exception):
    """The line that says where the server is could not be written; the text says why."""


@conflicts.command(conflicts.ONE_ORGANIZATION)
@option("--host", default=DEFAULTS.host, help="The address to listen on; beyond loopback, an admin token is required.")
@option("--port", type=options.Port(), default=DEFAULTS.port, help="The port; 0 picks a free one.")
@options.organization
@options.organization_file
@options.case
@options.now
@options.freeze
@options.limits
@options.policy
@options.policy_file
@options.admin_token_options("A Bearer token that /_mock then requires.")
@option(
    "--allowed-host",
    multiple=True,
    metavar="NAME",
    help="Another name by which the server may be requested; with --admin-token, any may. Repeatable.",
)
@option(
    "--cors-origin",
    multiple=True,
    metavar="ORIGIN",
    help="An origin whose pages may read the vendors' answers, as in http://localhost:3000. Repeatable.",
)
@option(
    "--journal-size",
    type=click.IntRange(min=1),
    default=DEFAULTS.journal_size,
    help="How many requests each sandbox's journal keeps.",
)
@option(
    "--sandboxes-maximum",
    type=click.IntRange(min=0),
    default=DEFAULTS.sandboxes_maximum,
    help="How many sandboxes there may be besides `default`.",
)
@click.option("--server", type=click.Choice(("granian", "threaded")), hidden=True, expose_value=False)
@option("--threads", type=click.IntRange(min=1), default=DEFAULTS.threads, help="Requests that are handled at a time.")
@option(
    "--grace",
    type=click.FloatRange(min=0),
    default=5.0,
    help="Seconds that running requests have to finish after SIGTERM or Ctrl-C.",
)
@option(
    "--log-level",
    type=click.Choice(("debug", "info", "warning"), case_sensitive=False),
    default="info",
    help="The lowest level to log: info has a line for each request.",
)
@option("--json", "as_json", is_flag=True, help='When ready, print {"url": …, "pid": …}.')
@option("--until-eof", is_flag=True, help="Stop at the end of standard input, when the parent process is gone.")
def serve(*, as_json: bool, grace: float, log_level: str, until_eof: bool, **flags: Any) -> None:
    """Serve every vendor's API on one port, until Ctrl-C.

    The vendors' paths are at the root; /_mock controls the clock, limits and switches. When the server is ready, it
    prints one line with its URL, and without --json below it what it simulates and a first request to paste. The log
    goes to stderr.

    \b
    Examples:
      mockserver serve --organization hooli --limits off
      mockserver serve --now 2025-10-21T10:30:00Z --freeze
    """
    logs.configure(log_level)
    source = click.get_current_context().get_parameter_source
    # A flag that is given, also as a variable, overrides a case even with a default value.
    over_case = [name for name in flags if flags["case"] and source(name) is not ParameterSource.DEFAULT]
    with _quick_start(), servers.usage_errors():
        from mockserver import app, server
        from mockserver.cli import access_log

        chosen = servers.settings_from(over_case=frozenset(over_case), **flags)
        served = app.create_app(chosen)
        access_log.install(served)

    def ready(url: str) -> None:
        if as_json:
            _print_json(url)
        else:
            _print_text(url, served, chosen)
        if until_eof:
            stop_at_eof()

    try:
        server.serve(served, chosen.host, chosen.port, chosen.threads, ready, grace)
    except server.PortTaken as error:
        servers.stop(str(error), 3)
    except _LineLost as error:
        output.give_up(str(error))
    except OSError as error:
        raise click.UsageError(f"cannot listen on {chosen.host}: {error.strerror}; choose another --host") from error


@contextmanager
def _quick_start() -> Iterator[None]:
    """Import and make the app without looking for garbage, and without the threads of a BLAS that nothing uses.

    All of it stays until the end. The search would take a tenth of the start.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _print_json(url: str) -> None:
    """Print where the server is, for a program, which waits for it."""
    try:
        click.echo(json.dumps({"url": url, "pid": os.getpid()}))
    except OSError as error:
        raise _LineLost(output.reason(error) or str(error)) from error


def _print_text(url: str, served: "Flask", chosen: "Settings") -> None:
    """Print where the server is, and what it simulates, for people, who can do without.

    It is written at once, so that a script that reads one line does not break the pipe for the others.
    """
    from mockserver.admin import admin_context
    from mockserver.cli import banner

    in_case = f" in case {chosen.case} (see `mockserver cases {chosen.case}`)" if chosen.case else ""
    sandbox = served.extensions[admin_context.EXTENSION].registry.default
    lines = [f"Serving at {url}{in_case}; Ctrl-C stops.", *banner.lines(sandbox, chosen, url)]
    with suppress(OSError):
        click.echo("\n".join(lines))


def stop_at_eof(stream: int = 0) -> threading.Thread:
    """Read standard input in a thread, and send this process SIGTERM at its end: its parent process is gone."""
    thread = threading.Thread(target=_read_to_the_end, args=(stream,), name="until-eof", daemon=True)
    thread.start()
    return thread


def _read_to_the_end(stream: int) -> None:
    """Read without a buffer: its lock, held while waiting, would disturb the interpreter at exit."""
    with suppress(OSError):  # There never was a standard input, so nobody holds it.
        while os.read(stream, 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
