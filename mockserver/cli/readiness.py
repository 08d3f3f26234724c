"""Waiting until a server is ready, for the commands `healthcheck` and `wait`."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Event
from time import monotonic

ANSWER_SECONDS = 10.0
"""How long an answer may take; the first one builds the organization's world."""

_FIRST_PAUSE, _LONGEST_PAUSE, _SHORTEST_ANSWER = 0.05, 1.0, 1.0

Pause = Callable[[float], AbstractContextManager[None]]
"""What surrounds each pause, of which it gets the seconds that are left."""


def check(url: str, seconds: float = ANSWER_SECONDS) -> str | None:
    """Why the server is not ready, None if it is; an answer may take as long as there is time, within limits."""
    from mockserver.client import Client, NoAnswer, Refused

    timeout = min(max(seconds, _SHORTEST_ANSWER), ANSWER_SECONDS)
    try:
        with Client(url, timeout=timeout) as client:
            client.ready()
    except (NoAnswer, Refused) as error:
        return " ".join(str(error).split())
    return None


def wait(url: str, seconds: float, pause: Pause = lambda _: nullcontext()) -> str | None:
    """Check again until the server is ready or the time is over; the last reason why it is not, None if it is."""
    deadline, length = monotonic() + seconds, _FIRST_PAUSE
    while (problem := check(url, deadline - monotonic())) is not None:
        left = deadline - monotonic()
        if left <= 0:
            return problem
        with pause(left):
            Event().wait(min(length, left))
        length = min(2 * length, _LONGEST_PAUSE)
    return None
