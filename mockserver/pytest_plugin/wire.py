"""Answers how a test's questions to the control plane go over a socket: one connection each, and never without end.

What they say stays out (`control`). Proxies of the environment are passed by: the server is near.
"""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from mockserver.pytest_plugin.control import NoResponse

PATIENCE = 10.0
"""Seconds after which a server counts as gone; it answers within milliseconds."""


class HttpTransport:
    """The way to the server at a URL."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port
        self._below = parts.path
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._patience = patience

    def __call__(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """One request; Silent when there is nobody, or no answer in time."""
        connection = self._kind(self._host, self._port, timeout=self._patience)
        try:
            connection.request(method, self._below + path, body or None, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except TimeoutError:
            raise NoResponse(f"nothing came within {self._patience:g} s") from None
        except (OSError, HTTPException) as error:
            raise NoResponse(str(error) or type(error).__name__) from None
        finally:
            connection.close()
