"""Promises about what granian's requests are told: the effects that it can do, and how many may wait at once."""

from threading import BoundedSemaphore
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from mockserver.gateway import socket_features
from mockserver.server import one_process


def test_a_request_is_told_what_can_be_done_and_what_to_hold_while_it_waits() -> None:
    told: dict[str, Any] = {}
    waits = BoundedSemaphore(1)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        told.update(environ)
        start_response("200 OK", [])
        return [b"said"]

    answered = one_process.with_socket_features(app, waits)({"PATH_INFO": "/"}, lambda *_: lambda _: None)
    assert (list(answered), told["PATH_INFO"]) == ([b"said"], "/")
    assert socket_features.effects(told) == {socket_features.TRUNCATE, socket_features.STALL}
    assert socket_features.delay_slots(told) is waits
