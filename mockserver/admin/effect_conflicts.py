"""The rules for the fields of a fault's effect: which of them cannot go together, and which need another one."""

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.http import is_entity_header

REPLACING = ("status", "html", "rate_limited", "reset")
ACTING = (
    *(*REPLACING, "headers", "delay_seconds", "truncate_bytes", "stall_seconds", "malformed_json"),
    *("chunked", "gzip", "close_idle", "byte_order_mark", "drip_seconds", "retry_after_date"),
    *("short_length", "json_nan", "json_duplicate_key"),
)
"""The fields of an effect that do something alone."""

BODILESS = (204, 205, 304)
"""The statuses of answers without a body."""

_PARTNERS = {
    "code": "status",
    "message": "status",
    "empty": "status",
    "error": "status",
    "cut_after_bytes": "chunked",
}
"""Fields that mean nothing without another one."""

_EXCLUDED = (
    (
        *("reset", "which sends no answer"),
        *("headers", "truncate_bytes", "stall_seconds", "malformed_json"),
        *("chunked", "cut_after_bytes", "gzip", "close_idle", "byte_order_mark", "drip_seconds", "retry_after_date"),
        *("short_length", "json_nan", "json_duplicate_key"),
    ),
    (
        *("empty", "which leaves no body"),
        *("code", "message", "error", "truncate_bytes", "stall_seconds", "malformed_json"),
        *("chunked", "cut_after_bytes", "gzip", "byte_order_mark", "drip_seconds"),
        *("short_length", "json_nan", "json_duplicate_key"),
    ),
    ("drip_seconds", "which spreads the whole body over its seconds", "stall_seconds"),
    ("html", "which is not JSON", "malformed_json", "json_nan", "json_duplicate_key"),
    ("chunked", "which announces no length; give cut_after_bytes", "truncate_bytes"),
    ("chunked", "which announces no length", "short_length"),
    ("truncate_bytes", "which ends the body before its length", "short_length"),
    ("close_idle", "whose answer is whole", "truncate_bytes", "cut_after_bytes", "short_length"),
)
"""A field, why it excludes others, and these."""


def conflicts(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A field and what is wrong with it, for each one that cannot stand beside the others."""
    replacing = [name for name in REPLACING if name in given]
    for extra in replacing[1:]:
        yield extra, f"cannot go with {replacing[0]}: only one of {', '.join(REPLACING)} can replace the answer"
    for name, reason, *excluded in _EXCLUDED:
        if name in given:
            yield from ((other, f"cannot go with {name}, {reason}") for other in excluded if other in given)
    yield from _missing_partners(given)
    yield from _status_conflicts(given)
    yield from _header_conflicts(given)
    for end in ("truncate_bytes", "cut_after_bytes"):
        if given.get("after_bytes", 0) > given.get(end, float("inf")):
            yield "after_bytes", f"is beyond {end}, where the body ends"


def _missing_partners(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, partner in _PARTNERS.items():
        if name in given and partner not in given:
            yield name, f"belongs to {partner}, which is not given"
    for name, other in (("stall_seconds", "after_bytes"), ("after_bytes", "stall_seconds")):
        if name in given and other not in given:
            yield other, f"must be given beside {name}"


def _status_conflicts(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    status = given.get("status", 500)
    if status < 400 and not {"empty", "error"} & {*given}:
        partners = "empty" if status in BODILESS else "empty or error"
        yield "status", f"cannot be {status} alone: below 400, give {partners} beside it; an error is 400 to 599"
    if status in BODILESS and "error" in given:
        yield "error", f"cannot go with status {status}, which allows no body; give empty"


def _header_conflicts(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    names = [name.lower() for name in dict.fromkeys(name for name, _ in given.get("headers", ()))]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "headers", f"{name} is given more than once, in letters of different case"
    if "gzip" in given and "content-encoding" in names:
        yield "headers", "Content-Encoding cannot go with gzip, which sets it"
    if "retry_after_date" in given and "retry-after" in names:
        yield "headers", "Retry-After cannot go with retry_after_date, which sets it"
    if given.get("status") in BODILESS:
        for name in filter(is_entity_header, names):
            yield "headers", f"{name} cannot go with status {given['status']}: it describes a body, and there is none"
