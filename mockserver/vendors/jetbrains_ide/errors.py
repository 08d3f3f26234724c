"""How IDE Services words a refusal: the default body of Spring Boot, for every status (assumed).

Finding the fault stays out.
"""

from datetime import datetime
from typing import Final

from mockserver.gateway.rejection import InjectedFailure, ParameterError, Reason, Rejection, status_phrase
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.jetbrains_ide import policy

_WORDS: Final = {
    Reason.INVALID: (400, "Bad Request"),
    Reason.UNAUTHENTICATED: (401, "Unauthorized"),
    Reason.FORBIDDEN: (403, "Forbidden"),
    Reason.NOT_FOUND: (404, "Not Found"),
    Reason.METHOD: (405, "Method Not Allowed"),
    Reason.LIMITED: (429, "Too Many Requests"),
    Reason.INTERNAL: (500, "Internal Server Error"),
}


CURSOR: Final = "must be a nextCursor from an earlier answer, unchanged"
"""What a cursor is."""


def stamp(instant: datetime) -> str:
    """An instant as Spring Boot writes it: to the millisecond, with its offset in digits."""
    return instant.isoformat(timespec="milliseconds")


def invalid(*faults: ParameterError) -> Rejection:
    """A 400 that tells all faults at once."""
    return Rejection(
        Reason.INVALID, "; ".join(f"{each.parameter} {each.rule}" for each in faults), parameter_errors=faults
    )


def too_many_buckets(group_by: str, count: int) -> Rejection:
    """A 400 for a range that has more buckets than are told."""
    rule = (
        f"would make {count:,} buckets ({group_by}); at most {policy.BUCKETS_MAXIMUM:,} are told; "
        "choose a shorter range or a coarser groupBy"
    )
    return invalid(ParameterError("toDate", rule))


def word(rejection: Rejection, call: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal."""
    status, title = _told(rejection)
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "timestamp": stamp(call.now),
        "status": status,
        "error": title,
        "message": rejection.message,
        "path": call.path,
    }
    return ErrorReply(status, body, headers)


def _told(rejection: Rejection) -> tuple[int, str]:
    if isinstance(rejection, InjectedFailure):
        return rejection.status, rejection.code or status_phrase(rejection.status)
    return _WORDS[rejection.reason]
