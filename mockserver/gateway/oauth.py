"""Answers the exchange of a client's credentials for an access token (RFC 6749, section 4.4), and reads such tokens.

Nothing is stored: a token names its client and the second of its end on the sandbox's clock, under a keyed digest.
Where the endpoint is, and how long a token lives, stays out (the vendor says).
"""

import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qsl

from flask import Request

from mockserver.gateway import auth
from mockserver.gateway.rejection import Reason, Rejection, UnknownToken
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Body, ErrorReply, RequestContext
from mockserver.gateway.view import BODY_MAXIMUM

HEADERS: Final = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
"""What RFC 6749 wants on every answer with a token in it."""

GRANT_TYPE: Final = "client_credentials"
FORM: Final = "application/x-www-form-urlencoded"
FIELDS_MAXIMUM: Final = 100

_TOKEN = re.compile(r"(.+)\.([0-9]{1,15})\.([A-Za-z0-9_-]+)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOW = "send 'Authorization: Basic <base64 of client_id:client_secret>'"


class TokenRefused(Rejection):
    """A refusal of the token endpoint, with its code by RFC 6749, section 5.2."""

    def __init__(self, code: str, message: str, reason: Reason = Reason.INVALID) -> None:
        super().__init__(reason, message)
        self.code = code


class TokenExpired(Rejection):
    """An access token that was good, until the sandbox's clock passed its end."""

    def __init__(self) -> None:
        rule = "the access token has expired; get another one for the client's credentials"
        super().__init__(Reason.UNAUTHENTICATED, rule)


def render_error(refusal: Rejection, realm: str) -> ErrorReply:
    """A refusal as RFC 6749 words it; what has no code of its own is an invalid request."""
    code = refusal.code if isinstance(refusal, TokenRefused) else "invalid_request"
    body = {"error": code, "error_description": _plain(refusal.message)}
    if refusal.reason is Reason.UNAUTHENTICATED:
        return ErrorReply(401, body, {**dict(HEADERS), "WWW-Authenticate": f'Basic realm="{realm}"'})
    return ErrorReply(400, body, dict(HEADERS))


def render_failure(status: int, code: str, message: str) -> ErrorReply:
    """A failure of the endpoint itself, in the same shape."""
    return ErrorReply(status, {"error": _plain(code), "error_description": _plain(message)}, dict(HEADERS))


def _plain(text: str) -> str:
    """What RFC 6749 allows in a description: printable ASCII without quotation marks and backslashes."""
    return re.sub(r"[^ !#-\[\]-~]", "?", text.replace('"', "'"))


def authenticate_client(call: RequestContext) -> None:
    """A stage before the token endpoint: the client's credentials, then the form; the client's sandbox in between."""
    asking = call.request
    try:
        identifier, secret = auth.basic(asking.environ.get("HTTP_AUTHORIZATION"))
    except auth.BasicError as error:
        raise _unknown(f"{error}; {_hint(asking)}{_HOW}") from error
    opened = call.registry.resolve_token(call.vendor.name, identifier)
    if opened is None:
        raise _unknown("there is no client with this id, or it was revoked")
    if not _same(opened[1].secret or "", secret):
        raise _unknown("the secret is not this client's")
    call.enter(*opened)
    _check(_form(asking), identifier)


def _same(known: str, shown: str) -> bool:
    return known != "" and compare_digest(known.encode(), shown.encode())


def _unknown(message: str) -> TokenRefused:
    return TokenRefused("invalid_client", message, Reason.UNAUTHENTICATED)


def _hint(asking: Request) -> str:
    """What to tell a client that shows its credentials where they are not read."""
    try:
        names = {name for name, _ in _form(asking)}
    except TokenRefused:
        return ""
    return "credentials in the body are not read; " if names & {"client_id", "client_secret"} else ""


def _form(asking: Request) -> list[tuple[str, str]]:
    """The fields of the body, in order; those without a value are left out, as RFC 6749 has it."""
    data = _read(asking)
    if asking.mimetype != FORM:
        sent = repr(asking.mimetype[:60]) if asking.mimetype else "none"
        raise TokenRefused("invalid_request", f"the body must come as Content-Type: {FORM}; the request has {sent}")
    try:
        return parse_qsl(data.decode(), errors="strict", max_num_fields=FIELDS_MAXIMUM)
    except UnicodeDecodeError as error:
        raise TokenRefused("invalid_request", "the body is no form of UTF-8 text") from error
    except ValueError as error:
        raise TokenRefused("invalid_request", f"the body has more than {FIELDS_MAXIMUM} fields") from error


def _read(asking: Request) -> bytes:
    """The body; of one that says nothing of its length no more is read than shows that it is too large."""
    asking.max_content_length = BODY_MAXIMUM + 1
    if (asking.content_length or 0) <= BODY_MAXIMUM:
        data = asking.get_data()
        if len(data) <= BODY_MAXIMUM:
            return data
    raise TokenRefused("invalid_request", f"the body is too large; at most {BODY_MAXIMUM} bytes are read")


def _check(form: list[tuple[str, str]], identifier: str) -> None:
    """Refuse a form that is not the one of this grant; fields beside it are ignored, `scope` among them."""
    names = [name for name, _ in form]
    for name in names:
        if names.count(name) > 1:
            raise TokenRefused("invalid_request", f"{name[:60]!r} is there {names.count(name)} times; send it once")
    if "client_secret" in names:
        raise TokenRefused(
            "invalid_request", "credentials come in the header or in the body, not in both; leave the body's"
        )
    fields = dict(form)
    if fields.get("client_id", identifier) != identifier:
        raise TokenRefused(
            "invalid_request", "client_id is another client's than the header's; leave it out of the body"
        )
    if "grant_type" not in names:
        raise TokenRefused("invalid_request", f"grant_type is missing from the body; send grant_type={GRANT_TYPE}")
    asked = fields["grant_type"]
    if asked != GRANT_TYPE:
        raise TokenRefused("unsupported_grant_type", f"grant_type cannot be {asked[:60]!r}; it must be {GRANT_TYPE}")


def issue_token(call: RequestContext, lifetime: int) -> Body:
    """What the token endpoint answers to a client that `client` let in: a token for `lifetime` seconds."""
    if call.grant is None or call.grant.secret is None:
        raise _unknown(f"the request carries no credentials; {_HOW}")
    token = _written(call.grant, _ceiling(call.now) + lifetime)
    return {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}


def authenticate_bearer(call: RequestContext) -> None:
    """401 unless the request carries an access token of a client that is still known, before its end."""
    shown = auth.credential(call.request.environ.get("HTTP_AUTHORIZATION"), call.vendor.schemes)
    found = _TOKEN.fullmatch(shown)
    opened = call.registry.resolve_token(call.vendor.name, found[1]) if found else None
    if found is None or opened is None or not _same(_written(opened[1], int(found[2])), shown):
        raise UnknownToken
    call.enter(*opened)
    if call.now - _EPOCH >= timedelta(seconds=int(found[2])):
        raise TokenExpired


def _written(grant: Grant, end: int) -> str:
    """The token of a client that ends at a second; empty for one that has no secret to sign it with."""
    if grant.secret is None:
        return ""
    content = f"{grant.token}.{end}"
    key = blake2b(grant.secret.encode()).digest()
    signed = blake2b(f"{grant.vendor} {content}".encode(), key=key, digest_size=24).digest()
    return f"{content}.{urlsafe_b64encode(signed).decode()}"


def _ceiling(instant: datetime) -> int:
    """The first whole second that is not before an instant, so that no token lives shorter than it says."""
    return -((_EPOCH - instant) // timedelta(seconds=1))
