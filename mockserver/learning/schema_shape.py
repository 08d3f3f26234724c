"""The shape that a schema describes, in the dialects of Swagger 2.0, OpenAPI 3.0 and 3.1."""

from collections.abc import Iterator
from typing import Any

from mockserver.learning.document import Document, Node, escape, listing, mapping, text
from mockserver.learning.errors import LearnError
from mockserver.learning.shape import DECIMALS, Kind, Shape, intersection, nullable, union

_DEPTH_MAXIMUM = 30
_SHAPES_MAXIMUM = 100_000
_KINDS = {each.value: each for each in Kind}
_OF_VALUES = ((bool, Kind.BOOLEAN), (int, Kind.INTEGER), (float, Kind.NUMBER), (str, Kind.STRING), (list, Kind.ARRAY))


class SchemaReader:
    """Reads schemas of one document. A schema inside itself has no shape there."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._count = 0

    def shape(self, schema: object, pointer: str, inside: tuple[str, ...] = ()) -> Shape:
        """The shape of a schema at a pointer; LearnError for a reference that cannot be resolved."""
        node, target, passed = self._document.resolve(schema, pointer)
        self._count += 1
        if self._count > _SHAPES_MAXIMUM:
            raise LearnError(f"{self._document.name}: the schemas contain one another too often to be read")
        if set(passed) & set(inside) or len(inside) > _DEPTH_MAXIMUM:
            return Shape(where=pointer)
        inside = (*inside, *passed) if passed else (*inside, pointer)
        # A description beside a reference is nearer to the field than the one behind it.
        beside = Shape(description=text(mapping(schema).get("description")), where=pointer)
        found = intersection((beside, *self._parts(node, target, inside)))
        return nullable(found) if node.get("nullable") is True or node.get("x-nullable") is True else found

    def _parts(self, node: Node, pointer: str, inside: tuple[str, ...]) -> Iterator[Shape]:
        yield self._own(node, pointer, inside)
        yield from self._each(node, "allOf", pointer, inside)
        for keyword in ("oneOf", "anyOf"):
            if alternatives := [*self._each(node, keyword, pointer, inside)]:
                yield union(alternatives)

    def _each(self, node: Node, keyword: str, pointer: str, inside: tuple[str, ...]) -> Iterator[Shape]:
        for index, each in enumerate(listing(node.get(keyword))):
            yield self.shape(each, f"{pointer}/{keyword}/{index}", inside)

    def _own(self, node: Node, pointer: str, inside: tuple[str, ...]) -> Shape:
        properties = mapping(node.get("properties"))
        fields = {
            name: self.shape(each, f"{pointer}/properties/{escape(name)}", inside) for name, each in properties.items()
        }
        items = self.shape(node["items"], f"{pointer}/items", inside) if "items" in node else None
        return Shape(
            _kinds(node),
            frozenset(_formats(node)),
            _enum(node),
            fields,
            frozenset(map(str, listing(node["required"]))) if listing(node.get("required")) else None,
            items,
            node.get("additionalProperties", False) is not False,
            description=text(node.get("description")),
            where=pointer,
        )


def _kinds(node: Node) -> frozenset[Kind]:
    given = node.get("type")
    kinds = {_KINDS[each] for each in (listing(given) or [given]) if isinstance(each, str) and each in _KINDS}
    if not kinds and "enum" in node:
        kinds = {_kind_of(each) for each in listing(node["enum"])}
    elif not kinds and "const" in node:
        kinds = {_kind_of(node["const"])}
    elif not kinds and mapping(node.get("properties")):
        kinds = {Kind.OBJECT}
    elif not kinds and "items" in node:
        kinds = {Kind.ARRAY}
    if None in listing(node.get("enum")):
        kinds.add(Kind.NULL)
    return frozenset(kinds)


def _kind_of(value: object) -> Kind:
    if value is None:
        return Kind.NULL
    return next((kind for type_, kind in _OF_VALUES if isinstance(value, type_)), Kind.OBJECT)


def _formats(node: Node) -> Iterator[str]:
    if text(node.get("format")):
        yield text(node["format"])
    step = node.get("multipleOf")
    if isinstance(step, int | float) and 0 < step < 1:
        yield f"{DECIMALS}{len(f'{step:.9f}'.rstrip('0').partition('.')[2])}"


def _enum(node: Node) -> frozenset[str] | None:
    values: list[Any] = [node["const"]] if "const" in node else listing(node.get("enum"))
    found = frozenset(str(each) for each in values if each is not None)
    return found or None
