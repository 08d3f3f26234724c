"""How Augment words a refusal: {"error": {"code", "message"}}, for every status.

Finding the fault stays out; only 400's code is documented, the others are assumed.
"""

from typing import Final

from mockserver.gateway.rejection import InjectedFailure, Reason, Rejection
from mockserver.gateway.vendor import ErrorReply, RequestContext

_WORDS: Final = {
    Reason.INVALID: (400, "InvalidArgument"),
    Reason.UNAUTHENTICATED: (401, "Unauthenticated"),
    Reason.FORBIDDEN: (403, "PermissionDenied"),
    Reason.NOT_FOUND: (404, "NotFound"),
    Reason.METHOD: (405, "MethodNotAllowed"),
    Reason.LIMITED: (429, "ResourceExhausted"),
    Reason.INTERNAL: (500, "Internal"),
}

_CODES: Final = {
    **dict(_WORDS.values()),
    409: "Aborted",
    501: "Unimplemented",
    503: "Unavailable",
    504: "DeadlineExceeded",
}
"""The codes of statuses, those that only a fault brings among them (assumed, as gRPC has them)."""


def word(rejection: Rejection, call: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal; `Retry-After` only where the switch `retry_after` asks for it."""
    status, code = _told(rejection)
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if rejection.retry_after is not None and call.values["retry_after"] == "seconds":
        headers["Retry-After"] = str(rejection.retry_after)
    return ErrorReply(status, {"error": {"code": code, "message": rejection.message}}, headers)


def _told(rejection: Rejection) -> tuple[int, str]:
    if not isinstance(rejection, InjectedFailure):
        return _WORDS[rejection.reason]
    nearest = 500 if rejection.status >= 500 else 400
    return rejection.status, rejection.code or _CODES.get(rejection.status, _CODES[nearest])
