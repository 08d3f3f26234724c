"""Answers how one server is to run: a frozen record, checked when it is made, with the rule that names its variables.

What a setting then does stays out, and so does the command line that usually fills it in.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

Limits = Literal["documented", "off"]
Server = Literal["granian", "threaded"]


class SettingsError(ValueError):
    """A setting that cannot be; the text says what, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to listen, what to simulate, and from which state the first sandbox starts.

    `now` is aware and in UTC; None is the wall clock. `policy` holds pairs of a "vendor.switch" and its value; they
    win over what `policy_file` states.
    `case` is the id of a situation that the first sandbox starts in; what differs from the defaults wins over it, and
    so does what `over_case` names by the names of these fields, for that was stated though it is the default.
    `organization_file` takes the place of the bundled `organization`. `journal_size` is each sandbox's, of which
    there may be `sandboxes_maximum` beside the first. `threads` is how many requests granian has in
    work at a time (measured; see `server.one_process`). SettingsError for what cannot be.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    organization: str = "acme"
    organization_file: Path | None = None
    case: str | None = None
    over_case: frozenset[str] = frozenset()
    now: datetime | None = None
    freeze: bool = False
    limits: Limits = "documented"
    policy: tuple[tuple[str, str], ...] = ()
    policy_file: Path | None = None
    admin_token: str | None = None
    journal_size: int = 10_000
    sandboxes_maximum: int = 1000
    server: Server = "granian"
    threads: int = 16

    def __post_init__(self) -> None:
        if self.now is not None and self.now.utcoffset() is None:
            raise SettingsError(
                f"now cannot be {self.now.isoformat()}: a time without a zone means another instant "
                "on every machine; give one that ends in Z"
            )
        if not self.admin_token and not is_loopback(self.host):
            raise SettingsError(
                f"{self.host} can be reached from other machines, and /_mock would let anybody there change what is "
                f"served; choose a token with --admin-token (or {variable('admin-token')}), or listen on 127.0.0.1"
            )


def variable(flag: str) -> str:
    """The environment variable of a flag: "journal-size" → MOCKSERVER_JOURNAL_SIZE."""
    return f"MOCKSERVER_{flag.replace('-', '_').upper()}"


def is_loopback(host: str) -> bool:
    """True when only this machine can reach the address; a name other than localhost is taken to be reachable."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_timestamp(text: str) -> datetime:
    """The instant that an RFC 3339 text names, in UTC; SettingsError for anything else."""
    try:
        stated = datetime.fromisoformat(text)
        if stated.utcoffset() is not None:
            return stated.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise SettingsError(f"{text!r} is not an instant: it takes a date, a time and a zone, as in 2025-10-21T10:30:00Z")


def parse_switch(text: str) -> tuple[str, str]:
    """The switch and the value in "vendor.switch=value"; SettingsError when the text has another form."""
    name, equals, value = text.partition("=")
    vendor, dot, switch = name.partition(".")
    if not (vendor and dot and switch and equals and value):
        raise SettingsError(
            f"{text!r} sets no switch: it takes vendor.switch=value; `mockserver switches` lists all of them"
        )
    return name, value
