"""The wire: over a socket, an app gets the same request and the client the same answer as in this process."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client

from tests.contract import wire
from tests.contract.wire import Wire

IN_PROCESS = Client.run_wsgi_app


@pytest.fixture
def own() -> Iterator[Wire]:
    """A wire for this test, which every client uses."""
    transport = Wire()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "run_wsgi_app", transport.method)
        yield transport
    transport.close()


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An app that echoes the request."""
    request = {name: environ[name] for name in ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING")}
    request |= {name: environ.get(name) for name in ("CONTENT_TYPE", "HTTP_HOST", "HTTP_X_SENT", "HTTP_AUTHORIZATION")}
    ended = bool(environ.get("wsgi.input_terminated"))
    body = environ["wsgi.input"].read(-1 if ended else int(environ.get("CONTENT_LENGTH") or 0))
    answer = json.dumps({**request, "body": body.decode("latin-1"), "ended": ended}).encode()
    start_response("418 I'M A TEAPOT", [("Content-Length", str(len(answer))), ("X-Recorded", "yes")])
    return [answer[:5], answer[5:]]


REQUESTS: dict[str, dict[str, Any]] = {
    "a path and a query": {"path": "/some/where", "query_string": "a=1&b=%20&c"},
    "a percent-encoded path": {"path": "/caf%C3%A9/a%20b%2Fc%3Fd%23e%25"},
    "a path that begins with two slashes": {"environ_overrides": {"PATH_INFO": "//two"}},
    "an unencoded query": {"path": "/", "environ_overrides": {"QUERY_STRING": "a=[]&{}=|^'?/:@"}},
    "a body": {"path": "/", "method": "POST", "data": b"\x00\xff body", "content_type": "text/plain"},
    "an empty body": {"path": "/", "method": "PUT"},
    "headers": {"path": "/", "headers": {"X-Sent": "a, b", "Authorization": "Bearer x", "Host": "other.test:81"}},
    "another method": {"path": "/", "method": "BREW"},
}


@pytest.mark.parametrize("arguments", REQUESTS.values(), ids=REQUESTS)
def test_app_answers_the_same_over_a_socket(own: Wire, arguments: dict[str, Any]) -> None:
    over_socket = Client(echo).open(**arguments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "run_wsgi_app", IN_PROCESS)
        in_process = Client(echo).open(**arguments)
    assert json.loads(over_socket.data) == json.loads(in_process.data)
    assert (over_socket.status, dict(over_socket.headers)) == (in_process.status, dict(in_process.headers))
    assert own.carried == 1


def test_unsafe_characters_are_percent_encoded(own: Wire) -> None:
    odd = {"PATH_INFO": "", "QUERY_STRING": "a=\xc3\xa9 #\x7f"}
    found = json.loads(Client(echo).open(environ_overrides=odd).data)
    assert (found["PATH_INFO"], found["QUERY_STRING"]) == ("/", "a=%C3%A9%20%23%7F")
    assert own.carried == 1


@pytest.mark.parametrize("body", [b"", b"chunked"])
def test_body_of_unknown_length_is_chunked(own: Wire, body: bytes) -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    found = json.loads(Client(echo).post(data=body, environ_overrides=chunked).data)
    assert (found["body"], found["ended"], own.carried) == (body.decode(), True, 1)


def test_answer_to_head_has_no_body(own: Wire) -> None:
    assert (Client(echo).head("/").data, own.carried) == (b"", 1)


def test_number_of_servers_is_bounded(own: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SERVERS_MAXIMUM", 2)

    def app(name: str) -> Client:
        def reply(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            start_response("200 OK", [("Content-Length", "1")])
            return [name.encode()]

        return Client(reply)

    clients = {name: app(name) for name in "abc"}
    assert [clients[name].get("/").text for name in "abcacba"] == list("abcacba")
    assert own.carried == 7
