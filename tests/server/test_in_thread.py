"""The server in a thread: several at once, each on its own port, and nothing left behind."""

import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.wrappers import Request

from mockserver import server
from tests.server.programs import opened, request, send
from tests.server.served import app


def test_two_servers_run_side_by_side() -> None:
    with server.in_thread(app) as one, server.in_thread(app) as other:
        assert one.url != other.url
        assert [send(each.url, request("/x"))[2] for each in (one, other)] == ["GET /x 0", "GET /x 0"]


def test_closed_server_releases_its_port() -> None:
    running = server.in_thread(app)
    running.close()
    running.close()
    with pytest.raises(ConnectionRefusedError):
        opened(running.url)
    with server.in_thread(app, int(running.url.rpartition(":")[2])) as again:
        assert again.url == running.url


def test_path_keeps_its_slashes() -> None:
    with server.in_thread(app) as running:
        assert send(running.url, request("///x//y"))[2] == "GET ///x//y 0"


@pytest.mark.parametrize("target", ["/é?q=é", "/%C3%A9?q=%C3%A9", "/\u00e9?q=%c3%a9"])
def test_non_ascii_bytes_are_decoded_once(target: str) -> None:
    def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        read = Request(environ)
        body = f"{read.path} {read.args['q']}".encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    with server.in_thread(echo) as running:
        assert send(running.url, request(target))[2] == "/é é"


def test_error_of_an_app_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def report(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.errors"].write("a strange request\n")
        return app(environ, start_response)

    with server.in_thread(report) as running:
        send(running.url, request("/x"))
    assert "a strange request" in caplog.messages


def test_unreadable_request_gets_problem_details() -> None:
    with server.in_thread(app) as running:
        status, head, body = send(running.url, request("/?" + 70_000 * "a"))
    assert (status, json.loads(body)["status"]) == (414, 414)
    assert "content-type: application/problem+json" in head
