"""The check of every request to the control plane: who sends it, and the admin token.

A web page that the developer visits must not reach the control plane, neither from a foreign origin nor by a host name
that it points at this machine (DNS rebinding); a person who follows a link to it does.
"""

from hmac import compare_digest

from flask import request

from mockserver.admin import bodies
from mockserver.admin.admin_context import OPEN_PATHS, context
from mockserver.admin.responses import Problem
from mockserver.gateway import auth, socket_features
from mockserver.gateway.rejection import Rejection

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def check_sender() -> None:
    """Problem 403 for a foreign page or host."""
    if (refusal := context().senders.refusal(request.environ)) is not None:
        raise Problem(403, refusal)


def check() -> None:
    """Before every request to no vendor: Problem 403, and where it is the control plane's, 401, 408, 413 or 503 too."""
    check_sender()
    path = request.path
    if path in ("/", "/_mock") or path.startswith("/_mock/"):
        if path not in OPEN_PATHS and (missing := _missing_token()) is not None:
            raise Problem(401, missing, headers=_CHALLENGE)
        if (problem := socket_features.body_problem(request.environ)) is not None:
            raise Problem(*problem.value)
        bodies.check_size()


def is_admin() -> bool:
    """Whether the request may do everything: it carries the admin token, or the server has none."""
    return _missing_token() is None


def _missing_token() -> str | None:
    """Why the request does not count as the admin's; None if it does."""
    expected = context().admin_token
    if expected is None:
        return None
    try:
        sent = auth.credential(request.headers.get("Authorization"), ("Bearer",))
    except Rejection as rejection:
        return rejection.message
    # WSGI decodes headers as Latin-1; encoding restores the bytes that were sent.
    is_equal = compare_digest(sent.encode("latin-1", "replace"), expected.encode())
    return None if is_equal else "the token is not the admin token that the server was started with"
