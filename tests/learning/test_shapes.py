"""Shapes of schemas, in every dialect, and of captured values."""

import json
from typing import Any

import pytest

from mockserver.learning import sample_shape
from mockserver.learning.document import Document
from mockserver.learning.errors import LearnError
from mockserver.learning.schema_shape import SchemaReader
from mockserver.learning.shape import Kind, Shape, intersection, is_compatible, is_same_type, nullable, union

NULL = Kind.NULL


def read(schema: object, **schemas: Any) -> Shape:
    """The shape of a schema, in a document with these components."""
    content = {"openapi": "3.1.0", "paths": {"/a": {}}, "components": {"schemas": schemas}}
    return SchemaReader(Document(json.dumps(content).encode(), "tenant.json")).shape(schema, "#/here")


def names(values: frozenset[Any] | None) -> set[Any]:
    """A set that can be compared with any other."""
    return set(values or ())


def of(*values: Any) -> Shape:
    """What captured values have in common."""
    return union(sample_shape.shape(sample_shape.read(json.dumps(each).encode(), "a"), "sample 1") for each in values)


NULLABLE: dict[str, Any] = {
    "3.1 list": {"type": ["string", "null"]},
    "3.0": {"type": "string", "nullable": True},
    "2.0": {"type": "string", "x-nullable": True},
    "anyOf": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "oneOf": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Text"}]},
    "allOf beside nullable": {"allOf": [{"$ref": "#/components/schemas/Text"}], "nullable": True},
    "enum": {"type": "string", "enum": ["a", None]},
}


@pytest.mark.parametrize("schema", NULLABLE.values(), ids=NULLABLE)
def test_null_is_read_in_every_dialect(schema: Any) -> None:
    found = read(schema, Text={"type": "string"})
    assert found.kinds == {Kind.STRING, NULL}
    assert found.is_nullable
    assert found.types == {Kind.STRING}


KINDS: dict[str, tuple[Any, set[Kind]]] = {
    "type": ({"type": "integer"}, {Kind.INTEGER}),
    "enum alone": ({"enum": ["a", 1, 1.5, True, {}, [], None]}, {*Kind}),
    "const": ({"const": 3}, {Kind.INTEGER}),
    "properties alone": ({"properties": {"a": {}}}, {Kind.OBJECT}),
    "items alone": ({"items": {}}, {Kind.ARRAY}),
    "unknown type": ({"type": "file"}, set()),
    "types that are no words": ({"type": [{}, 1]}, set()),
    "anything": (True, set()),
    "integer and number": ({"allOf": [{"type": "number"}, {"type": "integer"}]}, {Kind.INTEGER}),
    "number and integer": ({"allOf": [{"type": "integer"}, {"type": "number"}]}, {Kind.INTEGER}),
    "contradiction": ({"type": "string", "allOf": [{"type": "integer"}]}, {Kind.STRING}),
    "anything or text": ({"anyOf": [{}, {"type": "string"}]}, set()),
}


@pytest.mark.parametrize(("schema", "kinds"), KINDS.values(), ids=KINDS)
def test_types_of_a_schema(schema: Any, kinds: set[Kind]) -> None:
    assert read(schema).kinds == kinds


def test_what_is_unknown_stays_unknown_with_null() -> None:
    assert nullable(Shape()) == Shape()
    assert read({"nullable": True}).kinds == set()


def test_fields_of_all_of_are_joined() -> None:
    base = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "n": {"type": "number"}}}
    schema = {
        "description": " Ours. ",
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"required": ["n"], "properties": {"n": {"type": "integer"}, "a/b": {}}},
        ],
    }
    found = read(schema, Base=base)
    assert (found.description, names(found.required), [*found.fields]) == ("Ours.", {"id", "n"}, ["id", "n", "a/b"])
    assert found.fields["n"].kinds == {Kind.INTEGER}
    assert found.fields["id"].where == "#/components/schemas/Base/properties/id"
    assert found.fields["a/b"].where == "#/here/allOf/1/properties/a~1b"


