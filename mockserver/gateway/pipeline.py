"""The pipeline: through a vendor's stages to the view, and into the journal.

A stage refuses by raising Rejection; the vendor renders it. `routing` finds the vendor and the view of a request.
"""

import logging
from collections.abc import Callable
from functools import cache

from flask import Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map

from mockserver.gateway import (
    auth,
    cross_origin,
    dates,
    effects,
    kept_headers,
    limits,
    response_cache,
    socket_features,
    view,
)
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.faults import FaultPhase
from mockserver.gateway.journal import NO_NOTES
from mockserver.gateway.lazy_rules import LazyRule
from mockserver.gateway.rejection import ForeignSender, Reason, Rejection, UnknownToken, UnreadBody
from mockserver.gateway.unserved import NotSimulated, Unserved
from mockserver.gateway.vendor import RequestContext, Route, Stage
from mockserver.gateway.view import ViewResponse

log = logging.getLogger(__name__)

_FAILURE = "the server failed; its log tells why"

AnyResponse = Response | ViewResponse
"""A response of Flask, or the lighter one of a view, which `view.for_flask` turns into the other."""

Step = Callable[[RequestContext], AnyResponse]
"""Makes the response of a request that passed every stage."""


def authenticate(context: RequestContext) -> None:
    """401 unless the request carries a known token; from here on the request is in the token's sandbox."""
    token = auth.credential(context.environ.get("HTTP_AUTHORIZATION"), context.vendor.schemes)
    opened = context.registry.open(context, token)
    if opened is None:
        raise UnknownToken
    context.enter(*opened)


def permit(context: RequestContext) -> None:
    """403 unless the token may read analytics or, for an operation that writes, may write."""
    if context.grant is None or not context.grant.permitted:
        raise Rejection(Reason.FORBIDDEN, "the token is valid, but it does not allow reading analytics")
    is_write = context.operation is not None and context.route is not None and context.route.writes
    if is_write and not context.grant.may_write:
        raise Rejection(Reason.FORBIDDEN, "the token is valid, but it allows reading only")


def fault(context: RequestContext) -> None:
    """The effect of an armed rule: a delay, or a failure that replaces the answer."""
    effects.apply(context, FaultPhase.BEFORE)


def limit(context: RequestContext) -> None:
    """429 when the request's bucket is empty; a request whose response a fault will corrupt costs nothing."""
    context.is_limited = True
    corrupted = context.fault is not None and context.fault.effect.corrupts
    wait = None if corrupted else context.admission.take(context)
    if wait is not None:
        raise Rejection(Reason.LIMITED, "too many requests", retry_after=limits.seconds(wait))


@cache
def route_map(routes: tuple[Route, ...]) -> Map:
    """A vendor's routes by themselves: shared by the apps of a process, and compiled when it is first needed."""
    rules = [LazyRule(route.path, endpoint=route.operation, methods=route.methods) for route in routes]
    return Map(rules, merge_slashes=False)


def respond_unrecorded(context: RequestContext) -> Response:
    """The vendor's answer without its stages, a journal entry, a fault, or an entry in the response cache."""

    def then(context: RequestContext) -> ViewResponse:
        sent, routes = context.request, context.vendor.routes
        context.operation, variables = route_map(routes).bind_to_environ(sent.environ).match()
        sent.view_args = dict(variables)
        context.route = route = next(each for each in routes if each.operation == context.operation)
        return view.respond(route.view, context, cached=False)

    return view.for_flask(_respond_or_refuse(context, then))


def run(context: RequestContext, senders: Senders, stages: tuple[Stage, ...], then: Step) -> AnyResponse:
    """The pipeline itself: the stages, the response, armed effects, the journal, and the date."""
    context.stages = stages
    return _dated(context, _run(context, senders, stages, then))


def _run(context: RequestContext, senders: Senders, stages: tuple[Stage, ...], then: Step) -> AnyResponse:
    if not senders.is_ordinary(context.environ, context.vendor.name):
        screened = _screen(context, senders)
        if screened is not None:
            return screened
    try:
        _require_body(context)
        for stage in stages:
            stage(context)
        response = _respond_or_refuse(context, then)
        if context.grant is not None and context.fault is None:
            effects.apply(context, FaultPhase.AFTER)
    except Exception as error:  # noqa: BLE001 (whatever it is, the client gets the vendor's error)
        response = _refuse(context, error)
    if context.fault is not None:
        response = effects.corrupt(context, context.fault, view.for_flask(response))
    notes = getattr(response, "notes", NO_NOTES)
    headers = kept_headers.of_response(_header_pairs(response))
    context.journaled().finish(response.status_code, context.refusal, notes, headers)
    return response


