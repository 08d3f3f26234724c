"""The page on the control plane, from openapi/admin.yaml."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver import resources
from mockserver.validation import yaml_text
from tools.markdown import table
from tools.reference.vendor_tables import METHODS

OF_A_SANDBOX = "/_mock/sandboxes/{sandbox}"

RESOURCES = """\
## Resources

Resources with *yes* in the last column exist for each sandbox too, under `/_mock/sandboxes/<id>/`. The full schemas are
in `/_mock/openapi/admin.yaml`, and with requests to try at `/_mock/docs/admin`.
"""

Node = Mapping[str, Any]


def page() -> str:
    """Every resource, and every field of the bodies and parameters that it takes."""
    document = yaml_text.load_bundled((resources.openapi() / "admin.yaml").read_bytes())
    bodies = _bodies(document)
    parts = ["# Control plane\n", document["info"]["description"].rstrip() + "\n", RESOURCES]
    parts += [table([("request", "description", "parameters", "body", "in each sandbox"), *_operations(document)])]
    parts.append("## Request bodies\n")
    for name in bodies:
        schema = document["components"]["schemas"][name]
        parts += [f"### {name}\n", schema.get("description", "").strip() + "\n", table([HEAD, *_fields(schema)])]
    return "\n".join(parts)


HEAD = ("field", "type", "description")


def _operations(document: Node) -> Iterator[tuple[str, ...]]:
    paths = document["paths"]
    for path, item in paths.items():
        in_sandbox = OF_A_SANDBOX + path.removeprefix("/_mock") in paths
        if path.startswith(f"{OF_A_SANDBOX}/"):
            continue
        for method, operation in ((method, item[method]) for method in METHODS if method in item):
            given = [*item.get("parameters", []), *operation.get("parameters", [])]
            names = ", ".join(f"`{each['name']}`" for each in given if each.get("in") == "query")
            body = _body(operation)
            linked = f"[{body}](#{body.lower()})" if body in document["components"]["schemas"] else ""
            yield f"`{method.upper()} {path}`", operation["summary"], names, linked, "yes" if in_sandbox else ""


def _body(operation: Node) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    reference: str = content.get("schema", {}).get("$ref", "")
    return reference.rpartition("/")[2]


def _bodies(document: Node) -> list[str]:
    """The schemas of the bodies, and those to which their fields refer, each once."""
    operations = (item[method] for item in document["paths"].values() for method in METHODS if method in item)
    found = [name for name in dict.fromkeys(map(_body, operations)) if name]
    for name in found:  # grows while it is read
        found += [each for each in _references(document["components"]["schemas"][name]) if each not in found]
    return found


def _references(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def _fields(schema: Node) -> Iterator[tuple[str, ...]]:
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        yield f"`{name}`" + (" (required)" if name in required else ""), _type(field), field.get("description", "")


def _type(field: Node) -> str:
    """The type of a field in a few words, with its limits."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "oneOf" in field:
        return " or ".join(_type(each) for each in field["oneOf"])
    values = [field["const"]] if "const" in field else field.get("enum")
    if values:
        return ", ".join(f"`{str(each).lower() if isinstance(each, bool) else each}`" for each in values)
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    if "additionalProperties" in field and isinstance(field["additionalProperties"], Mapping):
        return f"object of {_type(field['additionalProperties'])}"
    kinds = field.get("type", "any")
    return (kinds if isinstance(kinds, str) else " or ".join(kinds)) + _limits(field)


def _limits(field: Node) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    above = field.get("exclusiveMinimum")
    return "" if above is None else f", above {above}" + ("" if high is None else f" to {high}")
