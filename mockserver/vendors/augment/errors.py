"""Augment's errors: {"error": {"code", "message"}} for every status.

Only the code of a 400 is documented; the others are assumed.
"""

from typing import Final

from mockserver.gateway.rejection import Rejection
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import RetryAfter

_CODES: Final = {
    400: "InvalidArgument",
    401: "Unauthenticated",
    403: "PermissionDenied",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Aborted",
    429: "ResourceExhausted",
    500: "Internal",
    501: "Unimplemented",
    503: "Unavailable",
    504: "DeadlineExceeded",
}
"""The codes by status; those of statuses that only armed faults cause are assumed, as in gRPC."""


def render(rejection: Rejection, context: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal; the switch `retry_after` decides about that header."""
    status = rejection.status
    code = rejection.code or _CODES.get(status) or _CODES[500 if status >= 500 else 400]
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if rejection.retry_after is not None and context.switches[policy.RETRY_AFTER] is RetryAfter.SECONDS:
        headers["Retry-After"] = str(rejection.retry_after)
    return ErrorReply(status, {"error": {"code": code, "message": rejection.message}}, headers)
