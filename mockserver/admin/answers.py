"""Answers how a body of the control plane goes out: as JSON, kept by nobody, and read as nothing else.

What is in it stays out (`schemas`). No header here lets another origin read anything.
"""

from typing import Any

from flask import Response

from mockserver.gateway import response_cache

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""On every answer: state is never kept, and a page that embeds an answer as a script gets none."""


def json_response(
    body: dict[str, Any], status: int = 200, mimetype: str = "application/json", headers: dict[str, str] | None = None
) -> Response:
    """A response with this body."""
    # Half a surrogate pair, which only an echoed name can hold, has no UTF-8, and few clients would read its escape.
    data = response_cache.to_json(body).encode("utf-8", "replace")
    return Response(data, status, {**HEADERS, **(headers or {})}, mimetype=mimetype)


def text_response(content: bytes, mimetype: str) -> Response:
    """A response with a file's bytes."""
    return Response(content, 200, HEADERS, mimetype=mimetype)


def no_content() -> Response:
    """A response that says only that it is done."""
    return Response(status=204, headers=HEADERS)


def redirect(path: str) -> Response:
    """A response that sends the client to another path."""
    return Response(status=302, headers={**HEADERS, "Location": path})
