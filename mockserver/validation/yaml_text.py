"""A safe subset of YAML: plain mappings, lists, text, numbers, booleans and nulls.

Aliases, tags and repeated keys are refused with their line. Words, dates and times that YAML 1.1 converts stay text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""The path to a value inside a document: keys of mappings and indexes of lists."""

DEPTH_MAXIMUM = 12
"""How deep lists and mappings may be nested; an organization file needs five."""

QUOTE_MAXIMUM = 60
"""The most characters of a value that an error shows."""

_PLAIN_KEY = re.compile(r"[\w@.+'-]{1,60}")
_TAG = "tag:yaml.org,2002:"
_PLAIN_SCALARS = {
    f"{_TAG}bool": "true|false",
    f"{_TAG}null": "null|~|",
    f"{_TAG}int": "-?(0|[1-9][0-9]{0,17})",
}


class YamlError(ValueError):
    """A text that cannot be read; `problems` has a line for everything that is wrong with it."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def plain_loader(parent: type[Any], scalars: Mapping[str, str] = _PLAIN_SCALARS) -> type[Any]:
    """A loader like `parent`, a safe loader of PyYAML, whose scalars are text unless a pattern (by tag) matches."""
    loader: type[Any] = type("PlainLoader", (parent,), {"yaml_implicit_resolvers": {}})
    for tag, pattern in scalars.items():
        loader.add_implicit_resolver(tag, re.compile(rf"(?:{pattern})\Z"), None)
    return loader


_SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LOADER = plain_loader(_SAFE)
"""Whole numbers only: anything with a decimal point stays text, to the digit."""

DECIMAL_LOADER = plain_loader(_SAFE, {**_PLAIN_SCALARS, f"{_TAG}float": r"-?(0|[1-9][0-9]{0,17})\.[0-9]+"})
"""The same, with decimal fractions as floats."""


def load_bundled(content: bytes) -> Any:
    """The document in one of our own files, with everything that a safe loader knows."""
    return yaml.load(content, _SAFE)  # noqa: S506 - a safe loader, whichever it is


def load(content: bytes, loader: type[Any] = LOADER) -> Any:
    """The document in a file's bytes; YamlError with everything that is wrong."""
    try:
        return _document(content.decode("utf-8-sig"), loader)
    except UnicodeDecodeError as error:
        raise YamlError(f"not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        mark = error.problem_mark
        location = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlError(f"{location}not YAML: {reason}") from error
    except yaml.YAMLError as error:
        raise YamlError(f"not YAML: {' '.join(str(error).split())}") from error


def format_path(path: Path) -> str:
    """A path as a reader writes it: `special[3].joined`. Keys that are no plain words are quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + (str(step) if _PLAIN_KEY.fullmatch(str(step)) else quote(step))
    return text


def quote(value: object) -> str:
    """A value as it can be shown on a terminal, texts in quotes, shortened when it is long."""
    quoted = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return quoted if len(quoted) <= QUOTE_MAXIMUM else f"{quoted[: QUOTE_MAXIMUM - 1]}…"


def _document(text: str, loader: type[Any]) -> object:
    refused = tuple(_traps(text, loader))
    if refused:
        raise YamlError(*refused)
    reading = loader(text)
    try:
        node = reading.get_single_node()
        repeated = tuple(_bad_keys(node, ()))
        if repeated:
            raise YamlError(*repeated)
        return reading.construct_document(node) if node else None
    finally:
        reading.dispose()


def _traps(text: str, loader: type[Any]) -> Iterator[str]:
    """What is YAML but refused here; found in the events, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        line = f"line {event.start_mark.line + 1}: " if event.start_mark else ""
        if isinstance(event, yaml.AliasEvent):
            yield f"{line}alias *{event.anchor}: aliases are not supported; write the value out"
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            yield f"{line}tag {event.tag}: tags are not supported; write the plain value"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAXIMUM:
            yield f"{line}lists and mappings are nested more than {DEPTH_MAXIMUM} deep"
            return


def _bad_keys(node: yaml.Node | None, path: Path) -> Iterator[str]:
    """Keys that are not scalars or are repeated; all others become text, whatever they look like."""
    if isinstance(node, yaml.SequenceNode):
        for index, each in enumerate(node.value):
            yield from _bad_keys(each, (*path, index))
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                yield f"line {line}: a key must be a word, not a list or a mapping"
            elif key.value in lines:
                rule = f"the key is repeated, on line {lines[key.value]} and on line {line}; write it once"
                yield f"{format_path((*path, key.value))}: {rule}"
            else:
                key.tag = f"{_TAG}str"
                lines[key.value] = line
                yield from _bad_keys(value, (*path, key.value))
