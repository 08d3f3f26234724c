"""Answers what is sent to the control plane for what a test wrote in Python.

Whether the values can be stays out: the server knows, and says.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def written(body: Any) -> bytes:
    """JSON, in which instants are as RFC 3339 has them."""
    return json.dumps(body, default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise TypeError(
            f"{value!r} has no zone, so it would be another instant on every machine; give one, as in "
            "datetime(2026, 11, 2, 10, tzinfo=UTC)"
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} cannot be sent to the mock server: it has no form in JSON")


def vendor(name: str) -> str:
    """A vendor's name as the server has it; Python writes its hyphens as underscores."""
    return name.replace("_", "-")


def by_vendor(stated: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping with the vendors' names as the server has them."""
    return {vendor(name): value for name, value in stated.items()}


def world(stated: Iterable[Mapping[str, Any]], vendors: Sequence[str]) -> dict[str, Any]:
    """How a sandbox is to be made: of several statements the last wins; limits and policy go by vendor.

    One word for all limits means every vendor's.
    """
    body: dict[str, Any] = {}
    for each in stated:
        given = {name: value for name, value in each.items() if value is not None}
        limits, policy = given.pop("limits", {}), given.pop("policy", {})
        body |= given
        if limits:
            named = dict.fromkeys(vendors, limits) if isinstance(limits, str) else by_vendor(limits)
            body["limits"] = {**body.get("limits", {}), **named}
        for name, switches in by_vendor(policy).items():
            ours = body.setdefault("policy", {})
            ours[name] = {**ours.get(name, {}), **switches}
    return body
