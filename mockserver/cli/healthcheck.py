"""`mockserver healthcheck`: whether a server is ready, as an exit code."""

from threading import Event
from time import monotonic

import click

from mockserver.cli import options, servers

ANSWER_SECONDS = 10.0
"""How long an answer may take; the first one builds the organization's world."""

_FIRST_PAUSE, _LONGEST_PAUSE, _SHORTEST_ANSWER = 0.05, 1.0, 1.0


@click.command
@options.server_url
@options.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Ask again for so many seconds until the server is ready.",
)
def healthcheck(url: str, wait: float) -> None:
    """Check that a server is ready.

    The exit code is 0 if it is, else 1, with a line on stderr that has the reason. No admin token is needed. Use it as
    the HEALTHCHECK of a container, or wait for a server in a script.

    \b
    Examples:
      mockserver healthcheck --url http://127.0.0.1:8080 --wait 30
    """
    deadline, pause = monotonic() + wait, _FIRST_PAUSE
    while (problem := _problem(url, deadline - monotonic() if wait else ANSWER_SECONDS)) is not None:
        left = deadline - monotonic()
        if left <= 0:
            servers.stop(problem, 1)
        Event().wait(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)
    click.echo(f"The server at {url} is ready.")


def _problem(url: str, seconds: float) -> str | None:
    """Why the server is not ready, None if it is; an answer may take as long as there is time, within limits."""
    from mockserver.client import Client, NoAnswer, Refused

    timeout = min(max(seconds, _SHORTEST_ANSWER), ANSWER_SECONDS)
    try:
        with Client(url, timeout=timeout) as client:
            client.ready()
    except (NoAnswer, Refused) as error:
        return " ".join(str(error).split())
    return None
