"""Where a shared store is: the URL of an engine, as `--store` takes it, checked before anything connects.

No error quotes the URL: whatever is wrong with it, the password may be the part that is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

SCHEMES = ("redis", "rediss", "unix", "valkey", "valkeys")
_REDIS = {"valkey": "redis", "valkeys": "rediss"}
"""Schemes that mean the same to the client."""

_OWN = ("prefix", "password_file")
_TLS = ("ssl_ca_certs", "ssl_ca_path", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile")
"""Options for which the client needs TLS."""

_MORE = {"rediss": _TLS, "valkeys": _TLS, "unix": ("db",)}
"""Further options of some schemes."""

DEFAULT_PREFIX = "mockserver"
_PREFIX = re.compile(r"[A-Za-z0-9._-]{1,100}")
_WORD = re.compile(r"[a-z_]{1,30}")
_FORM = "it must be a URL as in redis://host:6379/0"
_ENCODED = "in a user or password, each of the characters / ? # @ : % is written as %2F, %3F, %23, %40, %3A, %25"


class AddressError(ValueError):
    """A URL that names no engine; the text says why."""


class StoreUnusable(Exception):
    """A store that this server cannot use; the text says why, and what to do."""


class UnreadableDocument(StoreUnusable):
    """A sandbox in a store that this version cannot read; the text says why."""


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """The URL that the client understands, with the password apart, and the prefix of the keys."""

    url: str = field(repr=False)
    prefix: str = DEFAULT_PREFIX
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> "StoreAddress":
        """An address as in redis://host:6379/0?prefix=team&password_file=/run/secrets/store; AddressError."""
        parts = _split(text)
        options = _options(parts)
        _check_target(parts, options)
        prefix = options.get("prefix", DEFAULT_PREFIX)
        if not _PREFIX.fullmatch(prefix):
            raise AddressError("the prefix of the store must be 1 to 100 letters, digits and any of ._-")
        password = _read_password(Path(options["password_file"]), parts) if "password_file" in options else None
        query = urlencode({name: value for name, value in options.items() if name not in _OWN})
        url = f"{_REDIS.get(parts.scheme, parts.scheme)}://{parts.netloc}{parts.path}"
        return cls(f"{url}?{query}" if query else url, prefix, password)

    def __str__(self) -> str:
        """The URL without user, password and options."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise AddressError(f"the store has no valid host and port: {_FORM}; {_ENCODED}") from None
    if parts.scheme not in SCHEMES:
        shown = f"{parts.scheme}://" if "://" in text and parts.scheme else "without a scheme"
        raise AddressError(f"the store cannot be {shown}: {_FORM}, with one of the schemes {', '.join(SCHEMES)}")
    if parts.fragment or "#" in text:
        raise AddressError(f"the store has a part after #: {_FORM}; {_ENCODED}")
    return parts


def _options(parts: SplitResult) -> dict[str, str]:
    """The options in the query; AddressError for one that is unknown, repeated, empty, or without effect."""
    known = (*_OWN, *_MORE.get(parts.scheme, ()))
    found: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in known:
            shown = f"option {name!r}" if _WORD.fullmatch(name) else "such option"
            needs_tls = "; it needs TLS, with rediss:// or valkeys://" if name in _TLS else ""
            raise AddressError(
                f"the store has no {shown}{needs_tls}; for {parts.scheme}://, there are: {', '.join(known)}; {_ENCODED}"
            )
        if name in found or not value:
            raise AddressError(f"the option {name} of the store must have one value")
        found[name] = value
    return found


def _check_target(parts: SplitResult, options: Mapping[str, str]) -> None:
    if parts.scheme == "unix":
        if not parts.path.startswith("/") or parts.hostname or not options.get("db", "0").isdecimal():
            raise AddressError("the store must be a path and a database number, as in unix:///run/redis.sock?db=0")
    elif not parts.hostname:
        raise AddressError(f"the store has no host: {_FORM}; {_ENCODED}")
    elif not re.fullmatch(r"(/[0-9]*)?", parts.path):
        raise AddressError(f"the path of the store must be the number of a database: {_FORM}; {_ENCODED}")


def _read_password(path: Path, parts: SplitResult) -> str:
    if parts.password is not None:
        raise AddressError("the store has a password in its URL and a password_file: leave one of them out")
    try:
        password = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise AddressError(f"the password_file {path} of the store cannot be read: {reason}") from error
    if not password:
        raise AddressError(f"the password_file {path} of the store is empty")
    return password
