"""What a vendor is publicly known to have and is not simulated: 501 in the vendor's form, or its 404."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from mockserver.gateway.lazy_rules import LazyRule
from mockserver.gateway.switches import Grade, Switch


class Unserved(StrEnum):
    """The options of a vendor's switch `unserved`: what a request for such a path gets."""

    NOT_IMPLEMENTED = "not_implemented"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class UnservedPath:
    """One path, or several with one pattern; `path` is written as in a route, as in "/reports/<name>".

    `methods` are those that are not simulated; without any, all are but those of the vendor's own routes.
    `description` names what the vendor has there, and `grade` and `source` are the evidence for it. Paths below those
    in `below` are not meant, whether or not they exist.
    """

    path: str
    description: str
    grade: Grade
    source: str
    methods: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


class NotSimulated(HTTPException):
    """A request for such a path. It is no NotFound or MethodNotAllowed, since the vendor has the operation."""

    code = 501

    def __init__(self, found: UnservedPath) -> None:
        super().__init__(found.description)


@dataclass(frozen=True, slots=True)
class UnservedPaths:
    """A vendor's paths that are not simulated, and the switch that decides how they are refused."""

    switch: Switch[Unserved]
    paths: tuple[UnservedPath, ...]


def find(unserved: UnservedPaths | None, method: str, path: str) -> UnservedPath | None:
    """The one of a vendor's unserved paths that a request belongs to."""
    if unserved is None:
        return None
    try:
        found, _ = _matcher(unserved.paths)(path, method)
    except HTTPException:
        return None
    return None if path.startswith(tuple(f"{each}/" for each in found.below)) else found


@cache
def _matcher(paths: tuple[UnservedPath, ...]) -> Callable[[str, str], tuple[UnservedPath, object]]:
    rules = [LazyRule(each.path, endpoint=each, methods=each.methods or None) for each in paths]
    return Map(rules, strict_slashes=True, merge_slashes=False).bind("").match
