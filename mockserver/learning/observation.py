"""What a vendor declares beside its switches: which option is seen when, in an API description or in captured answers.

Options that neither can show have no observation. What a document leaves out is no evidence: it may be incomplete.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from mockserver.gateway.switches import AnySwitch, Option
from mockserver.learning.api import Header, Parameter
from mockserver.learning.shape import Kind, Shape
from mockserver.learning.tenant import Tenant, View


class Source(StrEnum):
    """What was read."""

    FILE = "file"
    SAMPLE = "sample"


class Presence(StrEnum):
    """How often a field or a parameter is there; UNSTATED where a schema names no required field at all."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"
    UNSTATED = "unstated"


_NOTHING = Shape()


@dataclass(frozen=True, slots=True)
class Seen:
    """A field or parameter of the other API, at its place; of one that is never there, the shape is empty."""

    where: str
    presence: Presence
    shape: Shape = _NOTHING
    default: str | None = None
    minimum: int | None = None


Test = Callable[[Seen], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """Finds the places at which something holds; `source` is where that can be seen, None for everywhere."""

    places: Callable[[Tenant], Iterator[Seen]]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """An option of a switch, and what shows it; `only` is the one source in which it counts, None for all."""

    switch: AnySwitch
    option: Option
    condition: Condition
    only: Source | None = None

    def is_possible_in(self, source: Source) -> bool:
        """Whether a source can show it."""
        return {self.only, self.condition.source} <= {None, source}


def field(operations: Iterable[str], path: str, *tests: Test) -> Condition:
    """A field of one of these operations' answers passes all tests; a path is as in "items[].tool"."""
    names = tuple(operations)

    def places(tenant: Tenant) -> Iterator[Seen]:
        found = (_field(view, path) for name in names if (view := tenant.views.get(name)) is not None)
        return (seen for seen in found if seen is not None and all(test(seen) for test in tests))

    return Condition(places)


def parameter(operations: Iterable[str], name: str, *tests: Test) -> Condition:
    """A query parameter of one of these operations passes all tests."""
    names = tuple(operations)

    def places(tenant: Tenant) -> Iterator[Seen]:
        views = (tenant.views[each] for each in names if each in tenant.views)
        found = (_parameter(view.parameters[name]) for view in views if name in view.parameters)
        return (seen for seen in found if all(test(seen) for test in tests))

    return Condition(places, Source.FILE)


def error_field(name: str, *tests: Test, beside: str | None = None) -> Condition:
    """A field of an error's body passes all tests, if the body has also the field `beside`."""

    def places(tenant: Tenant) -> Iterator[Seen]:
        bodies = (body for body in tenant.errors() if body.fields and (beside is None or beside in body.fields))
        found = (_in_object(body, name) for body in bodies)
        return (seen for seen in found if all(test(seen) for test in tests))

    return Condition(places)


def status(operations: Iterable[str], code: str, *tests: Test) -> Condition:
    """One of these operations answers with this status, and the body passes all tests."""
    names = tuple(operations)

    def places(tenant: Tenant) -> Iterator[Seen]:
        views = (tenant.views[each] for each in names if each in tenant.views)
        answers = (view.answers[code] for view in views if code in view.answers)
        found = (Seen(each.where, Presence.SOMETIMES, each.shape or _NOTHING) for each in answers)
        return (seen for seen in found if all(test(seen) for test in tests))

    return Condition(places)


def header(code: str, name: str, *tests: Test) -> Condition:
    """Answers with this status have this header, and it passes all tests in each that has it."""

    def places(tenant: Tenant) -> Iterator[Seen]:
        answers = [view.answers[code] for view in tenant.views.values() if code in view.answers]
        found = [_header(each) for answer in answers for each in answer.headers if each.name == name.lower()]
        return iter(found if all(test(seen) for test in tests for seen in found) else ())

    return Condition(places)


def schemes(*names: str) -> Condition:
    """The API takes each of these schemes of the Authorization header."""

    def places(tenant: Tenant) -> Iterator[Seen]:
        found = [tenant.schemes.get(name.lower()) for name in names]
        return iter([] if None in found else [Seen(str(found[0]), Presence.ALWAYS)])

    return Condition(places, Source.FILE)


def _header(found: Header) -> Seen:
    return Seen(found.shape.where, Presence.ALWAYS if found.is_required else Presence.SOMETIMES, found.shape)


def _parameter(found: Parameter) -> Seen:
    presence = Presence.ALWAYS if found.is_required else Presence.SOMETIMES
    return Seen(found.shape.where, presence, found.shape, found.default, found.minimum)


def _field(view: View, path: str) -> Seen | None:
    aligned = view.alignment
    if path in aligned.found:
        return Seen(aligned.found[path].where, _presence(aligned.required.get(path)), aligned.found[path])
    where = aligned.missing.get(path)
    return None if where is None else Seen(where, Presence.NEVER)


def _in_object(body: Shape, name: str) -> Seen:
    if name not in body.fields:
        return Seen(body.where, Presence.NEVER)
    required = None if body.required is None else name in body.required
    return Seen(body.fields[name].where, _presence(required), body.fields[name])


def _presence(required: bool | None) -> Presence:  # noqa: FBT001 (a value that may be None, not a flag)
    if required is None:
        return Presence.UNSTATED
    return Presence.ALWAYS if required else Presence.SOMETIMES


def always(seen: Seen) -> bool:
    """It is required; in samples, it was there every time."""
    return seen.presence is Presence.ALWAYS


def sometimes(seen: Seen) -> bool:
    """It is optional beside fields that are required; in samples, it was not always there."""
    return seen.presence is Presence.SOMETIMES


def never(seen: Seen) -> bool:
    """It is not there, though the object around it is."""
    return seen.presence is Presence.NEVER


def not_always(seen: Seen) -> bool:
    """It is optional, or not there."""
    return sometimes(seen) or never(seen)


def nullable(seen: Seen) -> bool:
    """Its value can be null."""
    return seen.shape.is_nullable


def not_nullable(seen: Seen) -> bool:
    """It has a type, and its value is never null."""
    return bool(seen.shape.kinds) and not seen.shape.is_nullable


def only_null(seen: Seen) -> bool:
    """Its value is always null."""
    return seen.shape.kinds == {Kind.NULL}


def kinds(*expected: Kind) -> Test:
    """It has exactly these types, null aside; an integer is a number."""
    return lambda seen: seen.shape.types == frozenset(expected)


def kind(expected: Kind) -> Test:
    """It has this type, among others."""
    return lambda seen: expected in seen.shape.types


def whole_number(seen: Seen) -> bool:
    """It is a whole number, always."""
    return seen.shape.kinds == {Kind.INTEGER}


def has_format(*names: str) -> Test:
    """It has one of these formats."""
    return lambda seen: not seen.shape.formats.isdisjoint(names)


def only_format(*names: str) -> Test:
    """It has formats, and no other than these."""
    return lambda seen: bool(seen.shape.formats) and seen.shape.formats <= set(names)


def in_enum(*values: str) -> Test:
    """Its enum, or that of its elements, has one of these values."""
    return lambda seen: not values_of(seen.shape).isdisjoint(values)


def enum_within(*values: str) -> Test:
    """It, or its elements, has an enum, and no other values than these."""
    return lambda seen: bool(values_of(seen.shape)) and values_of(seen.shape) <= set(values)


def defaults_to(value: str) -> Test:
    """Its default is this one."""
    return lambda seen: seen.default == value


def at_least(minimum: int) -> Test:
    """Its smallest value is this one."""
    return lambda seen: seen.minimum == minimum


def values_of(shape: Shape) -> frozenset[str]:
    """The values of an enum, or of the enum of an array's elements."""
    own = shape.enum or frozenset()
    return own or (values_of(shape.items) if shape.items else frozenset())
