"""The key by which the fast path recognizes a request: all that its answer can depend on, of what was sent."""

from collections.abc import Mapping
from typing import Any, Final, cast
from wsgiref.types import WSGIEnvironment

from mockserver.gateway import socket_features

RequestKey = tuple[str, str, str | None, str]
"""A path, a query string, an Authorization header and a Host header, as they were sent."""

READY: Final = "mockserver.request_key"
"""The environ's key of the RequestKey, or of None, where the server has it ready."""


def of(environ: WSGIEnvironment) -> RequestKey | None:
    """The key of a GET of a program without a body; None for any other request."""
    if READY in environ:
        return cast("RequestKey | None", environ[READY])
    if environ["REQUEST_METHOD"] != "GET" or not is_plain(environ) or is_of_page(environ):
        return None
    authorization, host = environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_HOST", "")
    return environ["PATH_INFO"], environ["QUERY_STRING"], authorization, host


def is_plain(environ: WSGIEnvironment) -> bool:
    """Whether a request has no body."""
    return "CONTENT_LENGTH" not in environ and environ.get(socket_features.BODY_PROBLEM) is None


def is_of_page(environ: Mapping[str, Any]) -> bool:
    """Whether a browser sent a request for a page."""
    return "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ
