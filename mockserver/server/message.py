"""One request as it was read off a connection, and the environ of it that the app gets."""

import io
import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIEnvironment

from mockserver.gateway import kept_headers, request_key, socket_features
from mockserver.gateway.socket_features import BodyProblem

log = logging.getLogger(__name__)

_KEYS_MAXIMUM = 500
_LENGTHS = frozenset((b"content-length", b"transfer-encoding"))
"""Headers of the framing; the app gets the length of the body that was read."""


class _ErrorLog(io.TextIOBase):
    """Passes on to the log what an app reports about a request."""

    def write(self, text: str, /) -> int:
        log.warning(text.rstrip())
        return len(text)


_COMMON: WSGIEnvironment = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": _ErrorLog(),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


@dataclass(slots=True)
class Message:
    """A request while it is read, and afterwards: `method` and `version` are known once its head is complete.

    `received` counts all its bytes, `body_size` those of its body; `keep_alive` is whether its client wants to send
    more requests on the connection, and `is_declined` whether its body is not read because nobody needs it. Once it is
    complete, it does not change, except that its body is forgotten.
    """

    target: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)
    method: str = ""
    version: str = "1.1"
    problem: BodyProblem | None = None
    keep_alive: bool = False
    is_chunked: bool = False
    is_head_complete: bool = False
    is_declined: bool = False
    head_size: int = 0
    body_size: int = 0
    received: int = 0
    _environ: WSGIEnvironment | None = None

    def values(self, name: bytes) -> list[bytes]:
        """The values of a header, by its name in lower case."""
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def is_simple(self) -> bool:
        """Whether its answer ends with its body and leaves the connection open, as most do."""
        return self.keep_alive and self.version == "1.1" and self.method != "HEAD"

    @property
    def has_body(self) -> bool:
        """Whether the head declares a body."""
        return self.is_chunked or self.values(b"content-length") not in ([], [b"0"])

    @property
    def declared_size(self) -> int:
        """How long the body is by its Content-Length; 0 without one."""
        return int(b"".join(self.values(b"content-length")) or 0)

    @property
    def waits_to_send(self) -> bool:
        """Whether its client sends the body only after a `100 Continue`."""
        return (
            self.version == "1.1"
            and self.has_body
            and [value.lower() for value in self.values(b"expect")] == [b"100-continue"]
        )

    def environ(self) -> WSGIEnvironment:
        """What the app may ask for of a complete request itself: its method, path, query string and headers.

        It is the same object for every request that is recognized as this one.
        """
        if self._environ is None:
            self._environ = self._make_environ(self.declared_size if self.is_declined else self.body_size)
        return self._environ

    def head_environ(self, fixed: dict[str, Any]) -> WSGIEnvironment:
        """The environ of a request of which only the head was read: with the declared length, and without a body."""
        return self.whole_environ(self._make_environ(self.declared_size), fixed)

    def _make_environ(self, size: int) -> WSGIEnvironment:
        """The host of a target that is a whole URL replaces the Host header, as HTTP demands."""
        target, host = self.target.decode("latin-1"), None
        if not target.startswith("/"):
            host, _, target = target.partition("://")[2].partition("/")
            target = f"/{target}"
        path, _, query = target.partition("?")
        if "%" in path:
            path = unquote_to_bytes(path).decode("latin-1")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            socket_features.BODY_PROBLEM: self.problem,
        }
        for name, value in self.headers:
            key = _KEYS.get(name) or _key(name)
            if key is not _IGNORED:
                text = value.decode("latin-1")
                environ[key] = f"{environ[key]},{text}" if key in environ else text
        if size:
            environ["CONTENT_LENGTH"] = str(size)
        if host is not None:
            environ["HTTP_HOST"] = host
        environ[kept_headers.SENT] = kept_headers.of_request(environ)
        environ[request_key.READY] = request_key.of(environ)
        return environ

    def whole_environ(self, environ: WSGIEnvironment, fixed: dict[str, Any]) -> WSGIEnvironment:
        """The same with everything that WSGI demands, and the keys that are `fixed` for the connection."""
        return {
            **_COMMON,
            **fixed,
            **environ,
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "wsgi.input": io.BytesIO(b"".join(self.body)),
            "wsgi.input_terminated": self.is_chunked,
        }


_IGNORED = "-"
_KEYS: dict[bytes, str] = {}


def _key(name: bytes) -> str:
    """The environ's key of a header; the first few hundred names are kept, as clients use the same again and again."""
    lower = name.lower()
    if b"_" in name or lower in _LENGTHS:  # X-A and X_A would be one key.
        key = _IGNORED
    elif lower == b"content-type":
        key = "CONTENT_TYPE"
    else:
        key = f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
    if len(_KEYS) < _KEYS_MAXIMUM:
        _KEYS[name] = key
    return key
