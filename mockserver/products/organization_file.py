"""What a product adds to the format of organization files: keys with their shapes, rules, records, and help lines.

The format itself, and loading a file, belongs to the `organizations` room.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow.fields import Field

from mockserver.validation.yaml_text import Path

FileValues = Mapping[str, Any]
"""Values of a file that have the right shape, by key. Any key may be missing."""


@dataclass(frozen=True, slots=True)
class RuleViolation:
    """A rule that a file breaks at a path."""

    path: Path
    rule: str


@dataclass(frozen=True, slots=True)
class FileKeys:
    """Keys that a product adds to one kind of mapping, and the record that their values become.

    `to_options` gets the values of those of these keys that the file has; None stands for no record.
    """

    fields: Mapping[str, Field[Any]] = field(default_factory=dict)
    to_options: Callable[[FileValues], object | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class DraftLines:
    """The product's part of a drafted file.

    `root` are whole lines with the product's keys of the organization, with comments; `person` are lines
    that explain its keys of a special person, without the comment sign; `example_person` and `example_fact` are its
    keys in a special person and its rows in a fact, in YAML's flow style.
    """

    root: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    example_person: str = ""
    example_fact: str = ""


@dataclass(frozen=True, slots=True)
class FileSection:
    """A product's part of the format. `violations` checks across keys, over all values of a file."""

    organization: FileKeys = FileKeys()
    person: FileKeys = FileKeys()
    service_account: FileKeys = FileKeys()
    violations: Callable[[FileValues], Iterator[RuleViolation]] = lambda _: iter(())
    draft: DraftLines = DraftLines()
