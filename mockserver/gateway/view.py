"""Answers a request whose way is clear: measures it, runs the view or takes a kept answer, and writes JSON.

Refusing stays with whoever finds the fault; what a view computes stays with its vendor.
"""

from flask import Request, Response
from werkzeug.exceptions import NotFound

from mockserver.gateway import defects, switches
from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.response_cache import CachedBody, Key
from mockserver.gateway.vendor import RequestContext, View

QUERY_MAXIMUM = 16 * 1024
BODY_MAXIMUM = 64 * 1024
"""The longest query string and the largest body that are read, in bytes; a body of untold length is not looked at."""

KEPT_QUERY_MAXIMUM = 1024
"""The longest query string whose answer is kept: longer ones would cost more to keep than the answer."""

KEPT_METHODS = ("GET", "HEAD")
"""What asks for the same and changes nothing; the answers to anything else are never kept."""


class PageResponse(Response):
    """An answer of a view; `more` is what it gives to ask the next page with, None where there is no other page."""

    more: str | None = None


def answer(view: View, call: RequestContext) -> Response:
    """What a view answers to a call, with the instant of the call in its places."""
    _check_size(call.request)
    found = _cached_or_computed(call, view)
    told = PageResponse(found.with_timestamp(call.vendor.format_timestamp(call.now)), content_type="application/json")
    told.more = found.more
    return told


def _check_size(asking: Request) -> None:
    """Refuse what is too long, and a path whose first slashes Werkzeug folded: the vendor has no such path."""
    if asking.environ["PATH_INFO"].startswith("//"):
        raise NotFound
    size = len(asking.query_string)
    if size > QUERY_MAXIMUM:
        rule = f"the query string has {size} bytes; at most {QUERY_MAXIMUM} are read; ask in several requests"
        raise Rejection(Reason.INVALID, rule)
    if "CONTENT_LENGTH" in asking.environ:  # Asking Werkzeug reads headers, for every GET that has no body.
        _check_body_size(asking.content_length or 0)


def _check_body_size(size: int) -> None:
    if size > BODY_MAXIMUM:
        raise Rejection(Reason.INVALID, f"the request body has {size} bytes; at most {BODY_MAXIMUM} are read")


def _cached_or_computed(call: RequestContext, view: View) -> CachedBody:
    key = _key(call)
    if key is None:
        return _compute(call, view)
    kept = call.registry.answers.get(key)
    if kept is None:
        kept = _compute(call, view)
        with call.registry.lock:
            call.registry.answers.put(key, kept)
    return kept


def _key(call: RequestContext) -> Key | None:
    """What tells this question from others whose answers are kept; None where the answer is not to be kept."""
    asking = call.request
    epoch = call.vendor.cache_epoch(call.now, call.values)
    if epoch is None or asking.method not in KEPT_METHODS or len(asking.query_string) > KEPT_QUERY_MAXIMUM:
        return None
    grant = call.grant and call.grant.id
    return call.sandbox.id, call.generation, grant, asking.path, asking.query_string, epoch


def _compute(call: RequestContext, view: View) -> CachedBody:
    armed = defects.armed_for(call.operation, call.vendor.defects, call.defects)
    body = defects.apply(view(call), armed)
    return CachedBody.of(body, switches.renamed(call.vendor.switches, call.values), call.vendor.onward(body))
