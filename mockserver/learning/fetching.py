"""An OpenAPI file from a path or a URL: one request, with a bound on its size and its time.

Credentials go to the host of the URL alone, not where it redirects to.
"""

from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from analytics_mockserver.client.http import is_loopback
from mockserver.learning.errors import LearnError

BYTES_MAXIMUM = 20 * 1024 * 1024
"""The largest file, in bytes."""

_ACCEPTED = "application/json, application/yaml, text/yaml, */*;q=0.1"


class Unreachable(LearnError):
    """A URL that gave no file."""


def is_url(source: str) -> bool:
    """Whether a source is a URL, and not the path of a file."""
    return source.lower().startswith(("http://", "https://"))


def label(source: str) -> str:
    """A source as errors show it: a URL without its query and its user, which can be credentials."""
    if not is_url(source):
        return source
    parts = urlsplit(source)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def load(source: str, headers: Mapping[str, str], timeout: float) -> bytes:
    """The bytes of a file; LearnError where there are none, or too many."""
    return _fetch(source, headers, timeout) if is_url(source) else _read(Path(source))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file, str(path))
    except OSError as error:
        raise LearnError(f"{path}: cannot be read: {error.strerror or error}") from error


def _fetch(url: str, headers: Mapping[str, str], timeout: float) -> bytes:
    name = label(url)
    if "@" in urlsplit(url).netloc:
        raise LearnError(f"{name}: a URL must not have a user or a password; give them as --header 'NAME: VALUE'")
    try:
        request = Request(url, headers={"Accept": _ACCEPTED, **headers})  # noqa: S310 (http or https)
        with _opener(urlsplit(url).hostname or "").open(request, timeout=timeout) as response:
            content = _bounded(response, name)
            if response.length:  # A read with a bound takes the early end of an answer for its end.
                raise Unreachable(f"{name} gives no whole answer: {response.length} bytes are missing")
            return content
    except HTTPError as error:
        error.close()
        raise Unreachable(f"{name} answers {error.code}{_advice(error.code)}") from None
    except TimeoutError as error:
        raise Unreachable(f"{name} sent nothing for {timeout:g} s") from error
    except URLError as error:
        raise Unreachable(f"{name} cannot be reached: {_reason(error.reason)}") from None
    except LearnError:
        raise
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{name} gives no whole answer: {_reason(error)}") from None


def _bounded(file: IO[bytes], name: str) -> bytes:
    content = file.read(BYTES_MAXIMUM + 1)
    if len(content) > BYTES_MAXIMUM:
        raise LearnError(f"{name}: too large; an OpenAPI file has at most {BYTES_MAXIMUM:,} bytes")
    return content


def _advice(status: int) -> str:
    if status in {401, 403}:
        return (
            ": it wants a token that may read it; name the variable that has one with --token-env NAME, or give "
            "another header with --header 'NAME: VALUE'"
        )
    return ": look for the address of the file in the page that shows the API" if status == 404 else ""


def _reason(error: object) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _opener(host: str) -> OpenerDirector:
    """An opener of HTTP alone: no other scheme, also not after a redirect; without proxies for this machine."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler({} if is_loopback(host) else None),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        _SameHostRedirect(),
        HTTPErrorProcessor(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


class _SameHostRedirect(HTTPRedirectHandler):
    """Follows redirects; to another host, scheme or port without the headers that were given."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and _origin(request.full_url) != _origin(req.full_url):
            request.headers = {"Accept": _ACCEPTED}
        return request


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
