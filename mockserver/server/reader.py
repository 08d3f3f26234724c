"""What a client sends, read into requests: the syntax is httptools' (llhttp's), the limits are set here."""

import re
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote_from_bytes

import httptools

from mockserver.gateway import socket_features
from mockserver.gateway.socket_features import BodyProblem
from mockserver.server.message import Message

TARGET_MAXIMUM = 64 * 1024
HEAD_MAXIMUM = 2 * TARGET_MAXIMUM
BODIES_MAXIMUM = 64 * 1024 * 1024
"""How many bytes the bodies of all requests may have at a time."""

_KNOWN_MAXIMUM = 512
"""How many requests are recognized when they are sent again."""

_KNOWN_SIZE = 2048
"""The most bytes of such a request."""

_AHEAD_MAXIMUM = 64
"""How many requests a client may send without waiting for answers."""

_FIRST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z\x80-\xff-]+) ([^\x00-\x20\x7f]+)( HTTP/1\.[01]\r?\n)")
_ASCII = bytes(range(128))
_STAND_IN = b"PATCH"
"""What llhttp reads in place of a method that it does not know: another one that may have a body."""

_TARGET = "the target of a request is a path, as in /_mock/health, or a whole URL"
_HOST = "a request has one Host header"
_VERSION = "the version of HTTP is 1.0 or 1.1"


class Refused(Exception):
    """What was read is no request that can be passed on: the status of the refusal, and why."""

    def __init__(self, status: HTTPStatus, detail: str = "") -> None:
        super().__init__(detail or status.phrase)
        self.status = status


class _Stop(Exception):
    """Ends the parser's work in the middle of a message."""


class Memory:
    """What the readers of a server share: how many bytes of bodies they hold, and what they have read before.

    A request without a body, which arrived alone and in one piece, and whose answer leaves the connection open, is
    recognized by its bytes, as clients send the same again and again. Parsing costs more than everything else that such
    a request needs.
    """

    def __init__(self) -> None:
        self.bodies_size = 0
        self._known: dict[bytes, Message] = {}
        self.find: Callable[[bytes], Message | None] = self._known.get

    def keep(self, data: bytes, message: Message) -> None:
        """Recognize a request from now on; the oldest is forgotten."""
        if len(data) > _KNOWN_SIZE or message.body or not message.is_simple:
            return
        self._known[data] = message
        if len(self._known) > _KNOWN_MAXIMUM:
            del self._known[next(iter(self._known))]


