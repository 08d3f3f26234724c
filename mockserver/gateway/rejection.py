"""Rejections: why a request is refused. Anything may raise one; the request's vendor renders it."""

from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from http import HTTPStatus


class Reason(StrEnum):
    """The kinds of refusal that every vendor can render; a FAULT is always an InjectedFailure with its own status."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    LIMITED = "limited"
    NOT_FOUND = "not_found"
    METHOD = "method_not_allowed"
    NOT_SIMULATED = "not_simulated"
    INVALID = "invalid"
    INTERNAL = "internal"
    FAULT = "fault"


_STATUSES = {
    Reason.INVALID: 400,
    Reason.UNAUTHENTICATED: 401,
    Reason.FORBIDDEN: 403,
    Reason.NOT_FOUND: 404,
    Reason.METHOD: 405,
    Reason.LIMITED: 429,
    Reason.NOT_SIMULATED: 501,
}


@dataclass(frozen=True, slots=True)
class ParameterError:
    """An error in one parameter; `rule` is what is allowed."""

    parameter: str
    rule: str


@dataclass(eq=False)
class Rejection(Exception):
    """A refusal. `retry_after` is in whole seconds (LIMITED only); `allow` lists the known methods (METHOD only).

    `status` is the usual one of the reason; `code` is a machine-readable code, if the refusal has its own.
    """

    reason: Reason
    message: str
    _: KW_ONLY
    parameter_errors: tuple[ParameterError, ...] = ()
    retry_after: int | None = None
    allow: tuple[str, ...] = ()
    code: str | None = None
    status: int = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(self.message)
        self.status = _STATUSES.get(self.reason, 500)


def invalid_parameters(*errors: ParameterError) -> Rejection:
    """A rejection that lists every error, each as "parameter rule"."""
    message = "; ".join(f"{each.parameter} {each.rule}" for each in errors)
    return Rejection(Reason.INVALID, message, parameter_errors=errors)


class UnknownToken(Rejection):
    """A well-formed token that is unknown or was revoked."""

    def __init__(self) -> None:
        super().__init__(Reason.UNAUTHENTICATED, "the token is unknown or was revoked")


class ForeignSender(Rejection):
    """A request that a page of another site sent, or one to a host that is not this server."""

    def __init__(self, message: str) -> None:
        super().__init__(Reason.FORBIDDEN, message)


class UnreadBody(Rejection):
    """A request whose body was not read, for one of the reasons of `socket_features.BodyProblem`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(Reason.INVALID, message)
        self.status = status


class InjectedFailure(Rejection):
    """An armed failure: any status from 400 to 599, in the vendor's form; a `code` of None leaves it to the vendor."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(Reason.FAULT, message, code=code)
        self.status = status


class StoreUnavailable(InjectedFailure):
    """The store that has the sandboxes does not answer, for the reason `cause`: the vendor's error for a 503."""

    def __init__(self, reason: str) -> None:
        super().__init__(503, None, f"the store of the sandboxes does not answer: {reason}")
        self.cause = reason


def status_phrase(status: int) -> str:
    """The phrase of a status; for an unregistered one, the name of its class."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Server Error" if status >= 500 else "Client Error" if status >= 400 else "Unknown"
