"""How the Console words a refusal: {"error": {"code", "message"}}, and as RFC 6749 has it where tokens are issued.

Finding the fault stays out; the codes of the reports are assumed.
"""

from typing import Final

from mockserver.gateway import oauth
from mockserver.gateway.rejection import InjectedFailure, ParameterError, Reason, Rejection, UnknownToken, status_phrase
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.vendors.jetbrains_console import policy

_WORDS: Final = {
    Reason.INVALID: (400, "invalid_parameter"),
    Reason.UNAUTHENTICATED: (401, "unauthorized"),
    Reason.FORBIDDEN: (403, "forbidden"),
    Reason.NOT_FOUND: (404, "not_found"),
    Reason.METHOD: (405, "method_not_allowed"),
    Reason.LIMITED: (429, "too_many_requests"),
    Reason.INTERNAL: (500, "internal_error"),
}


def invalid(*faults: ParameterError) -> Rejection:
    """A 400 that tells all faults at once."""
    return Rejection(
        Reason.INVALID, "; ".join(f"{each.parameter} {each.rule}" for each in faults), parameter_errors=faults
    )


def too_many_buckets(group_by: str, count: int) -> Rejection:
    """A 400 for a range that has more buckets than are told."""
    rule = (
        f"would make {count:,} buckets (one a {group_by}); at most {policy.BUCKETS_MAXIMUM:,} are told; "
        "choose a shorter range or a coarser groupBy"
    )
    return invalid(ParameterError("toDate", rule))


def word(rejection: Rejection, call: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal."""
    issuing = call.operation == policy.ISSUING
    if isinstance(rejection, oauth.TokenRefused) or (issuing and rejection.reason is Reason.INVALID):
        return oauth.render_error(rejection, policy.REALM)
    status, code = _told(rejection)
    if issuing and rejection.reason in (Reason.FAULT, Reason.LIMITED):
        return oauth.render_failure(status, code, rejection.message)
    headers = {}
    if rejection.allow:
        headers["Allow"] = ", ".join(rejection.allow)
    if status == 401:
        bad = ', error="invalid_token"' if isinstance(rejection, UnknownToken | oauth.TokenExpired) else ""
        headers["WWW-Authenticate"] = f'Bearer realm="{policy.REALM}"{bad}'
    return ErrorReply(status, {"error": {"code": code, "message": rejection.message}}, headers)


def _told(rejection: Rejection) -> tuple[int, str]:
    if not isinstance(rejection, InjectedFailure):
        return _WORDS[rejection.reason]
    codes = dict(_WORDS.values())
    own = codes.get(rejection.status) or status_phrase(rejection.status).lower().replace(" ", "_")
    return rejection.status, rejection.code or own
