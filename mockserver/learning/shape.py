"""Shapes of JSON values: types, fields, nullability and formats, never values.

Both a schema and a captured body have one. Enums are known only from a schema.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce

EMPTY = "empty"
TEXT = "text"
LARGE = "large"
NEGATIVE = "negative"
NUMERIC = "number"
DIGITS = "digits:"
DECIMALS = "decimals:"
"""Formats beside those of OpenAPI, seen in captured values: no character; text of no known form; 2^53 or more; below 0;
a number as text; and, each before a number, digits of a second's fraction in a timestamp and decimals of a number."""

STRONG = frozenset(("uuid", "email", "date", "date-time"))
"""Formats that tell a field apart by themselves."""


class Kind(StrEnum):
    """A type of JSON."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one value; without `kinds`, nothing is known of it.

    `required` are the fields that are always there, None where that is not said. A map has keys that are data, beside
    its fields if it has any; of a captured one, none is kept. `where` is the place of its definition, and `description`
    that of its schema.
    """

    kinds: frozenset[Kind] = frozenset()
    formats: frozenset[str] = frozenset()
    enum: frozenset[str] | None = None
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] | None = None
    items: "Shape | None" = None
    is_map: bool = False
    description: str = ""
    where: str = ""

    @property
    def is_nullable(self) -> bool:
        """Whether null is one of its types."""
        return Kind.NULL in self.kinds

    @property
    def types(self) -> frozenset[Kind]:
        """Its types without null, an integer being a number."""
        return frozenset(Kind.NUMBER if kind is Kind.INTEGER else kind for kind in self.kinds - {Kind.NULL})


Combine = Callable[[Shape, Shape], Shape]


def is_same_type(one: Shape, other: Shape) -> bool:
    """Whether one value could have the types of both shapes."""
    return not (one.types and other.types) or bool(one.types & other.types)


def is_compatible(known: Shape, other: Shape) -> bool:
    """Whether one value could have the types of both, and the format that a known shape has."""
    strong, seen = known.formats & STRONG, other.formats & STRONG
    has_format = bool(strong & seen) if seen else not strong or TEXT not in other.formats
    return is_same_type(known, other) and (has_format or not strong)


def union(shapes: Iterable[Shape]) -> Shape:
    """The shape of a value that has any of these shapes."""
    return reduce(_either, shapes)


def _either(one: Shape, other: Shape) -> Shape:
    if one is other:  # As most values in the same field of two rows are: `sample_shape` gives them the same shape.
        return one
    kinds = one.kinds | other.kinds if one.kinds and other.kinds else frozenset[Kind]()
    return Shape(
        kinds,
        one.formats | other.formats,
        _union_of_enums(one, other),
        _all_fields(one, other, _either),
        _in_both(one, other),
        _merge(one.items, other.items, _either),
        one.is_map or other.is_map,
        one.description or other.description,
        one.where or other.where,
    )


def _union_of_enums(one: Shape, other: Shape) -> frozenset[str] | None:
    """The values of both, where both have an enum; null by itself has none."""
    if one.enum is not None and other.enum is not None:
        return one.enum | other.enum
    only_null = frozenset((Kind.NULL,))
    return one.enum if other.kinds == only_null else other.enum if one.kinds == only_null else None


def _in_both(one: Shape, other: Shape) -> frozenset[str] | None:
    """The required fields of a value that is either; what is no object has no say."""
    if Kind.OBJECT not in one.kinds or Kind.OBJECT not in other.kinds:
        return one.required if Kind.OBJECT in one.kinds else other.required
    if one.required is None or other.required is None:
        return None
    return one.required & other.required


def intersection(shapes: Iterable[Shape]) -> Shape:
    """The shape of a value that has all of these shapes; the first description and place count."""
    return reduce(_both, shapes)


def _both(one: Shape, other: Shape) -> Shape:
    named = [each.required for each in (one, other) if each.required is not None]
    enums = [each.enum for each in (one, other) if each.enum is not None]
    return Shape(
        _common(one.kinds, other.kinds),
        one.formats | other.formats,
        frozenset.intersection(*enums) if enums else None,
        _all_fields(one, other, _both),
        frozenset().union(*named) if named else None,
        _merge(one.items, other.items, _both),
        one.is_map or other.is_map,
        description=one.description or other.description,
        where=one.where or other.where,
    )


def _common(one: frozenset[Kind], other: frozenset[Kind]) -> frozenset[Kind]:
    if not one or not other:
        return one or other
    if Kind.NUMBER in one and Kind.INTEGER in other:
        one |= {Kind.INTEGER}
    if Kind.NUMBER in other and Kind.INTEGER in one:
        other |= {Kind.INTEGER}
    return one & other or one


def _all_fields(one: Shape, other: Shape, combine: Combine) -> dict[str, Shape]:
    names = dict.fromkeys((*one.fields, *other.fields))
    found = {name: _merge(one.fields.get(name), other.fields.get(name), combine) for name in names}
    return {name: shape for name, shape in found.items() if shape is not None}


def _merge(one: Shape | None, other: Shape | None, combine: Combine) -> Shape | None:
    return combine(one, other) if one is not None and other is not None else one or other


def nullable(shape: Shape) -> Shape:
    """The same shape, or null."""
    return replace(shape, kinds=shape.kinds | {Kind.NULL}) if shape.kinds else shape
