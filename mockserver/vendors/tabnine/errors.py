"""Tabnine's errors: nested, as observed live, or flat, as in its later file; the switch `error_shape` decides."""

from collections.abc import Mapping
from typing import Final

from mockserver.gateway.rejection import (
    ForeignSender,
    InjectedFailure,
    ParameterError,
    Reason,
    Rejection,
    UnknownToken,
    status_phrase,
)
from mockserver.gateway.switches import AnySwitch
from mockserver.gateway.vendor import ErrorReply, RequestContext
from mockserver.simulation import hashing
from mockserver.vendors.tabnine import policy
from mockserver.vendors.tabnine.policy import ErrorShape, ForbiddenEverywhere

_TITLES: Final = {400: "Validation Error", 422: "Unprocessable Entity"}
"""The titles that differ from a status's phrase, or from its phrase in some versions of Python."""


class FutureMonth(Rejection):
    """A startDate in the future: the only error with the status 422."""

    def __init__(self, month: str) -> None:
        super().__init__(Reason.INVALID, f"startDate: {month} is in the future")
        self.status = 422


class OrganizationMismatch(Rejection):
    """An organizationId that is not the token's; the switch `foreign_organization` holds the status."""

    def __init__(self) -> None:
        super().__init__(Reason.UNAUTHENTICATED, "Invalid organization.")


class MissingOrganization(Rejection):
    """Agent usage without organizationId."""

    def __init__(self) -> None:
        super().__init__(Reason.UNAUTHENTICATED, "Invalid organization.")


class MissingRange(Rejection):
    """Agent usage without from or to, for which the live service has no better answer than a 500."""

    def __init__(self, subject: str) -> None:
        super().__init__(Reason.INTERNAL, f"Error trying to get {subject} agent usage")


class AgentUnlicensed(Rejection):
    """Agent usage of an organization whose license does not include the agent; a switch has the status."""

    def __init__(self) -> None:
        message = "The Agent feature is not included in your account's license."
        super().__init__(Reason.FORBIDDEN, message, code="FEATURE_NOT_AVAILABLE")


class UnknownSubject(Rejection):
    """An unknown team or user in v2 or agent usage; the switch `unknown_id` holds the status."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(Reason.NOT_FOUND, unknown(kind, identifier).message)


def invalid(*parameter_errors: ParameterError) -> Rejection:
    """A 400 that lists every error."""
    return Rejection(Reason.INVALID, _TITLES[400], parameter_errors=parameter_errors)


def unknown(kind: str, identifier: str) -> Rejection:
    """A 404 for a team or user that does not exist."""
    shown = identifier if len(identifier) <= 60 else f"{identifier[:60]}…"
    return Rejection(Reason.NOT_FOUND, f"there is no {kind} {shown!r}")


def render(rejection: Rejection, context: RequestContext) -> ErrorReply:
    """Status, body and headers of a refusal."""
    status = _status(rejection, context)
    if isinstance(rejection, AgentUnlicensed):
        return ErrorReply(status, {"error": rejection.code, "message": rejection.message}, {})
    title = _TITLES.get(status) or status_phrase(status)
    nested = context.switches[policy.ERROR_SHAPE] is ErrorShape.NESTED
    message = _message(rejection, status, title, nested=nested)
    lines = [f"{each.parameter}: {each.rule}" for each in rejection.parameter_errors]
    listed = {"errors": lines or [f"request: {rejection.message}"]} if status == 400 else {}
    headers = {"Allow": ", ".join(rejection.allow)} if rejection.allow else {}
    if nested:
        return ErrorReply(status, {"error": {"message": message, **listed, "status": status}}, headers)
    request = (context.now.isoformat(), context.method, context.request.full_path)
    body = {
        "error": rejection.code or title.upper().replace(" ", "_"),
        "message": message,
        "status": status,
        "requestId": f"{hashing.key(context.sandbox.config.seed, *request):016x}",
        "details": listed,
    }
    return ErrorReply(status, body, headers)


def _message(rejection: Rejection, status: int, title: str, *, nested: bool) -> str:
    """The message; an armed failure's as it was armed, with its code in front where the shape has no field for it."""
    if isinstance(rejection, InjectedFailure):
        return f"{rejection.code}: {rejection.message}" if rejection.code and nested else rejection.message
    if status == 400:
        return title
    if rejection.reason is Reason.NOT_SIMULATED:
        return f"{title}: not simulated"
    if isinstance(rejection, MissingRange):
        return rejection.message
    return f"{title}: {'Invalid token.' if isinstance(rejection, UnknownToken) else rejection.message}"


def _status(rejection: Rejection, context: RequestContext) -> int:
    switch = _STATUS_SWITCHES.get(type(rejection))
    if switch is not None:
        return int(context.switches[switch])
    everywhere = context.switches[policy.FORBIDDEN_EVERYWHERE] is ForbiddenEverywhere.YES
    by_token = rejection.reason is Reason.FORBIDDEN and not isinstance(rejection, ForeignSender)
    if by_token and not everywhere:
        return 403 if context.operation in policy.FORBIDDEN_OPERATIONS else 401
    return rejection.status


_STATUS_SWITCHES: Final[Mapping[type[Rejection], AnySwitch]] = {
    OrganizationMismatch: policy.FOREIGN_ORGANIZATION,
    AgentUnlicensed: policy.AGENT_UNLICENSED,
    UnknownSubject: policy.UNKNOWN_ID,
}
"""The switches that hold the status of a rejection."""
