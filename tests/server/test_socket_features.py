"""The environment of granian's requests: its supported effects, and the slots for delays."""

from threading import BoundedSemaphore
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from mockserver.gateway import socket_features
from mockserver.server import one_process


def test_request_has_socket_features_and_delay_slots() -> None:
    seen: dict[str, Any] = {}
    waits = BoundedSemaphore(1)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return [b"hello"]

    answered = one_process.with_socket_features(app, waits)({"PATH_INFO": "/"}, lambda *_: lambda _: None)
    assert (list(answered), seen["PATH_INFO"]) == ([b"hello"], "/")
    assert socket_features.effects(seen) == {socket_features.TRUNCATE, socket_features.STALL}
    assert seen[socket_features.DELAY_SLOTS] is waits
