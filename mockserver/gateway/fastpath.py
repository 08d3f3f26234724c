"""A layer in front of the app: a request whose answer is cached is answered without Flask's routing and context.

So is one of which only the view is known: the path of an endpoint, and nothing that needs Flask.

What can change between two equal requests is checked each time: the token, the sandbox, its policy and faults, the
limit, and what of the moment the answer depends on. In doubt, the request goes on to the app. Nothing that a client or
the journal shows differs from an answer of the `pipeline`.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from time import perf_counter_ns
from typing import Any, NamedTuple
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mockserver.gateway import dates, kept_headers, request_key, socket_features
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.journal import JOURNALED, Record, SentRequest, State, answered, next_sequence
from mockserver.gateway.known_request import KnownHead, KnownRequest, Response, known_head
from mockserver.gateway.limits import TokenBucket
from mockserver.gateway.response_cache import RequestMemory
from mockserver.gateway.routing import DirectView, Respond
from mockserver.gateway.sandbox import Policy, Sandbox
from mockserver.gateway.socket_features import Content
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.vendor import CACHED, RequestContext
from mockserver.gateway.view import USUAL_LENGTH_AT, USUAL_STATUS, ViewResponse, for_flask, usual_headers
from mockserver.simulation import clock as clocks
from mockserver.simulation.clock import PreciseTime

log = logging.getLogger(__name__)

_ASCII = bytes(range(128))
_TRIED = "mockserver.tried"
"""The environ's key that marks a request that this layer has looked up for a server: it need not look again."""


Deliver = Callable[[Response | None], None]
"""Takes the answer, or None if the app must be called."""


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
        self._last_epoch: tuple[Policy | None, str, int, object] = None, "", 0, None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.whole_answer(environ)
        if answer is None:
            return self._app(environ, partial(self._start, environ, start_response))
        if not isinstance(answer, Response):
            return answer(environ, start_response)
        content = answer.content
        start_response(content.head.status, content.headers)
        return [content.body]

    def whole_answer(self, environ: WSGIEnvironment) -> Response | WSGIApplication | None:
        """The answer to a request, or a WSGI app that gives it, however long it takes; None where Flask is needed."""
        is_new = _TRIED not in environ
        if is_new:  # What called this may have changed what the server has read.
            environ.pop(request_key.READY, None)
            environ.pop(kept_headers.SENT, None)
        _complete(environ)
        response = self.respond(environ) if is_new else None
        if response is None:
            return self._direct_answer(environ)
        environ[socket_features.ABANDONED] = response.abandon
        environ[JOURNALED] = response.sandbox, response.record
        return response

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
        vendor, policy, second = known.vendor, known.sandbox.policy, ns // 10**9
        last_policy, *moment, epoch = self._last_epoch
        if last_policy is not policy or moment != [vendor.name, second]:
            epoch = vendor.cache_epoch(PreciseTime.from_ns(ns), policy.switches[vendor.name])
            self._last_epoch = policy, vendor.name, second, epoch  # Most requests of a second share it.
        if epoch != known.epoch:
            return False
        known.last_second = second
        return True

    def _is_open(self, known: KnownRequest) -> bool:
        """Whether its token opens the same sandbox with the same rights."""
        return self._registry.opened(known.vendor.name, known.grant.token) == (known.sandbox, known.grant)

    def _direct_answer(self, environ: WSGIEnvironment) -> Response | WSGIApplication | None:
        """The answer of a view that needs no Flask, remembered if its reply is cached."""
        view = self._direct_view(environ)
        if view is None:
            return None
        response = view(environ)
        if not isinstance(response, ViewResponse) or not response.is_usual:
            return partial(self._send, for_flask(response))
        head = known_head(response.length, USUAL_STATUS, usual_headers(response.length))
        self._note(environ, head, USUAL_LENGTH_AT, is_dated=response.date is not None)
        sandbox, record = environ[JOURNALED]
        return Response(Content(head.head, response.date, response.parts), sandbox, record)

    def _send(
        self, response: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        return response(environ, partial(self._start, environ, start_response))

    def _start(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        status: str,
        headers: list[tuple[str, str]],
        *more: Any,
    ) -> Callable[[bytes], object]:
        """WSGI's `start_response`, which learns how a request is answered."""
        if CACHED in environ:
            length_at, date_at = _places(tuple([name for name, _ in headers]))
            undated = tuple(headers) if date_at is None else (*headers[:date_at], *headers[date_at + 1 :])
            if length_at is None:
                del environ[CACHED]
            else:
                head = known_head(int(undated[length_at][1]), status, undated)
                self._note(environ, head, length_at, is_dated=date_at is not None)
        return start_response(status, headers, *more)

    def _direct_view(self, environ: WSGIEnvironment) -> Respond | None:
        """The view that Flask would find for a request of a program without a body, at a third of the time."""
        view = self._direct.get(environ["PATH_INFO"])
        if view is None or environ["REQUEST_METHOD"] != "GET":
            return None
        is_plain = request_key.is_plain(environ) and "HTTP_TRANSFER_ENCODING" not in environ
        return view.respond if is_plain and self._senders.is_ordinary(environ, view.vendor) else None

    def _note(self, environ: WSGIEnvironment, head: KnownHead, length_at: int, *, is_dated: bool) -> None:
        """Remember a request whose reply is cached, and the head of its answer."""
        cached = environ.pop(CACHED, None)  # Else the environ and the context in it would hold each other.
        if cached is None or (request := request_key.of(environ)) is None:
            return
        context: RequestContext
        context, key = cached
        vendor, (*_, host) = context.vendor, request
        if (
            context.grant is None
            or context.record is None
            or context.fault is not None
            or context.refusal is not None
            or vendor.common_headers is not None
            or not self._senders.hosts.accept(host, vendor.name)
        ):
            return
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
            int(head.head.status[:3]),
            length_at,
            is_dated,
            context.path,
            None if vendor.timestamp_format is None else context.switches.of(vendor.timestamp_format),
            context.record.request,
            head,
        )
        with self._registry.lock:
            if self._is_open(known):  # The sandbox was not deleted meanwhile.
                self._requests.put(request, known)


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
