"""Our OpenAPI files as other tools would write them: Swagger 2.0, and OpenAPI 3.0 in the manner of Springdoc."""

import json
from collections.abc import Callable
from typing import Any

import yaml

Document = dict[str, Any]

METHODS = ("get", "post", "put", "delete")
DROPPED = ("x-evidence", "examples", "example", "if", "then", "else", "dependentRequired", "links", "pattern")
NULL = {"type": "null"}


def plain(document: Document) -> Document:
    """OpenAPI 3.1, without what does not concern shapes."""
    made: Document = _each(
        document, lambda node: {key: value for key, value in node.items() if not _is_dropped(key, value)}
    )
    return made


def _is_dropped(key: str, value: Any) -> bool:
    return key in DROPPED and not (isinstance(value, dict) and "type" in value)


def springdoc(document: Document, *, prefix: str = "/api/ext/v2", wrapper: str = "payload") -> Document:
    """OpenAPI 3.0.1 with nullable, allOf around references, enums behind references, and answers inside an object."""
    made: Document = _each(_each(plain(document), _described_reference), _nullable("nullable"))
    made["openapi"] = "3.0.1"
    made["servers"] = [{"url": "https://tenant.example/base"}]
    made = _named_enums(made)
    for index, answer in enumerate(_answers(made)):
        schema = answer["schema"]
        if wrapper and index % 2 == 0:
            answer["schema"] = {"type": "object", "required": [wrapper], "properties": {wrapper: schema}}
    made["paths"] = {f"{prefix}{path}": item for path, item in made["paths"].items()}
    return made


def with_arrays_on_top(document: Document, *answers: str) -> Document:
    """The same, with some answers being the array that is their only field."""
    made = plain(document)
    for name in answers:
        (array,) = made["components"]["schemas"][name]["properties"].values()
        made["components"]["schemas"][name] = array
    return made


def swagger(document: Document, *, base: str = "/tenant") -> Document:
    """Swagger 2.0: definitions, x-nullable, parameters without a schema, answers without a media type."""
    made: Document = _each(_each(plain(document), _nullable("x-nullable")), _reference_of_swagger)
    components = made.pop("components")
    for item in made["paths"].values():
        for method in METHODS:
            if method in item:
                _operation_of_swagger(item[method])
    del made["openapi"], made["servers"]
    return {
        "swagger": "2.0",
        "basePath": base,
        **made,
        "definitions": components["schemas"],
        "parameters": {name: _flat(each) for name, each in components.get("parameters", {}).items()},
        "responses": {name: _without_media(each) for name, each in components["responses"].items()},
        "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
    }


def as_json(document: Document) -> bytes:
    return json.dumps(document).encode()


def as_yaml(document: Document) -> bytes:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True).encode()


def _each(node: Any, change: Callable[[Document], Document]) -> Any:
    """A document whose every object is changed, the inner ones first."""
    if isinstance(node, dict):
        return change({key: _each(value, change) for key, value in node.items()})
    return [_each(each, change) for each in node] if isinstance(node, list) else node


def _nullable(keyword: str) -> Callable[[Document], Document]:
    """Writes null as a keyword in place of a type."""

    def change(node: Document) -> Document:
        if isinstance(node.get("type"), list) and "null" in node["type"]:
            (kind,) = [each for each in node["type"] if each != "null"]
            return {**node, "type": kind, keyword: True}
        if node == NULL:
            return {"enum": [None], keyword: True}
        for union in ("oneOf", "anyOf"):
            parts = node.get(union)
            if isinstance(parts, list) and {"enum": [None], keyword: True} in parts and len(parts) == 2:
                rest = [each for each in parts if each != {"enum": [None], keyword: True}]
                return {**{key: value for key, value in node.items() if key != union}, "allOf": rest, keyword: True}
        return node

    return change


def _described_reference(node: Document) -> Document:
    if isinstance(node.get("$ref"), str) and len(node) > 1:
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {**rest, "allOf": [{"$ref": node["$ref"]}]}
    return node


def _named_enums(document: Document) -> Document:
    """Every enum of texts behind a reference."""
    schemas: Document = {}

    def change(node: Document) -> Document:
        values = node.get("enum")
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values) or len(values) < 2:
            return node
        name = f"Enum{len(schemas)}"
        schemas[name] = {"type": "string", "enum": values}
        rest = {key: value for key, value in node.items() if key not in {"enum", "type"}}
        return {**rest, "allOf": [{"$ref": f"#/components/schemas/{name}"}]}

    made: Document = _each(document, change)
    made["components"]["schemas"] |= schemas
    return made


def _answers(document: Document) -> list[Any]:
    """The media types of successful answers that are not behind a reference."""
    return [
        media
        for item in document["paths"].values()
        for method in METHODS
        if method in item
        for media in item[method]["responses"].get("200", {}).get("content", {}).values()
    ]


def _reference_of_swagger(node: Document) -> Document:
    if isinstance(node.get("$ref"), str):
        moved = node["$ref"].replace("#/components/schemas/", "#/definitions/").replace("#/components/", "#/")
        return {**node, "$ref": moved}
    return node


def _operation_of_swagger(operation: Document) -> None:
    operation["parameters"] = [_flat(each) for each in operation.get("parameters", ())]
    operation["responses"] = {code: _without_media(each) for code, each in operation["responses"].items()}
    operation.pop("requestBody", None)


def _flat(parameter: Document) -> Document:
    """A parameter with its schema's keywords at its own level, as far as they are not behind a reference."""
    schema = parameter.get("schema", {})
    if "$ref" in schema:
        return parameter
    return {**{key: value for key, value in parameter.items() if key != "schema"}, **schema} if schema else parameter


def _without_media(response: Document) -> Document:
    media = next(iter(response.get("content", {}).values()), None)
    rest = {key: value for key, value in response.items() if key != "content"}
    return {**rest, "schema": media["schema"]} if media else rest
