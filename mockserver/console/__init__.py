"""The console: one page for the browser, a client of the control plane that knows no vendor.

The page and its files contain nothing secret, so they need no admin token; the requests that the page sends do.
"""

from collections.abc import Container
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from flask import Response, abort, request, send_from_directory

_FOLDER: Final = Path(__file__).parent / "files"
_FILES: Final = "/_mock/console/"
"""Where the page's files are."""

_DOCS: Final = "/_mock/docs/"
_PAGES: Final = ("/", "/_mock/")
_SWAGGER_UI: Final = ("swagger-ui.css", "swagger-ui-bundle.js")
"""The files of Swagger UI, which the package flask_swagger_ui contains."""

_TYPES: Final = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""The types of the files, whatever the machine's own list says."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On the page and each of its files."""

_POLICY: Final = "Content-Security-Policy"
_POLICY_OF_DOCS: Final = f"{HEADERS[_POLICY]}; img-src 'self' data:"
"""The style sheet of Swagger UI contains its icons."""


def respond(documents: Container[str]) -> Response | None:
    """The page, or the file of it, that the current request is for; None if it is for something else.

    The console is for whoever names text/html in the Accept header. `documents` are the names of the OpenAPI files;
    each has a page too. 405 for a method other than GET and HEAD on anything but the console.
    """
    path = request.path
    if path in _PAGES:
        return _send("index.html") if _reads() and _wants_html() else None
    folder, _, name = path.rpartition("/")
    if f"{folder}/" == _DOCS and name in documents:
        name = "docs.html"
    elif f"{folder}/" != _FILES or name not in _files():
        return None
    if not _reads():
        abort(405, valid_methods=["GET", "HEAD"])
    return _send(name)


@cache
def _files() -> dict[str, Path]:
    """The folder of each file."""
    swagger_ui = dict.fromkeys(_SWAGGER_UI, Path(str(files("flask_swagger_ui"))) / "dist")
    return swagger_ui | {path.name: _FOLDER for path in _FOLDER.iterdir()}


def _reads() -> bool:
    return request.method in {"GET", "HEAD"}


def _wants_html() -> bool:
    return any(kind.lower() == "text/html" and quality > 0 for kind, quality in request.accept_mimetypes)


def _send(name: str) -> Response:
    """A file, which the browser may keep, but must ask about each time."""
    response = send_from_directory(_files()[name], name, mimetype=_TYPES[Path(name).suffix], max_age=0)
    response.headers.update(HEADERS)
    if name == "index.html":
        response.vary.add("Accept")
    if name == "docs.html":
        response.headers[_POLICY] = _POLICY_OF_DOCS
    return response