def _dated(context: RequestContext, response: AnyResponse) -> AnyResponse:
    """The response with the time of the sandbox in its Date header, unless a fault has set one."""
    if not dates.is_of_sandbox(context.policy):
        return response
    date = dates.of(context.sandbox.clock)
    if isinstance(response, ViewResponse):
        response.date = date
        return response
    response.headers.setdefault(dates.HEADER, date)
    return response


def _header_pairs(response: AnyResponse) -> kept_headers.Headers:
    return response.header_pairs if isinstance(response, ViewResponse) else tuple(response.headers)


def _screen(context: RequestContext, senders: Senders) -> AnyResponse | None:
    """The answer to a request of a browser that goes no further: a refusal, or a preflight. Neither is journaled."""
    environ, vendor = context.environ, context.vendor
    senders.share_answer(environ)
    if (refusal := senders.refusal(environ, vendor.name)) is not None:
        log.debug("a request is refused, and not journaled: %s", refusal)
        context.is_journaled = False
        return _refuse(context, ForeignSender(refusal))
    if not senders.is_preflight(environ):
        return None
    context.is_journaled = False
    methods = route_map(vendor.routes).bind("").allowed_methods(context.request.path)
    return cross_origin.preflight_answer(environ, methods)


def _require_body(context: RequestContext) -> None:
    """408, 413 or 503 where the server could not read the body."""
    if (problem := socket_features.body_problem(context.environ)) is not None:
        raise UnreadBody(*problem.value)


def _respond_or_refuse(context: RequestContext, then: Step) -> AnyResponse:
    """The response of a request that passed the stages; a refusal is one too, so that faults apply to it."""
    try:
        return _with_common_headers(context, then(context))
    except Exception as error:  # noqa: BLE001 (whatever it is, the client gets the vendor's error)
        return _refuse(context, error)


def _refuse(context: RequestContext, error: Exception) -> AnyResponse:
    """The vendor's answer to an error; an unforeseen one is logged once, with its traceback."""
    if isinstance(error, effects.ReplacedResponse):
        context.refusal = None
        return error.response
    rejection = _rejection(error, context)
    context.refusal = rejection.reason
    try:
        reply = context.vendor.render_error(rejection, context)
        body = response_cache.to_json(reply.body)
        response = Response(body, reply.status, reply.headers, mimetype="application/json")
        return _with_common_headers(context, response)
    except Exception:
        log.exception("%s cannot render a refusal (%s)", context.vendor.name, rejection.reason)
        context.refusal = Reason.INTERNAL
        return Response(response_cache.to_json({"error": _FAILURE}), 500, mimetype="application/json")


def _with_common_headers(context: RequestContext, response: AnyResponse) -> AnyResponse:
    if context.vendor.common_headers is None:
        return response
    changed = view.for_flask(response)
    changed.headers.update(context.vendor.common_headers(context))
    return changed


def _is_not_implemented(context: RequestContext) -> bool:
    """Whether the vendor's switch has a 501 for paths that are not simulated."""
    unserved_paths = context.vendor.unserved
    return unserved_paths is not None and context.switches[unserved_paths.switch] is Unserved.NOT_IMPLEMENTED


def _rejection(error: Exception, context: RequestContext) -> Rejection:
    if isinstance(error, Rejection):
        return error
    if isinstance(error, MethodNotAllowed):
        allow = tuple(sorted(error.valid_methods or ()))
        rule = f"{context.method} is not allowed here; allowed: {', '.join(allow)}"
        return Rejection(Reason.METHOD, rule, allow=allow)
    if isinstance(error, NotSimulated) and _is_not_implemented(context):
        return Rejection(Reason.NOT_SIMULATED, f"{context.path} is not simulated: {error.description}")
    if isinstance(error, NotFound | NotSimulated):
        return Rejection(Reason.NOT_FOUND, f"there is nothing at {context.path}")
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return Rejection(Reason.INVALID, error.description or error.name)
    log.error("a request failed", exc_info=error)
    return Rejection(Reason.INTERNAL, _FAILURE)
