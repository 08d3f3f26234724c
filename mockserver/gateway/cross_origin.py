"""Requests that a browser sends for a page of another origin: refused, unless the origin is allowed (CORS).

A page that the developer visits must neither read what the server answers nor fill its journal. Pages that pass off
their own name as the server's are in `hosts`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, after_this_request

from mockserver.gateway import request_key
from mockserver.gateway.hosts import Hosts

MAX_AGE = 600
"""Seconds for which a browser may remember the answer to a preflight."""


@dataclass(frozen=True, slots=True)
class Senders:
    """Who may send requests: programs and pages that name the server by one of its `hosts`, and pages of `origins`."""

    hosts: Hosts
    origins: frozenset[str] = frozenset()

    def is_ordinary(self, environ: Mapping[str, Any], vendor: str) -> bool:
        """Whether a program sent a request to a vendor. Every request takes this check: about 0.3 microseconds."""
        return not request_key.is_of_page(environ) and self.hosts.accept(environ.get("HTTP_HOST", ""), vendor)

    def refusal(self, environ: Mapping[str, Any], vendor: str | None = None) -> str | None:
        """Why a request must go no further, or None: at a vendor's path, or without a vendor at any other path."""
        host = environ.get("HTTP_HOST", "")
        if not self.hosts.accept(host, vendor):
            return (
                f"the Host header names {host!r:.200}, which is not this server; use localhost, 127.0.0.1, [::1] or "
                "the host that the server listens on, or start the server with --allowed-host"
            )
        return self._refusal_of_page(environ, vendor) if _is_cross_origin(environ) else None

    def _refusal_of_page(self, environ: Mapping[str, Any], vendor: str | None) -> str | None:
        if vendor is None:
            is_allowed, rule = _is_navigation(environ), "the control plane takes no request from other pages"
        else:
            is_allowed = environ.get("HTTP_ORIGIN") in self.origins
            rule = "start the server with --cors-origin to allow the pages of an origin"
        page = f"a page of {environ['HTTP_ORIGIN']!r:.200}" if "HTTP_ORIGIN" in environ else "a page of another site"
        return None if is_allowed else f"the request comes from {page}; {rule}"

    def share_answer(self, environ: Mapping[str, Any]) -> None:
        """Let the page of an allowed origin read the answer to the current request, whatever it will be."""
        if self.origins:
            origin = environ.get("HTTP_ORIGIN")
            after_this_request(partial(_share, origin if origin in self.origins else None))

    def is_preflight(self, environ: Mapping[str, Any]) -> bool:
        """Whether a browser asks what pages of an allowed origin may send."""
        is_question = environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        return is_question and environ.get("HTTP_ORIGIN") in self.origins


def preflight_answer(environ: Mapping[str, Any], methods: Iterable[str]) -> Response:
    """The answer to a preflight: the methods of the path, and whatever headers the page wants to send."""
    answer = Response(status=204)
    del answer.headers["Content-Type"]
    answer.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(methods))
    if headers := environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS"):
        answer.headers["Access-Control-Allow-Headers"] = headers
    answer.headers["Access-Control-Max-Age"] = str(MAX_AGE)
    return answer


def _is_cross_origin(environ: Mapping[str, Any]) -> bool:
    """Whether a page of another origin sent the request, as the browser says.

    Browsers tell servers that they trust (HTTPS, and this machine) in Sec-Fetch-Site, which no page can set. It counts
    before the Origin header, which a proxy in front of the server leaves unchanged while it changes the Host.
    """
    site = environ.get("HTTP_SEC_FETCH_SITE", "none")
    if site == "same-origin":
        return False
    origin = environ.get("HTTP_ORIGIN")
    own = f"http://{environ.get('HTTP_HOST', '')}".lower()
    return site != "none" or (origin is not None and origin.lower() != own)


def _is_navigation(environ: Mapping[str, Any]) -> bool:
    """Whether the request is for a page of its own, in a tab or window: somebody clicked a link.

    The page with the link cannot read the answer; a frame, which could trick people into clicking, is not a navigation.
    """
    reads = environ["REQUEST_METHOD"] in ("GET", "HEAD")
    return (
        reads and environ.get("HTTP_SEC_FETCH_MODE") == "navigate" and environ.get("HTTP_SEC_FETCH_DEST") == "document"
    )


def _share(origin: str | None, answer: Response) -> Response:
    """The answer for caches, which must not give it to other origins, and for the page of the origin, if it may read.

    No cookie or client certificate is ever needed, so there is no Access-Control-Allow-Credentials, and `*` exposes
    every header. A header that a fault has set stays.
    """
    answer.vary.add("Origin")
    if origin is not None:
        answer.headers.setdefault("Access-Control-Allow-Origin", origin)
        answer.headers.setdefault("Access-Control-Expose-Headers", "*")
    return answer
