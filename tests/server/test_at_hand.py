"""Answers that an app has at hand, or gives later without being called."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mockserver import server
from mockserver.gateway import socket_features
from mockserver.gateway.socket_features import Content, Head, Response
from mockserver.server.connection import Connection
from mockserver.server.running import Server
from tests.server import programs
from tests.server.programs import answer, opened, received, request, reset, send
from tests.server.served import app

CLOSE = "Connection: close\r\n"


@dataclass
class Ready:
    """An answer at hand."""

    content: Content
    abandoned: threading.Event = field(default_factory=threading.Event)

    def abandon(self) -> None:
        self.abandoned.set()


HEAD = Head("200 OK", (("Content-Length", "2"),))
HI = Ready(Content(HEAD, None, (b"h", b"i")))
DATE = "Wed, 24 Jun 2026 10:30:00 GMT"


class AtHand:
    """An app that has an answer at hand, or fails to give it."""

    def __init__(self, response: Response | None) -> None:
        self._response = response

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        if self._response is None:
            raise RuntimeError("not foreseen")
        return [self._response for _ in environs]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app(environ, start_response)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("date", [None, DATE])
def test_answer_at_hand_is_sent_without_calling_the_app(version: str, date: str | None) -> None:
    with server.in_thread(AtHand(Ready(Content(HEAD, date, (b"hi",))))) as running, opened(running.url) as connection:
        raw = f"GET / HTTP/{version}\r\nHost: a\r\nConnection: keep-alive\r\n\r\n".encode()
        for _ in range(2):
            connection.sendall(raw)
            status, head, body = answer(connection)
            assert (status, body) == (200, "hi")
            assert head.count("\r\nconnection: keep-alive") == (version == "1.0")
            assert head.count("\r\ndate: ") == 1
            assert date is None or f"\r\ndate: {date.lower()}\r\n" in head


def test_answers_at_hand_are_sent_together_to_many_connections() -> None:
    with server.in_thread(AtHand(HI)) as running, ExitStack() as stack:
        connections = [stack.enter_context(opened(running.url)) for _ in range(50)]
        for _ in range(3):
            for each in connections:
                each.sendall(request("/"))
            assert [answer(each)[::2] for each in connections] == [(200, "hi")] * 50


def test_requests_that_came_at_once_have_answers_at_hand() -> None:
    with server.in_thread(AtHand(HI)) as running, opened(running.url) as connection:
        connection.sendall(request("/") * 2 + request("/", headers=CLOSE))
        assert received(connection).count(b"\r\n\r\nhi") == 3


class SometimesAtHand(AtHand):
    """An app that has an answer at hand to all requests but /slow, for which it waits until it `may_end`."""

    def __init__(self, response: Response = HI) -> None:
        super().__init__(response)
        self.is_called, self.may_end, self.abandoned = threading.Event(), threading.Event(), threading.Event()

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        return [None if each["PATH_INFO"] == "/slow" else self._response for each in environs]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.is_called.set()
        environ[socket_features.ABANDONED] = self.abandoned.set
        self.may_end.wait(programs.PATIENCE)
        return super().__call__(environ, start_response)


def test_connection_goes_on_after_an_answer_at_hand_to_what_was_sent_ahead() -> None:
    sometimes = SometimesAtHand()
    with server.in_thread(sometimes) as running, opened(running.url) as connection:
        connection.sendall(request("/slow"))
        assert sometimes.is_called.wait(programs.PATIENCE)
        connection.sendall(request("/a"))
        threading.Event().wait(0.1)  # It is read before the other is answered.
        sometimes.may_end.set()
        both = b""
        while b"hi" not in both:
            more = connection.recv(1000)
            assert more
            both += more
        assert b"GET /slow 0HTTP/1.1 200 OK" in both
        connection.sendall(request("/b"))
        assert answer(connection)[2] == "hi"


LARGE = 12_000_000
"""More than the buffers of a connection hold."""


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("is_first", [True, False])
def test_app_learns_that_its_client_left_before_it_had_the_answer_at_hand(*, is_known: bool, is_first: bool) -> None:
    large = Ready(Content(Head("200 OK", (("Content-Length", str(LARGE)),)), None, (b"x" * LARGE,)))
    sometimes = SometimesAtHand(large)
    sometimes.may_end.set()
    with server.in_thread(sometimes) as running:
        for _ in range(1 + is_known):
            large.abandoned.clear()
            connection = opened(running.url)
            if not is_first:
                connection.sendall(request("/slow"))
                assert answer(connection)[2] == "GET /slow 0"
            connection.sendall(request("/large"))
            assert connection.recv(1)
            reset(connection)
            assert large.abandoned.wait(programs.PATIENCE)
    assert not sometimes.abandoned.is_set()


def test_answer_at_hand_is_sent_before_a_refusal_that_closes_the_connection() -> None:
    with server.in_thread(AtHand(HI)) as running, opened(running.url) as connection:
        for _ in range(2):
            connection.sendall(request("/"))
            assert answer(connection)[::2] == (200, "hi")
        connection.sendall(request("/") + b"no request\r\n\r\n")
        first, second = received(connection).split(b"HTTP/1.1 ")[1:]
        assert first.endswith(b"hi")
        assert second.startswith(b"400 ")


class Later(AtHand):
    """An app that gives its answer later, without being called."""

    def __init__(self, response: Response) -> None:
        super().__init__(response)
        self.asked = threading.Event()
        self.give: Callable[[], None] = self.asked.set

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        return [None for _ in environs]

    def answer_later(
        self, _: WSGIEnvironment, deliver: Callable[[Response | None], None], flush: Callable[[], None]
    ) -> bool:
        def give() -> None:
            deliver(self._response)
            flush()

        self.give = give
        self.asked.set()
        return True


def test_client_that_sends_no_more_gets_the_answer_that_comes_later() -> None:
    later = Later(response := Ready(HI.content))
    with server.in_thread(later) as running, opened(running.url) as connection:
        connection.sendall(request("/"))
        connection.shutdown(socket.SHUT_WR)
        assert later.asked.wait(programs.PATIENCE)
        threading.Event().wait(0.1)
        later.give()
        assert received(connection).endswith(b"\r\n\r\nhi")
    assert not response.abandoned.is_set()


def test_app_learns_that_its_client_left_before_the_answer_that_comes_later() -> None:
    later = Later(response := Ready(HI.content))
    with server.in_thread(later) as running:
        connection = opened(running.url)
        connection.sendall(request("/"))
        assert later.asked.wait(programs.PATIENCE)
        reset(connection)
        threading.Event().wait(0.1)
        later.give()
        assert response.abandoned.wait(programs.PATIENCE)


def test_change_of_an_environ_is_not_seen_by_the_next_request() -> None:
    def changing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        text = f"{environ['PATH_INFO']} {'mine' in environ}"
        environ["PATH_INFO"] = environ["mine"] = "changed"
        return [text.encode()]

    with server.in_thread(changing) as running, opened(running.url) as connection:
        for _ in range(3):
            connection.sendall(request("/a"))
            assert answer(connection)[2] == "/a False"


def test_app_is_called_if_its_answer_at_hand_fails(caplog: pytest.LogCaptureFixture) -> None:
    with server.in_thread(AtHand(None)) as running:
        assert send(running.url, request("/a"))[2] == "GET /a 0"
    assert "answers that are at hand cannot be given" in caplog.messages


class SometimesBroken(AtHand):
    """An app whose answer to /broken has a header that cannot be sent."""

    broken = Ready(Content(Head("200 OK", (("X-Broken", "a\r\nb"),)), None, ()))

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        return [self.broken if each["PATH_INFO"] == "/broken" else self._response for each in environs]


def test_answer_at_hand_that_cannot_be_sent_ends_no_other_connection(caplog: pytest.LogCaptureFixture) -> None:
    with server.in_thread(SometimesBroken(HI)) as running, opened(running.url) as connection:
        for _ in range(3):
            with opened(running.url) as other:
                other.sendall(request("/broken"))
                connection.sendall(request("/"))
                assert answer(connection)[2] == "hi"
                with suppress(ConnectionResetError):
                    assert other.recv(1) == b""
    assert "a connection failed" in caplog.messages
    assert SometimesBroken.broken.abandoned.is_set()


class Counting(AtHand):
    """An app that notes how many requests it gets at a time; for one to /wait, it waits until it `may_end`."""

    def __init__(self) -> None:
        super().__init__(HI)
        self.counts: list[int] = []
        self.is_waiting, self.may_end = threading.Event(), threading.Event()

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        if environs[0]["PATH_INFO"] == "/wait":
            self.is_waiting.set()
            self.may_end.wait(programs.PATIENCE)
        self.counts.append(len(environs))
        return super().answers(environs)


def test_requests_that_come_at_the_same_time_are_answered_together() -> None:
    counting = Counting()
    with server.in_thread(counting) as running, ExitStack() as stack:
        first, *others = [stack.enter_context(opened(running.url)) for _ in range(21)]
        for each in others:
            each.sendall(request("/"))
            assert answer(each)[2] == "hi"
        first.sendall(request("/wait"))
        assert counting.is_waiting.wait(programs.PATIENCE)
        counting.counts.clear()
        for each in others:
            each.sendall(request("/"))
        threading.Event().wait(0.1)
        counting.may_end.set()
        assert [answer(each)[2] for each in (first, *others)] == ["hi"] * 21
    assert counting.counts == [1, 16, 4]


class TooFew(AtHand):
    """An app with another number of answers than of requests."""

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        return super().answers(environs)[1:]


def test_app_is_called_if_it_has_too_few_answers_at_hand(caplog: pytest.LogCaptureFixture) -> None:
    with server.in_thread(TooFew(HI)) as running, opened(running.url) as connection:
        for index in range(2):
            connection.sendall(request("/a"))
            assert answer(connection)[2] == "GET /a 0", index
    assert caplog.messages == ["the app has 0 answers at hand for 1 requests"] * 2


class Large(Later):
    """An app that gives a large answer later to all requests but /slow, for which it must be called."""

    def answer_later(self, environ: WSGIEnvironment, *more: Any) -> bool:
        return environ["PATH_INFO"] != "/slow" and super().answer_later(environ, *more)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        threading.Event().wait(0.3)
        return super().__call__(environ, start_response)


def test_next_answer_comes_after_a_large_one_that_was_sent_in_parts() -> None:
    end, count = b"", 0
    large = Large(Ready(Content(Head("200 OK", (("Content-Length", str(LARGE)),)), None, (b"x" * LARGE,))))
    with server.in_thread(large) as running, opened(running.url) as other, opened(running.url) as connection:
        other.sendall(request("/slow"))
        assert answer(other)[2] == "GET /slow 0"
        connection.sendall(request("/large"))
        assert large.asked.wait(programs.PATIENCE)
        held = threading.Event()
        running._loop.call_soon_threadsafe(held.wait, programs.PATIENCE)  # noqa: SLF001 (both come in one step of it)
        large.give()
        connection.sendall(request("/slow"))
        threading.Event().wait(0.1)
        held.set()
        while b"GET /slow 0" not in end:
            more = connection.recv(1 << 20)
            assert more
            count += len(more)
            end = (end + more)[-100:]
    assert count > LARGE


class Kept(asyncio.Transport):
    """A connection that keeps what is sent on it until it is closed."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 1), "peername": ("127.0.0.1", 2)})
        self.sent = b""
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0


async def stopped(server: Server, _: Connection, send: Callable[[], None]) -> None:
    send()
    await server.stop()


async def checked_after_a_long_time(server: Server, connection: Connection, send: Callable[[], None]) -> None:
    connection.deadline = 0
    send()
    server._check()  # noqa: SLF001 (as the loop does, in the step in which the request is read)


@pytest.mark.parametrize("end", [stopped, checked_after_a_long_time])
def test_requests_that_wait_for_each_other_are_answered_before_their_connection_is_closed(end: Any) -> None:
    async def received() -> bytes:
        server, transport = Server(AtHand(HI), 1), Kept()
        connection = Connection(server)
        connection.connection_made(transport)
        raw = request("/")

        def send() -> None:
            server.received[: len(raw)] = raw
            connection.buffer_updated(len(raw))

        send()
        await asyncio.sleep(0)
        await end(server, connection, send)
        connection.connection_lost(None)
        await server.finished()
        return transport.sent

    assert asyncio.run(received()).count(b"\r\n\r\nhi") == 2
