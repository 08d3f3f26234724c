"""A layer in front of the app: a request whose answer is cached is answered without Flask's routing and context.

So is one of which only the view is known: the path of an endpoint, and nothing that needs Flask.

What can change between two equal requests is checked each time: the token, the sandbox, its policy and faults, the
limit, and what of the moment the answer depends on. In doubt, the request goes on to the app. Nothing that a client or
the journal shows differs from an answer of the `pipeline`.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from time import perf_counter_ns
from typing import Any, NamedTuple
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mockserver.gateway import dates, kept_headers, request_key, socket_features
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.journal import JOURNALED, Record, SentRequest, State, answered, next_sequence
from mockserver.gateway.kept_headers import Headers
from mockserver.gateway.limits import LimitBlock, TokenBucket
from mockserver.gateway.request_key import RequestKey
from mockserver.gateway.response_cache import CachedReply, Key, RequestMemory
from mockserver.gateway.routing import DirectView, Respond
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.socket_features import Content, Head
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import CACHED, RequestContext, TimestampFormat, Vendor
from mockserver.simulation import clock as clocks
from mockserver.simulation.clock import PreciseTime

log = logging.getLogger(__name__)

_ASCII = bytes(range(128))
_TRIED = "mockserver.tried"
"""The environ's key that marks a request that this layer has looked up for a server: it need not look again."""


class Response(NamedTuple):
    """An answer: what it consists of, and its record in the journal of the sandbox with this id."""

    content: Content
    sandbox: str
    record: Record

    def abandon(self) -> None:
        """Note that its client has left before it was sent."""
        self.record.abandon()


Deliver = Callable[[Response | None], None]
"""Takes the answer, or None if the app must be called."""


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
            found = self.last_head = _known_head(length, found.head.status, headers)
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


class _Shared(NamedTuple):
    """What equal requests share that are answered together, which is all but their records.

    `bucket` is what they are taken from, None where nothing is limited. `started` is when the layer got them, in
    nanoseconds of a monotonic clock.
    """

    sandbox: Sandbox
    bucket: TokenBucket | None
    ns: int
    sent: SentRequest
    started: int
    frozen: bool
    state: State
    content: Content

    def answer(self, start_seq: int) -> Response | None:
        """The answer to one of them, in the journal; None where the limit refuses it, at no cost."""
        sandbox, bucket, ns, sent, started, frozen, state, content = self
        if bucket is not None and not bucket.take():
            return None
        record = Record(ns, sent, started, frozen, start_seq, state)
        sandbox.journal.append(record)
        return Response(content, sandbox.id, record)


