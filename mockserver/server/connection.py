"""One HTTP/1.1 connection, in the event loop: its requests are answered one after another, and its client has limits.

`reader` reads the requests, `answer` has the app answer them in a worker's thread.
"""

import asyncio
import math
import socket
import struct
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from wsgiref.types import WSGIEnvironment

from mockserver.gateway import socket_features
from mockserver.gateway.socket_features import BodyProblem, Response
from mockserver.server import sockets, workers
from mockserver.server.answer import Answer, at_hand
from mockserver.server.message import Message
from mockserver.server.phase import BUSY, Phase
from mockserver.server.reader import Reader, Refused

if TYPE_CHECKING:
    from mockserver.server.running import Server

IDLE_SECONDS = 75.0
"""How long a connection may stay open between two requests."""

HEAD_SECONDS = 10.0
"""How long the head of a request may take from its first byte."""

SEND_SECONDS = 60.0
"""How long a client may read nothing of an answer before its connection is closed."""

LINGER_SECONDS = 1.0
"""How long a connection goes on reading when the server closes it: else a client that still sends loses its answer."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing the socket drops unsent data and resets the connection."""


class Connection(asyncio.BufferedProtocol):
    """One connection. `deadline` is when its phase has lasted too long, in the seconds of `monotonic`."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._reader = Reader(server.memory)
        self._phase = Phase.IDLE
        self._refused: Refused | None = None
        self._message = Message()
        self._answer = Answer()
        self._environ: WSGIEnvironment = {}
        self._at_hand: Response | None = None
        self._keep_alive = self._is_chunked = self._is_full = self._is_paused = False
        self._left = 0.0
        self._unsent = 0
        self.is_gone = False
        self.deadline = math.inf

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        host, port = transport.get_extra_info("sockname")[:2]
        client, client_port = (transport.get_extra_info("peername") or ("", 0))[:2]
        self._fixed: dict[str, Any] = {
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "REMOTE_ADDR": client,
            "REMOTE_PORT": str(client_port),
            socket_features.WAIT_SLOTS: self._server.workers.wait_slots,
            socket_features.IS_GONE: lambda: self.is_gone,
        }
        self.deadline = monotonic() + IDLE_SECONDS
        self._server.add(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 (asyncio's form)
        return self._server.received

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._server.received[:nbytes])
        is_idle = self._phase is Phase.IDLE and not self._is_full and not self._server.is_stopping
        if is_idle and (message := self._reader.recognize(data)) is not None:
            self._server.answer_soon(self, message)
            return
        if self._phase is Phase.CLOSING or self._refused is not None or self._reader.is_stopped:
            return
        try:
            self._reader.feed(data)
        except Refused as refused:
            self._refused = refused
        if self._phase in BUSY:  # It sends ahead: the rest can wait.
            self._is_paused = True
            self._transport.pause_reading()
        else:
            self._advance()

    def eof_received(self) -> bool:
        """A client that sends no more may still read: the answer to what it has sent goes out."""
        self.is_gone = True
        if self._phase is Phase.CLOSING:
            self._transport.close()
        elif self._phase not in BUSY:
            self._advance()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's form)
        self.is_gone = True
        self._reader.close()
        self._server.remove(self)
        if self._is_full:  # No further part of the answer will be asked for.
            self._is_full = False
            self._abandon()

    def pause_writing(self) -> None:
        self._is_full = True
        self._watch_sending()

    def resume_writing(self) -> None:
        self._is_full = False
        self.deadline = math.inf
        if self._phase is Phase.ANSWERING:
            self._pull()
        elif self._phase is Phase.CLOSING:
            self.deadline = monotonic() + LINGER_SECONDS
        else:
            self._advance()

    # What the server calls

    def check(self, now: float) -> None:
        """End what has lasted too long."""
        if now < self.deadline:
            return
        if unsent := self._transport.get_write_buffer_size():
            if unsent < self._unsent:
                self._watch_sending()
            else:
                self._transport.abort()
        elif self._phase is Phase.HEAD:
            self._refused = Refused(HTTPStatus.REQUEST_TIMEOUT, f"the head was not there after {HEAD_SECONDS:.0f} s")
            self._advance()
        elif self._phase is Phase.BODY:
            self._reader.give_up(BodyProblem.TIMEOUT)
            self._advance()
        else:
            self._transport.close()

    def stop(self) -> None:
        """Close the connection, once the request that is under way is answered."""
        if self._phase in {Phase.IDLE, Phase.HEAD, Phase.BODY}:
            self._watch_sending()
            self._transport.close()

    def abort(self) -> None:
        """End the connection, which has failed before its client had the answer."""
        self._transport.abort()
        self._abandon()

    # One request after another

    def _advance(self) -> None:
        """Go on with what comes next: a request that is complete, a refusal, the end, or waiting for the client."""
        if self._is_full or self._phase is Phase.ENDING or self._transport.is_closing():
            return
        if self._reader.complete and not self._server.is_stopping:
            message = self._reader.complete.popleft()
            is_alone = self._reader.is_alone and self._refused is None and not self.is_gone and not self._is_paused
            if is_alone and self._phase is Phase.IDLE and message.is_simple:
                self._server.answer_soon(self, message)
            else:
                (response,) = self._server.quick_answers((message.environ(),))
                self.begin(message, response)
        elif self._refused is not None:
            self._refuse(self._refused)
        elif self.is_gone or self._reader.is_stopped or self._server.is_stopping:
            self._close()
        else:
            self._wait()

    def _wait(self) -> None:
        """Wait for the next request, or the rest of it."""
        message, before = self._reader.message, self._phase
        if self._reader.is_in_head:
            self._phase, seconds = Phase.HEAD, HEAD_SECONDS
        elif message is None:
            self._phase, seconds = Phase.IDLE, IDLE_SECONDS
        else:
            self._phase, seconds = Phase.BODY, socket_features.BODY_SECONDS
            if before is not Phase.BODY and message.waits_to_send and not message.body_size:
                self._ask_for_body(message)
        if self._phase is not before or self.deadline == math.inf:
            self.deadline = monotonic() + seconds
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()

    def _ask_for_body(self, message: Message) -> None:
        """Tell a client that waits to send the body, unless the request is refused whatever the body is."""
        ask = partial(self._server.needs_body, message.head_environ(self._fixed))
        self._server.workers.run(ask, partial(self._continue, message))

    def _continue(self, message: Message, is_needed: bool) -> None:  # noqa: FBT001 (the result of a job)
        if self._reader.message is not message or message.body_size:  # The client has left, or waits no more.
            return
        is_too_large = message.declared_size > socket_features.READ_MAXIMUM
        if is_needed and not is_too_large:
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        self._reader.give_up(BodyProblem.TOO_LARGE if is_too_large else None)
        self._advance()

    def send_alone(self, response: Response, now: float) -> None:
        """Send an answer at hand to a simple request that is alone on its connection, which changes nothing else.

        Most requests are of this kind; to go through the phases takes as long as everything else that they need here.
        """
        self._at_hand = response
        self.deadline = now + IDLE_SECONDS
        self._server.send_soon(self._transport, at_hand(response.content))

    def begin(self, message: Message, response: Response | None) -> None:
        """Have a request answered, with the answer if it is at hand."""
        environ, self._at_hand = message.environ().copy(), None
        self._phase, self._message, self._environ, self.deadline = Phase.ANSWERING, message, environ, math.inf
        if response is not None or not self._server.answer_later(environ, self._take):
            self._take(response)

    def _take(self, given: Answer | Response | None) -> None:
        """Send what the app has given, or call it if that is nothing yet."""
        if isinstance(given, Answer):
            self._start(given)
            return
        self._at_hand = given
        if given is None:
            self._call_app()
        else:
            self._send_at_once(given)

    def _call_app(self) -> None:
        self._environ = self._message.whole_environ(self._environ, self._fixed)
        threads = self._server.workers_for(self._environ["PATH_INFO"])
        threads.run(partial(self._server.call, self._environ), self._take)

    def _send_at_once(self, response: Response) -> None:
        """Send a whole answer of the app; the usual case is done here, with nothing else to consider."""
        if not self._message.is_simple or self._server.is_stopping or self._transport.is_closing():
            self._start(Answer.of_response(response))
            return
        if self._reader.complete:  # Whether the next may begin depends on how much of this one is sent.
            self._write(at_hand(response.content))
        else:
            self._server.send_soon(self._transport, at_hand(response.content))
        self._phase = Phase.IDLE
        self._advance()

    def _write(self, data: bytes) -> None:
        """Send something at once, after the answers that wait for each other."""
        self._server.send_outgoing()
        self._transport.write(data)

    def _start(self, answer: Answer) -> None:
        """Send the head and the first part of the body."""
        self._answer = answer
        if self._transport.is_closing():
            self._abandon()
            return
        if answer.reset:
            sock: socket.socket = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._transport.abort()
            return
        if answer.failed:
            self._answer = _FAILURE
        try:
            lines = self._head()
        except ValueError as error:
            answer.fail(error)
            self._server.workers.run(answer.close, workers.ignore)
            self._answer = _FAILURE
            lines = self._head()
        is_last = self._answer.is_whole and socket_features.CLOSE_IDLE in self._environ
        if is_last or socket_features.OVERLONG in self._environ:
            sockets.hold_until_end(self._transport.get_extra_info("socket"))
        self._send(self._answer.chunk, lines)
        if self._answer.is_whole:
            self._finish(None)
        elif not self._is_full:
            self._pull()

    def _head(self) -> bytes:
        """The head as this connection needs it; ValueError for one that cannot be sent."""
        answer, http_1_0 = self._answer, self._message.version == "1.0"
        has_body, length = answer.has_body(self._message.method), answer.length
        self._keep_alive = self._message.keep_alive and not self._server.is_stopping and not answer.closes
        self._is_chunked = False
        extra = []
        if has_body and length is None:
            if answer.is_whole:
                length = len(answer.chunk)
                extra.append(("Content-Length", str(length)))
            elif http_1_0:
                self._keep_alive = False
            else:
                self._is_chunked = True
                extra.append(("Transfer-Encoding", "chunked"))
        self._left = 0 if not has_body else math.inf if length is None else length
        if not self._keep_alive:
            extra.append(("Connection", "close"))
        elif http_1_0 or socket_features.CLOSE_IDLE in self._environ:
            extra.append(("Connection", "keep-alive"))
        return answer.head(*extra)

    def _send(self, chunk: bytes, lines: bytes = b"") -> None:
        """Send a part of the body, framed as the head says; beyond its declared length only if the app demands it."""
        if self._transport.is_closing():
            return
        if self._left < len(chunk) and socket_features.OVERLONG not in self._environ:
            chunk = chunk[: int(self._left)]
        self._left -= len(chunk)
        if self._is_chunked and chunk:
            chunk = b"%x\r\n%b\r\n" % (len(chunk), chunk)
        self._write(lines + chunk)

    def _pull(self) -> None:
        """Get the next part of the body."""
        if self._transport.is_closing():
            self._abandon()
        elif self._answer.status:  # Else the answer has not begun: what was sent is an earlier one.
            self._server.workers.run(self._answer.next_chunk, self._send_next)

    def _abandon(self) -> None:
        """Tell the app that its client has left before it had the whole answer."""
        if self._at_hand is not None:
            self._at_hand.abandon()
        elif abandoned := self._environ.get(socket_features.ABANDONED):
            abandoned()
        self._server.workers.run(self._answer.close, self._finish)

    def _send_next(self, chunk: bytes | None) -> None:
        if chunk is None:
            if self._is_chunked and not self._answer.failed:
                self._left = 0
                self._write(b"0\r\n\r\n")
            self._phase = Phase.ENDING
            self._server.workers.run(self._answer.close, self._finish)
            return
        self._send(chunk)
        if not self._is_full:
            self._pull()

    def _finish(self, _: None) -> None:
        """The answer is sent as far as it goes: a body of another length than declared ends the connection.

        So does the app's demand to close it in spite of what the answer says.
        """
        self._reader.forget(self._message)
        self._message, self._answer = Message(), Answer()
        if self._keep_alive and not self._left and socket_features.CLOSE_IDLE not in self._environ:
            self._phase = Phase.CLOSING if self._transport.is_closing() else Phase.IDLE
            self._advance()
        elif not self._transport.is_closing():
            self._close()

    # The end

    def _refuse(self, refused: Refused) -> None:
        """Answer what is no request, and close the connection."""
        self._message = Message()
        title = f"The request could not be read: {refused.status.phrase}"
        self._answer = Answer.of_problem(refused.status, title, str(refused))
        self._send(self._answer.chunk, self._head())
        self._close()

    def _close(self) -> None:
        """Close the connection after what was written; what its client still sends is thrown away for a moment."""
        self._server.send_outgoing()
        self._phase = Phase.CLOSING
        self._reader.is_stopped = True
        try:
            if not self.is_gone:
                self._transport.write_eof()
        except OSError:  # The client has reset the connection, and asyncio does not know it yet.
            self.is_gone = True
        self._watch_sending()
        if self.is_gone:
            self._transport.close()
            return
        self._transport.resume_reading()
        if not self._unsent:
            self.deadline = monotonic() + LINGER_SECONDS

    def _watch_sending(self) -> None:
        """Give the client some time to read more."""
        self._unsent = self._transport.get_write_buffer_size()
        self.deadline = monotonic() + SEND_SECONDS


_FAILURE = Answer.of_problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed; its log tells why")
