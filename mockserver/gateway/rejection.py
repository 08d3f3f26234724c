"""Answers why a request is refused; raised anywhere, worded by the vendor whose request it is.

Status codes, shapes and words of a vendor stay out.
"""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus


class Reason(StrEnum):
    """The kinds of refusal that every vendor can word; a FAULT is always Fabricated, and brings its own status."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    LIMITED = "limited"
    NOT_FOUND = "not_found"
    METHOD = "method_not_allowed"
    INVALID = "invalid"
    INTERNAL = "internal"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class ParameterError:
    """One thing wrong with one parameter: `rule` says what holds and what is allowed."""

    parameter: str
    rule: str


class Rejection(Exception):
    """A refusal. `retry_after` is in whole seconds (limited only); `allow` are the methods that exist (method only)."""

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        parameter_errors: tuple[ParameterError, ...] = (),
        retry_after: int | None = None,
        allow: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.parameter_errors = parameter_errors
        self.retry_after = retry_after
        self.allow = allow


class UnknownToken(Rejection):
    """A well-formed token that nobody knows, or that was revoked."""

    def __init__(self) -> None:
        super().__init__(Reason.UNAUTHENTICATED, "the token is unknown or was revoked")


class InjectedFailure(Rejection):
    """A failure that somebody armed: any status of 400 to 599, in the vendor's shape.

    `code` is what the vendor's shape has for machines; None leaves the choice to the vendor.
    """

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(Reason.FAULT, message)
        self.status = status
        self.code = code


def status_phrase(status: int) -> str:
    """What HTTP calls a status; for one that nobody registered, what its class is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Server Error" if status >= 500 else "Client Error" if status >= 400 else "Unknown"