def test_field_is_required_of_alternatives_only_if_it_is_of_each() -> None:
    one = {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {}}}
    other = {"type": "object", "required": ["a"], "properties": {"a": {"type": "null"}}}
    assert names(read({"oneOf": [one, other]}).required) == {"a"}
    assert read({"oneOf": [one, other]}).fields["a"].kinds == {Kind.STRING, NULL}
    assert names(read({"oneOf": [one, {"type": "null"}]}).required) == {"a", "b"}
    assert names(read({"oneOf": [{"type": "null"}, one]}).required) == {"a", "b"}
    assert read({"oneOf": [one, {"type": "object"}]}).required is None


def test_enum_is_known_only_where_every_alternative_has_one() -> None:
    assert names(read({"oneOf": [{"enum": ["a"]}, {"enum": ["b"]}]}).enum) == {"a", "b"}
    assert names(read({"oneOf": [{"enum": ["a"]}, {"type": "null"}]}).enum) == {"a"}
    assert names(read({"oneOf": [{"type": "null"}, {"enum": ["a"]}]}).enum) == {"a"}
    assert read({"oneOf": [{"enum": ["a"]}, {"type": "string"}]}).enum is None
    assert names(read({"enum": ["a", "b"], "allOf": [{"enum": ["b"]}]}).enum) == {"b"}
    assert names(read({"const": "a"}).enum) == {"a"}


def test_formats_of_a_schema() -> None:
    assert read({"type": "string", "format": "uuid"}).formats == {"uuid"}
    assert read({"type": "number", "multipleOf": 0.01}).formats == {"decimals:2"}
    assert read({"type": "number", "multipleOf": 5}).formats == set()


def test_schema_inside_itself_has_no_shape_there() -> None:
    tree = {"type": "object", "properties": {"children": {"items": {"$ref": "#/components/schemas/Tree"}}}}
    found = read({"$ref": "#/components/schemas/Tree"}, Tree=tree)
    inner = found.fields["children"].items
    assert inner is not None
    assert (names(inner.kinds), [*inner.fields]) == (set(), [])


def test_schemas_that_contain_one_another_too_often_are_refused() -> None:
    steps = {f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 4} for n in range(20)}
    with pytest.raises(LearnError, match=r"tenant\.json: the schemas contain one another too often to be read"):
        read({"$ref": "#/components/schemas/S0"}, **steps, S20={"type": "string"})


REFERENCES = {
    "another file": ("common.yaml#/A", "'common.yaml#/A' at #/here leads to another file, and only references inside"),
    "a URL": ("https://a.example/b", "leads to another file"),
    "nothing": ("#/components/schemas/None", "'#/components/schemas/None' at #/here leads to nothing"),
    "no index": ("#/components/schemas/List/9", "leads to nothing"),
    "itself": ("#/components/schemas/Self", "'#/components/schemas/Self' at #/components/schemas/Self leads to itself"),
}


@pytest.mark.parametrize(("reference", "message"), REFERENCES.values(), ids=REFERENCES)
def test_reference_that_leads_nowhere_is_named(reference: str, message: str) -> None:
    with pytest.raises(LearnError) as caught:
        read({"$ref": reference}, List=[{"type": "string"}], Self={"$ref": "#/components/schemas/Self"})
    assert message in str(caught.value)


def test_references_go_through_lists_and_escapes() -> None:
    schemas = {"a/b~c d": [{"type": "string"}]}
    assert read({"$ref": "#/components/schemas/a~1b~0c%20d/0"}, **schemas).kinds == {Kind.STRING}


FORMATS: dict[str, tuple[Any, str]] = {
    "no character": ("", "empty"),
    "uuid": ("7F6c2a34-0d0e-4c3e-9a5b-2f1d7a3e9c10", "uuid"),
    "address": ("ada@example.com", "email"),
    "date": ("2025-10-01", "date"),
    "no date": ("2025-13-01", "text"),
    "other form of a date": ("20251001", "number"),
    "number": ("-12.50", "number"),
    "text": ("Ada", "text"),
    "whole seconds": ("2025-10-01T00:00:00Z", "digits:0"),
    "nanoseconds": ("2025-10-01T00:00:00.123456789+02:00", "digits:9"),
    "decimals": (1.25, "decimals:2"),
    "large": (2**53, "large"),
}


