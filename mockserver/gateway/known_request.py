"""What the layer in front of Flask knows of a request, and what it answers."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from wsgiref.types import WSGIEnvironment

from mockserver.gateway import dates, kept_headers
from mockserver.gateway.journal import Record, SentRequest
from mockserver.gateway.kept_headers import Headers
from mockserver.gateway.limits import LimitBlock
from mockserver.gateway.response_cache import CachedReply, Key
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.socket_features import Content, Head
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import TimestampFormat, Vendor


class Response(NamedTuple):
    """An answer: what it consists of, and its record in the journal of the sandbox with this id."""

    content: Content
    sandbox: str
    record: Record

    def abandon(self) -> None:
        """Note that its client has left before it was sent."""
        self.record.abandon()


class KnownHead(NamedTuple):
    """The head of answers of one length, and the headers of it that the journal keeps."""

    length: int
    head: Head
    journaled: Headers


@dataclass(slots=True, eq=False)
class KnownRequest:
    """What is known of a request that passed every stage: the parts of its answer, and on what they depend.

    `epoch` is the part of the moment that the reply depends on, `expires_at` when its token expires, in microseconds
    since 1970, and `length_at` the place of the Content-Length among the headers. With `is_dated`, the answer has a
    date of the sandbox, which is not among them.

    The others are what was last found for it: its SentRequest, its head, the second with the epoch of its reply, and
    what a store keeps ready for it.
    """

    vendor: Vendor
    operation: str | None
    sandbox: Sandbox
    grant: Grant
    generation: int
    epoch: object
    key: Key
    expires_at: int | None
    limit: str
    scope: str
    block: LimitBlock
    is_limited: bool
    code: int
    length_at: int
    is_dated: bool
    path: str
    write_timestamp: TimestampFormat | None
    last_request: SentRequest
    last_head: KnownHead
    last_second: int = -1
    prepared: Any = None

    def head(self, length: int) -> KnownHead:
        """The head of the answer with a body of this length."""
        found = self.last_head
        if length != found.length:
            before, after = found.head.headers[: self.length_at], found.head.headers[self.length_at + 1 :]
            headers = (*before, ("Content-Length", str(length)), *after)
            found = self.last_head = known_head(length, found.head.status, headers)
        return found

    def parts(self, reply: CachedReply, ns: int) -> tuple[bytes, ...]:
        """The body of the answer, with a reply in it."""
        write = self.write_timestamp
        if write is None or len(reply.pieces) == 1:  # No timestamp is in it.
            return reply.pieces
        return reply.parts(write(ns))

    def date(self, ns: int) -> str | None:
        """The date of the sandbox, if the answer has it."""
        return dates.text(ns // 10**9) if self.is_dated else None

    def sent(self, environ: WSGIEnvironment, sandbox: Sandbox) -> SentRequest:
        """What the journal of its sandbox keeps of such a request; mostly the same as for the last one."""
        headers, organization = kept_headers.of_request(environ), sandbox.config.organization.slug
        found = self.last_request
        if found.headers is not headers or found.organization != organization:
            found = self.last_request = found._replace(headers=headers, organization=organization)
        return found


@lru_cache(1024)
def known_head(length: int, status: str, headers: Headers) -> KnownHead:
    """That of answers with this status and these headers; most requests share one with others."""
    return KnownHead(length, Head(status, headers), kept_headers.of_response(headers))
