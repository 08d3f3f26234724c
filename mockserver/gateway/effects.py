"""Answers what a fault does to a request that meets it: it waits, gets another answer, or a spoilt one.

Which rule it meets stays out (`faults`), and so do a vendor's words (the vendor) and the cutting of sockets (`server`).
"""

import logging
from collections.abc import Iterator, Mapping
from decimal import Decimal
from threading import Event
from typing import TYPE_CHECKING, Any

from flask import Response
from werkzeug.datastructures import Headers

from mockserver.gateway import socket_features
from mockserver.gateway.faults import ArmedRule, Effect, MatchInput, Phase
from mockserver.gateway.limits import Block, seconds
from mockserver.gateway.rejection import InjectedFailure, Reason, Rejection, status_phrase
from mockserver.gateway.vendor import RequestContext

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

_MINUTE = 60_000_000

_FLUSHING = Decimal("0.05")
"""Seconds between the last byte of a truncated body and the end of its connection.

Measured: granian drops what it has not yet sent, the head included, when an answer ends too early."""

_PAGE = """\
<html>\r
<head><title>{status} {phrase}</title></head>\r
<body>\r
<center><h1>{status} {phrase}</h1></center>\r
<hr><center>gateway</center>\r
</body>\r
</html>\r
"""


class ReplacedResponse(Exception):
    """The answer that comes in place of the vendor's, from somebody in between."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class UnsupportedFault(RuntimeError):
    """A fault that the server cannot do, or cannot do now: it must not pass for one that never happened."""


class ResetResponse(Response):
    """No answer: the connection is reset before its first byte. The journal has it with the status 0."""

    def get_app_iter(self, environ: "WSGIEnvironment") -> Iterator[bytes]:  # noqa: ARG002 (Werkzeug's form)
        """What cuts, for a HEAD as well."""
        return map(_cut, (b"",))


def _cut(_: bytes) -> bytes:
    raise socket_features.ConnectionReset


def before(context: RequestContext) -> None:
    """A stage behind authentication: meets what is armed for it, and raises what takes the answer's place."""
    _match(context, Phase.BEFORE)


def after(context: RequestContext, response: Response) -> Response:
    """The answer of a request that did its work, unless it now meets a fault that takes its place."""
    if context.grant is not None and context.fault is None:
        _match(context, Phase.AFTER)
    return response


def skips_rate_limit(context: RequestContext) -> bool:
    """Whether a request spends nothing, because its answer is to be spoilt before it counts."""
    fault = context.fault
    return fault is not None and fault.rule.phase is Phase.BEFORE and fault.rule.effect.corrupts


def _match(context: RequestContext, phase: Phase) -> None:
    held = context.sandbox.faults
    if not held.armed:
        return
    asking = context.request
    question = MatchInput(context.vendor.name, context.operation, asking.method, asking.path, asking.args.getlist)
    with context.registry.lock:
        context.fault = held.match(question, phase)
        released = held.released
    if context.fault is not None:
        _apply(context, context.fault, released)


def _apply(context: RequestContext, fault: ArmedRule, released: Event) -> None:
    """Wait, and raise what the effect puts in place of an answer."""
    effect, environ = fault.rule.effect, context.request.environ
    if lacking := effect.needs - socket_features.effects(environ):
        raise UnsupportedFault(f"{fault.id}: {socket_features.refusal(lacking, environ)}")
    if effect.delay_seconds is not None:
        _paused(environ, released, effect.delay_seconds)
    if effect.reset:
        raise ReplacedResponse(ResetResponse(status="000 Cut"))
    if effect.html is not None:
        page = _PAGE.format(status=effect.html, phrase=status_phrase(effect.html))
        raise ReplacedResponse(Response(page, effect.html, mimetype="text/html"))
    if effect.rate_limited:
        raise Rejection(Reason.LIMITED, "too many requests", retry_after=_retry_after(context))
    if effect.status is not None:
        told = effect.message or f"this failure was armed at /_mock/faults, as {fault.id}"
        raise InjectedFailure(effect.status, effect.code, told)


def _retry_after(context: RequestContext) -> int:
    """The seconds after which an empty bucket of the vendor would let one request through; a minute without any."""
    allowance = context.sandbox.allowance(context.vendor.name) or context.vendor.allowance
    if allowance is None or context.limit_block is Block.MINUTE:
        return seconds(_MINUTE)
    return seconds(-(-_MINUTE // allowance.per_minute))


def _paused(environ: Mapping[str, Any], released: Event, wanted: Decimal) -> None:
    """Wait on the wall clock, without the state's lock, until the sandbox is reset at the latest."""
    held = socket_features.delay_slots(environ)
    if held is not None and not held.acquire(blocking=False):
        raise UnsupportedFault(
            "so many requests wait that no thread would be left; raise --threads, or use --server threaded"
        )
    try:
        wait(released, wanted)
    finally:
        if held is not None:
            held.release()


def wait(released: Event, wanted: Decimal) -> None:
    """Wait for so many seconds, or for the release."""
    released.wait(float(wanted))


def corrupted(context: RequestContext, response: Response) -> Response:
    """The answer as the client gets it: with the fault's headers, malformed, cut short or held up on its way."""
    if context.fault is None or context.refusal is Reason.INTERNAL:
        return response
    effect = context.fault.rule.effect
    response.headers.update(effect.headers)
    if effect.malformed_json:
        response.set_data(response.get_data()[:-1])
    if effect.truncate_bytes is None and effect.stall_seconds is None:
        return response
    body = response.get_data()
    headers = Headers(response.headers)
    headers["Content-Length"] = str(len(body))
    pieces = _dripping(body, effect, context.request.environ, context.sandbox.faults.released)
    return Response(pieces, response.status, headers)


def _dripping(body: bytes, effect: Effect, environ: Mapping[str, Any], released: Event) -> Iterator[bytes]:
    """A body that ends early, or stands still on its way; the first piece, even an empty one, sends the head."""
    sent = body[: effect.truncate_bytes]
    yield sent[: effect.after_bytes]
    if effect.stall_seconds is not None:
        try:
            _paused(environ, released, effect.stall_seconds)
        except UnsupportedFault:
            log.exception("an answer ends early, because it cannot be held up")
            sent = sent[: effect.after_bytes]
        yield sent[effect.after_bytes :]
    if len(sent) < len(body):
        wait(Event(), _FLUSHING)
