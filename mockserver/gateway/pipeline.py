"""Answers the way of a request: which vendor, which sandbox, through the vendor's stages, and into the journal.

Unknown paths and wrong methods take the same way as what is routed. Words stay out: whoever refuses raises Rejection,
and the vendor words it.
"""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter_ns

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from mockserver.gateway import auth, effects, limits, response_cache, view
from mockserver.gateway.journal import Entry, next_sequence, redact_path, redact_query, truncate
from mockserver.gateway.limits import Block
from mockserver.gateway.rejection import Reason, Rejection, UnknownToken
from mockserver.gateway.sandbox import SandboxRegistry
from mockserver.gateway.vendor import RequestContext, Route, Stage, Vendor

log = logging.getLogger(__name__)


def authenticate(call: RequestContext) -> None:
    """401 unless the request carries a token that somebody knows; the sandbox is the token's from here on."""
    token = auth.credential(call.request.environ.get("HTTP_AUTHORIZATION"), call.vendor.schemes)
    opened = call.registry.resolve_token(call.vendor.name, token)
    if opened is None:
        raise UnknownToken
    call.enter(*opened)


def permit(call: RequestContext) -> None:
    """403 unless the token may read analytics."""
    if call.grant is None or not call.grant.permitted:
        raise Rejection(Reason.FORBIDDEN, "the token is valid, but it does not allow reading analytics")


def fault(call: RequestContext) -> None:
    """Whatever is armed for requests that got this far: a delay, a failure in place of the answer, or a spoilt one."""
    effects.before(call)


def limit(call: RequestContext) -> None:
    """429 when the bucket is empty; a vendor may have the switches `rate_limit_scope` and `rate_limit_block`."""
    if call.sandbox.allowance(call.vendor.name) is None or effects.skips_rate_limit(call):
        return
    by_token = call.value("rate_limit_scope", "organization") == "token"
    scope = f"token {call.grant.id}" if by_token and call.grant else "organization"
    block = call.value("rate_limit_block", Block.REFILL)
    with call.registry.lock:
        wait = call.sandbox.take(call.vendor.name, scope, Block(str(block)))
    if wait is not None:
        raise Rejection(Reason.LIMITED, "too many requests", retry_after=limits.seconds(wait))


def install(app: Flask, vendors: Iterable[Vendor], state: SandboxRegistry) -> Callable[[Exception], Response | None]:
    """Hang every vendor's routes on an app, each behind the whole way.

    What comes back goes the same way for what Flask refuses before any route, such as an unknown path or a wrong
    method: the vendor's answer, or None where the path is no vendor's.
    """
    mounts = sorted(((mount, vendor) for vendor in vendors for mount in vendor.mounts), key=lambda pair: -len(pair[0]))
    for vendor in dict.fromkeys(vendor for _, vendor in mounts):
        for route in vendor.routes:
            name = f"{vendor.name}:{route.operation}"
            served = _served(state, vendor, route)
            app.add_url_rule(route.path, name, served, methods=route.methods, provide_automatic_options=False)

    def unrouted(error: Exception) -> Response | None:
        vendor = _vendor_at(request.path, mounts)
        return None if vendor is None else _run(state, vendor, _before(error, vendor), partial(_refuse, error))

    return unrouted


def _vendor_at(path: str, mounts: list[tuple[str, Vendor]]) -> Vendor | None:
    return next((vendor for mount, vendor in mounts if path == mount or path.startswith(f"{mount}/")), None)


def _before(error: Exception, vendor: Vendor) -> tuple[Stage, ...]:
    """What stands before a refusal: the vendor's stages, or nothing where a wrong method met a path with its own."""
    own = isinstance(error, MethodNotAllowed) and any(
        route.path == request.path for route in vendor.routes if route.stages is not None
    )
    return () if own else vendor.stages


