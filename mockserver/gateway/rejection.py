"""Answers why a request is refused; raised anywhere, worded by the vendor whose request it is.

Status codes, shapes and words of a vendor stay out.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The kinds of refusal that every vendor can word."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    LIMITED = "limited"
    NOT_FOUND = "not_found"
    METHOD = "method_not_allowed"
    INVALID = "invalid"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Fault:
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
        faults: tuple[Fault, ...] = (),
        retry_after: int | None = None,
        allow: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.faults = faults
        self.retry_after = retry_after
        self.allow = allow


class UnknownToken(Rejection):
    """A well-formed token that nobody knows, or that was revoked."""

    def __init__(self) -> None:
        super().__init__(Reason.UNAUTHENTICATED, "the token is unknown or was revoked")
