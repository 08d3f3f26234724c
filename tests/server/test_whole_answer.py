"""Answers that an app gives whole, in a worker's thread, without being called as a WSGI app."""

import threading
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest

from mockserver import server
from mockserver.gateway.socket_features import ConnectionReset, Response
from tests.server import programs
from tests.server.programs import opened, received, request, reset, send
from tests.server.served import app
from tests.server.test_at_hand import CLOSE, HI, Ready

Give = Callable[[WSGIEnvironment], Response | WSGIApplication | None]


class Whole:
    """An app that gives answers whole, or a WSGI app that gives them."""

    def __init__(self, give: Give) -> None:
        self.whole_answer = give

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app(environ, start_response)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("headers", ["", CLOSE])
def test_whole_answer_is_sent_as_it_is(version: str, headers: str) -> None:
    threads: list[str] = []

    def give(environ: WSGIEnvironment) -> Response:
        threads.append(threading.current_thread().name)
        assert environ["SERVER_NAME"]  # It is a whole environ.
        return HI

    with server.in_thread(Whole(give)) as running, opened(running.url) as connection:
        connection.sendall(f"GET / HTTP/{version}\r\nHost: a\r\n{headers}\r\n".encode())
        if version == "1.1" and not headers:
            connection.sendall(request("/next", headers=CLOSE))
        answers = received(connection)
    assert answers.count(b"\r\n\r\nhi") == len(threads)
    assert answers.endswith(b"\r\n\r\nhi")
    assert all(name.startswith("mockserver-") for name in threads)


def test_wsgi_app_that_is_given_is_called() -> None:
    def other(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("201 Created", [("Content-Length", "5")])
        return [b"other"]

    with server.in_thread(Whole(lambda _: other)) as running:
        assert send(running.url, request("/"))[::2] == (201, "other")


def test_app_is_called_if_nothing_is_given() -> None:
    with server.in_thread(Whole(lambda _: None)) as running:
        assert send(running.url, request("/"))[::2] == (200, "GET / 0")


def test_whole_answer_that_fails_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: WSGIEnvironment) -> Response:
        raise RuntimeError("not foreseen")

    with server.in_thread(Whole(fail)) as running:
        assert send(running.url, request("/"))[0] == 500
    assert caplog.messages == ["a request failed in the server"]


def test_whole_answer_may_be_a_reset() -> None:
    def fail(_: WSGIEnvironment) -> Response:
        raise ConnectionReset

    with server.in_thread(Whole(fail)) as running, opened(running.url) as connection:
        connection.sendall(request("/"))
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_app_learns_that_its_client_left_before_it_had_the_whole_answer() -> None:
    left, is_called, may_end = Ready(HI.content), threading.Event(), threading.Event()

    def give(_: WSGIEnvironment) -> Response:
        is_called.set()
        may_end.wait(programs.PATIENCE)
        return left

    with server.in_thread(Whole(give)) as running:
        with opened(running.url) as connection:
            connection.sendall(request("/"))
            assert is_called.wait(programs.PATIENCE)
            reset(connection)
        threading.Event().wait(0.1)  # The server sees it before it has the answer.
        may_end.set()
        assert left.abandoned.wait(programs.PATIENCE)
