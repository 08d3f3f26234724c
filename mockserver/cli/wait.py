"""`mockserver wait`: waits until a server is ready."""

import click

from mockserver.cli import options, progress, readiness, servers


@click.command
@options.config
@options.server_url
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait.",
)
def wait(url: str, timeout: float) -> None:
    """Wait until a server is ready.

    On a terminal, the time that is left is shown. The exit code is 0 when the server is ready, 1 if it is not ready in
    time, with a line on stderr that has the reason. No admin token is needed. `mockserver healthcheck` checks once.

    \b
    Examples:
      mockserver wait && pytest
      mockserver wait --url http://127.0.0.1:8080 --timeout 10
    """
    problem = readiness.wait(url, timeout, lambda left: progress.shown(f"waiting for {url} ({left:.0f} s left)"))
    if problem is not None:
        servers.stop(f"{problem} (waited {timeout:g} s)", 1)
    click.echo(f"The server at {url} is ready.")
