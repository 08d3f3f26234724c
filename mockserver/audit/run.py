"""An audit: checks every invariant at one server, and leaves the server as it was."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any, Literal

from analytics_mockserver.suggestions import unknown_name
from mockserver.audit import cross_vendor
from mockserver.audit.invariant import Invariant, Violation
from mockserver.audit.reader import NotApplicable, Reader, ServerUnusable, VendorRefused, authorizations
from mockserver.client import Client, NoAnswer, Refused

LONGEST = 90
"""Days of the longest range that can be audited, which every vendor returns in one request."""


class InvalidAudit(ValueError):
    """Days that cannot be audited, or a defect that the server does not have; the text has the rule."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check; `detail` has what differs, or why there was nothing to check."""

    vendor: str
    invariant: Invariant
    outcome: Literal["passed", "failed", "not applicable"]
    detail: str = ""


def groups(rooms: Mapping[str, ModuleType]) -> dict[str, tuple[Invariant, ...]]:
    """Every invariant by its vendor, the cross-vendor ones last; `rooms` are the vendors' `invariants` modules."""
    found: dict[str, tuple[Invariant, ...]] = {name: tuple(room.INVARIANTS) for name, room in rooms.items()}
    return {**found, cross_vendor.NAME: cross_vendor.invariants({name: room.ROLES for name, room in rooms.items()})}


def audit(
    client: Client,
    rooms: Mapping[str, ModuleType],
    *,
    first: date | None = None,
    last: date | None = None,
    vendors: Sequence[str] = (),
    defects: Sequence[str] = (),
    full: bool = False,
) -> tuple[Reader, Generator[CheckResult, None, None]]:
    """The reader and the results, one by one; the default range is the week that ended two days ago.

    `vendors` selects groups of invariants, and `defects` are armed during the audit. Raises InvalidAudit, or
    ServerUnusable when the server cannot be audited. Limits and defects are restored at the end, or when the results
    are closed.
    """
    with _usable():
        latest = datetime.fromisoformat(client.clock.get()["now"]).date() - timedelta(days=2)
        last = latest if last is None else last
        first = last - timedelta(days=6) if first is None else first
        if not (first <= last <= latest and (last - first).days < LONGEST):
            raise InvalidAudit(
                f"{first} to {last} cannot be audited: the range is at most {LONGEST} days and ends by {latest}, "
                "the last day for which every vendor's data are complete"
            )
        known = [each["name"] for each in client.defects.get()["known"]] if defects else []
        for name in defects:
            if name not in known:
                raise InvalidAudit(unknown_name("defect", name, known))
        reader = Reader(client, first, last, full, authorizations(client), _documented_names(client))
    chosen = [
        (vendor, invariant)
        for vendor, invariants in groups(rooms).items()
        if not vendors or vendor in vendors
        for invariant in invariants
    ]
    return reader, _results(reader, chosen, defects)


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except (NoAnswer, Refused) as error:
        raise ServerUnusable(str(error)) from error


def _documented_names(client: Client) -> dict[str, dict[str, str]]:
    """The documented response names, by vendor and by the name that the server uses instead."""
    return {
        vendor: {
            new: old
            for switch in switches.values()
            if isinstance(switch["value"], dict)  # A switch that renames fields.
            for old, new in switch["value"].items()
        }
        for vendor, switches in client.policy.get().items()
    }


def _results(
    reader: Reader, chosen: Sequence[tuple[str, Invariant]], defects: Sequence[str]
) -> Generator[CheckResult, None, None]:
    with _prepared(reader.client, defects):
        for vendor, invariant in chosen:
            yield check(vendor, invariant, reader)


def check(vendor: str, invariant: Invariant, reader: Reader) -> CheckResult:
    """Check one invariant."""
    try:
        invariant.check(reader)
    except (Violation, VendorRefused) as error:
        return CheckResult(vendor, invariant, "failed", str(error))
    except NotApplicable as error:
        return CheckResult(vendor, invariant, "not applicable", str(error))
    return CheckResult(vendor, invariant, "passed")


@contextmanager
def _prepared(client: Client, defects: Sequence[str]) -> Iterator[None]:
    """Limits are off and the defects armed; both are restored afterwards."""
    with _usable():
        limits, armed = client.limits.get(), client.defects.get()["armed"]
    try:
        with _usable():
            client.limits.update(dict.fromkeys(limits, "off"))
            if defects:
                client.defects.arm(sorted({*armed, *defects}))
        yield
    finally:
        with _usable():
            client.limits.update({vendor: _setting(limit) for vendor, limit in limits.items()})
            if defects:
                client.defects.arm(armed)


def _setting(limit: dict[str, Any]) -> object:
    custom = limit["setting"] == "custom"
    return {name: limit[name] for name in ("per_minute", "burst")} if custom else limit["setting"]
