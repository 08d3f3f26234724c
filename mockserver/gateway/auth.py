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


def secrets(header: str | None) -> tuple[str, ...]:
    """What of an Authorization header must not be told: everything behind the scheme."""
    _, _, secret = (header or "").strip().partition(" ")
    return (secret.strip(),) if secret.strip() else ()
