"""Answers which token a request carries in its Authorization header.

Whether that token opens anything stays out (`sandbox`), and so do the words of a 401.
"""

from collections.abc import Sequence

from mockserver.gateway.rejection import Reason, Rejection


def credential(header: str | None, schemes: Sequence[str]) -> str:
    """The token behind one of the schemes (in any case); a Rejection says what is missing or malformed."""
    words = (header or "").split()
    if len(words) == 2 and words[0].lower() in map(str.lower, schemes):
        return words[1]
    how = " or ".join(f"'Authorization: {scheme} <token>'" for scheme in schemes)
    raise Rejection(Reason.UNAUTHENTICATED, f"{_missing(words, schemes)}; send {how}")


def _missing(words: Sequence[str], schemes: Sequence[str]) -> str:
    if not words:
        return "the request carries no credentials"
    if words[0].lower() not in map(str.lower, schemes):
        return "the Authorization header has another scheme"
    return "the Authorization header holds no single token"


def secrets(header: str | None) -> list[str]:
    """What of an Authorization header must not be told: every word behind the scheme, or the only one."""
    words = (header or "").split()
    return words[1:] or words
