"""Organization files: the bundled ones, and loading one from a path or from bytes.

The format is in `schemas` and `rules`; new files are written by `drafts`.
"""

import functools
import json
import operator
from pathlib import Path
from typing import Any, cast

from marshmallow import ValidationError

from mockserver import resources
from mockserver.organizations import records, rules, schemas
from mockserver.products.organization_file import RuleViolation
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import Organization
from mockserver.validation import yaml_text
from mockserver.validation.schemas import flat_errors

SIZE_MAXIMUM = 16 * 1024 * 1024
_SCHEMA = schemas.OrganizationFileSchema()


class OrganizationError(ValueError):
    """An organization file that cannot be used; `problems` has a line for everything that is wrong with it."""

    def __init__(self, source: str, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))


def bundled() -> tuple[str, ...]:
    """The slugs of the bundled organizations, in alphabetical order."""
    return tuple(resources.organizations())


def named(slug: str) -> Organization:
    """A bundled organization. Raises OrganizationError when there is none with this name."""
    known = resources.organizations()
    if slug not in known:
        raise OrganizationError(slug, f"no bundled organization has this name; there are: {', '.join(known)}")
    return load(known[slug])


def load(path: Path) -> Organization:
    """The organization in a file. Raises OrganizationError with everything that is wrong with it."""
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_MAXIMUM + 1)
    except (OSError, ValueError) as error:
        raise OrganizationError(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return parsed(content, str(path))


def parsed(content: bytes, source: str) -> Organization:
    """The organization in a file's bytes; `source` names the file in errors. Raises OrganizationError."""
    if len(content) > SIZE_MAXIMUM:
        raise OrganizationError(source, f"too large; at most {SIZE_MAXIMUM // 1024 // 1024} MB")
    try:
        document = yaml_text.load(content)
    except yaml_text.YamlError as error:
        raise OrganizationError(source, *error.problems) from error
    if not isinstance(document, dict):
        raise OrganizationError(source, "not a mapping; a file has keys, at least `slug`, `name` and `people`")
    values, violations = _load(document)
    violations += rules.violations(values)
    if not violations:
        organization = records.organization(values)
        violations += rules.violations_of_generated(organization, pool())
        if not violations:
            return organization
    raise OrganizationError(source, *(_describe(each, document) for each in violations))


@functools.cache
def pool() -> NamePool:
    """The names of generated people."""
    listed = json.loads((resources.fixtures() / "names.json").read_bytes())
    given, family = (tuple((written, form) for written, form in listed[each]) for each in ("given", "family"))
    return NamePool(given, family)


def _load(document: dict[Any, Any]) -> tuple[dict[str, Any], list[RuleViolation]]:
    """The values that have the right shape, and a violation for each value that has not."""
    try:
        return _SCHEMA.load(document), []
    except ValidationError as error:
        return cast("dict[str, Any]", error.valid_data), [
            RuleViolation(path, rule) for path, rules in flat_errors(error.messages_dict) for rule in rules
        ]


def _describe(violation: RuleViolation, document: Any) -> str:
    """Where in the document, what is there, and the rule."""
    try:
        found = functools.reduce(operator.getitem, violation.path, document)
    except (LookupError, TypeError):
        found = None
    return f"{yaml_text.format_path(violation.path)}: found {_show(found)}; {violation.rule}"


def _show(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return str(value).lower() if isinstance(value, bool) else yaml_text.quote(value)
