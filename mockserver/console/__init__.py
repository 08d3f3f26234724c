"""The console: one page for the browser, a client of the control plane that knows no vendor; and the documentation.

The pages and their files contain nothing secret, so they need no admin token; the requests that the console sends do.
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

SITE: Final = Path(__file__).parent / "site"
"""The documentation, if it was built: `make docs` writes it, and a wheel that was built afterwards contains it."""

_DOCS: Final = "/_mock/docs/"
"""Where the documentation is, whose files all have a suffix, and a page for each OpenAPI file, without one."""

_PAGES: Final = ("/", "/_mock/")
_SWAGGER_UI: Final = ("swagger-ui.css", "swagger-ui-bundle.js")
"""The files of Swagger UI, which the package flask_swagger_ui contains."""

_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""The types of the files, whatever the machine's own list says."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On the page and each of its files."""

_POLICY: Final = "Content-Security-Policy"
_POLICY_OF_SWAGGER_UI: Final = f"{HEADERS[_POLICY]}; img-src 'self' data:"
"""The style sheet of Swagger UI contains its icons."""

_POLICY_OF_SITE: Final = HEADERS[_POLICY].replace("form-action 'none'", "form-action 'self'")
"""The search box of the documentation is a form."""


def respond(documents: Container[str]) -> Response | None:
    """The page, or the file of it, that the current request is for; None if it is for something else.

    The console is for whoever names text/html in the Accept header. `documents` are the names of the OpenAPI files;
    each has a page too. 405 for a method other than GET and HEAD on anything but the console.
    """
    path = request.path
    if path in _PAGES:
        return _send(_FOLDER / "index.html") if _reads() and _wants_html() else None
    file = _find(path, documents)
    if file is None:
        return None
    if not _reads():
        abort(405, valid_methods=["GET", "HEAD"])
    return _send(file)


def _find(path: str, documents: Container[str]) -> Path | None:
    """The file at a path; that of the whole documentation may be one that says how to have it."""
    if path == _DOCS:
        return _files().get(f"{_DOCS}index.html", _FOLDER / "without-docs.html")
    if path.startswith(_DOCS) and path.removeprefix(_DOCS) in documents:
        return _FOLDER / "docs.html"
    return _files().get(path)


@cache
def _files() -> dict[str, Path]:
    """Every file, by its path: the console's own, those of Swagger UI, and those of the documentation."""
    swagger_ui = Path(str(files("flask_swagger_ui"))) / "dist"
    console = [*_FOLDER.iterdir(), *(swagger_ui / name for name in _SWAGGER_UI)]
    site = [path for path in SITE.rglob("*") if path.suffix in _TYPES]
    return {f"{_FILES}{path.name}": path for path in console} | {
        f"{_DOCS}{path.relative_to(SITE).as_posix()}": path for path in site
    }


def _reads() -> bool:
    return request.method in {"GET", "HEAD"}


def _wants_html() -> bool:
    return any(kind.lower() == "text/html" and quality > 0 for kind, quality in request.accept_mimetypes)


def _send(file: Path) -> Response:
    """A file, which the browser may keep, but must ask about each time."""
    response = send_from_directory(file.parent, file.name, mimetype=_TYPES[file.suffix], max_age=0)
    response.headers.update(HEADERS)
    if file.is_relative_to(SITE):
        response.headers[_POLICY] = _POLICY_OF_SITE
    elif file.name == "index.html":
        response.vary.add("Accept")
    elif file.name == "docs.html":
        response.headers[_POLICY] = _POLICY_OF_SWAGGER_UI
    elif file.name == "without-docs.html":
        response.status_code = 404
    return response
