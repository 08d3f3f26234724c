"""The Console's errors: {"error": {"code", "message"}}, and the form of RFC 6749 at the token endpoint.

The codes of the reports are assumed.
"""

from typing import Final

from mockserver.gateway import oauth
from mockserver.gateway.rejection import (
    ParameterError,
    Reason,
    Rejection,
    UnknownToken,
    invalid_parameters,
    status_phrase,
)
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.jetbrains_console import policy

_CODES: Final = {400: "invalid_parameter", 500: "internal_error"}
"""The codes of statuses for which it is not the phrase of the status, as in "not_found"."""


def too_many_buckets(group_by: str, count: int) -> Rejection:
    """A 400 for a range with too many buckets."""
    rule = (
        f"would make {count:,} buckets (one a {group_by}); at most {policy.BUCKETS_MAXIMUM:,} are told; "
        "choose a shorter range or a coarser groupBy"
    )
    return invalid_parameters(ParameterError("toDate", rule))


def render(rejection: Rejection, context: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal."""
    issuing = context.operation == policy.TOKEN_OPERATION
    if isinstance(rejection, oauth.TokenRefused) or (issuing and rejection.reason is Reason.INVALID):
        return oauth.render_error(rejection, policy.REALM)
    status = rejection.status
    code = rejection.code or _CODES.get(status) or status_phrase(status).lower().replace(" ", "_")
    if issuing and rejection.reason in (Reason.FAULT, Reason.LIMITED, Reason.FORBIDDEN):
        return oauth.render_failure(status, code, rejection.message)
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if status == 401:
        bad = ', error="invalid_token"' if isinstance(rejection, UnknownToken | oauth.TokenExpired) else ""
        headers["WWW-Authenticate"] = f'Bearer realm="{policy.REALM}"{bad}'
    return ErrorReply(status, {"error": {"code": code, "message": rejection.message}}, headers)
