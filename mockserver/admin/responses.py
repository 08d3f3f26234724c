"""Responses of the control plane: JSON, files, redirects, and no content.

They are never cached, never sniffed for another type, and never readable by another origin.
"""

from typing import Any

from flask import Response

from mockserver.gateway import response_cache

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""On every response: state is not cached, and a page that embeds a response as a script gets none."""


def json_response(
    body: dict[str, Any], status: int = 200, mimetype: str = "application/json", headers: dict[str, str] | None = None
) -> Response:
    """A response with this body."""
    # Half a surrogate pair, which only an echoed name can contain, has no UTF-8, and few clients read its escape.
    data = response_cache.to_json(body).encode("utf-8", "replace")
    return Response(data, status, {**HEADERS, **(headers or {})}, mimetype=mimetype)


def created(body: dict[str, Any], location: str) -> Response:
    """A 201 with this body; `location` is the new resource's path."""
    return json_response(body, 201, headers={"Location": location})


def file_response(content: bytes, mimetype: str) -> Response:
    """A response with the bytes of a file."""
    return Response(content, 200, HEADERS, mimetype=mimetype)


def no_content() -> Response:
    """A 204."""
    return Response(status=204, headers=HEADERS)


def redirect(path: str) -> Response:
    """A 302 to another path."""
    return Response(status=302, headers={**HEADERS, "Location": path})
