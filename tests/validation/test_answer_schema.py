"""Answers as an OpenAPI file describes them: their places, and what differs from them."""

from typing import Any

import pytest

from mockserver import resources, vendors
from mockserver.app import create_app
from mockserver.validation import answer_schema, field_path, yaml_text
from mockserver.validation.answer_schema import AnswerNode
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract import probes
from tests.fidelity import seen

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}


def described(schema: dict[str, Any], **components: Any) -> AnswerNode:
    """The answer of an operation with this schema."""
    response = {"content": {"application/json": {"schema": schema}}}
    responses = {"400": {"description": "no"}, "200": {"$ref": "#/components/responses/Found"}}
    document = {
        "paths": {"/a/{id}": {"parameters": [], "get": {"operationId": "find", "responses": responses}}},
        "components": {"responses": {"Found": response}, "schemas": components},
    }
    [operation] = answer_schema.operations(document)
    assert (operation.name, operation.method) == ("find", "GET")
    assert operation.path.fullmatch("/a/7")
    assert not operation.path.fullmatch("/a/7/b")
    return answer_schema.answers(document)["find"]


ROW = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "kind": {"enum": ["new", "old"]}, "left": {"type": ["string", "null"]}},
}
SCHEMA = {
    "type": "object",
    "required": ["rows"],
    "properties": {
        "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        "by_name": {"type": "object", "additionalProperties": {"type": "number"}},
        "amount": {"oneOf": [{"type": "number"}, {"type": "string"}]},
        "version": {"const": 2},
        "done": {"type": "boolean"},
    },
}

DIFFERENCES: dict[str, tuple[Any, list[str]]] = {
    "nothing": ({"rows": [{"id": 1, "kind": "new", "left": None}], "done": True, "version": 2, "more": 1}, []),
    "a whole number with a point": ({"rows": [{"id": 1.0}]}, []),
    "either form": ({"rows": [], "amount": "1.5", "by_name": {"a": 1.5}}, []),
    "another type": ({"rows": {}}, ["rows is {}, and not array"]),
    "a missing field": ({"rows": [{}]}, ["rows[0].id is missing"]),
    "null": ({"rows": [{"id": None}]}, ["rows[0].id is null, and not integer"]),
    "text for a number": ({"rows": [{"id": "1"}]}, ["rows[0].id is \"1\", and not integer"]),
    "true for a number": ({"rows": [{"id": True}]}, ["rows[0].id is true, and not integer"]),
    "a fraction": ({"rows": [{"id": 1.5}]}, ["rows[0].id is 1.5, and not integer"]),
    "an unknown value": (
        {"rows": [{"id": 1, "kind": "x" * 90}]},
        [f'rows[0].kind is "{"x" * 59}…, and not one of new, old'],
    ),
    "a new field": ({"rows": [{"id": 1, "name": "a"}]}, ["rows[0].name is not described"]),
    "of no form": ({"rows": [], "amount": []}, ["amount is [], and not number or string"]),
    "in a map": ({"rows": [], "by_name": {"a": "b"}}, ["by_name.a is \"b\", and not number"]),
    "no object": ([], ["the answer is [], and not object"]),
}  # fmt: skip


@pytest.mark.parametrize(("value", "errors"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_differences_are_named_by_their_place(value: Any, errors: list[str]) -> None:
    assert list(described(SCHEMA, Row=ROW).errors(value)) == errors


def test_alternatives_are_merged_and_the_schema_itself_comes_first() -> None:
    one = {"type": "object", "additionalProperties": False, "required": ["a", "b"], "properties": {"a": {"enum": [1]}}}
    other = {
        "type": "object",
        "additionalProperties": False,
        "required": ["b"],
        "properties": {"b": {"type": "string"}},
    }
    node = described({"allOf": [{"oneOf": [one, other]}, {"properties": {"c": {"items": {"type": "null"}}}}]})
    assert [field_path.text_of(path) for path, _ in node.paths()] == ["b", "a", "c", "c[]"]
    assert (node.required, node.is_closed, node.types) == (frozenset({"b"}), True, frozenset({"object"}))
    assert node.fields["a"].values == (1,)
    chosen = described({"anyOf": [{"enum": ["x"]}, {"const": "y"}]})
    assert (chosen.values, chosen.types) == (("x", "y"), frozenset())
    free = described({"oneOf": [{"enum": ["x"]}, {"type": "array", "items": {}}, {"additionalProperties": {}}]})
    assert (free.values, free.items, free.others) == (None, AnswerNode(), AnswerNode())


def test_place_at_a_path_is_found_or_none() -> None:
    node = described(SCHEMA, Row=ROW)
    assert node.at(field_path.parse("$")) is node
    for text in ("rows[3].id", "rows[].left", "by_name.anything"):
        assert node.at(field_path.parse(text)) is not None
    for text in ("rows.id", "rows[].name", "rows[].id.more", "done[0]", "missing", "nowhere.at.all"):
        assert node.at(field_path.parse(text)) is None


def test_operation_without_a_json_answer_is_left_out() -> None:
    document = {
        "paths": {"/a": {"get": {"operationId": "find", "responses": {"204": {"description": "Nothing."}}}}},
    }
    assert answer_schema.operations(document) == []


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_every_answer_under_every_option_is_as_described(vendor: Any) -> None:
    content = (resources.openapi() / vendor.openapi).read_bytes()
    answers = answer_schema.answers(yaml_text.load_bundled(content))
    client = clients.opened(create_app(SETTINGS), vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])
    queries = probes.of(vendor).answered(client)
    checked = 0
    for options in seen.variations(vendor.switches):
        client.sandbox.set_policy({vendor.name: options})
        for path, query in queries.items():
            answer = client.get(path, query)
            if answer.status == 200:
                operation = str(client.sandbox.journal.records()[-1].request.operation)
                assert list(answers[operation].errors(answer.json)) == [], (operation, options)
                checked += 1
    assert checked
