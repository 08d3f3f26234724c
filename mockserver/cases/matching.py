"""Matchers: whether a value in an answer is as expected, and the expectation in words.

A path is dotted names, with [0] for an index, [-1] for the last element and [*] for all elements of a list; $ is the
whole document. A matcher is a value, which must be equal, or an object of the words in MATCHERS.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError

from mockserver.cases.records import ExpectedAnswer

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
"""The value at a path that does not exist."""

Kept = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Matcher:
    """One matcher: the types of its argument, whether a value matches, and its description."""

    takes: tuple[type, ...]
    matches: Callable[[Any, Any, Kept], bool]
    description: Callable[[Any], str]


def json_of(value: Any) -> str:
    """A value as JSON with sorted keys: equal texts for equal values only."""
    return repr(value) if value is MISSING else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _equal(value: Any, other: Any) -> bool:
    return json_of(value) == json_of(other)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind]) and isinstance(value, bool) is (kind == "boolean")


def _contains(value: Any, part: Any, _: Kept) -> bool:
    if isinstance(value, str):
        return isinstance(part, str) and part in value
    return isinstance(value, list) and json_of(part) in map(json_of, value)


def _every(value: Any, matcher: Any, kept: Kept) -> bool:
    return isinstance(value, list) and all(_matches(each, matcher, kept) for each in value)


def _when(kind: str, test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Kept], bool]:
    """The test for values of a kind; no others match."""
    return lambda value, argument, _: _is(value, kind) and test(value, argument)


def _has_sum(numbers: list[Any], total: float) -> bool:
    return all(_is(each, "number") for each in numbers) and sum(numbers) == total


def _presence(*, yes: bool) -> str:
    return "is present" if yes else "is absent"


_ANY, _NUMBER, _TEXT = (object,), (int, float), (str,)

MATCHERS: dict[str, Matcher] = {
    "present": Matcher((bool,), lambda value, yes, _: (value is not MISSING) is yes, lambda yes: _presence(yes=yes)),
    "absent": Matcher((bool,), lambda value, yes, _: (value is MISSING) is yes, lambda yes: _presence(yes=not yes)),
    "equals": Matcher(_ANY, lambda value, other, _: _equal(value, other), lambda other: f"is {json_of(other)}"),
    "differs": Matcher(
        _ANY, lambda value, other, _: not _equal(value, other), lambda other: f"is not {json_of(other)}"
    ),
    "kept": Matcher(_TEXT, lambda value, name, kept: _equal(value, kept[name]), "equals {}".format),
    "not_kept": Matcher(_TEXT, lambda value, name, kept: not _equal(value, kept[name]), "differs from {}".format),
    "type": Matcher(_TEXT, lambda value, name, _: _is(value, name), "has the type {}".format),
    "length": Matcher(
        (int,),
        lambda value, size, _: isinstance(value, list | str | dict) and len(value) == size,
        "has the length {}".format,
    ),
    "contains": Matcher(_ANY, _contains, lambda part: f"contains {json_of(part)}"),
    "lacks": Matcher(
        _ANY, lambda *arguments: not _contains(*arguments), lambda part: f"does not contain {json_of(part)}"
    ),
    "matches": Matcher(
        _TEXT, _when("string", lambda text, pattern: bool(re.search(pattern, text))), "matches /{}/".format
    ),
    "above": Matcher(_NUMBER, _when("number", operator.gt), "is above {}".format),
    "below": Matcher(_NUMBER, _when("number", operator.lt), "is below {}".format),
    "at_least": Matcher(_NUMBER, _when("number", operator.ge), "is at least {}".format),
    "at_most": Matcher(_NUMBER, _when("number", operator.le), "is at most {}".format),
    "sum": Matcher(_NUMBER, _when("list", _has_sum), "has the sum {}".format),
    "unique": Matcher(
        (bool,),
        _when("list", lambda items, yes: (len({*map(json_of, items)}) == len(items)) is yes),
        lambda yes: "has no duplicates" if yes else "has duplicates",
    ),
    "every": Matcher(_ANY, _every, lambda inner: f"has only elements of which each {_description(inner)}"),
}


def check(path: str, matcher: Any) -> None:
    """ValidationError for an invalid path or matcher."""
    if path != WHOLE and (not path or "".join(found[0] for found in _PART.finditer(path)) != path):
        rule = "is not a path; paths have names and indexes, as in users[0].user_email, [-1], $"
        raise ValidationError(f"{path!r} {rule}")
    for name, argument in matcher.items() if isinstance(matcher, Mapping) else ():
        word = MATCHERS.get(name)
        if word is None:
            raise ValidationError(f"{path}: there is no matcher {name!r}; there are: {', '.join(MATCHERS)}")
        if not isinstance(argument, word.takes) or (name == "type" and argument not in KINDS):
            allowed = KINDS if name == "type" else [kind.__name__ for kind in word.takes]
            raise ValidationError(f"{path}: {name} cannot be {argument!r}; it takes: {', '.join(allowed)}")
        if name == "every":
            check(path, argument)


def at(document: Any, path: str) -> Any:
    """The value at a path, MISSING if there is none; [*] gives a list of the values in each element."""
    return _at(document, parts(path))


def parts(path: str) -> list[tuple[str, str]]:
    """The parts of a path, each as a pair of name and index, of which one is empty."""
    return [] if path == WHOLE else [(found[1] or "", found[2] or "") for found in _PART.finditer(path)]


def _at(value: Any, way: list[tuple[str, str]]) -> Any:
    if not way:
        return value
    (name, index), *rest = way
    if name:
        return _at(value[name], rest) if isinstance(value, Mapping) and name in value else MISSING
    if not isinstance(value, list):
        return MISSING
    if index == "*":
        return [found for found in (_at(each, rest) for each in value) if found is not MISSING]
    exists = -len(value) <= int(index) < len(value)
    return _at(value[int(index)], rest) if exists else MISSING


def _matches(value: Any, matcher: Any, kept: Kept) -> bool:
    if not isinstance(matcher, Mapping):
        return _equal(value, matcher)
    return all(MATCHERS[name].matches(value, argument, kept) for name, argument in matcher.items())


def _description(matcher: Any) -> str:
    if not isinstance(matcher, Mapping):
        return f"is {json_of(matcher)}"
    return " and ".join(MATCHERS[name].description(argument) for name, argument in matcher.items())


def mismatches(document: Any, matchers: Mapping[str, Any], kept: Kept) -> Iterator[str]:
    """A sentence for each path at which a document is not as expected."""
    for path, matcher in matchers.items():
        value = at(document, path)
        if not _matches(value, matcher, kept):
            yield f"{path}: expected a value that {_description(matcher)}, got {json_of(value):.300}"


def sentences(expected: ExpectedAnswer) -> Iterator[str]:
    """Everything that is expected, in words."""
    if expected.cut:
        yield "the connection ends before the answer is complete"
    if expected.status is not None:
        yield f"status {expected.status}"
    yield from (f"header {name} {_description(matcher)}" for name, matcher in expected.headers.items())
    for path, matcher in expected.body.items():
        if (path, matcher) == (WHOLE, {"absent": True}):
            yield "the body is not JSON"
        else:
            yield f"{'the body' if path == WHOLE else path} {_description(matcher)}"
    if expected.text is not None:
        yield f"the text of the body {_description(expected.text)}"
