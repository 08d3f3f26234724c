"""`mockserver healthcheck`: whether a server is ready, as an exit code."""

import click

from mockserver.cli import options, readiness, servers


@click.command
@options.config
@options.server_url
@options.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Check again for so many seconds until the server is ready.",
)
def healthcheck(url: str, wait: float) -> None:
    """Check that a server is ready.

    The exit code is 0 if it is, else 1, with a line on stderr that has the reason. No admin token is needed. Use it as
    the HEALTHCHECK of a container; `mockserver wait` waits for a server in a script or at a terminal.

    \b
    Examples:
      mockserver healthcheck --url http://127.0.0.1:8080
    """
    problem = readiness.wait(url, wait) if wait else readiness.check(url)
    if problem is not None:
        servers.stop(problem, 1)
    click.echo(f"The server at {url} is ready.")
