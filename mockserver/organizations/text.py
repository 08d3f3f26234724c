"""Answers what a YAML text holds, as plain mappings, lists, text, whole numbers and truth values.

What the keys mean stays out (`schemas`). YAML's traps stay out as well: aliases, tags, keys that stand twice, and the
words, dates and clock times that YAML 1.1 turns into something else than was written.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

import yaml

from mockserver.organizations import problems

DEPTH_MAXIMUM = 12
"""How deep lists and mappings may stand in one another; an organisation file needs five."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_PLAIN_VALUES = (
    ("tag:yaml.org,2002:bool", re.compile(r"true|false"), "tf"),
    ("tag:yaml.org,2002:null", re.compile(r"null|~|"), ["n", "~", ""]),
    ("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]{0,17})"), "-0123456789"),
)
"""All that is not text without quotes. So `NO` stays Norway, and a date is judged where a date is wanted."""


def plain(parent: type[Any]) -> type[Any]:
    """A loader like `parent`, a safe one of PyYAML's, that takes only the plain values above for more than text."""
    loader: Any = type("PlainLoader", (parent,), {"yaml_implicit_resolvers": {}})
    for tag, pattern, first in _PLAIN_VALUES:
        loader.add_implicit_resolver(tag, re.compile(f"(?:{pattern.pattern})\\Z"), list(first))
    return cast("type[Any]", loader)


LOADER = plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def mapping(content: bytes, source: str, loader: type[Any] = LOADER) -> dict[Any, Any]:
    """The mapping in a file's bytes; `source` names the file in errors. Raises OrganizationError."""
    try:
        found = _document(content.decode("utf-8-sig"), source, loader)
    except UnicodeDecodeError as error:
        raise problems.refusal(source, f"not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except yaml.YAMLError as error:
        raise problems.refusal(source, f"not YAML: {_reason(error)}", _line(error)) from error
    if not isinstance(found, dict):
        raise problems.refusal(source, "not a mapping; a file states keys, `slug`, `name` and `people` at least")
    return found


def _document(text: str, source: str, loader: type[Any]) -> object:
    refused = tuple(problems.Problem(source, place, "", rule) for place, rule in _traps(text, loader))
    if refused:
        raise problems.OrganizationError(refused)
    reading = loader(text)
    try:
        node = reading.get_single_node()
        twice = tuple(problems.Problem(source, place, "", rule) for place, rule in _keys(node, ()))
        if twice:
            raise problems.OrganizationError(twice)
        return reading.construct_document(node) if node else None
    finally:
        reading.dispose()


def _traps(text: str, loader: type[Any]) -> Iterator[tuple[str, str]]:
    """Places and rules of what is YAML but refused here; read from events, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        place = f"line {event.start_mark.line + 1}" if event.start_mark else ""
        if isinstance(event, yaml.AliasEvent):
            yield place, f"alias *{event.anchor}: aliases are not taken; write the value out"
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            yield place, f"tag {event.tag}: tags are not taken; write the plain value"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAXIMUM:
            yield place, f"lists and mappings stand more than {DEPTH_MAXIMUM} deep in one another"
            return


def _keys(node: yaml.Node | None, path: problems.Path) -> Iterator[tuple[str, str]]:
    """Places and rules of bad keys; all others are made text, whatever they look like."""
    if isinstance(node, yaml.SequenceNode):
        for place, each in enumerate(node.value):
            yield from _keys(each, (*path, place))
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                yield f"line {line}", "a key must be a word, not a list or a mapping"
            elif key.value in lines:
                here = problems.format_path((*path, key.value))
                yield here, f"the key stands twice, on line {lines[key.value]} and on line {line}; state it once"
            else:
                key.tag = _TEXT_TAG
                lines[key.value] = line
                yield from _keys(value, (*path, key.value))


def _reason(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        return ", ".join(part for part in (error.context, error.problem) if part)
    return " ".join(str(error).split())


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
