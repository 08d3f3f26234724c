"""Answers which token a request carries in its Authorization header.

Whether that token opens anything stays out (`sandbox`), and so do the words of a 401.
"""

from collections.abc import Sequence

from mockserver.gateway.rejection import Reason, Rejection


def credential(header: str | None, schemes: Sequence[str]) -> str:
    """The token behind one of the schemes (in any case); a Rejection says what is missing or malformed."""
    how = " or ".join(f"'Authorization: {scheme} <token>'" for scheme in schemes)
    if not header:
        raise Rejection(Reason.UNAUTHENTICATED, f"the request carries no credentials; send {how}")
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in (known.lower() for known in schemes):
        raise Rejection(Reason.UNAUTHENTICATED, f"the Authorization header has another scheme; send {how}")
    token = token.strip()
    if not token or any(letter.isspace() for letter in token):
        raise Rejection(Reason.UNAUTHENTICATED, f"the Authorization header holds no single token; send {how}")
    return token


def secrets(header: str | None) -> list[str]:
    """What of an Authorization header must not be told: every word behind the scheme, or the only one."""
    words = (header or "").split()
    return words[1:] or words
