"""A server for an app: the connections of an event loop, in the main thread of a command or a thread of its own."""

import asyncio
import logging
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from time import monotonic
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from mockserver.gateway.socket_features import Response
from mockserver.server import loops, signals, sockets, turns
from mockserver.server.answer import Answer, WholeAnswer
from mockserver.server.connection import Connection
from mockserver.server.ending import end_process
from mockserver.server.late import LateApp
from mockserver.server.message import Message
from mockserver.server.reader import Memory
from mockserver.server.workers import Workers, ignore

_CHECK_SECONDS = 0.1
"""How often connections are checked for what has lasted too long."""

_EXHAUSTED_SECONDS = 1.0
"""How long no connection is accepted when the system has no room for one."""

_TOGETHER = 16
"""How many requests that come at the same time are answered together at most, and how many answers are sent together.

Measured with 16 connections that send the same: the server answered a third less where each was answered for itself,
and another third less where each answer was sent at once, as its client, which slept, was woken 16 times as often."""

_RECEIVED_MAXIMUM = 64 * 1024
"""The most that is received at once, in bytes."""

log = logging.getLogger(__name__)

AnswerLater = Callable[[WSGIEnvironment, Callable[[Response | None], None], Callable[[], None]], bool]
QuickAnswers = Callable[[Sequence[WSGIEnvironment]], Sequence[Response | None]]
NeedsBody = Callable[[WSGIEnvironment], bool]


