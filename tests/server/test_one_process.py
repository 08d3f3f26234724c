"""An app under granian: what its requests can do to the socket, and the reading of bodies."""

from io import BytesIO
from threading import BoundedSemaphore
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver.gateway import socket_features
from mockserver.server import one_process
from tests.server.served import app

SIZE = 20 * 1024 * 1024


def test_request_has_socket_features_and_wait_slots() -> None:
    seen: dict[str, Any] = {}
    slots = BoundedSemaphore(1)

    def record(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return [b"hello"]

    body = one_process.adapted(record, slots)({"PATH_INFO": "/"}, lambda *_: lambda _: None)
    assert (list(body), seen["PATH_INFO"]) == ([b"hello"], "/")
    assert socket_features.effects(seen) == {socket_features.TRUNCATE, socket_features.STALL}
    assert seen[socket_features.WAIT_SLOTS] is slots


@pytest.mark.parametrize(
    ("given", "left"),
    [
        pytest.param({"CONTENT_LENGTH": "100000"}, 0, id="a declared length"),
        pytest.param({"HTTP_TRANSFER_ENCODING": "chunked"}, 0, id="in chunks"),
        pytest.param({}, 100_000, id="no declared body"),
        pytest.param({"CONTENT_LENGTH": "0"}, 100_000, id="an empty body"),
    ],
)
def test_body_is_read_before_the_app_is_called(given: WSGIEnvironment, left: int) -> None:
    stream = BytesIO(bytes(100_000))
    served(stream, given)
    assert len(stream.read()) == left


def test_body_that_is_too_large_is_not_read_to_its_end() -> None:
    stream = BytesIO(bytes(SIZE))
    environ, headers = served(stream, {"CONTENT_LENGTH": str(SIZE)})
    assert socket_features.body_problem(environ) is socket_features.BodyProblem.TOO_LARGE
    assert environ["wsgi.input"].read() == b""
    assert ("Connection", "close") in headers
    assert stream.read() != b""


def test_request_without_a_slot_is_not_waited_for() -> None:
    slots = BoundedSemaphore(1)
    assert slots.acquire(blocking=False)
    environ, headers = served(BytesIO(b"body"), {"CONTENT_LENGTH": "4"}, slots)
    assert socket_features.body_problem(environ) is socket_features.BodyProblem.BUSY
    assert ("Connection", "close") in headers


def test_slot_is_free_after_the_body() -> None:
    slots = BoundedSemaphore(1)
    environ, headers = served(BytesIO(b"body"), {"CONTENT_LENGTH": "4"}, slots)
    assert environ["wsgi.input"].read() == b"body"
    assert ("Connection", "close") not in headers
    assert slots.acquire(blocking=False)


def served(
    body: BytesIO, given: WSGIEnvironment, slots: BoundedSemaphore | None = None
) -> tuple[WSGIEnvironment, list[tuple[str, str]]]:
    """The environ that the app gets for a request with a body, and the headers of its answer."""
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "wsgi.input": body} | given
    sent: list[tuple[str, str]] = []

    def start_response(_: str, headers: list[tuple[str, str]], __: object = None) -> Any:
        sent.extend(headers)

    one_process.adapted(app, slots or BoundedSemaphore(1))(environ, start_response)
    return environ, sent
