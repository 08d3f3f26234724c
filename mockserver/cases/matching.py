"""Answers whether a part of an answer is as a case expects it, and says the expectation in words.

A path is dotted names, with [0] for a place, [-1] for the last and [*] for all of a list; $ is the whole. A matcher is
a value, which must be there exactly, or an object of the words below. Asking for answers stays out (`running`).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockserver.cases.records import Expected

WHOLE: Final = "$"
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "object": (dict,),
    "null": (type(None),),
}

_PART = re.compile(r"(?:^|\.)([^.\[\]]+)|\[(-?[0-9]+|\*)\]")


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()
"""What is found where there is nothing."""

Kept = Mapping[str, Any]


class BadMatcher(ValueError):
    """A path or a matcher that cannot be; the text says the rule."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A word of matchers: what its argument must be, whether a value meets it, and how a person says it."""

    takes: tuple[type, ...]
    meets: Callable[[Any, Any, Kept], bool]
    says: Callable[[Any], str]


def json_of(value: Any) -> str:
    """A value as JSON writes it, members in the order of their names: equal values alone are written alike."""
    return repr(value) if value is MISSING else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any, name: str) -> bool:
    return isinstance(value, KINDS[name]) and isinstance(value, bool) is (name == "boolean")


def _contains(value: Any, part: Any, _: Kept) -> bool:
    if isinstance(value, str):
        return isinstance(part, str) and part in value
    return isinstance(value, list) and json_of(part) in map(json_of, value)


_ANY = (str, int, float, bool, list, dict, type(None))
_NUMBER = (int, float)

MATCHERS: dict[str, Matcher] = {
    "present": Matcher((bool,), lambda value, yes, _: (value is not MISSING) is yes, lambda yes: _there(yes=yes)),
    "absent": Matcher((bool,), lambda value, yes, _: (value is MISSING) is yes, lambda yes: _there(yes=not yes)),
    "equals": Matcher(
        _ANY, lambda value, other, _: json_of(value) == json_of(other), lambda other: f"is {json_of(other)}"
    ),
    "differs": Matcher(
        _ANY, lambda value, other, _: json_of(value) != json_of(other), lambda other: f"is not {json_of(other)}"
    ),
    "kept": Matcher(
        (str,), lambda value, name, kept: json_of(value) == json_of(kept[name]), lambda name: f"is what {name} was"
    ),
    "not_kept": Matcher(
        (str,), lambda value, name, kept: json_of(value) != json_of(kept[name]), lambda name: f"is not what {name} was"
    ),
    "type": Matcher((str,), lambda value, name, _: _kind(value, name), lambda name: f"is of type {name}"),
    "length": Matcher(
        (int,),
        lambda value, size, _: isinstance(value, list | str | dict) and len(value) == size,
        lambda size: f"has the length {size}",
    ),
    "contains": Matcher(_ANY, _contains, lambda part: f"contains {json_of(part)}"),
    "lacks": Matcher(
        _ANY,
        lambda value, part, kept: not _contains(value, part, kept),
        lambda part: f"does not contain {json_of(part)}",
    ),
    "matches": Matcher(
        (str,),
        lambda value, form, _: isinstance(value, str) and re.search(form, value) is not None,
        lambda form: f"has the form /{form}/",
    ),
    "above": Matcher(
        _NUMBER, lambda value, least, _: _number(value) and value > least, lambda least: f"is above {least}"
    ),
    "below": Matcher(_NUMBER, lambda value, most, _: _number(value) and value < most, lambda most: f"is below {most}"),
    "at_least": Matcher(
        _NUMBER, lambda value, least, _: _number(value) and value >= least, lambda least: f"is at least {least}"
    ),
    "at_most": Matcher(
        _NUMBER, lambda value, most, _: _number(value) and value <= most, lambda most: f"is at most {most}"
    ),
    "sum": Matcher(
        _NUMBER,
        lambda value, total, _: isinstance(value, list) and all(map(_number, value)) and sum(value) == total,
        lambda total: f"sums up to {total}",
    ),
    "unique": Matcher(
        (bool,),
        lambda value, yes, _: isinstance(value, list) and (len({*map(json_of, value)}) == len(value)) is yes,
        lambda yes: "has no two alike" if yes else "has some alike",
    ),
    "every": Matcher(
        _ANY,
        lambda value, inner, kept: isinstance(value, list) and all(_meets(each, inner, kept) for each in value),
        lambda inner: f"has only such of which each {_says(inner)}",
    ),
}


