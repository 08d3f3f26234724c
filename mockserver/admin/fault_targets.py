"""Whether any request can match a fault rule or a journal filter, by the vendors' mounts and routes."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from mockserver.admin.responses import Errors
from mockserver.gateway.vendor import Route, Vendor
from mockserver.validation.suggestions import unknown_name

_ONE, _MORE = "\0one", "\0more"
"""A route's variable, as a sequence: one character that is not a slash, and any number of them."""


def errors(rule: Mapping[str, Any], vendors: Sequence[Vendor]) -> Errors:
    """Why no request matches, by the field that is wrong; empty where one can."""
    return _vendor_errors(rule, vendors) or _operation_errors(rule, vendors) or _path_errors(rule, vendors)


def _vendor_errors(rule: Mapping[str, Any], vendors: Sequence[Vendor]) -> Errors:
    names = [each.name for each in vendors]
    name = rule.get("vendor", names[0])
    return {} if name in names else {"vendor": [unknown_name("vendor", name, names)]}


def _operation_errors(rule: Mapping[str, Any], vendors: Sequence[Vendor]) -> Errors:
    operation = rule.get("operation")
    if operation is None or _routes(rule, vendors):
        return {}
    owners = [each.name for each in vendors if operation in _operations([each])]
    known = _operations(_candidates(rule, vendors))
    if owners:
        owned = f"{operation!r} belongs to {' and '.join(owners)}; {rule['vendor']} has: {', '.join(known)}"
        return {"operation": [owned]}
    return {"operation": [unknown_name("operation", operation, known)]}


def _path_errors(rule: Mapping[str, Any], vendors: Sequence[Vendor]) -> Errors:
    path = rule.get("path")
    if path is None:
        return {}
    mounts = [mount for each in _candidates(rule, vendors) for mount in each.mounts]
    if not any(_is_below(path, mount) for mount in mounts):
        return {"path": [f"is below no mount, so no request can match it; the mounts are: {', '.join(mounts)}"]}
    routes = _routes(rule, vendors)
    if routes and not any(_overlap(path, _template(route.path)) for route in routes):
        paths = " or ".join(dict.fromkeys(route.path.replace("<", "{").replace(">", "}") for route in routes))
        return {"path": [f"is not a path of {rule['operation']}, which is at {paths}"]}
    return {}


def _candidates(rule: Mapping[str, Any], vendors: Sequence[Vendor]) -> list[Vendor]:
    return [each for each in vendors if rule.get("vendor", each.name) == each.name]


def _operations(vendors: Sequence[Vendor]) -> list[str]:
    return list(dict.fromkeys(route.operation for each in vendors for route in each.routes))


def _routes(rule: Mapping[str, Any], vendors: Sequence[Vendor]) -> list[Route]:
    """The routes of the rule's operation; none where it names no operation."""
    operation = rule.get("operation")
    return [route for each in _candidates(rule, vendors) for route in each.routes if route.operation == operation]


def _is_below(pattern: str, mount: str) -> bool:
    """Whether a pattern can match a path below a mount; only the text before its first star decides."""
    fixed, star, _ = pattern.partition("*")
    return f"{fixed}/".startswith(f"{mount}/") or (star != "" and f"{mount}/".startswith(fixed))


def _template(path: str) -> tuple[str, ...]:
    """A route's path, character by character, with its variables as sequences."""
    parts: list[str] = []
    for text in re.split("(<[^<>]+>)", path):
        parts += (_ONE, _MORE) if text.startswith("<") else text
    return tuple(parts)


def _overlap(pattern: str, template: tuple[str, ...]) -> bool:
    """Whether some path matches both the pattern and the route's template."""

    @cache
    def match(start: int, index: int) -> bool:
        letter, part = pattern[start : start + 1], template[index] if index < len(template) else ""
        if part == _MORE:
            inside = letter not in ("", "/") and match(start + (letter != "*"), index + (letter == "*"))
            return inside or match(start, index + 1)
        if letter == "*":
            return match(start + 1, index) or (part != "" and match(start, index + 1))
        if part == "" or letter == "":
            return part == letter
        return (letter == part or (part == _ONE and letter != "/")) and match(start + 1, index + 1)

    return match(0, 0)
