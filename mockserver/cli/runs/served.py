"""The server of one run: what a client finds through the environment, and how many requests each vendor gets."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf
from threading import Lock
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from mockserver import server
from mockserver.cli import env
from mockserver.cli.runs import jobs
from mockserver.cli.runs.command import Command, Run
from mockserver.client import MOUNT
from mockserver.gateway.vendor import Vendor

TIMEOUT_FACTOR: float = 10
"""How many times as long as the baseline a run may take, unless a timeout is given."""

TIMEOUT_LEAST: float = 10.0
"""The seconds that any run may take, unless a timeout is given."""

REQUESTS_FACTOR: Final = 100
"""How many times as many requests as the baseline a run may send: more are a loop without an end."""

REQUESTS_LEAST: Final = 1000
"""The requests that any run may send."""

NO_REQUEST: Final = "the command sent the server no vendor request"


MAKING: Final = Lock()
"""Held while an app is made. Routes are compiled through the module ast, which fails in two threads at the same time
(python/cpython#106905)."""


def make(create: Callable[[], Flask]) -> Flask:
    """An app, of those that several threads make one after another; the control plane has its routes at once."""
    with MAKING:
        app = create()
        app.test_client().get(f"{MOUNT}/health")
        return app


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many seconds a run may take, and how many requests it may send, before it is stopped."""

    seconds: float = inf
    requests: float = inf


def bounds_after(baseline: Run, count: int, timeout: float | None = None) -> Bounds:
    """Those of a run, of so many at a time: those that share a core get longer, unless a timeout is given."""
    sharing = max(1, ceil(count / jobs.cores()))
    seconds = timeout or max(TIMEOUT_LEAST, TIMEOUT_FACTOR * baseline.seconds) * sharing
    return Bounds(seconds, max(REQUESTS_LEAST, REQUESTS_FACTOR * sum(baseline.requests.values())))


def run_against(
    app: WSGIApplication,
    command: Command,
    vendors: Sequence[Vendor],
    organization: str,
    bounds: Bounds,
    variables: Mapping[str, str] | None = None,
) -> Run:
    """Run a command against a new server for an app, with the organization's slug in the seeded tokens.

    `variables` are further ones.
    """
    requests: Counter[str] = Counter()

    def is_endless() -> bool:
        return requests.total() > bounds.requests

    with server.in_thread(counting(app, vendors, requests)) as running:
        given = {**env.variables(running.url, organization), **(variables or {})}
        run = command.run(given, bounds.seconds, is_endless)
    return replace(run, requests=dict(requests))


def counting(app: WSGIApplication, vendors: Sequence[Vendor], requests: Counter[str]) -> WSGIApplication:
    """An app that counts the requests below each vendor's mounts, in any sandbox."""
    names = {mount: vendor.name for vendor in vendors for mount in vendor.mounts}
    lock = Lock()

    def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        mounts = [mount for mount in names if path == mount or path.startswith(f"{mount}/")]
        if mounts:
            with lock:
                requests[names[max(mounts, key=len)]] += 1
        return app(environ, start_response)

    return counted
