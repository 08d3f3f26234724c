"""The effects of fault rules: a request waits, or gets another response or a corrupted one.

`faults` matches the rules; the server resets and closes connections.
"""

import logging
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from threading import Event
from time import monotonic
from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers

from mockserver.gateway import body_parts, dates, json_changes, socket_features
from mockserver.gateway.armed_faults import FaultHit
from mockserver.gateway.faults import GENUINE, FaultEffect, FaultPhase
from mockserver.gateway.limits import LimitBlock
from mockserver.gateway.rejection import InjectedFailure, Reason, Rejection, status_phrase
from mockserver.gateway.socket_features import WaitSlots
from mockserver.gateway.vendor import RequestContext
from mockserver.simulation.clock import Clock

log = logging.getLogger(__name__)

_POLL = 0.25
"""Seconds between two checks whether the client of a waiting request has left."""

_FRAMING = frozenset(("truncate_bytes", "chunked", "stall_seconds", "drip_seconds", "short_length"))
"""The effects by which a body is sent in parts, or with another length."""

_PAGE = """\
<html>\r
<head><title>{status} {phrase}</title></head>\r
<body>\r
<center><h1>{status} {phrase}</h1></center>\r
<hr><center>gateway</center>\r
</body>\r
</html>\r
"""


@dataclass(eq=False)
class ReplacedResponse(Exception):
    """The response of a proxy or gateway, which replaces the vendor's."""

    response: Response


class UnsupportedFault(RuntimeError):
    """A fault that the server cannot produce, or not now; it must not go unnoticed."""


class ResetResponse(Response):
    """No response: the connection is reset before its first byte. The journal has it with the status 0."""

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterator[bytes]:  # noqa: ARG002 (Werkzeug's form)
        """An iterator that raises at once, for a HEAD as well."""
        return map(_reset, (b"",))


def _reset(_: bytes) -> bytes:
    raise socket_features.ConnectionReset


def apply(context: RequestContext, phase: FaultPhase) -> None:
    """Match the rules of a phase; where one fires, wait, and raise what replaces the response."""
    context.fault = context.admission.meet(context, phase)
    if context.fault is not None:
        context.journaled().meet(context.fault.label, passed=context.fault.effect == GENUINE)
        _replace(context, context.fault)


def _replace(context: RequestContext, fault: FaultHit) -> None:
    effect, environ = fault.effect, context.environ
    if refusal := socket_features.refusal(effect.names, environ):
        raise UnsupportedFault(f"{fault.id}: {refusal}")
    if effect.delay_seconds is not None:
        _pause(context, fault.disarmed, effect.delay_seconds)
    if effect.reset:
        raise ReplacedResponse(ResetResponse(status="000 Cut"))
    if effect.html is not None:
        page = _PAGE.format(status=effect.html, phrase=status_phrase(effect.html))
        raise ReplacedResponse(Response(page, effect.html, mimetype="text/html"))
    if effect.rate_limited:
        raise Rejection(Reason.LIMITED, "too many requests", retry_after=_retry_after(context))
    if effect.status is not None:
        raise _empty(effect.status) if effect.empty else _failure(effect, effect.status, fault.id)


def _empty(status: int) -> ReplacedResponse:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return ReplacedResponse(response)


def _failure(effect: FaultEffect, status: int, fault_id: str) -> InjectedFailure:
    """The vendor's error; under the status of a success it is that of a 500, and `corrupt` sets the status."""
    message = effect.message or f"this failure was armed at /_mock/faults, as {fault_id}"
    return InjectedFailure(status if status >= 400 else 500, effect.code, message)