class FastPath:
    """Takes an answer from the response cache, or passes a request on to the app and remembers how it was answered.

    A server answers the `urgent_paths` before all others. It asks `needs_body` before a client is told to send one.
    """

    def __init__(
        self,
        app: WSGIApplication,
        registry: SandboxRegistry,
        senders: Senders,
        direct: Mapping[str, DirectView],
        urgent_paths: frozenset[str],
        needs_body: Callable[[WSGIEnvironment], bool],
    ) -> None:
        self.urgent_paths = urgent_paths
        self.needs_body = needs_body
        self._direct = direct
        self._app = app
        self._registry = registry
        self._senders = senders
        self._requests: RequestMemory[KnownRequest] = registry.requests

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_new = _TRIED not in environ
        if is_new:  # What called this may have changed what the server has read.
            environ.pop(request_key.READY, None)
            environ.pop(kept_headers.SENT, None)
        _complete(environ)
        response = self.respond(environ) if is_new else None
        if response is None:
            return self._pass_on(environ, start_response)
        environ[socket_features.ABANDONED] = response.abandon
        environ[JOURNALED] = response.sandbox, response.record
        content = response.content
        start_response(content.head.status, content.headers)
        return [content.body]

    def respond(self, environ: WSGIEnvironment) -> Response | None:
        """The answer to a request, if it is cached; it may wait for a store."""
        (response,) = self.answers((environ,))
        return response

    def answers(self, environs: Sequence[WSGIEnvironment]) -> list[Response | None]:
        """The answers to requests that came together; None for each that is not cached. It waits for nothing.

        They are given at one moment, so that equal requests, one after another, share what they get. These have the
        same environ where the server has recognized them: what is put into it is the same for each.
        """
        started, numbers = perf_counter_ns(), [next_sequence() for _ in environs]
        if not self._registry.lock.acquire(blocking=False):
            return [None for _ in environs]
        responses: list[Response | None] = []
        last = shared = None
        try:
            wall = clocks.wall_ns()  # Not before the lock is taken: what others have done by then is not in the future.
            for environ, start_seq in zip(environs, numbers, strict=True):
                if environ is not last:
                    last, shared = environ, self._share_or_log(environ, started, wall)
                responses.append(None if shared is None else shared.answer(start_seq))
        finally:
            self._registry.lock.release()
        return responses

    def _share_or_log(self, environ: WSGIEnvironment, started: int, wall: int) -> _Shared | None:
        """What `_share` finds; an error in it concerns no other request."""
        try:
            return self._share(environ, started, wall)
        except Exception:
            log.exception("an answer that is cached cannot be given")
            return None

    def _share(self, environ: WSGIEnvironment, started: int, wall: int) -> _Shared | None:
        """What equal requests share when the wall clock shows `wall`; None where no answer is cached."""
        known = self.known(environ)
        if known is None:
            return None
        sandbox = known.sandbox
        ns = sandbox.clock.ns_at(wall)
        reply = self._registry.answers.get(known.key) if self._holds(known, ns) else None
        if reply is None:
            return None
        bucket, allowance = None, sandbox.allowance(known.limit) if known.is_limited else None
        if allowance is not None:
            bucket = sandbox.limiters[known.limit].filled(known.scope, allowance, ns // 1000, known.block)
            if bucket.blocked_until > ns // 1000:
                return None
        parts = known.parts(reply, ns)
        _, head, journaled = known.head(sum(map(len, parts)))
        state = answered(started, known.code, None, None, reply.notes, journaled)
        content = Content(head, known.date(ns), parts)
        return _Shared(sandbox, bucket, ns, known.sent(environ, sandbox), started, sandbox.clock.frozen, state, content)

    def answer_later(self, _: WSGIEnvironment, __: Deliver, ___: Callable[[], None]) -> bool:
        """Whether a request has an answer soon, for which a server need not call the app: only with a store."""
        return False

    def send_waiting(self) -> None:
        """Send what answers wait for: nothing here."""

    def known(self, environ: WSGIEnvironment) -> KnownRequest | None:
        """What is known of a request that can be answered here."""
        environ[_TRIED] = True
        key = request_key.of(environ)
        return None if key is None else self._requests.get(key)

    def _holds(self, known: KnownRequest, ns: int) -> bool:
        """Whether all that the answer depended on is as it was, and no armed fault may meet the request."""
        sandbox, policy = known.sandbox, known.sandbox.policy
        return (
            policy.generation == known.generation
            and (not sandbox.faults.armed or not self._may_fire(known, ns))
            and self._is_open(known)
            and (known.expires_at is None or ns // 1000 < known.expires_at)
            and (known.last_second == ns // 10**9 or self._is_same_epoch(known, ns))
        )

    def _may_fire(self, known: KnownRequest, ns: int) -> bool:
        """Whether an armed fault may meet the request."""
        now = PreciseTime.from_ns(ns)
        return known.sandbox.faults.may_fire(known.vendor.name, known.operation, known.path, now)

    def _is_same_epoch(self, known: KnownRequest, ns: int) -> bool:
        """Whether the answer would depend on the same part of this moment; if so, it does in the whole second."""
        vendor = known.vendor
        now, switches = PreciseTime.from_ns(ns), known.sandbox.policy.switches[vendor.name]
        if vendor.cache_epoch(now, switches) != known.epoch:
            return False
        known.last_second = ns // 10**9
        return True

    def _is_open(self, known: KnownRequest) -> bool:
        """Whether its token opens the same sandbox with the same rights."""
        return self._registry.opened(known.vendor.name, known.grant.token) == (known.sandbox, known.grant)

    def _pass_on(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The app's answer, remembered if its reply is cached."""
        start = partial(self._start, environ, start_response)
        view = self._direct_view(environ)
        return self._app(environ, start) if view is None else view(environ)(environ, start)

    def _start(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        status: str,
        headers: list[tuple[str, str]],
        *more: Any,
    ) -> Callable[[bytes], object]:
        """WSGI's `start_response`, which learns how a request is answered."""
        cached = environ.pop(CACHED, None)  # Else the environ and the context in it would hold each other.
        if cached is not None and (request := request_key.of(environ)) is not None:
            context, key = cached
            self._remember(request, context, key, status, headers)
        return start_response(status, headers, *more)

    def _direct_view(self, environ: WSGIEnvironment) -> Respond | None:
        """The view that Flask would find for a request of a program without a body, at a third of the time."""
        view = self._direct.get(environ["PATH_INFO"])
        if view is None or environ["REQUEST_METHOD"] != "GET":
            return None
        is_plain = request_key.is_plain(environ) and "HTTP_TRANSFER_ENCODING" not in environ
        return view.respond if is_plain and self._senders.is_ordinary(environ, view.vendor) else None

    def _remember(
        self, request: RequestKey, context: RequestContext, key: Key, status: str, headers: list[tuple[str, str]]
    ) -> None:
        *_, host = request
        vendor, (length_at, date_at) = context.vendor, _places(tuple([name for name, _ in headers]))
        if (
            context.grant is None
            or context.record is None
            or context.fault is not None
            or context.refusal is not None
            or vendor.common_headers is not None
            or length_at is None
            or not self._senders.hosts.accept(host, vendor.name)
        ):
            return
        undated = tuple(headers) if date_at is None else (*headers[:date_at], *headers[date_at + 1 :])
        head = _known_head(int(undated[length_at][1]), status, undated)
        known = KnownRequest(
            vendor,
            context.operation,
            context.sandbox,
            context.grant,
            context.policy.generation,
            key[-1],
            key,
            context.expires_at,
            context.limit,
            context.bucket_scope,
            context.limit_block,
            context.is_limited,
            int(status[:3]),
            length_at,
            date_at is not None,
            context.path,
            None if vendor.timestamp_format is None else context.switches.of(vendor.timestamp_format),
            context.record.request,
            head,
        )
        with self._registry.lock:
            if self._is_open(known):  # The sandbox was not deleted meanwhile.
                self._requests.put(request, known)


@lru_cache(1024)
def _known_head(length: int, status: str, headers: Headers) -> KnownHead:
    """That of answers with this status and these headers; most requests share one with others."""
    return KnownHead(length, Head(status, headers), kept_headers.of_response(headers))


@lru_cache(64)
def _places(names: tuple[str, ...]) -> tuple[int | None, int | None]:
    """The place of the only Content-Length among headers without a date, and the place of the date; None for none."""
    date_at = names.index(dates.HEADER) if dates.HEADER in names else None
    rest = [name.lower() for name in names if name != dates.HEADER]
    return rest.index("content-length") if rest.count("content-length") == 1 else None, date_at


def _complete(environ: WSGIEnvironment) -> None:
    """Make the same of every server's environ.

    What a server may leave out is added, bytes of the query that a client should have quoted are quoted, and the offer
    to go on in another protocol is passed over, as HTTP allows.
    """
    environ.pop("HTTP_UPGRADE", None)
    environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
    query = environ.setdefault("QUERY_STRING", "")
    if not query.isascii():
        environ["QUERY_STRING"] = quote(query, _ASCII, "latin-1")
