"""How Tabnine words a refusal: nested as seen live, or flat as its later file has it, by the switch `error_shape`.

Finding the fault stays out.
"""

from typing import Any, Final

from mockserver.gateway.rejection import Fabricated, Fault, Reason, Rejection, UnknownToken, phrase
from mockserver.gateway.vendor import Call, Worded
from mockserver.simulation import chance
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


def invalid(*faults: Fault) -> Rejection:
    """A 400 that tells all faults at once."""
    return Rejection(Reason.INVALID, _VALIDATION, faults=faults)


def unknown(kind: str, identifier: str) -> Rejection:
    """A 404 for a team or user that there is not."""
    shown = identifier if len(identifier) <= 60 else f"{identifier[:60]}…"
    return Rejection(Reason.NOT_FOUND, f"there is no {kind} {shown!r}")


def word(rejection: Rejection, call: Call) -> Worded:
    """Status, body and headers of a refusal."""
    status = _status(rejection, call)
    message = _message(rejection, status, call)
    faults = [f"{fault.parameter}: {fault.rule}" for fault in rejection.faults] or [f"request: {rejection.message}"]
    if status != 400:
        faults = []
    headers = {"Allow": ", ".join(rejection.allow)} if rejection.allow else {}
    if call.values["error_shape"] == "flat":
        code = rejection.code if isinstance(rejection, Fabricated) else None
        return Worded(status, {**_flat(status, message, faults, call), **({"error": code} if code else {})}, headers)
    listed = {"errors": faults} if faults else {}
    return Worded(status, {"error": {"message": message, **listed, "status": status}}, headers)


def _message(rejection: Rejection, status: int, call: Call) -> str:
    """A fault's message is as it was armed; the nested shape has no place for its code but in front of it."""
    if isinstance(rejection, Fabricated):
        nested = call.values["error_shape"] != "flat"
        return f"{rejection.code}: {rejection.message}" if rejection.code and nested else rejection.message
    return _VALIDATION if status == 400 else f"{_TITLES[status]}: {_sentence(rejection)}"


def _status(rejection: Rejection, call: Call) -> int:
    if isinstance(rejection, Fabricated):
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


def _flat(status: int, message: str, faults: list[str], call: Call) -> dict[str, Any]:
    title = _VALIDATION if status == 400 else _TITLES.get(status) or phrase(status)
    request = chance.key(call.sandbox.made.seed, call.now.isoformat(), call.request.method, call.request.full_path)
    return {
        "error": title.upper().replace(" ", "_"),
        "message": message,
        "status": status,
        "requestId": f"{request:016x}",
        "details": {"errors": faults} if faults else {},
    }
