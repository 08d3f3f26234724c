"""Load the file of profiles; errors name the profile and the field.

The fields of rules, switches and defects are those of a sandbox's body, which are checked when a profile is used.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validate

from mockserver.profiles.records import Profile, Profiles
from mockserver.validation import yaml_text
from mockserver.validation.schemas import StrictSchema, flat_errors
from mockserver.validation.yaml_text import YamlError


class ProfileError(ValueError):
    """An invalid file of profiles; each line of the message says where and why."""


def _sentence() -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=3))


def _concern_every_vendor(rule: Mapping[str, Any]) -> None:
    found = [name for name in ("vendor", "operation", "path") if name in rule]
    if found:
        raise ValidationError(f"must not have {' and '.join(found)}: a rule of a profile concerns every vendor")


class ProfileBody(StrictSchema):
    """One profile."""

    error_messages = {"type": "must be a mapping"}  # noqa: RUF012 - as marshmallow declares it

    description = _sentence()
    advice = _sentence()
    seed = fields.Integer(strict=True, required=True, validate=validate.Range(0))
    faults = fields.List(fields.Dict(keys=fields.String(), validate=_concern_every_vendor))
    policy = fields.Dict(keys=fields.String())
    defects = fields.List(fields.Raw())


def load(path: Path) -> Profiles:
    """The profiles in a file; ProfileError with a line for each error."""
    try:
        document = yaml_text.load(path.read_bytes(), yaml_text.DECIMAL_LOADER)
    except YamlError as error:
        raise ProfileError(f"{path.name}: {error}") from error
    if not isinstance(document, Mapping):
        raise ProfileError(f"{path.name}: must be a mapping of names to profiles")
    found, errors = [], []
    for name, each in document.items():
        try:
            found.append(Profile(str(name), **ProfileBody().load(each)))
        except ValidationError as error:
            errors += [f"{path.name}: {line}" for line in _lines(str(name), error)]
    if errors:
        raise ProfileError("\n".join(errors))
    return Profiles(tuple(found))


def _lines(name: str, error: ValidationError) -> Iterator[str]:
    messages: Mapping[str, Any] = error.messages_dict
    for keys, rules in flat_errors(messages):
        place = yaml_text.format_path((name, *keys))
        yield from (f"{place}: {rule}" for rule in rules)
