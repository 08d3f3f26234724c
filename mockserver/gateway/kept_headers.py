"""The headers that the journal keeps: those that decide an answer, or help to find out why it is as it is.

They are kept as they came, and redacted when they are read. Values are bounded, so that the journal is.
"""

from functools import lru_cache
from itertools import repeat
from typing import Final, NamedTuple
from wsgiref.types import WSGIEnvironment

AUTHORIZATION: Final = "Authorization"
REQUEST_HEADERS: Final = (
    *("Accept", "Accept-Encoding", AUTHORIZATION, "Connection", "Content-Encoding", "Content-Length", "Content-Type"),
    *("Cookie", "Expect", "Host", "If-Modified-Since", "If-None-Match", "Idempotency-Key", "Origin"),
    *("Proxy-Authorization", "Range", "Traceparent", "User-Agent", "X-Api-Key", "X-Correlation-Id", "X-Request-Id"),
)
"""Headers of a request that are kept."""

_RESPONSE_HEADERS: Final = frozenset(
    (
        *("allow", "cache-control", "content-encoding", "content-length", "content-type", "etag", "last-modified"),
        *("link", "location", "retry-after", "www-authenticate"),
    )
)
_LIMIT_PREFIXES: Final = ("ratelimit", "x-ratelimit", "x-rate-limit")
"""What the names of headers about a rate limit begin with."""

VALUE_MAXIMUM: Final = 256
AUTHORIZATION_MAXIMUM: Final = 2048
"""The longest values that are kept, in characters; of a longer one, only its length is."""

SENT: Final = "mockserver.sent_headers"
"""The environ's key of the SentHeaders of a request, where the server has them ready."""

Headers = tuple[tuple[str, str], ...]


class SentHeaders(NamedTuple):
    """The values of the REQUEST_HEADERS in their order; an empty one where the request has no such header."""

    values: tuple[str, ...] = ("",) * len(REQUEST_HEADERS)

    @property
    def authorization(self) -> str | None:
        """The Authorization header; None where there is none."""
        return self.values[_AUTHORIZATION_AT] or None

    @property
    def pairs(self) -> Headers:
        """The names and values of those that were sent."""
        return tuple((name, value) for name, value in zip(REQUEST_HEADERS, self.values, strict=True) if value)


NONE_SENT: Final = SentHeaders()
_AUTHORIZATION_AT: Final = REQUEST_HEADERS.index(AUTHORIZATION)
_UNPREFIXED: Final = ("Content-Length", "Content-Type")
_KEYS: Final = tuple(
    ("" if name in _UNPREFIXED else "HTTP_") + name.upper().replace("-", "_") for name in REQUEST_HEADERS
)


def of_request(environ: WSGIEnvironment) -> SentHeaders:
    """The headers of a request that are kept."""
    ready: SentHeaders | None = environ.get(SENT)
    if ready is not None:
        return ready
    values: tuple[str, ...] = tuple(map(environ.get, _KEYS, repeat("")))
    return _sent(values if sum(map(len, values)) <= VALUE_MAXIMUM else _bounded(values))


_sent: Final = lru_cache(256)(SentHeaders)
"""Makes the SentHeaders of values; those of equal ones, as a client sends them, are the same object."""


def _bounded(values: tuple[str, ...]) -> tuple[str, ...]:
    """The same values with the length of each that is too long.

    Other headers may repeat a part of an Authorization header; one that is not kept could not be recognized in them.
    """
    authorization = values[_AUTHORIZATION_AT]
    if len(authorization) > AUTHORIZATION_MAXIMUM:
        return tuple(_length(each) if each is authorization else "" for each in values)
    return tuple(each if each is authorization or len(each) <= VALUE_MAXIMUM else _length(each) for each in values)


@lru_cache(256)
def of_response(headers: Headers) -> Headers:
    """The headers of an answer that are kept; equal ones are the same object."""
    return tuple((name, _short(value)) for name, value in headers if _is_kept(name.lower()))


def _is_kept(name: str) -> bool:
    return name in _RESPONSE_HEADERS or name.startswith(_LIMIT_PREFIXES)


def _short(value: str) -> str:
    return value if len(value) <= VALUE_MAXIMUM else _length(value)


def _length(value: str) -> str:
    return f"[{len(value)} characters]"
