"""Answers an audit: every identity, judged at one server, which is left as it was found.

What is printed of it stays out (`cli.audit`).
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Literal

from mockserver.audit import (
    augment,
    augment_metadata,
    between,
    buckets,
    console,
    counts,
    jetbrains,
    reader,
    tabnine,
    tabnine_buckets,
    tabnine_people,
)
from mockserver.audit.invariant import Invariant, Violation
from mockserver.audit.reader import NotApplicable, Reader, VendorRefused, Web

VENDORS = ("augment", "tabnine", "jetbrains-ide", "jetbrains-console", "between")
_ROOMS = (
    *(augment, augment_metadata, tabnine, tabnine_buckets, tabnine_people),
    *(jetbrains, console, buckets, counts, between),
)
IDENTITIES = tuple(
    sorted((each for room in _ROOMS for each in room.IDENTITIES), key=lambda each: VENDORS.index(each.vendor))
)
LONGEST = 90
"""Days that Augment tells in one answer, which the audit asks for."""

_SETTLED = timedelta(days=2)


class BadRange(ValueError):
    """Days that cannot be audited; the text says the rule."""


class BadDefect(ValueError):
    """A defect that the server does not have; the text names those that it has."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How an identity fared; `detail` names what differs, or why there was nothing to judge."""

    identity: Invariant
    outcome: Literal["passed", "failed", "not applicable"]
    detail: str = ""


def audit(
    web: Web, first: date | None, last: date | None, vendors: Sequence[str], defects: Sequence[str], *, full: bool
) -> tuple[Reader, Generator[Finding, None, None]]:
    """What is read, and the findings one by one; the range is by default the week that ends two days ago.

    Raises BadRange, BadDefect, or Unread when the server cannot be audited. Limits and defects are put back at the
    end, or when the findings are closed.
    """
    latest = datetime.fromisoformat(web.mock("GET", "/clock")["now"]).date() - _SETTLED
    last = latest if last is None else last
    first = last - timedelta(days=6) if first is None else first
    if not (first <= last <= latest and (last - first).days < LONGEST):
        raise BadRange(
            f"{first} to {last} cannot be audited: the range is at most {LONGEST} days and ends by {latest}, "
            "the last day that every vendor has told in full"
        )
    _know(web, defects)
    reading = Reader(web, first, last, full, reader.tokens(web), _names(web))
    chosen = [identity for identity in IDENTITIES if not vendors or identity.vendor in vendors]
    return reading, _findings(reading, chosen, defects)


def _know(web: Web, defects: Sequence[str]) -> None:
    known = [each["name"] for each in web.mock("GET", "/defects")["known"]] if defects else []
    for name in defects:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise BadDefect(f"there is no defect {name!r}{hint}; there are: {', '.join(known)}")


def _names(web: Web) -> dict[str, dict[str, str]]:
    """The contract's response names, by vendor and by the name that the server has instead."""
    policy = web.mock("GET", "/policy")
    renamed = {vendor: known["names"]["value"] for vendor, known in policy.items() if "names" in known}
    return {vendor: {new: old for old, new in names.items()} for vendor, names in renamed.items()}


def _findings(reading: Reader, chosen: Sequence[Invariant], defects: Sequence[str]) -> Generator[Finding, None, None]:
    with _unlimited(reading.web), _armed(reading.web, defects):
        for identity in chosen:
            yield judged(identity, lambda check=identity.check: check(reading))  # type: ignore[misc]


def judged(identity: Invariant, check: Callable[[], None]) -> Finding:
    """How a check ends."""
    try:
        check()
    except (Violation, VendorRefused) as error:
        return Finding(identity, "failed", str(error))
    except NotApplicable as error:
        return Finding(identity, "not applicable", str(error))
    return Finding(identity, "passed")


@contextmanager
def _unlimited(web: Web) -> Iterator[None]:
    found = web.mock("GET", "/limits")
    web.mock("PATCH", "/limits", dict.fromkeys(found, "off"))
    try:
        yield
    finally:
        web.mock("PATCH", "/limits", {vendor: _stated(limit) for vendor, limit in found.items()})


def _stated(limit: dict[str, Any]) -> object:
    custom = limit["setting"] == "custom"
    return {name: limit[name] for name in ("per_minute", "burst")} if custom else limit["setting"]


@contextmanager
def _armed(web: Web, defects: Sequence[str]) -> Iterator[None]:
    if not defects:
        yield
        return
    found = web.mock("GET", "/defects")["armed"]
    web.mock("PUT", "/defects", {"armed": sorted({*found, *defects})})
    try:
        yield
    finally:
        web.mock("PUT", "/defects", {"armed": found})
