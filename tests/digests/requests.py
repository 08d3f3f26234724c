"""The types of requests and scenes; a scene is a list of requests in a given state of the simulator.

Each vendor lists its own in `tests/vendors/<vendor>/scenes.py`; `sending` sends them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOW = "2025-10-21T10:30:00Z"
"""The frozen time of nearly every scene."""

MOMENTS = (
    "2025-10-21T01:59:59Z",
    "2025-10-21T02:00:00Z",
    "2025-10-21T23:59:59.999999Z",
    "2024-02-29T12:00:00Z",
    "2025-12-31T23:59:59Z",
    "2026-01-01T00:00:00Z",
)
"""Other times: around the hour of publication, on a leap day, and before and after New Year."""

ORGANIZATIONS = ("acme", "globex", "initech", "documented", "empty")
"""All organizations except hooli, which is too large for many requests."""

CLIENTS = Path(__file__).parent / "clients.yaml"
"""An organization file: people with old versions of the JetBrains clients."""

GRANTED, FORBIDDEN, GROUPS = "granted", "forbidden", "groups"
"""The roles of the seeded tokens. Any other text is a whole Authorization header, and None means no header."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a vendor. Placeholders in its target and header are filled in for the organization.

    `{next}` is the query of the page after the previous one.
    """

    target: str
    method: str = "GET"
    token: str | None = GRANTED
    body: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The key of the request in the file of digests."""
        parts = [f"{self.method} {self.target}"]
        parts += [] if self.token == GRANTED else [f"[as {self.token}]"]
        parts += [f"{name}: {value}" for name, value in self.headers]
        parts += [] if self.body is None else [f"< {self.body if len(self.body) < 120 else f'{self.body[:60]}…'}"]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A change of the clock between two requests."""

    now: str


Item = Request | ClockChange


@dataclass(frozen=True, slots=True)
class Scene:
    """Requests to one vendor, in order, and the state of the simulator, as bodies for `/_mock`.

    With `settings`, keyword arguments of Settings, the scene gets its own app. With `own_sandbox`, it gets its own
    sandbox.
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
    own_sandbox: bool = False


Read = Callable[[str], Any]
"""Sends a GET with the seeded token of the vendor, and returns the JSON of the answer."""


def no_placeholders(_: Read) -> Mapping[str, str]:
    """Return the placeholders of a vendor whose requests need none."""
    return {}


@dataclass(frozen=True, slots=True)
class Material:
    """The data of a vendor from which the scenes common to all vendors are built.

    * `operations` has a valid target for each operationId.
    * `targets` are requested for all organizations except the largest, `cheap` targets for the largest.
    * `battery` are requests that show the effects of switches. `switches` has options to try of a switch that renames
      fields, or has too many options; all options of the others are tried.
    * `defects` has the targets that show each defect.
    * `faulty` requests have invalid parameters, and `strange` targets have unknown paths.
    * `placeholders` returns ids and addresses for the placeholders in the requests of any vendor.
    """

    name: str
    operations: Mapping[str, str]
    targets: Sequence[str]
    cheap: Sequence[str]
    battery: Sequence[Item]
    defects: Mapping[str, Sequence[str]]
    faulty: Sequence[Request]
    strange: Sequence[str]
    switches: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    placeholders: Callable[[Read], Mapping[str, str]] = no_placeholders


def gets(targets: Sequence[str]) -> list[Request]:
    """Return a GET request for each target."""
    return [Request(target) for target in targets]


def without(target: str, *names: str) -> str:
    """Return a target without some of its query parameters."""
    path, _, query = target.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in names]
    return f"{path}?{'&'.join(kept)}" if kept else path


def with_query(target: str, *pairs: str) -> str:
    """Return a target with additional query parameters."""
    added = "&".join(pairs)
    return f"{target}{'&' if '?' in target else '?'}{added}"


def varied(target: str, name: str, values: Sequence[str]) -> Iterator[str]:
    """Yield a target without a parameter, with each of some values for it, and with the parameter twice."""
    rest = without(target, name)
    yield rest
    for value in values:
        yield with_query(rest, f"{name}={value}")
    yield with_query(rest, f"{name}={values[0]}", f"{name}={values[-1]}")


def each(*groups: Iterator[str]) -> list[Request]:
    """Return a GET request for each distinct target in some groups."""
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
"""Invalid days, and days in the distant past and future."""

BAD_COUNTS = ("", "0", "-1", "1.5", "x", "007", "%2B5", "99999", "9" * 300, "%D9%A2", "1e3")
"""Invalid numbers, and very large ones."""
