"""Augment's errors: {"error": {"code", "message"}} for every status.

Only the code of a 400 is documented; the others are assumed.
"""

from typing import Final

from mockserver.gateway.rejection import InjectedFailure, Reason, Rejection
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import RetryAfter

_STATUSES: Final = {
    Reason.INVALID: (400, "InvalidArgument"),
    Reason.UNAUTHENTICATED: (401, "Unauthenticated"),
    Reason.FORBIDDEN: (403, "PermissionDenied"),
    Reason.NOT_FOUND: (404, "NotFound"),
    Reason.METHOD: (405, "MethodNotAllowed"),
    Reason.LIMITED: (429, "ResourceExhausted"),
    Reason.INTERNAL: (500, "Internal"),
}

_CODES: Final = {
    **dict(_STATUSES.values()),
    409: "Aborted",
    501: "Unimplemented",
    503: "Unavailable",
    504: "DeadlineExceeded",
}
"""The codes of statuses, with those that only an armed fault brings (assumed, as gRPC has them)."""


def render(rejection: Rejection, context: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal; the switch `retry_after` decides about that header."""
    status, code = _status_and_code(rejection)
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if rejection.retry_after is not None and context.switches[policy.RETRY_AFTER] is RetryAfter.SECONDS:
        headers["Retry-After"] = str(rejection.retry_after)
    return ErrorReply(status, {"error": {"code": code, "message": rejection.message}}, headers)


def _status_and_code(rejection: Rejection) -> tuple[int, str]:
    if not isinstance(rejection, InjectedFailure):
        return _STATUSES[rejection.reason]
    nearest = 500 if rejection.status >= 500 else 400
    return rejection.status, rejection.code or _CODES.get(rejection.status, _CODES[nearest])
