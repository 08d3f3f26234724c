"""The settings of one server: a frozen record that checks itself, and the rule that names its environment variables.

The command line that usually fills it in is in `cli`.
"""

import re
import sys
from dataclasses import dataclass, field, fields
from datetime import datetime
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from analytics_mockserver import admin_token
from mockserver.simulation import clock

if TYPE_CHECKING:
    from mockserver.gateway.store.address import StoreAddress

Limits = Literal["documented", "off"]

_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_DEFAULT_PORT = re.compile(r"(http://.*):80|(https://.*):443")
_ORIGIN_RULE = (
    "it must be scheme://host or scheme://host:port, without a path or a slash at the end, "
    "as in http://localhost:3000; names outside ASCII are written as in xn--mnchen-3ya.example"
)
_ORIGIN_RULES = {
    "*": "with it, every page that somebody visits could read this server; name each origin, as in http://localhost:3000",
    "null": "every page in a file or a sandboxed frame has it, whoever made it; serve the page over HTTP",
}
"""The rules for two values that other servers accept."""


_BY_APP: Final[dict[str, Any]] = {"is_checked_by_app": True}
"""Marks a setting that needs the files, switches or cases of an app to be checked."""


class SettingsError(ValueError):
    """An invalid setting; the text says what is wrong, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to listen, what to simulate, and how the default sandbox starts.

    `now` is aware and in UTC; None is the wall clock. `policy` holds pairs of a "vendor.switch" and its value, which
    win over `policy_file`. `case` is the id of a case that the default sandbox starts in; settings that differ from
    their defaults win over it, and so do the fields named in `over_case`, which were given although they are equal to
    the default. `profile` names a bundle of faults, switches and defects, over which settings win. `organization_file`
    replaces the bundled `organization`. The server may be requested by the names in `allowed_host` too, and pages of
    the origins in `cors_origin` may read the vendors' answers. `journal_size` is that of each sandbox, of which there
    may be `sandboxes_maximum` beside the default one. `threads` is how many requests the app handles at a time.
    `store` is the URL of an engine that several servers keep their sandboxes in; with `reset_store`, it is emptied at
    the start. `workers` is how many processes serve. SettingsError for invalid values.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    organization: str = "acme"
    organization_file: Path | None = field(default=None, metadata=_BY_APP)
    case: str | None = field(default=None, metadata=_BY_APP)
    over_case: frozenset[str] = frozenset()
    profile: str | None = field(default=None, metadata=_BY_APP)
    now: datetime | None = None
    freeze: bool = False
    limits: Limits = "documented"
    policy: tuple[tuple[str, str], ...] = field(default=(), metadata=_BY_APP)
    policy_file: Path | None = field(default=None, metadata=_BY_APP)
    admin_token: str | None = None
    allowed_host: tuple[str, ...] = ()
    cors_origin: tuple[str, ...] = ()
    journal_size: int = 10_000
    sandboxes_maximum: int = 1000
    threads: int = 16
    store: str | None = field(default=None, metadata=_BY_APP, repr=False)
    reset_store: bool = False
    workers: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", _without_brackets(self.host))
        object.__setattr__(self, "allowed_host", tuple(map(parse_host, self.allowed_host)))
        object.__setattr__(self, "cors_origin", tuple(map(parse_origin, self.cors_origin)))
        if self.now is not None and self.now.utcoffset() is None:
            raise SettingsError(
                f"now cannot be {self.now.isoformat()}: a time without a time zone differs "
                "from machine to machine; give one that ends in Z"
            )
        self._check_store()
        if self.admin_token is not None:
            self._check_admin_token(self.admin_token)
        elif not is_loopback(self.host):
            raise SettingsError(
                f"{self.host} can be reached from other machines, and /_mock would let anybody there change what is "
                f"served; choose a token with --admin-token-file (or {variable('admin-token')}), or listen on 127.0.0.1"
            )

    @property
    def needs_app(self) -> bool:
        """Whether any setting is given that only an app can check."""
        checked = [each for each in fields(self) if "is_checked_by_app" in each.metadata]
        return any(getattr(self, each.name) != each.default for each in checked)

    def _check_store(self) -> None:
        if self.store is not None:
            parse_store(self.store)
        elif self.reset_store:
            raise SettingsError("there is no store to reset: --reset-store needs --store")
        if self.workers < 1:
            raise SettingsError(f"there cannot be {self.workers} workers: there must be at least 1")
        if self.workers > 1 and self.store is None:
            raise SettingsError(
                f"{self.workers} workers need a store: each is a process with a memory of its own, so a sandbox, a "
                "clock or a limit that one of them changes would be another at the next; add --store redis://HOST, or "
                "leave --workers out"
            )
        if self.workers > 1 and sys.platform != "linux":
            raise SettingsError(
                f"{self.workers} workers need Linux, which spreads the connections to a port over several processes; "
                "start servers on several ports with one --store instead"
            )

    @staticmethod
    def _check_admin_token(token: str) -> None:
        try:
            admin_token.check(token)
        except admin_token.AdminTokenError as error:
            raise SettingsError(str(error)) from error


def variable(flag: str) -> str:
    """The environment variable of a flag: "journal-size" → MOCKSERVER_JOURNAL_SIZE."""
    return f"MOCKSERVER_{flag.replace('-', '_').upper()}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address; a name other than localhost counts as reachable."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def parse_host(text: str) -> str:
    """A host name or address, without the brackets of an address; SettingsError for anything else."""
    host = _without_brackets(text)
    if _NAME.fullmatch(host) or _is_address(host):
        return host
    raise SettingsError(
        f"{text!r} is no host that can be allowed: it must be one name or address as a client writes it into the URL, "
        "without scheme, port and wildcards, as in mockserver.test"
    )


def parse_origin(text: str) -> str:
    """An origin as browsers write it; SettingsError with the rule for anything else."""
    origin = text.lower()
    if _ORIGIN.fullmatch(origin):
        default = _DEFAULT_PORT.fullmatch(origin)  # Browsers leave it out.
        return origin if default is None else str(default[1] or default[2])
    raise SettingsError(f"{text!r} is no origin that can be allowed: {_ORIGIN_RULES.get(text, _ORIGIN_RULE)}")


def parse_store(text: str) -> "StoreAddress":
    """The address of a store; SettingsError with the rule for anything else, and where its client is not installed."""
    from mockserver.gateway.store.address import AddressError, StoreAddress

    try:
        found = StoreAddress.parse(text)
    except AddressError as error:
        raise SettingsError(str(error)) from error
    if find_spec("redis") is None:
        raise SettingsError(
            "a store needs the package redis, which is an extra: run `pip install 'analytics-mockserver[redis]'`, or "
            "in a checkout `pip install '.[redis]'`"
        )
    return found


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _without_brackets(host: str) -> str:
    """An IPv6 address may be written as in a URL."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def parse_timestamp(text: str) -> datetime:
    """The timestamp in an RFC 3339 text, in UTC; SettingsError for anything else."""
    try:
        parsed = clock.parse(text)
        if parsed.utcoffset() is not None:
            return parsed
    except ValueError:
        pass
    raise SettingsError(
        f"{text!r} is not a timestamp: it must have a date, a time and a time zone, as in 2025-10-21T10:30:00Z"
    )


def parse_switch(text: str) -> tuple[str, str]:
    """The switch and the value in "vendor.switch=value"; SettingsError for any other form."""
    name, equals, value = text.partition("=")
    vendor, dot, switch = name.partition(".")
    if not (vendor and dot and switch and equals and value):
        raise SettingsError(
            f"{text!r} sets no switch: it must be vendor.switch=value; `mockserver switches` lists all of them"
        )
    return name, value