def _retry_after(context: RequestContext) -> int:
    """Seconds after which an empty bucket of the vendor lets one request pass; a minute where nothing is limited."""
    allowance = context.sandbox.allowance(context.limit) or context.vendor.limits[context.limit]
    if allowance is None or context.limit_block is LimitBlock.MINUTE:
        return 60
    return -(-60 // allowance.per_minute)


def _pause(context: RequestContext, disarmed: Event, delay: Decimal) -> None:
    """Wait on the wall clock, without the registry's lock, until the rule is disarmed or the client leaves."""
    environ = context.environ
    slots: WaitSlots | None = environ.get(socket_features.WAIT_SLOTS)
    if slots is not None and not slots.acquire():
        raise UnsupportedFault("so many requests wait already that no further one can")
    try:
        if wait(disarmed, delay, environ.get(socket_features.IS_GONE, _never)):
            context.journaled().abandon()
    finally:
        if slots is not None:
            slots.release()


def wait(disarmed: Event, delay: Decimal, is_gone: Callable[[], bool]) -> bool:
    """Wait for so many seconds, or until the rule is disarmed or the client has left; whether it has left."""
    deadline = monotonic() + float(delay)
    while (left := deadline - monotonic()) > 0 and not disarmed.wait(min(left, _POLL)):
        if is_gone():
            return True
    return is_gone()


def _never() -> bool:
    return False


def corrupt(context: RequestContext, fault: FaultHit, response: Response) -> Response:
    """The response as the client gets it: with the fault's status and headers, and its body as the fault makes it."""
    if context.refusal is Reason.INTERNAL:
        return response
    effect = fault.effect
    if effect.error and effect.status is not None:
        response.status_code = effect.status
    _change_body(response, effect)
    response.headers.update(Headers(effect.headers))
    if effect.retry_after_date is not None:
        response.headers["Retry-After"] = _later(context, effect.retry_after_date)
    if effect.close_idle:
        context.environ[socket_features.CLOSE_IDLE] = True
    if effect.short_length is not None:
        context.environ[socket_features.OVERLONG] = True
    return _streamed(context, fault, response) if _FRAMING & effect.names else response


def _later(context: RequestContext, seconds: int) -> str:
    """The time so many seconds after that in the Date header, as a header has it."""
    clock = context.sandbox.clock if dates.is_of_sandbox(context.policy) else Clock()
    return dates.text(clock.now_ns() // 10**9 + seconds)


def _change_body(response: Response, effect: FaultEffect) -> None:
    if effect.changes_json:
        response.set_data(json_changes.changed(response.get_data(), effect))
    if effect.byte_order_mark and response.get_data():
        response.set_data(BOM_UTF8 + response.get_data())
    if effect.gzip:
        _compress(response)


def _compress(response: Response) -> None:
    """Compress a body that is not empty, to the same bytes each time."""
    if body := response.get_data():
        from gzip import GzipFile

        compressed = BytesIO()
        with GzipFile("", "wb", fileobj=compressed, mtime=0) as file:
            file.write(body)
        response.set_data(compressed.getvalue())
        response.headers["Content-Encoding"] = "gzip"


def _streamed(context: RequestContext, fault: FaultHit, response: Response) -> Response:
    """The response with a body in parts: of its whole length or, where it is chunked, without one."""
    body = response.get_data()
    if fault.effect.chunked:
        del response.headers["Content-Length"]
    else:
        response.headers["Content-Length"] = str(max(0, len(body) - (fault.effect.short_length or 0)))
    return Response(_parts(context, body, fault), response.status, response.headers)


def _parts(context: RequestContext, body: bytes, fault: FaultHit) -> Iterator[bytes]:
    """A body that ends early, stalls, drips or is chunked; the first part, even an empty one, sends the head."""
    effect = fault.effect
    is_cut = effect.cut_after_bytes is not None
    for seconds, part in body_parts.timed(body[: effect.end], effect):
        try:
            if seconds:
                _pause(context, fault.disarmed, seconds)
        except UnsupportedFault:
            log.exception("a response ends early, because it cannot be stalled")
            is_cut = effect.chunked
            break
        yield from body_parts.chunks(part, effect)
    if is_cut:
        raise socket_features.BodyCut
