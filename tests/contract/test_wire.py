"""The wire: an app gets the same request over a socket as in this process, and answers the same."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client

from tests.contract import wire
from tests.contract.wire import Wire


@pytest.fixture
def own() -> Iterator[Wire]:
    """A wire of the test's own, which every client uses."""
    made = Wire()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "run_wsgi_app", made.method)
        yield made
    made.close()


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An app that echoes the request."""
    asked = {name: environ[name] for name in ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING")}
    asked |= {name: environ.get(name) for name in ("CONTENT_TYPE", "HTTP_HOST", "HTTP_X_ASKED", "HTTP_AUTHORIZATION")}
    ended = bool(environ.get("wsgi.input_terminated"))
    body = environ["wsgi.input"].read(-1 if ended else int(environ.get("CONTENT_LENGTH") or 0))
    said = json.dumps({**asked, "body": body.decode("latin-1"), "ended": ended}).encode()
    start_response("418 I'M A TEAPOT", [("Content-Length", str(len(said))), ("X-Recorded", "yes")])
    return [said[:5], said[5:]]


ASKED: dict[str, dict[str, Any]] = {
    "a question": {"path": "/some/where", "query_string": "a=1&b=%20&c"},
    "a path of many letters": {"path": "/caf%C3%A9/a%20b%2Fc%3Fd%23e%25"},
    "slashes at its start": {"environ_overrides": {"PATH_INFO": "//two"}},
    "an unencoded query": {"path": "/", "environ_overrides": {"QUERY_STRING": "a=[]&{}=|^'?/:@"}},
    "a body": {"path": "/", "method": "POST", "data": b"\x00\xff body", "content_type": "text/plain"},
    "an empty body": {"path": "/", "method": "PUT"},
    "headers": {"path": "/", "headers": {"X-Asked": "a, b", "Authorization": "Bearer x", "Host": "other.test:81"}},
    "another method": {"path": "/", "method": "BREW"},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_app_answers_the_same_over_a_socket(own: Wire, asked: dict[str, Any]) -> None:
    far = Client(echo).open(**asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "run_wsgi_app", IN_PROCESS)
        near = Client(echo).open(**asked)
    assert json.loads(far.data) == json.loads(near.data)
    assert (far.status, dict(far.headers)) == (near.status, dict(near.headers))
    assert own.carried == 1


IN_PROCESS = Client.run_wsgi_app


def test_unsendable_path_is_percent_encoded(own: Wire) -> None:
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


def test_served_apps_are_bounded_and_not_mixed_up(own: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SERVERS_MAXIMUM", 2)

    def app(name: str) -> Client:
        def answer(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            start_response("200 OK", [("Content-Length", "1")])
            return [name.encode()]

        return Client(answer)

    clients = {name: app(name) for name in "abc"}
    assert [clients[name].get("/").text for name in "abcacba"] == list("abcacba")
    assert own.carried == 7
