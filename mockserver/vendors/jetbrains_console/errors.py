"""The Console's errors: {"error": {"code", "message"}}, and the form of RFC 6749 at the token endpoint.

The codes of the reports are assumed.
"""

from typing import Final

from mockserver.gateway import oauth
from mockserver.gateway.rejection import (
    InjectedFailure,
    ParameterError,
    Reason,
    Rejection,
    UnknownToken,
    invalid_parameters,
    status_phrase,
)
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.jetbrains_console import policy

_STATUSES: Final = {
    Reason.INVALID: (400, "invalid_parameter"),
    Reason.UNAUTHENTICATED: (401, "unauthorized"),
    Reason.FORBIDDEN: (403, "forbidden"),
    Reason.NOT_FOUND: (404, "not_found"),
    Reason.METHOD: (405, "method_not_allowed"),
    Reason.LIMITED: (429, "too_many_requests"),
    Reason.INTERNAL: (500, "internal_error"),
}


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
    status, code = _status_and_code(rejection)
    if issuing and rejection.reason in (Reason.FAULT, Reason.LIMITED):
        return oauth.render_failure(status, code, rejection.message)
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if status == 401:
        bad = ', error="invalid_token"' if isinstance(rejection, UnknownToken | oauth.TokenExpired) else ""
        headers["WWW-Authenticate"] = f'Bearer realm="{policy.REALM}"{bad}'
    return ErrorReply(status, {"error": {"code": code, "message": rejection.message}}, headers)


def _status_and_code(rejection: Rejection) -> tuple[int, str]:
    if not isinstance(rejection, InjectedFailure):
        return _STATUSES[rejection.reason]
    codes = dict(_STATUSES.values())
    own = codes.get(rejection.status) or status_phrase(rejection.status).lower().replace(" ", "_")
    return rejection.status, rejection.code or own
