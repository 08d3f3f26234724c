"""Lark's errors, and the header that is on every answer."""

from typing import Final

from mockserver.gateway.rejection import InjectedFailure, Reason, Rejection
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.lark import policy

_STATUSES: Final = {
    Reason.INVALID: 400,
    Reason.UNAUTHENTICATED: 401,
    Reason.FORBIDDEN: 403,
    Reason.NOT_FOUND: 404,
    Reason.METHOD: 405,
    Reason.LIMITED: 429,
    Reason.INTERNAL: 500,
}


def render(rejection: Rejection, _: RequestContext) -> ErrorReply:
    """Return the status, body and headers of an error."""
    status = rejection.status if isinstance(rejection, InjectedFailure) else _STATUSES[rejection.reason]
    body = {"problem": rejection.message, "status": status}
    return ErrorReply(status, body, {"Allow": ", ".join(rejection.allow)} if rejection.allow else {})


def common_headers(context: RequestContext) -> dict[str, str]:
    """Return the header with the number of requests that are left."""
    bucket = context.bucket
    return {"X-RateLimit-Remaining": str(policy.ALLOWANCE.burst if bucket is None else bucket.remaining)}
