"""`/_mock/openapi/<vendor>.yaml`: the OpenAPI files, with the response names that are in force in a sandbox.

Only data is renamed: properties, lists of required ones, examples, and pointers into answers. The prose keeps the
original names.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import yaml
from flask import Response

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin.admin_context import CONTROL_PLANE, AdminRequest, context
from mockserver.admin.responses import HEADERS, Problem
from mockserver.gateway import response_cache
from mockserver.validation import yaml_text

HEAD = "# Response names are renamed by the switches in force; the original file has more comments.\n"

_EXAMPLES = ("example", "value", "default", "const", "enum")
_ANSWER, _FILE = "$response.body#/", "#/"
"""The prefixes of a pointer into an answer, and of one into the file itself."""


def get(request: AdminRequest) -> Response:
    known = [*(vendor.name for vendor in context().vendors), CONTROL_PLANE]
    if request.name not in known:
        raise Problem(404, unknown_name("OpenAPI file", request.name, known))
    profile, in_force = request.sandbox.profiles.get(request.name), request.sandbox.policy.switches
    content = text_of(request.name, profile.renamed_fields(in_force[profile.name]) if profile else {})
    return Response(content, headers=HEADERS, mimetype="application/yaml")


def text_of(name: str, names: Mapping[str, str]) -> bytes:
    """A vendor's file, or the control plane's, with these names."""
    return rename_text((context().openapi / f"{name}.yaml").read_bytes(), names)


def rename_text(content: bytes, names: Mapping[str, str]) -> bytes:
    """An OpenAPI file with these names, its keys in the same order; the same bytes where there are none."""
    if not names:
        return content
    document = rename(yaml_text.load_bundled(content), names)
    return (HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)).encode()


def rename(node: Any, names: Mapping[str, str]) -> Any:
    """Any part of an OpenAPI document, with these names."""
    if isinstance(node, dict):
        return {key: _rename_value(key, value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [rename(each, names) for each in node]
    return _rename_pointer(node, names) if isinstance(node, str) else node


def _rename_value(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key == "properties" and isinstance(value, dict):
        return {names.get(name, name): rename(schema, names) for name, schema in value.items()}
    if key == "required" and isinstance(value, list):
        return [names.get(name, name) for name in value]
    if key in _EXAMPLES or (key == "examples" and isinstance(value, list)):
        return response_cache.rename_fields(value, names)
    return rename(value, names)


def _rename_pointer(text: str, names: Mapping[str, str]) -> str:
    """A text; where it is a pointer to a field of an answer or to a property in the file, the names are applied."""
    steps = text.split("/")
    names = {old: new.replace("~", "~0").replace("/", "~1") for old, new in names.items()}
    if text.startswith(_ANSWER):
        return "/".join(names.get(step, step) for step in steps)
    if text.startswith(_FILE):
        pairs = pairwise(["", *steps])
        return "/".join(names.get(step, step) if parent == "properties" else step for parent, step in pairs)
    return text
