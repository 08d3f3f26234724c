"""An audit: checks every invariant at one server, and leaves the server as it was."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any, Literal

from mockserver.audit import cross_vendor
from mockserver.audit.invariant import Invariant, Violation
from mockserver.audit.reader import (
    HttpSender,
    NotApplicable,
    Reader,
    ServerUnusable,
    VendorRefused,
    VendorRequest,
    authorizations,
    original_names,
)
from mockserver.client import Client, NoAnswer, Refused

LONGEST = 90
"""Days of the longest range that can be audited, which every vendor returns in one request."""


REQUESTS_SHOWN = 20
"""How many requests a failed check lists: the last ones."""


DefectToArm = str | Mapping[str, str]
"""The name of a defect, or an object with a `name` and any of `vendor`, `operation` and a path, `at`."""


class InvalidAudit(ValueError):
    """Days that cannot be audited, or a defect that the server does not have; the text has the rule."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check; `detail` has what differs, or why there was nothing to check.

    `requests` are those whose answers a failed check used last; `truncated` counts those before them.
    """

    vendor: str
    invariant: Invariant
    outcome: Literal["passed", "failed", "not applicable"]
    detail: str = ""
    requests: Sequence[VendorRequest] = ()
    truncated: int = 0

    def to_json(self) -> dict[str, Any]:
        """The result with its invariant, as the command and the control plane show it."""
        return {
            "name": self.invariant.name,
            "vendor": self.vendor,
            "description": self.invariant.description,
            "source": self.invariant.source,
            "grade": self.invariant.grade,
            "outcome": self.outcome,
            "detail": self.detail,
            "requests": [{"method": each.method, **each._asdict()} for each in self.requests],
            "truncated": self.truncated,
        }


def groups(rooms: Mapping[str, ModuleType]) -> dict[str, tuple[Invariant, ...]]:
    """Every invariant by its vendor, the cross-vendor ones last; `rooms` are the vendors' `invariants` modules."""
    found: dict[str, tuple[Invariant, ...]] = {name: tuple(room.INVARIANTS) for name, room in rooms.items()}
    return {**found, cross_vendor.NAME: cross_vendor.invariants({name: room.ROLES for name, room in rooms.items()})}


def chosen(rooms: Mapping[str, ModuleType], vendors: Sequence[str] = ()) -> list[tuple[str, Invariant]]:
    """Every invariant, with the name of its group; or those of the groups that are named."""
    return [
        (vendor, invariant)
        for vendor, invariants in groups(rooms).items()
        if not vendors or vendor in vendors
        for invariant in invariants
    ]


def period(now: datetime, first: date | None, last: date | None) -> tuple[date, date]:
    """The days of an audit; by default, the week that ended two days ago. InvalidAudit for others than allowed."""
    latest = now.date() - timedelta(days=2)
    last = latest if last is None else last
    first = last - timedelta(days=6) if first is None else first
    if not (first <= last <= latest and (last - first).days < LONGEST):
        raise InvalidAudit(
            f"{first} to {last} cannot be audited: the range is at most {LONGEST} days and ends by {latest}, "
            "the last day for which every vendor's data are complete"
        )
    return first, last


def audit(
    client: Client,
    rooms: Mapping[str, ModuleType],
    *,
    first: date | None = None,
    last: date | None = None,
    vendors: Sequence[str] = (),
    defects: Sequence[DefectToArm] = (),
    full: bool = False,
) -> tuple[Reader, Generator[CheckResult, None, None]]:
    """The reader and the results, one by one; the default range is the week that ended two days ago.

    `vendors` selects groups of invariants, and `defects` are armed during the audit. Raises InvalidAudit, or
    ServerUnusable when the server cannot be audited. Limits and defects are restored at the end, or when the results
    are closed.
    """
    with _usable():
        first, last = period(datetime.fromisoformat(client.clock.get()["now"]), first, last)
        if defects:
            _check_defects(client, defects)
        send = HttpSender(client, authorizations(client))
        policy = client.policy.get()
        options = {
            vendor: {name: switch["value"] for name, switch in switches.items()} for vendor, switches in policy.items()
        }
        reader = Reader(send, first, last, full, options, _documented_names(policy), client.openapi)
    return reader, _results(client, reader, chosen(rooms, vendors), defects)


def _check_defects(client: Client, defects: Sequence[DefectToArm]) -> None:
    """InvalidAudit for a defect that the server does not have, or has nowhere at its path: it is armed to see that."""
    armed = client.defects.get()["armed"]
    try:
        client.defects.arm(defects)
    except Refused as error:
        rules = "; ".join(rule for rules in error.errors.values() for rule in rules)
        raise InvalidAudit(rules or error.detail) from error
    client.defects.arm(armed)


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except (NoAnswer, Refused) as error:
        raise ServerUnusable(str(error)) from error


def _documented_names(policy: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The documented response names, by vendor and by the name that the server uses instead."""
    return {
        vendor: {
            new: old
            for switch in switches.values()
            if isinstance(switch["value"], dict)  # A switch that renames fields.
            for new, old in original_names(switch["options"], switch["value"]).items()
        }
        for vendor, switches in policy.items()
    }


def _results(
    client: Client, reader: Reader, invariants: Sequence[tuple[str, Invariant]], defects: Sequence[DefectToArm]
) -> Generator[CheckResult, None, None]:
    with _prepared(client, defects):
        for vendor, invariant in invariants:
            yield check(vendor, invariant, reader)


def check(vendor: str, invariant: Invariant, reader: Reader) -> CheckResult:
    """Check one invariant. An answer of another form than described cannot be compared, and violates it too."""
    reader.used.clear()
    try:
        invariant.check(reader)
    except (Violation, VendorRefused) as error:
        return _failed(vendor, invariant, reader, str(error))
    except NotApplicable as error:
        return CheckResult(vendor, invariant, "not applicable", str(error))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return _failed(vendor, invariant, reader, f"an answer has another form than described: {error!r}")
    return CheckResult(vendor, invariant, "passed")


def _failed(vendor: str, invariant: Invariant, reader: Reader, detail: str) -> CheckResult:
    used = [*reader.used]
    shown = used[-REQUESTS_SHOWN:]
    return CheckResult(vendor, invariant, "failed", detail, shown, len(used) - len(shown))


@contextmanager
def _prepared(client: Client, defects: Sequence[DefectToArm]) -> Iterator[None]:
    """Limits are off and the defects armed; both are restored afterwards."""
    with _usable():
        limits, armed = client.limits.get(), client.defects.get()["armed"]
    try:
        with _usable():
            client.limits.update(dict.fromkeys(limits, "off"))
            if defects:
                client.defects.arm([*armed, *defects])
        yield
    finally:
        with _usable():
            client.limits.update({vendor: _setting(limit) for vendor, limit in limits.items()})
            if defects:
                client.defects.arm(armed)


def _setting(limit: dict[str, Any]) -> object:
    custom = limit["setting"] == "custom"
    return {name: limit[name] for name in ("per_minute", "burst")} if custom else limit["setting"]
