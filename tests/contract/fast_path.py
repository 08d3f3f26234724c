"""What the suite can do to the layer in front of Flask: leave it on, switch it off, or give it every request to know.

Whatever it does, no test may notice.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest
from flask import Flask
from werkzeug.test import Client, run_wsgi_app

from mockserver.gateway import routing
from mockserver.gateway.armed_faults import FaultRules
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.journal import Journal
from mockserver.gateway.limits import LimitMode
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.store.registry import SandboxRegistry

MODES = ("on", "off", "twice")

Send = Callable[..., Any]


@contextmanager
def mode(name: str) -> Iterator[None]:
    """Run tests in one of MODES. twice: every GET is sent once before, unnoticed, so that its answer is cached."""
    with pytest.MonkeyPatch.context() as patch:
        if name == "off":
            patch.setattr(FastPath, "answers", lambda _, environs: [None for _ in environs])
            patch.setattr(FastPath, "_direct_view", lambda *_: None)
        elif name == "twice":
            patch.setattr(Client, "run_wsgi_app", Rehearsal(Client.run_wsgi_app).send)
        yield


class Rehearsal:
    """Sends each GET once before, but none while another is under way: its journal and limits are set aside."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = Lock()
        self._running = 0

    @property
    def send(self) -> Send:
        """A function that replaces `Client.run_wsgi_app`."""
        return lambda client, environ, buffered=False: self._send_after_rehearsal(client, environ, buffered)

    def _send_after_rehearsal(self, client: Client, environ: WSGIEnvironment, buffered: bool) -> Any:  # noqa: FBT001
        with self._lock:
            if not self._running and environ["REQUEST_METHOD"] == "GET":
                _rehearse(client.application, environ)
            self._running += 1
        try:
            return self._send(client, environ, buffered)
        finally:
            with self._lock:
                self._running -= 1


def _rehearse(app: Any, environ: WSGIEnvironment) -> None:
    front = getattr(app, "wsgi_app", None)
    if not isinstance(app, Flask) or not isinstance(front, FastPath) or environ["PATH_INFO"].startswith("/_mock"):
        return
    registry: SandboxRegistry = app.extensions[routing.EXTENSION]
    with _unnoticed(registry.sandboxes):
        run_wsgi_app(front, {**environ, "wsgi.input": BytesIO()}, buffered=True)


@contextmanager
def _unnoticed(sandboxes: list[Sandbox]) -> Iterator[None]:
    """Let requests leave no trace in sandboxes: they are journaled elsewhere, limited by nothing, and meet no fault.

    A bug that they meet is in no log: the request itself meets it again.
    """
    before = [(each, each.journal, each.limits, each.faults) for each in sandboxes]
    for each in sandboxes:
        each.journal = Journal(1, each.journal._redactor)  # noqa: SLF001
        each.limits = dict.fromkeys(each.limits, LimitMode.OFF)
        each.faults = FaultRules(0)
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        for each, journal, limits, faults in before:
            each.journal, each.limits, each.faults = journal, limits, faults
