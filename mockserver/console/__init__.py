"""The console: one page for the browser, a client of the control plane that knows no vendor.

The page and its files contain nothing secret, so they need no admin token; the requests that the page sends do.
"""

from functools import cache
from pathlib import Path
from typing import Final

from flask import Response, abort, request, send_from_directory

_FOLDER: Final = Path(__file__).parent / "files"
_FILES: Final = "/_mock/console/"
"""Where the page's files are."""

_PAGES: Final = ("/", "/_mock/")
_TYPES: Final = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""The types of the files, whatever the machine's own list says."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On the page and each of its files."""


def respond() -> Response | None:
    """The page, or the file of it, that the current request is for; None if it is for something else.

    The page is for whoever names text/html in the Accept header. 405 for a method other than GET and HEAD on a file.
    """
    if request.path in _PAGES:
        return _send("index.html") if _reads() and _wants_html() else None
    name = request.path.removeprefix(_FILES)
    if name == request.path or name not in _names():
        return None
    if not _reads():
        abort(405, valid_methods=["GET", "HEAD"])
    return _send(name)


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.iterdir())


def _reads() -> bool:
    return request.method in {"GET", "HEAD"}


def _wants_html() -> bool:
    return any(kind.lower() == "text/html" and quality > 0 for kind, quality in request.accept_mimetypes)


def _send(name: str) -> Response:
    """A file, which the browser may keep, but must ask about each time."""
    response = send_from_directory(_FOLDER, name, mimetype=_TYPES[Path(name).suffix], max_age=0)
    response.headers.update(HEADERS)
    if name == "index.html":
        response.vary.add("Accept")
    return response
