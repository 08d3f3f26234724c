"""An app under granian: what its requests can do to the socket, and the draining of unread bodies."""

from io import BytesIO
from threading import BoundedSemaphore
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver.gateway import socket_features
from mockserver.server import one_process
from tests.server.served import app

SIZE = 20 * 1024 * 1024
KEPT = SIZE - 16 * 1024 * 1024


def test_request_has_socket_features_and_delay_slots() -> None:
    seen: dict[str, Any] = {}
    slots = BoundedSemaphore(1)

    def record(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return [b"hello"]

    body = one_process.adapted(record, slots)({"PATH_INFO": "/"}, lambda *_: lambda _: None)
    assert (list(body), seen["PATH_INFO"]) == ([b"hello"], "/")
    assert socket_features.effects(seen) == {socket_features.TRUNCATE, socket_features.STALL}
    assert seen[socket_features.DELAY_SLOTS] is slots


@pytest.mark.parametrize(
    ("given", "left"),
    [
        pytest.param({"CONTENT_LENGTH": "100000"}, 0, id="a declared length"),
        pytest.param({"HTTP_TRANSFER_ENCODING": "chunked"}, 0, id="in chunks"),
        pytest.param({}, 100_000, id="no declared body"),
        pytest.param({"CONTENT_LENGTH": "100000", "HTTP_EXPECT": "100-continue"}, 100_000, id="held back"),
    ],
)
def test_pending_body_is_read_completely(given: WSGIEnvironment, left: int) -> None:
    assert _left(bytes(100_000), given) == left


def test_at_most_16_mb_are_drained() -> None:
    assert _left(bytes(SIZE), {"CONTENT_LENGTH": str(SIZE)}) == KEPT


def _left(body: bytes, given: WSGIEnvironment) -> int:
    stream = BytesIO(body)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "wsgi.input": stream} | given
    response = one_process.adapted(app, BoundedSemaphore(1))(environ, lambda *_: lambda _: None)
    assert list(response) == [b"GET / 0"]
    return len(stream.read())
