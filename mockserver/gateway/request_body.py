"""The body of a journaled request: its digest, and its bytes while they are few."""

import json
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from typing import NoReturn
from wsgiref.types import WSGIEnvironment

from flask import Request
from werkzeug.exceptions import HTTPException

from mockserver.gateway import socket_features

CANONICAL_MAXIMUM = 256 * 1024
"""The largest body that is read as JSON, in bytes; no vendor reads a larger one."""

CONTENT_MAXIMUM = 4096
"""The largest body that is kept, in bytes; of a larger one only the digest is kept."""


class RequestBody:
    """A body that is not empty. `content` is None if it is larger than CONTENT_MAXIMUM."""

    def __init__(self, content: bytes) -> None:
        self.content: bytes | None = content
        if len(content) > CONTENT_MAXIMUM:
            self.digest = _digest(content)
            self.content = None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the body: of its canonical form if it is JSON, else of its bytes."""
        return _digest(self.content or b"")


def is_sent(environ: WSGIEnvironment) -> bool:
    """Whether a request may have a body."""
    return environ.get("CONTENT_LENGTH", "0") not in {"0", ""} or "HTTP_TRANSFER_ENCODING" in environ


def of(request: Request) -> RequestBody | None:
    """The body of a request for which one is sent; None if it is empty, or if it could not be read."""
    stream = request.environ["wsgi.input"]
    # Our own servers read a body before they call the app.
    content = stream.getvalue() if isinstance(stream, BytesIO) else _read(request)
    return RequestBody(content) if content else None


def _read(request: Request) -> bytes:
    """The body from the stream of another server; Flask keeps it for the view. One that is too large is left there."""
    request.max_content_length = socket_features.READ_MAXIMUM
    with suppress(HTTPException):
        return request.get_data()
    return b""


def _digest(content: bytes) -> str:
    return sha256(_canonical(content)).hexdigest()


def _canonical(content: bytes) -> bytes:
    """A JSON text with sorted keys and without white space; anything else, and JSON with repeated keys, as it is."""
    if len(content) > CANONICAL_MAXIMUM:
        return content
    try:
        value = json.loads(content.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except (ValueError, RecursionError):
        return content
    return text.encode("utf-8", "surrogatepass")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is repeated")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
