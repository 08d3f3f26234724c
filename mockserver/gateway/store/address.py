"""Where a shared store is: the URL of an engine, as `--store` takes it, checked before anything connects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SCHEMES = ("redis", "rediss", "unix", "valkey", "valkeys")
_REDIS = {"valkey": "redis", "valkeys": "rediss"}
"""Schemes that mean the same to the client."""

_OWN = ("prefix", "password_file")
DEFAULT_PREFIX = "mockserver"


class AddressError(ValueError):
    """A URL that names no engine; the text says why."""


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """The URL that the client understands, with the password apart, and the prefix of the keys."""

    url: str
    prefix: str = DEFAULT_PREFIX
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str, read_password: Callable[[str], str]) -> "StoreAddress":
        """An address as in redis://host:6379/0?prefix=team&password_file=/run/secrets/store; AddressError."""
        parts = urlsplit(text)
        if parts.scheme not in SCHEMES:
            raise AddressError(
                f"{_without_password(text)!r} is no store: it must be a URL as in redis://host:6379/0, "
                f"with one of the schemes {', '.join(SCHEMES)}"
            )
        if not (parts.hostname or (parts.scheme == "unix" and parts.path)):
            raise AddressError(f"{_without_password(text)!r} names no host, as in redis://host:6379/0")
        options = dict(parse_qsl(parts.query))
        password = read_password(options["password_file"]) if "password_file" in options else None
        prefix = options.get("prefix", DEFAULT_PREFIX)
        if not prefix or any(letter in prefix for letter in "{}:* "):
            raise AddressError(f"the prefix cannot be {prefix!r}: it must be text without spaces and any of {{}}:*")
        query = urlencode({name: value for name, value in options.items() if name not in _OWN})
        scheme = _REDIS.get(parts.scheme, parts.scheme)
        return cls(urlunsplit((scheme, parts.netloc, parts.path, query, "")), prefix, password)

    def __str__(self) -> str:
        return _without_password(self.url)


def _without_password(text: str) -> str:
    parts = urlsplit(text)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
