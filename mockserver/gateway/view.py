"""The last step of a request that passed every stage: run the view or take a cached reply, and make the response."""

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Request, Response
from werkzeug.exceptions import NotFound

from mockserver.gateway import dates, defects, response_cache
from mockserver.gateway.defects import AnyDefect, PagingDefect
from mockserver.gateway.journal import NO_NOTES, AnswerNotes
from mockserver.gateway.kept_headers import Headers
from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.response_cache import CachedReply, Key
from mockserver.gateway.vendor import (
    BODY_MAXIMUM,
    CACHED,
    Body,
    Memory,
    Reply,
    RequestContext,
    Vendor,
    View,
    ViewRequest,
)
from mockserver.simulation.clock import nanoseconds

if TYPE_CHECKING:
    from mockserver.gateway.sandbox import Policy

QUERY_MAXIMUM = 16 * 1024
"""The longest query string that is read, in bytes."""

CACHED_QUERY_MAXIMUM = 1024
"""The longest query string whose reply is cached: a longer one would cost more memory than its reply."""

_OK = HTTPStatus.OK.value

USUAL_STATUS, USUAL_LENGTH_AT = "200 OK", 1
"""The status line of nearly all answers, and the place of the Content-Length among `usual_headers`."""

SAFE_METHODS = ("GET", "HEAD")
"""Methods that change nothing and send no body; replies to any other are never cached."""


class PageResponse(Response):
    """A view's answer as Flask has it, with what the journal notes of it."""

    notes: AnswerNotes = NO_NOTES


@dataclass(slots=True)
class ViewResponse:
    """A view's answer with its body in parts, and its date, which may be set later, if the server need not add it.

    Making a response of Werkzeug takes longer than finding a cached reply.
    """

    reply: CachedReply
    parts: tuple[bytes, ...]
    date: str | None = None

    @property
    def status_code(self) -> int:
        return self.reply.status

    @property
    def notes(self) -> AnswerNotes:
        return self.reply.notes

    @property
    def length(self) -> int:
        """The length of the body, in bytes."""
        return sum(map(len, self.parts))

    @property
    def header_pairs(self) -> Headers:
        """The names and values of its headers, but the date."""
        return usual_headers(self.length) if self.is_usual else tuple(for_flask(self).headers)

    @property
    def is_usual(self) -> bool:
        """Whether it has status 200, a body, and the headers of nearly all answers."""
        reply = self.reply
        return reply.status == _OK and not reply.headers and bool(reply.pieces)


@lru_cache(1024)
def usual_headers(length: int) -> Headers:
    """The headers of an answer in JSON of this length, but the date."""
    return ("Content-Type", "application/json"), ("Content-Length", str(length))


def for_flask(response: Response | ViewResponse) -> Response:
    """The same response as Flask has it, whose headers and body can be changed."""
    if isinstance(response, Response):
        return response
    reply = response.reply
    made = PageResponse(b"".join(response.parts), reply.status, content_type="application/json")
    made.notes = reply.notes
    if not reply.pieces:
        del made.headers["Content-Type"]
    made.headers.update(reply.headers)
    if response.date is not None:
        made.headers[dates.HEADER] = response.date
    return made


def respond(view: View, context: RequestContext, *, cached: bool = True) -> ViewResponse:
    """The response of a view to a request, with the request's timestamp in it."""
    _check_size(context)
    reply = _cached_or_computed(context, view) if cached else _compute(context, view)[0]
    timestamp_format = context.vendor.timestamp_format
    if timestamp_format is None or len(reply.pieces) == 1:  # No timestamp is in it.
        return ViewResponse(reply, reply.pieces)
    return ViewResponse(reply, reply.parts(context.switches.of(timestamp_format)(nanoseconds(context.now))))


def read_body(request: Request, maximum: int = BODY_MAXIMUM) -> bytes:
    """The body of a request, of any or no declared length; Rejection for more than `maximum` bytes."""
    request.max_content_length = maximum + 1
    _check_body_size(request.content_length or 0, maximum)
    body = request.get_data()
    _check_body_size(len(body), maximum)
    return body


def query_rule(size: int) -> str:
    """Why a query string of so many bytes is refused."""
    return f"the query string has {size} bytes; at most {QUERY_MAXIMUM} are read; ask in several requests"