class Server:
    """The state of a server in the event loop that runs.

    All connections receive into the buffer `received`, one after another: a selector's event loop has a connection read
    it before the next receives. A buffer for each receipt, as asyncio's plain protocols have it, fragments the heap.
    """

    def __init__(self, app: WSGIApplication, threads: int, on_long: Callable[[bool], None] = ignore) -> None:
        self.loop = asyncio.get_running_loop()
        self.use(app)
        self.workers = Workers(self.loop, threads, on_long)
        self._urgent_workers = Workers(self.loop, 1)
        self.memory = Memory()
        self.received = memoryview(bytearray(_RECEIVED_MAXIMUM))
        self.is_stopping = False
        self._connections: set[Connection] = set()
        self._is_checking = False
        self._is_exhausted = self._is_sending = self._is_due = False
        self._listeners: list[socket.socket] = []
        self._accepting: set[asyncio.Task[Any]] = set()
        self._delivered: deque[tuple[Callable[[Response | None], None], Response | None]] = deque()
        self._last_is_gone = asyncio.Event()
        self._received: list[tuple[Connection, Message]] = []
        self._outgoing: list[tuple[asyncio.Transport, bytes]] = []
        self.loop.set_exception_handler(self._report)

    def use(self, app: WSGIApplication) -> None:
        """Call this app for requests from now on."""
        self.app = app
        front = getattr(app, "wsgi_app", app)
        self._quick: QuickAnswers | None = getattr(front, "answers", None)
        self._whole: WholeAnswer | None = getattr(front, "whole_answer", None)
        self._later: AnswerLater | None = getattr(front, "answer_later", None)
        self._send_later: Callable[[], None] = getattr(front, "send_waiting", lambda: None)
        self._needs_body: NeedsBody | None = getattr(front, "needs_body", None)
        self._urgent: frozenset[str] = getattr(front, "urgent_paths", frozenset())

    def quick_answers(self, environs: Sequence[WSGIEnvironment]) -> Sequence[Response | None]:
        """The answers that the app has at hand, in a method `answers` that waits for nothing.

        They are in the order of the environs, with None where the app must be called. The app may keep in an environ
        what is the same for all equal requests. With Flask, it is the method of what stands in front as `wsgi_app`.
        """
        if self._quick is not None:
            try:
                responses = self._quick(environs)
            except Exception:
                log.exception("answers that are at hand cannot be given")
            else:
                if len(responses) == len(environs):
                    return responses
                log.error("the app has %d answers at hand for %d requests", len(responses), len(environs))
        return [None for _ in environs]

    def answer_soon(self, connection: Connection, message: Message) -> None:
        """Answer a request that is alone on its connection, with those that come on others at the same time."""
        self._received.append((connection, message))
        self._go_on_soon(len(self._received))

    def answer_received(self) -> None:
        """Answer the requests that wait, and send the answers that wait."""
        received, self._received = self._received, []
        if received:
            responses = self.quick_answers([message.environ() for _, message in received])
            now = monotonic()
            for (connection, message), response in zip(received, responses, strict=True):
                try:
                    if response is None:
                        connection.begin(message, None)
                    else:
                        connection.send_alone(response, now)
                except Exception:
                    log.exception("a connection failed")
                    connection.abort()
        self.send_outgoing()

    def _go_on_soon(self, waiting: int) -> None:
        """Answer and send what waits once everything is read that came at the same time, or there is enough."""
        if waiting >= _TOGETHER:
            self.answer_received()
        elif not self._is_due:
            self._is_due = True
            self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        try:
            self.answer_received()
        finally:
            self._is_due = False

    def call(self, environ: WSGIEnvironment) -> Answer | Response:
        """Have the app answer a request, in a worker's thread.

        The app may have a method `whole_answer` that gives an answer without its call, or a WSGI app that gives it.
        With Flask, it is the method of what stands in front as `wsgi_app`.
        """
        return Answer().call(self.app, environ, self._whole)

    def answer_later(self, environ: WSGIEnvironment, take: Callable[[Response | None], None]) -> bool:
        """Whether the app has an answer soon, without being called: then `take` is called with it, or with None.

        The app has a method `answer_later` for this, which waits for nothing, and a method `send_waiting`, which is
        called after some of these. With Flask, they are methods of what stands in front as `wsgi_app`.
        """
        if self._later is None:
            return False
        try:
            is_later = self._later(environ, partial(self._deliver, take), self._flush)
        except Exception:
            log.exception("an answer that is nearly at hand cannot be given")
            return False
        if is_later and not self._is_sending:
            self._is_sending = True
            self.loop.call_soon(self._send_waiting)
        return is_later

    def _send_waiting(self) -> None:
        """Have the app send what it waits for, once for all requests that were received together."""
        self._is_sending = False
        self._send_later()

    def _deliver(self, take: Callable[[Response | None], None], response: Response | None) -> None:
        """Keep an answer for the loop, from any thread."""
        self._delivered.append((take, response))

    def _flush(self) -> None:
        with suppress(RuntimeError):  # The loop is closed.
            self.loop.call_soon_threadsafe(self._take_delivered)

    def _take_delivered(self) -> None:
        while self._delivered:
            take, response = self._delivered.popleft()
            take(response)

    def send_soon(self, transport: asyncio.Transport, data: bytes) -> None:
        """Send an answer with those to other requests that were received at the same time."""
        self._outgoing.append((transport, data))
        self._go_on_soon(len(self._outgoing))

    def send_outgoing(self) -> None:
        """Send the answers that wait for each other, before anything else is sent or closed."""
        if not self._outgoing:
            return
        outgoing, self._outgoing = self._outgoing, []
        for transport, data in outgoing:
            transport.write(data)

    def needs_body(self, environ: WSGIEnvironment) -> bool:
        """Whether a client should send the body of a request; the app may say no in a method `needs_body`.

        With Flask, it is the method of what stands in front as `wsgi_app`.
        """
        try:
            return self._needs_body is None or self._needs_body(environ)
        except Exception:
            log.exception("it cannot be found out whether a body is needed")
            return True

    def workers_for(self, path: str) -> Workers:
        """The threads for a request: paths in the app's `urgent_paths` have one of their own, and wait for no other.

        With Flask, they are those of what stands in front as `wsgi_app`.
        """
        return self._urgent_workers if path in self._urgent else self.workers

    def listen(self, listening: Sequence[socket.socket]) -> None:
        """Accept connections on these sockets, which are closed when the server stops."""
        for each in listening:
            each.settimeout(0)
            self._listeners.append(each)
            self.loop.add_reader(each, self._accept, each)

    def _accept(self, listening: socket.socket) -> None:
        """Take the next connection. Where there can be no more, others wait until the next attempt, a second later."""
        try:
            accepted, _ = listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):  # Another process has it, or it has gone.
            return
        except OSError as error:
            if not self._is_exhausted:
                log.warning("no connection can be accepted until others end: %s", error.strerror)
            self._is_exhausted = True
            self.loop.remove_reader(listening)
            self.loop.call_later(_EXHAUSTED_SECONDS, self._accept_again, listening)
            return
        accepted.settimeout(0)
        task = self.loop.create_task(self.loop.connect_accepted_socket(lambda: Connection(self), accepted))
        self._accepting.add(task)
        task.add_done_callback(self._accepting.discard)

    def _accept_again(self, listening: socket.socket) -> None:
        if not self.is_stopping:
            self.loop.add_reader(listening, self._accept, listening)

    async def stop(self) -> None:
        """Accept no further connection and no further request."""
        self.is_stopping = True
        for each in self._listeners:
            self.loop.remove_reader(each)
            each.close()
        if self._accepting:
            await asyncio.wait(self._accepting)
        self.answer_received()  # Their connections are not idle.
        for connection in tuple(self._connections):
            connection.stop()

    async def finished(self) -> None:
        """Wait until every connection has ended."""
        while self._connections:
            self._last_is_gone.clear()
            await self._last_is_gone.wait()
        self.workers.stop()
        self._urgent_workers.stop()

    def add(self, connection: Connection) -> None:
        """Keep a connection, and check it from time to time."""
        self._connections.add(connection)
        if not self._is_checking:
            self._is_checking = True
            self.loop.call_later(_CHECK_SECONDS, self._check)

    def remove(self, connection: Connection) -> None:
        """A connection has ended."""
        self._connections.discard(connection)
        if not self._connections:
            self._last_is_gone.set()

    def _check(self) -> None:
        self.answer_received()  # Their connections are not idle.
        now = monotonic()
        for connection in tuple(self._connections):
            connection.check(now)
        self._is_checking = bool(self._connections)
        if self._is_checking:
            self.loop.call_later(_CHECK_SECONDS, self._check)

    def _report(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what went wrong in the loop."""
        log.error("a connection failed: %s", context["message"], exc_info=context.get("exception"))


def serve(
    app: WSGIApplication, listening: Sequence[socket.socket], threads: int, on_ready: Callable[[], None], grace: float
) -> None:
    """Serve in the main thread until SIGTERM or SIGINT; then let running requests finish, for `grace` seconds.

    Neither signal does anything after that. Therefore the loop is not closed, as it would restore their defaults first.
    A LateApp that cannot be made ends the server at once.
    """
    loop = loops.new()
    try:
        loop.run_until_complete(_serve(app, listening, threads, on_ready, grace))
    finally:
        signals.ignore()


async def _serve(
    app: WSGIApplication, listening: Sequence[socket.socket], threads: int, on_ready: Callable[[], None], grace: float
) -> None:
    server, stopped = Server(app, threads, turns.take), asyncio.Event()
    signals.handle(server.loop, stopped.set)
    server.listen(listening)
    on_ready()
    if isinstance(app, LateApp):
        app.start(lambda: server.loop.call_soon_threadsafe(_use_late, server, app, stopped))
    await stopped.wait()
    if isinstance(app, LateApp) and app.error is not None:
        return
    await server.stop()
    try:
        await asyncio.wait_for(server.finished(), grace)
    except TimeoutError:
        log.warning("a request was still running after %s s; it is cut off", grace)
        end_process()
    if isinstance(app, LateApp) and not app.made.done():
        end_process()


def _use_late(server: Server, late: LateApp, stopped: asyncio.Event) -> None:
    """Call the app that was made, without the detour; or stop, if it could not be."""
    if late.error is None:
        server.use(late.made.result())
    else:
        stopped.set()


class Running(AbstractContextManager["Running"]):
    """A server that runs in a thread, at `url`, until it is closed. What it is doing then is finished."""

    def __init__(self, app: WSGIApplication, listening: Sequence[socket.socket], threads: int) -> None:
        self.url = sockets.url(listening[0].getsockname()[0], listening[0])
        self._closed = threading.Event()
        self._loop = loops.new()
        self._stopped = asyncio.Event()
        started = threading.Event()
        task = self._serve(app, listening, threads, started)
        threading.Thread(target=self._run, args=(task,), name="mockserver", daemon=True).start()
        started.wait()

    def close(self) -> None:
        """Stop accepting connections, and release the port; closing twice is harmless."""
        with suppress(RuntimeError):  # The loop has ended.
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._closed.wait()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, task: Any) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(task)

    async def _serve(
        self, app: WSGIApplication, listening: Sequence[socket.socket], threads: int, started: threading.Event
    ) -> None:
        server = Server(app, threads)
        server.listen(listening)
        started.set()
        await self._stopped.wait()
        await server.stop()
        self._closed.set()
        await server.finished()