class Reader:
    """The requests of one connection: `complete` ones in order, and the `message` whose first line is there.

    Once it `is_stopped`, nothing more is read: a body is too large or late, or was refused.
    """

    def __init__(self, memory: Memory) -> None:
        self.complete: deque[Message] = deque()
        self.message: Message | None = None
        self.is_stopped = False
        self._memory = memory
        self._current = Message()
        self._held = b""
        self._is_between = True
        self._method = ""
        self._refused: Refused | None = None
        self._parser = httptools.HttpRequestParser(self)

    def feed(self, data: bytes) -> None:
        """Read some more bytes; Refused where they are no request."""
        known = self.recognize(data)
        if known is not None:
            self.complete.append(known)
            return
        is_alone = self.is_alone
        self._read(data)
        if is_alone and self._is_between and len(self.complete) == 1:
            self._memory.keep(data, self.complete[0])

    def recognize(self, data: bytes) -> Message | None:
        """The request that these bytes are, if they were read before, and come after a whole request."""
        return self._memory.find(data) if self.is_alone else None

    @property
    def is_alone(self) -> bool:
        """Whether what comes next begins a request, and no other waits."""
        return self._is_between and not self._held and not self.complete

    def _read(self, data: bytes) -> None:
        size = len(data)
        data, self._held = self._held + data, b""
        if self.message is None and b"\n" not in data and len(data) <= TARGET_MAXIMUM:
            self._held = data
            return
        while data:
            data = self._parse(data)
        if (message := self.message) is not None:
            message.received += size
            if not message.is_head_complete and message.received > HEAD_MAXIMUM:
                raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            if message.received > socket_features.READ_MAXIMUM + HEAD_MAXIMUM:
                self.give_up(BodyProblem.TOO_LARGE)

    @property
    def is_in_head(self) -> bool:
        """Whether a message has begun whose head is not complete."""
        return bool(self._held) if self.message is None else not self.message.is_head_complete

    def give_up(self, problem: BodyProblem | None) -> None:
        """Take the message at hand for complete, with what is wrong with its body; None where nobody needs the body."""
        self._current.problem = problem
        self._current.is_declined = problem is None
        self.complete.append(self._current)
        self.message = None
        self.is_stopped = True

    def forget(self, message: Message) -> None:
        """The body of a message is no longer needed."""
        self._memory.bodies_size -= message.body_size
        message.body, message.body_size = [], 0

    def close(self) -> None:
        """The connection has ended: no message is needed any more."""
        for message in (*self.complete, *([self.message] if self.message else ())):
            self.forget(message)
        self.complete.clear()
        self.message = None

    def _parse(self, data: bytes) -> bytes:
        """Parse some bytes, and return those to parse next: what follows a message that asks for an upgrade."""
        is_fresh, count = self.message is None, len(self.complete)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._without_upgrade(data[upgrade.args[0] :])
        except (httptools.HttpParserInvalidMethodError, httptools.HttpParserInvalidURLError) as error:
            if is_fresh and count == len(self.complete):
                return self._rewritten(data)
            raise Refused(HTTPStatus.BAD_REQUEST) from error
        except httptools.HttpParserCallbackError as error:
            if self._refused is not None:
                raise self._refused from error
            if not self.is_stopped:
                raise
        except httptools.HttpParserError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        return b""

    def _rewritten(self, data: bytes) -> bytes:
        """A message whose first line HTTP allows and llhttp does not: an unknown method, or raw bytes in its path."""
        self.message = None
        self._parser = httptools.HttpRequestParser(self)
        line = _FIRST_LINE.match(data)
        if line is None:
            raise Refused(HTTPStatus.BAD_REQUEST)
        method, target, version = line.groups()
        if self._method:  # It was rewritten before, so it is the target that cannot be read.
            raise Refused(HTTPStatus.BAD_REQUEST, _TARGET)
        self._method = method.decode("latin-1")
        quoted = quote_from_bytes(target, _ASCII).encode()
        return b"".join((_STAND_IN, b" ", quoted, version, data[line.end() :]))

    def _without_upgrade(self, rest: bytes) -> bytes:
        """The message just read, as a client would send it that wants no upgrade, and what follows it.

        A CONNECT always wants one, so it is read as another method.
        """
        message, self.message = self._current, None
        self._parser = httptools.HttpRequestParser(self)
        method = message.method.encode("latin-1")
        if message.method == "CONNECT":
            self._method, method = message.method, _STAND_IN
        lines = [method + b" " + message.target + f" HTTP/{message.version}".encode()]
        lines += [name + b": " + value for name, value in message.headers if name.lower() != b"upgrade"]
        return b"\r\n".join((*lines, b"", rest))

    # What the parser calls

    def on_message_begin(self) -> None:
        self.message = self._current = Message()
        self._is_between = False

    def on_url(self, part: bytes) -> None:
        message = self._current
        message.target += part
        if len(message.target) > TARGET_MAXIMUM:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        message = self._current
        message.head_size += len(name) + len(value)
        if message.head_size > HEAD_MAXIMUM:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not message.is_head_complete:  # A trailer is of no use to an app.
            message.headers.append((name, value))

    def on_headers_complete(self) -> None:
        message = self._current
        message.is_head_complete = True
        message.version = self._parser.get_http_version()
        message.method, self._method = self._method or self._parser.get_method().decode(), ""
        if message.version not in {"1.0", "1.1"}:
            self._refuse(HTTPStatus.BAD_REQUEST, _VERSION)
        names = [name.lower() for name, _ in message.headers]
        message.is_chunked = b"transfer-encoding" in names
        hosts = names.count(b"host")
        if hosts > 1 or (hosts == 0 and message.version == "1.1"):
            self._refuse(HTTPStatus.BAD_REQUEST, _HOST)
        if not message.target.startswith((b"/", b"http://", b"https://")):
            self._refuse(HTTPStatus.BAD_REQUEST, _TARGET)

    def on_body(self, part: bytes) -> None:
        message = self._current
        message.body.append(part)
        message.body_size += len(part)
        self._memory.bodies_size += len(part)
        if message.body_size > socket_features.READ_MAXIMUM:
            self._stop(BodyProblem.TOO_LARGE)
        if self._memory.bodies_size > BODIES_MAXIMUM:
            self._stop(BodyProblem.BUSY)

    def on_message_complete(self) -> None:
        message = self._current
        if not self._parser.should_upgrade():
            self.complete.append(message)
            self.message = None
            message.keep_alive = self._is_between = self._parser.should_keep_alive()
            if len(self.complete) >= _AHEAD_MAXIMUM:
                message.keep_alive = False
                self.is_stopped = True
                raise _Stop

    def _refuse(self, status: HTTPStatus, detail: str = "") -> None:
        self._refused = Refused(status, detail)
        raise _Stop

    def _stop(self, problem: BodyProblem) -> None:
        self.give_up(problem)
        raise _Stop
