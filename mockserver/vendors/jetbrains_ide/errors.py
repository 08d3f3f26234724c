"""IDE Services' errors: the default body of Spring Boot, for every status (assumed)."""

from datetime import datetime
from typing import Final

from mockserver.gateway.rejection import ParameterError, Reason, Rejection, invalid_parameters, status_phrase
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.jetbrains_ide import policy
from mockserver.vendors.jetbrains_ide.policy import ErrorMessage

CURSOR: Final = "must be a nextCursor from an earlier answer, unchanged"
"""The rule for cursors."""


def format_timestamp(moment: datetime) -> str:
    """A moment as Spring Boot writes it: to the millisecond, with its offset in digits."""
    return moment.isoformat(timespec="milliseconds")


def too_many_buckets(group_by: str, count: int) -> Rejection:
    """A 400 for a range with too many buckets."""
    rule = (
        f"would make {count:,} buckets ({group_by}); at most {policy.BUCKETS_MAXIMUM:,} are told; "
        "choose a shorter range or a coarser groupBy"
    )
    return invalid_parameters(ParameterError("toDate", rule))


def render(rejection: Rejection, context: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal."""
    status = rejection.status
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "timestamp": format_timestamp(context.now),
        "status": status,
        "error": rejection.code or status_phrase(status),
        "message": _message(rejection, context),
        "path": context.path,
    }
    if context.switches[policy.ERROR_MESSAGE] is ErrorMessage.HIDDEN:
        del body["message"]
    return ErrorReply(status, body, headers)


def _message(rejection: Rejection, context: RequestContext) -> str:
    if rejection.reason is Reason.NOT_SIMULATED:
        return f"{context.method} {context.path} is not simulated"
    return rejection.message
