"""Answers which organisations there are and what a file says: found, read, judged, and made a record.

The format stays out (`schemas` and the rooms of rules), and so does writing a new file (`drafts`).
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from marshmallow import ValidationError

from mockserver import resources
from mockserver.organizations import generated_rules, problems, records, rules, schemas, text
from mockserver.organizations.problems import RuleViolation
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization

SIZE_MAXIMUM = 16 * 1024 * 1024
_SCHEMA = schemas.OrganizationSchema()


def bundled() -> tuple[str, ...]:
    """The slugs of the organisations that come with the product, in alphabetical order."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def named(slug: str) -> Organization:
    """A bundled organisation. Raises OrganizationError when there is none of this name."""
    if slug not in bundled():
        raise problems.refusal(slug, f"no bundled organisation has this name; there are: {', '.join(bundled())}")
    return load(_folder() / f"{slug}.yaml")


def load(path: Path) -> Organization:
    """The organisation in a file. Raises OrganizationError with everything that is wrong with it."""
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_MAXIMUM + 1)
    except (OSError, ValueError) as error:
        raise problems.refusal(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return parsed(content, str(path))


def parsed(content: bytes, source: str) -> Organization:
    """The organisation in a file's bytes; `source` names the file in errors. Raises OrganizationError."""
    if len(content) > SIZE_MAXIMUM:
        raise problems.refusal(source, f"too large; at most {SIZE_MAXIMUM // 1024 // 1024} MB")
    document = text.mapping(content, source)
    stated, broken = _shaped(document)
    broken += rules.broken(stated)
    if not broken:
        organization = records.organization(stated)
        broken += generated_rules.broken(organization, pool())
        if not broken:
            return organization
    raise problems.OrganizationError(problems.located(source, document, broken))


@cache
def pool() -> NamePool:
    """The names that generated people bear."""
    listed = json.loads((resources.fixtures() / "names.json").read_bytes())
    given, family = (tuple((written, form) for written, form in listed[each]) for each in ("given", "family"))
    return NamePool(given, family)


def _folder() -> Path:
    return resources.fixtures() / "organizations"


def _shaped(document: dict[Any, Any]) -> tuple[dict[str, Any], list[RuleViolation]]:
    """What has its right shape, and a broken rule for each value that has not."""
    try:
        return _SCHEMA.load(document), []
    except ValidationError as error:
        return cast("dict[str, Any]", error.valid_data), list(_flat(cast("dict[str | int, Any]", error.messages), ()))


def _flat(messages: Mapping[str | int, Any], path: problems.Path) -> Iterator[RuleViolation]:
    """Marshmallow's nested messages, one for each path; "_schema" stands for the mapping itself."""
    for step, inner in messages.items():
        here = path if step == "_schema" else (*path, step)
        if isinstance(inner, Mapping):
            yield from _flat(inner, here)
        else:
            yield from (RuleViolation(here, message) for message in inner)
