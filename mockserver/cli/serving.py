"""Answers `mockserver serve`: flags into an app, the app onto a port.

Serving itself stays out (`server`), and so does making the app (`making`).
"""

import json
import os
from typing import Any

import click
from click.core import ParameterSource

from mockserver.cli import app_factory, eof, logs, options
from mockserver.cli.options import DEFAULTS, option

PORT_TAKEN = 3
"""The exit code when another program listens on the port."""


@click.command
@option("--host", default=DEFAULTS.host, help="The address to listen on; beyond loopback, --admin-token is required.")
@option("--port", type=click.IntRange(0, 65535), default=DEFAULTS.port, help="The port; 0 picks a free one.")
@options.organization
@options.organization_file
@options.case
@options.now
@options.freeze
@options.limits
@options.policy
@options.policy_file
@option("--admin-token", help="What /_mock then asks for, as a Bearer token.")
@option(
    "--journal-size",
    type=click.IntRange(min=1),
    default=DEFAULTS.journal_size,
    help="Requests that each sandbox remembers.",
)
@option(
    "--sandboxes-maximum",
    type=click.IntRange(min=0),
    default=DEFAULTS.sandboxes_maximum,
    help="How many sandboxes there may be beside the first.",
)
@option("--server", type=click.Choice(("granian", "threaded")), default=DEFAULTS.server, help="What serves.")
@option("--threads", type=click.IntRange(min=1), default=DEFAULTS.threads, help="Requests at a time, with granian.")
@option("--log-level", type=click.Choice(("debug", "info", "warning")), default="info", help="What is worth a line.")
@option("--json", "as_json", is_flag=True, help='When ready, print {"url": …, "pid": …}.')
@option("--until-eof", is_flag=True, help="Stop at the end of standard input: when whoever started it is gone.")
def serve(*, as_json: bool, log_level: str, until_eof: bool, **flags: Any) -> None:
    """Serve every vendor's API on one port, until Ctrl-C.

    The vendors' paths stand at the root, /_mock controls the clock, limits and choices. When the server is ready, one
    line says where; the log goes to stderr.
    """
    logs.configure(log_level)
    stated = app_factory.stated(over_case=_over_case() if flags["case"] else frozenset(), **flags)
    app = app_factory.app(stated)
    from mockserver import server

    def ready(url: str) -> None:
        case = f" in {stated.case} (`mockserver cases {stated.case}` tells how it goes on)" if stated.case else ""
        told = f"Serving at {url}{case}; Ctrl-C stops."
        click.echo(json.dumps({"url": url, "pid": os.getpid()}) if as_json else told)
        if until_eof:
            eof.watch()

    try:
        server.serve(app, stated.host, stated.port, stated.server, stated.threads, ready)
    except server.PortTaken as error:
        app_factory.stop(str(error), PORT_TAKEN)
    except OSError as error:
        raise click.UsageError(f"cannot listen on {stated.host}: {error.strerror}; choose another --host") from error


def _over_case() -> frozenset[str]:
    """The flags that somebody stated, by hand or by variable; they win over a case even where they say the default."""
    context = click.get_current_context()
    return frozenset(
        name for name in context.params if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    )
