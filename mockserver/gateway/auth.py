"""Credentials in the Authorization header: a token, or a client's id and secret. The registry finds what they open."""

from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import unquote_plus

from mockserver.gateway.rejection import Reason, Rejection


def credential(header: str | None, schemes: Sequence[str]) -> str:
    """The token of one of the schemes (in any case); Rejection with what is missing or malformed."""
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


class BasicError(ValueError):
    """An Authorization header without a client's id and secret; the text names what is missing or malformed."""


def basic(header: str | None) -> tuple[str, str]:
    """A client's id and secret in the scheme Basic (in any case), both form-encoded (RFC 6749)."""
    words = (header or "").split()
    if len(words) != 2 or words[0].lower() != "basic":
        raise BasicError(_missing(words, ("Basic",)).replace("token", "pair of client id and secret"))
    try:
        pair = b64decode(words[1], validate=True).decode()
    except ValueError as error:
        raise BasicError("what stands behind Basic is no base64 of UTF-8 text") from error
    client, colon, secret = pair.partition(":")
    if not colon:
        raise BasicError("there is no colon between client id and secret in what stands behind Basic")
    return unquote_plus(client), unquote_plus(secret)


def secrets(header: str | None) -> list[str]:
    """The secrets in an Authorization header: each word after the scheme, or the only word, and a client's secret."""
    words = (header or "").split()
    found = words[1:] or words
    if words and words[0].lower() == "basic":
        with suppress(BasicError):
            found.append(basic(header)[1])
    return found