def _served(state: SandboxRegistry, vendor: Vendor, route: Route) -> Callable[..., Response]:
    """A Flask view; the variables of the path are not handed on, the call's request has them."""
    stages = vendor.stages if route.stages is None else route.stages
    plain = partial(view.answer, route.view)

    def with_headers(call: RequestContext) -> Response:
        response = plain(call)
        response.headers.update(route.headers)
        return response

    answer = with_headers if route.headers else plain

    def serve(**_: str) -> Response:
        return _run(state, vendor, stages, answer)

    return serve


def _refuse(error: Exception, _: RequestContext) -> Response:
    raise error


def _run(
    state: SandboxRegistry, vendor: Vendor, stages: tuple[Stage, ...], then: Callable[[RequestContext], Response]
) -> Response:
    """The way itself: through the stages, to what is then to be done, past what is armed, and into the journal."""
    call = RequestContext(request._get_current_object(), state, vendor)  # type: ignore[attr-defined]  # noqa: SLF001 (documented)
    try:
        for stage in stages:
            stage(call)
        response = effects.after(call, _run_view(call, then))
    except Exception as error:  # noqa: BLE001 (whatever it is, the client gets the vendor's words)
        response = _refused(call, error)
    response = effects.corrupted(call, response)
    entry = _entry(call, response)
    call.sandbox.journal.append(entry)
    if log.isEnabledFor(logging.DEBUG):
        log.debug("%s %s?%s: %d in %d us", entry.method, entry.path, entry.query, entry.status, entry.duration_us)
    return response


def _run_view(call: RequestContext, then: Callable[[RequestContext], Response]) -> Response:
    """What comes of a request that is through the stages, be it a refusal."""
    try:
        return then(call)
    except Exception as error:  # noqa: BLE001 (whatever it is, the client gets the vendor's words)
        return _refused(call, error)


def _refused(call: RequestContext, error: Exception) -> Response:
    """The vendor's words for whatever went wrong; what nobody foresaw is logged once, with its traceback."""
    if isinstance(error, effects.ReplacedResponse):
        call.refusal = None
        return error.response
    rejection = _rejection(error, call)
    call.refusal = rejection.reason
    worded = call.vendor.render_error(rejection, call)
    return Response(response_cache.to_json(worded.body), worded.status, worded.headers, mimetype="application/json")


def _rejection(error: Exception, call: RequestContext) -> Rejection:
    if isinstance(error, Rejection):
        return error
    if isinstance(error, MethodNotAllowed):
        allow = tuple(sorted(error.valid_methods or ()))
        rule = f"{call.request.method} is not allowed here; allowed: {', '.join(allow)}"
        return Rejection(Reason.METHOD, rule, allow=allow)
    if isinstance(error, NotFound):
        return Rejection(Reason.NOT_FOUND, f"there is nothing at {call.path}")
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return Rejection(Reason.INVALID, error.description or error.name)
    log.error("a request failed", exc_info=error)
    return Rejection(Reason.INTERNAL, "the server failed; its log tells why")


def _entry(call: RequestContext, response: Response) -> Entry:
    asking, query = call.request, call.request.query_string.decode("latin-1")
    secrets = _secrets(call, query)
    return Entry(
        id=call.sandbox.journal.next_id(),
        at=call.now,
        vendor=call.vendor.name,
        operation=call.operation,
        method=asking.method,
        path=truncate(redact_path(asking.path, secrets)),
        query=truncate(redact_query(query, secrets)) if query else query,
        status=response.status_code,
        duration_us=(perf_counter_ns() - call.started) // 1000,
        organization=call.sandbox.config.organization.slug,
        fault=call.fault.id if call.fault else None,
        refusal=call.refusal,
        grant=call.grant.id if call.grant else None,
        next_page=response.more if isinstance(response, view.PageResponse) else None,
        started=call.started,
        generation=call.generation,
        frozen=call.sandbox.clock.frozen,
        start_seq=call.start_seq,
        end_seq=next_sequence(),
    )


def _secrets(call: RequestContext, query: str) -> list[str]:
    """What the request's header holds; and any that opens something, where one can have come elsewhere."""
    shown = auth.secrets(call.request.environ.get("HTTP_AUTHORIZATION"))
    return [*shown, *call.registry.redaction_markers] if query or call.operation is None else shown