def _check_size(context: RequestContext) -> None:
    """Refuse what is too long, and a path whose leading slashes Werkzeug folded: the vendor has no such path."""
    if context.environ["PATH_INFO"].startswith("//"):
        raise NotFound
    size = len(context.query)
    if size > QUERY_MAXIMUM:
        raise Rejection(Reason.INVALID, query_rule(size))
    if "CONTENT_LENGTH" in context.environ:
        _check_body_size(context.request.content_length or 0, _body_maximum(context))


def _check_body_size(size: int, maximum: int) -> None:
    if size > maximum:
        raise Rejection(Reason.INVALID, f"the request body has {size} bytes; at most {maximum} are read")


def _body_maximum(context: RequestContext) -> int:
    return BODY_MAXIMUM if context.route is None else context.route.body_maximum


def _cached_or_computed(context: RequestContext, view: View) -> CachedReply:
    key = _key(context)
    if key is None:
        return _compute(context, view)[0]
    cached = context.registry.answers.get(key)
    if cached is None:
        cached, cacheable = _compute(context, view)
        if not cacheable:
            return cached
        with context.registry.lock:
            context.registry.answers.put(key, cached)
    context.environ[CACHED] = context, key
    return cached


def _key(context: RequestContext) -> Key | None:
    """The cache key of a request; None where its reply is not to be cached."""
    epoch = context.vendor.cache_epoch(context.now, context.switches)
    if epoch is None or context.method not in SAFE_METHODS or len(context.query) > CACHED_QUERY_MAXIMUM:
        return None
    grant = context.grant and context.grant.id
    return context.sandbox.id, context.policy.generation, grant, context.path, context.query, epoch


def compute(view: View, request: ViewRequest, vendor: Vendor, operation: str | None, policy: "Policy") -> Reply:
    """The reply of a view, with the policy's armed defects in it; fields have the names of the OpenAPI file."""
    return _reply(_answer(view, request, vendor, operation, policy))


def _answer(view: View, request: ViewRequest, vendor: Vendor, operation: str | None, policy: "Policy") -> Reply | Body:
    if policy.defects and (armed := _armed(vendor, operation, policy)):
        return defects.answer(armed, partial(_plain, view), request)
    return view(request)


def _reply(answer: Reply | Body) -> Reply:
    return answer if isinstance(answer, Reply) else Reply(answer)


def _plain(view: View, request: ViewRequest) -> Reply:
    reply = _reply(view(request))
    return replace(reply, body=response_cache.plain(reply.body))


def _armed(vendor: Vendor, operation: str | None, policy: "Policy") -> list[AnyDefect]:
    """The defects that are armed for an operation: those in pages first, then the vendor's own in their order."""
    found = [
        each
        for armed in policy.defects
        for each in armed.by_vendor.get(vendor.name, ())
        if operation in each.operations
    ]
    order = {each.name: index for index, each in enumerate(vendor.defects)}
    return sorted(found, key=lambda each: -1 if isinstance(each, PagingDefect) else order.get(each.name, len(order)))


def _compute(context: RequestContext, view: View) -> tuple[CachedReply, bool]:
    """The reply of a view, and whether it may be cached."""
    answer = context.admission.respond(context, partial(_answer_with, view, context))
    names = context.switches.of(context.vendor.renamed_fields)
    if not isinstance(answer, Reply):
        return CachedReply(response_cache.split(answer, names)), True
    pieces = response_cache.split(answer.body, names)
    return CachedReply(pieces, answer.status, answer.headers, answer.notes), answer.cacheable


def _answer_with(view: View, context: RequestContext, memory: Memory | None) -> Reply | Body:
    vendor, sends_body = context.vendor, context.method not in SAFE_METHODS
    view_request = ViewRequest(
        args=context.args,
        path_variables=context.path_variables,
        body=read_body(context.request, _body_maximum(context)) if sends_body else b"",
        now=context.now,
        switches=context.switches,
        world=context.sandbox.world,
        grant=context.grant,
        content_type=context.request.mimetype if sends_body else "",
        memory=memory,
    )
    return _answer(view, view_request, vendor, context.operation, context.policy)
