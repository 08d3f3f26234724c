"""The check of every request to the control plane: its Host, its Origin, and the admin token.

A web page that the developer visits must not reach the control plane, neither from a foreign origin nor by a host name
that it points at this machine (DNS rebinding).
"""

import re
from hmac import compare_digest
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import request

from mockserver.admin import bodies
from mockserver.admin.admin_context import context
from mockserver.admin.responses import Problem
from mockserver.gateway import auth, socket_features
from mockserver.gateway.rejection import Rejection

OPEN_PATHS = frozenset(("/_mock/health",))
"""Paths that need no admin token: a probe has none."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/@\s]+)(?::[0-9]{1,5})?")
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def check() -> None:
    """Before every request: Problem 403, 401, 408, 413 or 503 where the path belongs to the control plane."""
    path = request.path
    if path in ("/", "/_mock") or path.startswith("/_mock/"):
        host = request.headers.get("Host", "").lower()
        if context().admin_token is None:  # The token protects from other pages by itself.
            _check_host(host)
        _check_origin(host)
        if path not in OPEN_PATHS:
            check_token()
        if (problem := socket_features.body_problem(request.environ)) is not None:
            raise Problem(*problem.value)
        bodies.check_size()


def _check_host(host: str) -> None:
    found = _HOST.fullmatch(host)
    if found is None or not _is_own(found[1].strip("[]"), context().host.lower()):
        raise Problem(
            403,
            f"the Host header names {host!r}, which is not this server; address the control plane as localhost, "
            "127.0.0.1, [::1] or the host that the server listens on, or start the server with --allowed-host",
        )


def _is_own(name: str, bound: str) -> bool:
    if name in context().allowed_hosts:
        return True
    address, own = _address(name), _address(bound)
    if address is None:
        return name in ("localhost", bound)
    # A server on all interfaces cannot know its addresses; DNS rebinding needs a name, so any address is safe.
    everywhere = own is not None and own.is_unspecified
    return address.is_loopback or address == own or everywhere


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _check_origin(host: str) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"http://{host}":
        raise Problem(403, f"the Origin header names {origin!r}; the control plane takes no request from other pages")


def check_token() -> None:
    """Problem 401 unless the request carries the admin token, where the server has one."""
    expected = context().admin_token
    if expected is None:
        return
    try:
        sent = auth.credential(request.headers.get("Authorization"), ("Bearer",))
    except Rejection as rejection:
        raise Problem(401, rejection.message, headers=_CHALLENGE) from rejection
    # WSGI decodes headers as Latin-1; encoding restores the bytes that were sent.
    if not compare_digest(sent.encode("latin-1", "replace"), expected.encode()):
        raise Problem(401, "the token is not the admin token that the server was started with", headers=_CHALLENGE)
