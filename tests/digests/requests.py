"""Requests and scenes: what is sent to the vendors, and the state of the simulator in which it is sent.

Sending them stays out (`sending`), and so does which ones there are (each vendor's file).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOW = "2025-10-21T10:30:00Z"
"""The frozen moment of nearly every scene."""

MOMENTS = (
    "2025-10-21T01:59:59Z",
    "2025-10-21T02:00:00Z",
    "2025-10-21T23:59:59.999999Z",
    "2024-02-29T12:00:00Z",
    "2025-12-31T23:59:59Z",
    "2026-01-01T00:00:00Z",
)
"""Others: around the hour of publication, on a leap day, and on both sides of a year's end."""

ORGANIZATIONS = ("acme", "globex", "initech", "documented", "empty")
"""The organizations of every size but the largest, which is too large for many requests."""

CLIENTS = Path(__file__).parent / "clients.yaml"
"""An organization of its own, with clients of many versions."""

GRANTED, FORBIDDEN, GROUPS = "granted", "forbidden", "groups"
"""The roles of the seeded tokens; any other text is a whole Authorization header, and None is no header."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a vendor; names in braces in its target and header are filled from the organization.

    `{next}` is the query that leads on from the page before.
    """

    target: str
    method: str = "GET"
    token: str | None = GRANTED
    body: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """How the request is called among the digests."""
        parts = [f"{self.method} {self.target}"]
        parts += [] if self.token == GRANTED else [f"[as {self.token}]"]
        parts += [f"{name}: {value}" for name, value in self.headers]
        parts += [] if self.body is None else [f"< {self.body if len(self.body) < 120 else f'{self.body[:60]}…'}"]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Moved:
    """A change of the clock between two requests."""

    now: str


Item = Request | Moved


@dataclass(frozen=True, slots=True)
class Scene:
    """Requests to one vendor, in order, in a state of the simulator: bodies are those of the control plane.

    `settings` are keyword arguments of an app of its own; `own` is for a sandbox that is made for the scene.
    """

    name: str
    vendor: str
    items: Sequence[Item]
    organization: str = "acme"
    now: str = NOW
    limits: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    defects: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False


@dataclass(frozen=True, slots=True)
class Vendor:
    """What the scenes that every vendor has are made of.

    `operations` holds a good target for each operationId, `targets` what is sent at every organization, `battery` what
    shows a switch, `faulty` requests that are refused for their parameters, `strange` those for paths that are not
    there. `switches` has every value of each switch, `defects` the targets that show each one.
    """

    name: str
    operations: Mapping[str, str]
    targets: Sequence[str]
    cheap: Sequence[str]
    battery: Sequence[Item]
    switches: Mapping[str, Sequence[Any]]
    defects: Mapping[str, Sequence[str]]
    faulty: Sequence[Request]
    strange: Sequence[str]


def gets(targets: Sequence[str]) -> list[Request]:
    """A GET for each target."""
    return [Request(target) for target in targets]


def without(target: str, *names: str) -> str:
    """A target whose query lacks parameters."""
    path, _, query = target.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in names]
    return f"{path}?{'&'.join(kept)}" if kept else path


def beside(target: str, *pairs: str) -> str:
    """A target with more in its query."""
    more = "&".join(pairs)
    return f"{target}{'&' if '?' in target else '?'}{more}"


def varied(target: str, name: str, values: Sequence[str]) -> Iterator[str]:
    """A target without a parameter, with it twice, and with it at each of some values."""
    rest = without(target, name)
    yield rest
    for value in values:
        yield beside(rest, f"{name}={value}")
    yield beside(rest, f"{name}={values[0]}", f"{name}={values[-1]}")


def each(*groups: Iterator[str]) -> list[Request]:
    """A GET for each target of some groups, once."""
    return gets(tuple(dict.fromkeys(target for group in groups for target in group)))


BAD_DAYS = (
    "",
    "2025-13-01",
    "2025-02-29",
    "20251015",
    "2025-10-15T00:00:00Z",
    "yesterday",
    "%202025-10-15",
    "%D9%A2%D9%A0%D9%A2%D9%A5-10-15",
    "2025-10-15%00",
    "9" * 300,
    "2099-01-01",
    "0001-01-01",
)
"""What is no day, or one far away."""

BAD_COUNTS = ("", "0", "-1", "1.5", "x", "007", "%2B5", "99999", "9" * 300, "%D9%A2", "1e3")
"""What is no count, or a very large one."""