def _there(*, yes: bool) -> str:
    return "is there" if yes else "is not there"


def check(path: str, matcher: Any) -> None:
    """BadMatcher for a path or a matcher that cannot be."""
    if path != WHOLE and (not path or "".join(found[0] for found in _PART.finditer(path)) != path):
        raise BadMatcher(f"{path!r} is no path; it takes names and places, as in users[0].user_email, [-1], $")
    for name, argument in matcher.items() if isinstance(matcher, Mapping) else ():
        word = MATCHERS.get(name)
        if word is None:
            raise BadMatcher(f"{path}: there is no matcher {name!r}; there are: {', '.join(MATCHERS)}")
        if not isinstance(argument, word.takes) or (name == "type" and argument not in KINDS):
            allowed = KINDS if name == "type" else [kind.__name__ for kind in word.takes]
            raise BadMatcher(f"{path}: {name} cannot be {argument!r}; it takes: {', '.join(allowed)}")
        if name == "every":
            check(path, argument)


def at(document: Any, path: str) -> Any:
    """What stands at a path, MISSING where there is nothing; [*] gives a list of what is there in each."""
    return _at(document, parts(path))


def parts(path: str) -> list[tuple[str, str]]:
    """A path in parts: each a name or a place, the other of the two being empty."""
    return [] if path == WHOLE else [(found[1] or "", found[2] or "") for found in _PART.finditer(path)]


def _at(value: Any, way: list[tuple[str, str]]) -> Any:
    if not way:
        return value
    (name, place), *rest = way
    if name:
        return _at(value[name], rest) if isinstance(value, Mapping) and name in value else MISSING
    if not isinstance(value, list):
        return MISSING
    if place == "*":
        return [found for found in (_at(each, rest) for each in value) if found is not MISSING]
    there = -len(value) <= int(place) < len(value)
    return _at(value[int(place)], rest) if there else MISSING


def _meets(value: Any, matcher: Any, kept: Kept) -> bool:
    if not isinstance(matcher, Mapping):
        return json_of(value) == json_of(matcher)
    return all(MATCHERS[name].meets(value, argument, kept) for name, argument in matcher.items())


def _says(matcher: Any) -> str:
    if not isinstance(matcher, Mapping):
        return f"is {json_of(matcher)}"
    return " and ".join(MATCHERS[name].says(argument) for name, argument in matcher.items())


def faults(document: Any, matchers: Mapping[str, Any], kept: Kept) -> Iterator[str]:
    """A sentence for each path at which a document is not as expected."""
    for path, matcher in matchers.items():
        value = at(document, path)
        if not _meets(value, matcher, kept):
            yield f"{path} should be such that it {_says(matcher)}, but there is {json_of(value):.300}"


def sentences(expected: Expected) -> Iterator[str]:
    """Everything that must come back, in words."""
    if expected.cut:
        yield "the connection ends before the answer is whole"
    if expected.status is not None:
        yield f"status {expected.status}"
    yield from (f"header {name} {_says(matcher)}" for name, matcher in expected.headers.items())
    for path, matcher in expected.body.items():
        if (path, matcher) == (WHOLE, {"absent": True}):
            yield "the body is no JSON"
        else:
            yield f"{'the body' if path == WHOLE else path} {_says(matcher)}"
    if expected.text is not None:
        yield f"the text of the body {_says(expected.text)}"
