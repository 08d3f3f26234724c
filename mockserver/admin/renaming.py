"""Answers what an OpenAPI file says where a sandbox calls response names something else.

Which names are in force stays out (`gateway.switches`). Only what is data is renamed: properties, those required,
examples and pointers into answers; the prose keeps the names that the file was written with.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import yaml

from mockserver.gateway import response_cache

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HEAD = "# Response names are renamed by the switches in force; the file as it is shipped has more comments.\n"

_EXAMPLES = ("example", "value", "default", "const", "enum")
_ANSWER, _FILE = "$response.body#/", "#/"
"""How a pointer into an answer begins, and one into the file itself."""


class _Dumper(yaml.SafeDumper):
    """Writes everything out where it stands."""

    def ignore_aliases(self, _: object) -> bool:
        """The renamed tree shares nothing on purpose."""
        return True


def text(content: bytes, names: Mapping[str, str]) -> bytes:
    """An OpenAPI file with these names, the keys in their order; the same bytes where there are none."""
    if not names:
        return content
    document = described(yaml.load(content, LOADER), names)  # noqa: S506 - a safe loader, whichever it is
    return (HEAD + yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)).encode()


def described(part: Any, names: Mapping[str, str]) -> Any:
    """Any part of an OpenAPI document, with these names."""
    if isinstance(part, dict):
        return {key: _member(key, value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [described(each, names) for each in part]
    return _pointer(part, names) if isinstance(part, str) else part


def _member(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key == "properties" and isinstance(value, dict):
        return {names.get(name, name): described(schema, names) for name, schema in value.items()}
    if key == "required" and isinstance(value, list):
        return [names.get(name, name) for name in value]
    if key in _EXAMPLES or (key == "examples" and isinstance(value, list)):
        return response_cache.rename_fields(value, names)
    return described(value, names)


def _pointer(text: str, names: Mapping[str, str]) -> str:
    """A text, which where it points into an answer or at a property in the file follows the names."""
    steps = text.split("/")
    names = {old: new.replace("~", "~0").replace("/", "~1") for old, new in names.items()}
    if text.startswith(_ANSWER):
        return "/".join(names.get(step, step) for step in steps)
    if text.startswith(_FILE):
        pairs = pairwise(["", *steps])
        return "/".join(names.get(step, step) if above == "properties" else step for above, step in pairs)
    return text