@pytest.mark.parametrize(("value", "expected"), FORMATS.values(), ids=FORMATS)
def test_formats_of_captured_values(value: Any, expected: str) -> None:
    assert of(value).formats == {expected}


def test_small_numbers_and_words_of_json_have_no_format() -> None:
    for value, kind in ((1, Kind.INTEGER), (True, Kind.BOOLEAN), (None, NULL), ([], Kind.ARRAY)):
        assert (names(of(value).kinds), names(of(value).formats)) == ({kind}, set())


def test_field_is_required_in_samples_if_every_one_has_it() -> None:
    found = of([{"a": 1, "b": None}, {"a": 2.5}]).items
    assert found is not None
    assert (names(found.required), names(found.fields["a"].kinds)) == ({"a"}, {Kind.INTEGER, Kind.NUMBER})


@pytest.mark.parametrize(
    "key", ["ada@example.com", "Ada Lovelace", "", "12", "7f6c2a340d0e4c3e", "user_123456", "a" * 70, "é"]
)
def test_object_with_a_key_that_is_no_plain_word_is_a_map(key: str) -> None:
    found = of({"total": 1, key: 2})
    assert (found.is_map, found.fields) == (True, {})


def test_object_with_very_many_keys_is_a_map() -> None:
    assert of({f"{chr(97 + n // 26)}{chr(97 + n % 26)}": n for n in range(201)}).is_map
    assert not of({"a": 1}).is_map


def test_very_deep_value_has_no_shape_at_its_end() -> None:
    value: Any = 1
    for _ in range(40):
        value = [value]
    found: Shape | None = of(value)
    depth = 0
    while found is not None and found.kinds:
        found, depth = found.items, depth + 1
    assert depth == 31


BROKEN = {
    "no JSON": (b'{"a": SECRET}', "a.json: not JSON at line 1, column 7: Expecting value"),
    "no UTF-8": (b"\xff", "a.json: not UTF-8 at byte 0"),
    "too deep": (b"[" * 100_000, "a.json: not JSON that can be read: nested too deep"),
    "an enormous number": (b"1" * 5000, "a.json: not JSON that can be read"),
    "an exponent out of range": (b"1.5e9999999999999999999", "a.json: not JSON that can be read"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_sample_that_is_no_json_is_an_error_without_a_word_of_it(content: bytes, message: str) -> None:
    with pytest.raises(LearnError) as caught:
        sample_shape.read(content, "a.json")
    assert str(caught.value).startswith(message)
    assert "SECRET" not in str(caught.value)


def test_compatible_shapes_have_a_type_and_the_known_format_in_common() -> None:
    uuid, text, number = read({"type": "string", "format": "uuid"}), read({"type": "string"}), read({"type": "number"})
    assert is_same_type(uuid, Shape())
    assert not is_same_type(uuid, number)
    assert is_compatible(uuid, text)
    assert is_compatible(text, uuid)
    assert not is_compatible(uuid, read({"type": "string", "format": "email"}))
    assert not is_compatible(uuid, of("Ada"))
    assert is_compatible(uuid, of(None))


def test_shapes_of_nothing_but_one_are_the_same() -> None:
    only = of({"a": 1})
    assert union([only]) == intersection([only]) == only


DOCUMENTS = {
    "deep YAML": (b"a: " + b"[" * 200, "a.yaml: nested deeper than 100 levels"),
    "deep JSON": (b'{"a":' + b"[" * 100_000, "a.yaml: nested deeper than 100 levels"),
    "enormous number": (b'{"a": ' + b"1" * 5000 + b"}", "a.yaml: not JSON that can be read: a number is too long"),
    "no UTF-8": (b"a: \xff", "a.yaml: not UTF-8 at byte 3; it must be a text file"),
    "tag": (
        b"a: !!python/object:os.system {}",
        "a.yaml: neither JSON nor YAML at line 1, column 4: could not determine",
    ),
    "control character": (b"a: \x01", "a.yaml: neither JSON nor YAML"),
}


@pytest.mark.parametrize(("content", "message"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_document_that_cannot_be_parsed_is_one_error(content: bytes, message: str) -> None:
    with pytest.raises(LearnError) as caught:
        Document(content, "a.yaml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
