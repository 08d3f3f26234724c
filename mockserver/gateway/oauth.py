"""OAuth 2.0 client credentials: the exchange of a client's secret for an access token (RFC 6749, section 4.4).

Nothing is stored: a token holds its client's id and its expiry on the sandbox's clock, under a keyed digest. The
endpoint's path and the lifetime of tokens are the vendor's.
"""

import re
from base64 import urlsafe_b64encode
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from hmac import compare_digest
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

from flask import Request

from mockserver.gateway import auth, limits
from mockserver.gateway.rejection import Reason, Rejection, UnknownToken
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import BODY_MAXIMUM, ErrorReply, Reply, RequestContext
from mockserver.gateway.view import read_body

HEADERS: Final = MappingProxyType({"Cache-Control": "no-store", "Pragma": "no-cache"})
"""Required by RFC 6749 on every answer of a token endpoint."""

GRANT_TYPE: Final = "client_credentials"
FORM: Final = "application/x-www-form-urlencoded"
FIELDS_MAXIMUM: Final = 100

_TOKEN = re.compile(r"(.+)\.([0-9]{1,15})\.([A-Za-z0-9_-]+)")
_HOW = "send 'Authorization: Basic <base64 of client_id:client_secret>'"


class TokenRefused(Rejection):
    """A refusal of the token endpoint, with its error code (RFC 6749, section 5.2)."""

    def __init__(self, message: str, code: str = "invalid_request", reason: Reason = Reason.INVALID) -> None:
        super().__init__(reason, message, code=code)


def _invalid_client(message: str) -> TokenRefused:
    return TokenRefused(message, "invalid_client", Reason.UNAUTHENTICATED)


class TokenExpired(Rejection):
    """An access token that the sandbox's clock has passed."""

    def __init__(self) -> None:
        rule = "the access token has expired; get another one for the client's credentials"
        super().__init__(Reason.UNAUTHENTICATED, rule)


def render_error(refusal: Rejection, realm: str) -> ErrorReply:
    """A refusal in the form of RFC 6749; one without a code of its own is an invalid request."""
    reply = render_failure(400, refusal.code or "invalid_request", refusal.message)
    if refusal.reason is not Reason.UNAUTHENTICATED:
        return reply
    return replace(reply, status=401, headers={**HEADERS, "WWW-Authenticate": f'Basic realm="{realm}"'})


def render_failure(status: int, code: str, message: str) -> ErrorReply:
    """A failure of the endpoint itself, in the same form."""
    return ErrorReply(status, {"error": _plain(code), "error_description": _plain(message)}, dict(HEADERS))


def _plain(text: str) -> str:
    """The text with only what RFC 6749 allows in a description: printable ASCII, no quotation marks or backslashes."""
    return re.sub(r"[^ !#-\[\]-~]", "?", text.replace('"', "'"))


def authenticate_client(context: RequestContext) -> None:
    """A stage before the token endpoint: check the client's credentials, enter its sandbox, and check the form."""
    request = context.request
    try:
        identifier, secret = auth.basic(request.environ.get("HTTP_AUTHORIZATION"))
    except auth.BasicError as error:
        raise _invalid_client(f"{error}; {_hint(request)}{_HOW}") from error
    opened = context.registry.open(context, identifier)
    if opened is None:
        raise _invalid_client("there is no client with this id, or it was revoked")
    if not _same(opened[1].secret or "", secret):
        raise _invalid_client("the secret is not this client's")
    context.enter(*opened)
    _check(_form(request), identifier)


def _same(known: str, sent: str) -> bool:
    return known != "" and compare_digest(known.encode(), sent.encode())


def _hint(request: Request) -> str:
    """A hint for a client that sends its credentials in the body."""
    with suppress(TokenRefused):
        if {"client_id", "client_secret"} & dict(_form(request)).keys():
            return "credentials in the body are not read; "
    return ""


def _form(request: Request) -> list[tuple[str, str]]:
    """The fields of the body, in order; those without a value are left out, as RFC 6749 requires."""
    try:
        data = read_body(request)
    except Rejection as error:
        raise TokenRefused(f"the body is too large; at most {BODY_MAXIMUM} bytes are read") from error
    if request.mimetype != FORM:
        sent = repr(request.mimetype[:60]) if request.mimetype else "none"
        raise TokenRefused(f"the body must come as Content-Type: {FORM}; the request has {sent}")
    try:
        return parse_qsl(data.decode(), errors="strict", max_num_fields=FIELDS_MAXIMUM)
    except UnicodeDecodeError as error:
        raise TokenRefused("the body is no form of UTF-8 text") from error
    except ValueError as error:
        raise TokenRefused(f"the body has more than {FIELDS_MAXIMUM} fields") from error


def _check(form: list[tuple[str, str]], identifier: str) -> None:
    """Refuse a form that does not fit this grant; other fields are ignored, `scope` among them."""
    fields = dict(form)
    for name, times in Counter(name for name, _ in form).items():
        if times > 1:
            raise TokenRefused(f"{name[:60]!r} is there {times} times; send it once")
    if "client_secret" in fields:
        raise TokenRefused("credentials come in the header or in the body, not in both; leave the body's")
    if fields.get("client_id", identifier) != identifier:
        raise TokenRefused("client_id is another client's than the header's; leave it out of the body")
    if "grant_type" not in fields:
        raise TokenRefused(f"grant_type is missing from the body; send grant_type={GRANT_TYPE}")
    grant_type = fields["grant_type"]
    if grant_type != GRANT_TYPE:
        rule = f"grant_type cannot be {grant_type[:60]!r}; it must be {GRANT_TYPE}"
        raise TokenRefused(rule, "unsupported_grant_type")


def issue_token(grant: Grant | None, now: datetime, lifetime: int) -> Reply:
    """The token endpoint's reply to a client that `authenticate_client` let pass: a token for `lifetime` seconds."""
    if grant is None or grant.secret is None:
        raise _invalid_client(f"the request carries no credentials; {_HOW}")
    token = _sign(grant, limits.seconds(limits.microseconds(now)) + lifetime)
    return Reply({"access_token": token, "token_type": "Bearer", "expires_in": lifetime}, headers=HEADERS)


def authenticate_bearer(context: RequestContext) -> None:
    """401 unless the request carries an unexpired access token of a client that is still known."""
    token = auth.credential(context.environ.get("HTTP_AUTHORIZATION"), context.vendor.schemes)
    found = _TOKEN.fullmatch(token)
    opened = context.registry.open(context, found[1]) if found else None
    if found is None or opened is None or not _same(_sign(opened[1], int(found[2])), token):
        raise UnknownToken
    expires_at = int(found[2]) * 1_000_000
    context.enter(*opened, expires_at)
    if limits.microseconds(context.now) >= expires_at:
        raise TokenExpired


def _sign(grant: Grant, expiry: int) -> str:
    """The token of a client that expires at a second; empty for a client without a secret to sign it with."""
    if grant.secret is None:
        return ""
    content = f"{grant.token}.{expiry}"
    key = blake2b(grant.secret.encode()).digest()
    signed = blake2b(f"{grant.vendor} {content}".encode(), key=key, digest_size=24).digest()
    return f"{content}.{urlsafe_b64encode(signed).decode()}"
