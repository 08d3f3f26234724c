"""Answers whether a rule of faults can ever meet a request, by the vendors' mounts and routes.

What a rule may say at all stays out (`rules`).
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from mockserver.gateway.vendor import Route, Vendor
from mockserver.validation import suggestions

Errors = dict[str, list[str]]

_SOME, _MORE = "\0some", "\0more"
"""What a variable of a route is made of: one character that is no slash, and any number of them."""


def errors(rule: dict[str, Any], vendors: Sequence[Vendor]) -> Errors:
    """Why a rule meets nothing, by the member that is at fault; empty for one that may."""
    return _vendor_errors(rule, vendors) or _operation_errors(rule, vendors) or _path_errors(rule, vendors)


def _vendor_errors(rule: dict[str, Any], vendors: Sequence[Vendor]) -> Errors:
    names = [each.name for each in vendors]
    name = rule.get("vendor", names[0])
    return {} if name in names else {"vendor": [suggestions.unknown_name("vendor", name, names)]}


def _operation_errors(rule: dict[str, Any], vendors: Sequence[Vendor]) -> Errors:
    operation = rule.get("operation")
    if operation is None or _routes(rule, vendors):
        return {}
    owners = [each.name for each in vendors if operation in _operations([each])]
    if owners:
        own = ", ".join(_operations(_meant(rule, vendors)))
        return {"operation": [f"{operation!r} belongs to {' and '.join(owners)}; {rule['vendor']} has: {own}"]}
    return {"operation": [suggestions.unknown_name("operation", operation, _operations(_meant(rule, vendors)))]}


def _path_errors(rule: dict[str, Any], vendors: Sequence[Vendor]) -> Errors:
    path = rule.get("path")
    if path is None:
        return {}
    mounts = [mount for each in _meant(rule, vendors) for mount in each.mounts]
    if not any(_below(path, mount) for mount in mounts):
        return {"path": [f"lies below no mount, so no request can have it; mounted are: {', '.join(mounts)}"]}
    routes = _routes(rule, vendors)
    if routes and not any(_alike(path, _parts(route.path)) for route in routes):
        paths = " or ".join(dict.fromkeys(route.path.replace("<", "{").replace(">", "}") for route in routes))
        return {"path": [f"is not where {rule['operation']} is: {paths}"]}
    return {}


def _meant(rule: dict[str, Any], vendors: Sequence[Vendor]) -> list[Vendor]:
    return [each for each in vendors if rule.get("vendor", each.name) == each.name]


def _operations(vendors: Sequence[Vendor]) -> list[str]:
    return list(dict.fromkeys(route.operation for each in vendors for route in each.routes))


def _routes(rule: dict[str, Any], vendors: Sequence[Vendor]) -> list[Route]:
    """The routes of the rule's operation; none where it names no operation."""
    return [
        route for each in _meant(rule, vendors) for route in each.routes if route.operation == rule.get("operation")
    ]


def _below(pattern: str, mount: str) -> bool:
    """Whether a pattern can be a path at a mount: only what stands before its first star tells."""
    stated, star, _ = pattern.partition("*")
    return f"{stated}/".startswith(f"{mount}/") or (star != "" and f"{mount}/".startswith(stated))


def _parts(template: str) -> tuple[str, ...]:
    """A route's path, letter by letter, its variables as what they are made of."""
    parts: list[str] = []
    for text in re.split("(<[^<>]+>)", template):
        parts += (_SOME, _MORE) if text.startswith("<") else text
    return tuple(parts)


def _alike(pattern: str, parts: tuple[str, ...]) -> bool:
    """Whether any path is both as the pattern and as the route have it."""

    @cache
    def meet(at: int, place: int) -> bool:
        letter, part = pattern[at : at + 1], parts[place] if place < len(parts) else ""
        if part == _MORE:
            within = letter not in ("", "/") and meet(at + (letter != "*"), place + (letter == "*"))
            return within or meet(at, place + 1)
        if letter == "*":
            return meet(at + 1, place) or (part != "" and meet(at, place + 1))
        if part == "" or letter == "":
            return part == letter
        return (letter == part or (part == _SOME and letter != "/")) and meet(at + 1, place + 1)

    return meet(0, 0)
