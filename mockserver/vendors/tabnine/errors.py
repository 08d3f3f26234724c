"""How Tabnine words a refusal: nested as seen live, or flat as its later file has it, by the switch `error_shape`.

Finding the fault stays out.
"""

from typing import Any, Final

from mockserver.gateway.rejection import InjectedFailure, ParameterError, Reason, Rejection, UnknownToken, status_phrase
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.simulation import hashing
from mockserver.vendors.tabnine import policy

_STATUS: Final = {
    Reason.INVALID: 400,
    Reason.UNAUTHENTICATED: 401,
    Reason.FORBIDDEN: 403,
    Reason.NOT_FOUND: 404,
    Reason.METHOD: 405,
    Reason.LIMITED: 429,
    Reason.INTERNAL: 500,
}
_TITLES: Final = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
_VALIDATION: Final = "Validation Error"


class FutureMonth(Rejection):
    """A startDate in the future: the one fault that is a 422."""

    def __init__(self, month: str) -> None:
        super().__init__(Reason.INVALID, f"startDate: {month} is in the future")


class ForeignOrganization(Rejection):
    """An organizationId that is not the token's; the switch `foreign_organization` holds the status."""

    def __init__(self) -> None:
        super().__init__(Reason.UNAUTHENTICATED, "Invalid organization.")


def invalid(*faults: ParameterError) -> Rejection:
    """A 400 that tells all faults at once."""
    return Rejection(Reason.INVALID, _VALIDATION, parameter_errors=faults)


def unknown(kind: str, identifier: str) -> Rejection:
    """A 404 for a team or user that there is not."""
    shown = identifier if len(identifier) <= 60 else f"{identifier[:60]}…"
    return Rejection(Reason.NOT_FOUND, f"there is no {kind} {shown!r}")


def word(rejection: Rejection, call: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal."""
    status = _status(rejection, call)
    message = _message(rejection, status, call)
    faults = [f"{fault.parameter}: {fault.rule}" for fault in rejection.parameter_errors] or [
        f"request: {rejection.message}"
    ]
    if status != 400:
        faults = []
    headers = {"Allow": ", ".join(rejection.allow)} if rejection.allow else {}
    if call.values["error_shape"] == "flat":
        code = rejection.code if isinstance(rejection, InjectedFailure) else None
        return ErrorReply(
            status, {**_flat(status, message, faults, call), **({"error": code} if code else {})}, headers
        )
    listed = {"errors": faults} if faults else {}
    return ErrorReply(status, {"error": {"message": message, **listed, "status": status}}, headers)


def _message(rejection: Rejection, status: int, call: RequestContext) -> str:
    """A fault's message is as it was armed; the nested shape has no place for its code but in front of it."""
    if isinstance(rejection, InjectedFailure):
        nested = call.values["error_shape"] != "flat"
        return f"{rejection.code}: {rejection.message}" if rejection.code and nested else rejection.message
    return _VALIDATION if status == 400 else f"{_TITLES[status]}: {_sentence(rejection)}"


def _status(rejection: Rejection, call: RequestContext) -> int:
    if isinstance(rejection, InjectedFailure):
        return rejection.status
    if isinstance(rejection, FutureMonth):
        return 422
    if isinstance(rejection, ForeignOrganization):
        return int(call.values["foreign_organization"])
    if rejection.reason is Reason.FORBIDDEN and call.values["forbidden_everywhere"] == "no":
        return 403 if call.operation in policy.FORBIDDEN_OPERATIONS else 401
    return _STATUS[rejection.reason]


def _sentence(rejection: Rejection) -> str:
    return "Invalid token." if isinstance(rejection, UnknownToken) else rejection.message


def _flat(status: int, message: str, faults: list[str], call: RequestContext) -> dict[str, Any]:
    title = _VALIDATION if status == 400 else _TITLES.get(status) or status_phrase(status)
    request = hashing.key(call.sandbox.config.seed, call.now.isoformat(), call.request.method, call.request.full_path)
    return {
        "error": title.upper().replace(" ", "_"),
        "message": message,
        "status": status,
        "requestId": f"{request:016x}",
        "details": {"errors": faults} if faults else {},
    }
