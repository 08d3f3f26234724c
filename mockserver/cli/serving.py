"""`mockserver serve`: an app made from the flags, served on a port."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
from click.core import ParameterSource

from mockserver.cli import conflicts, logs, options, output, servers, starting, workers
from mockserver.cli.options import DEFAULTS, option


@conflicts.command(conflicts.ONE_ORGANIZATION)
@options.config
@option("--host", default=DEFAULTS.host, help="The address to listen on; beyond loopback, an admin token is required.")
@option("--port", type=options.Port(), metavar="NUMBER", default=DEFAULTS.port, help="The port; 0 picks a free one.")
@options.organization
@options.organization_file
@options.case
@options.profile
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
    metavar="NUMBER",
    default=DEFAULTS.journal_size,
    help="How many requests each sandbox's journal keeps.",
)
@option(
    "--sandboxes-maximum",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    default=DEFAULTS.sandboxes_maximum,
    help="How many sandboxes there may be besides `default`.",
)
@click.option("--worker", type=options.Port(), hidden=True)
@click.option("--server", type=click.Choice(("granian", "threaded")), hidden=True, expose_value=False)
@option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    default=DEFAULTS.threads,
    help="How many requests are handled at a time.",
)
@option(
    "--store",
    metavar="URL",
    help="Keep the sandboxes in an engine that several servers share, as in redis://HOST:6379/0. Other users of the "
    "machine can see a password in it: password_file=PATH and the variable hide it.",
)
@option("--reset-store", is_flag=True, help="Delete what the store has under this server's prefix, and begin anew.")
@option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    default=DEFAULTS.workers,
    help="How many processes serve the port; for several, --store is needed.",
)
@option(
    "--grace",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    default=5.0,
    help="How long running requests have to finish after SIGTERM or Ctrl-C.",
)
@option(
    "--log-level",
    type=click.Choice(("debug", "info", "warning"), case_sensitive=False),
    default="info",
    help="The lowest level to log: info has a line for each request.",
)
@option("--json", "as_json", is_flag=True, help='When ready, print {"url": …, "pid": …}.')
@option("--until-eof", is_flag=True, help="Stop at the end of standard input, when the parent process is gone.")
def serve(*, as_json: bool, grace: float, log_level: str, until_eof: bool, worker: int | None, **flags: Any) -> None:
    """Serve every vendor's API on one port, until Ctrl-C.

    The vendors' paths are at the root; /_mock controls the clock, limits and switches. When the server is ready, it
    prints one line with its URL, and without --json below it what it simulates and a first request to paste. The log
    goes to stderr.

    \b
    Examples:
      mockserver serve --organization hooli --limits off
      mockserver serve --now 2025-10-21T10:30:00Z --freeze
      mockserver serve --profile flaky
    """
    logs.configure(log_level)
    source = click.get_current_context().get_parameter_source
    # A flag that is given, also as a variable, overrides a case even with a default value.
    over_case = [name for name in flags if flags["case"] and source(name) is not ParameterSource.DEFAULT]
    with servers.usage_errors(), servers.unusable_store():
        chosen = servers.settings_from(over_case=frozenset(over_case), **flags)
        if worker is not None:
            chosen = workers.settings_of_worker(chosen, worker)
            _serve(workers.WorkerStart(chosen, as_json=True, then=stop_at_eof), grace, shared=True)
            return
        start = starting.Start(chosen, as_json=as_json, then=stop_at_eof if until_eof else None)
        if chosen.workers > 1:
            with _listening(chosen.host, chosen.port):
                workers.serve(start, grace)
        else:
            _serve(start, grace, shared=False)


@contextmanager
def _listening(host: str, port: int) -> Iterator[None]:
    """End the command when the server cannot listen, or nobody can read where it is."""
    from mockserver import server

    try:
        yield
    except server.PortTaken as error:
        servers.stop(_mock_server_at(host, port) or str(error), 3)
    except starting.LineLost as error:
        output.give_up(str(error))
    except OSError as error:
        raise click.UsageError(f"cannot listen on {host}: {error.strerror}; choose another --host") from error


def _mock_server_at(host: str, port: int) -> str | None:
    """What to do if a mock server answers at an address; None if none does."""
    from mockserver.client import Client, NoAnswer, Refused

    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    try:
        with Client(url, timeout=2.0) as client:
            client.health()
    except (NoAnswer, Refused):
        return None
    return f"a mock server answers at {url} already; use it, stop it, or choose another port with --port"


def _serve(start: starting.Start, grace: float, *, shared: bool) -> None:
    from mockserver import server

    chosen = start.settings
    if not starting.is_sound(chosen):
        start.make()
    late = server.LateApp(start.make_late)
    with _listening(chosen.host, chosen.port):
        server.serve(late, chosen.host, chosen.port, chosen.threads, start.ready, grace, shared=shared)
    if late.error is not None:
        raise late.error
    from mockserver.gateway import background

    if background.is_any_job_running():
        server.end_process()


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
    if sys.platform == "win32":  # There, os.kill ends a process at once, whatever handles the signal.
        signal.raise_signal(signal.SIGTERM)
    else:
        os.kill(os.getpid(), signal.SIGTERM)
