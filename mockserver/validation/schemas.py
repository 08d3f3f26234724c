"""Marshmallow schemas that refuse unknown fields and suggest the nearest known one, and the parsing of dates."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from analytics_mockserver.suggestions import unknown_name

_MESSAGES = {"required": "must be given", "null": "must not be null"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class StrictSchema(Schema):
    """A schema that refuses unknown fields; `kind` is what a field is called in an error."""

    kind: ClassVar[str] = "field"

    class Meta:
        """Unknown fields are refused below, with a suggestion."""

        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Replace marshmallow's messages for missing and null fields, unless the field has its own."""
        defaults, messages = fields.Field.default_error_messages, field_obj.error_messages
        messages |= {name: text for name, text in _MESSAGES.items() if messages[name] == defaults[name]}
        if isinstance(field_obj, fields.List):
            self.on_bind_field(field_name, field_obj.inner)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def refuse_unknown_fields(self, _loaded: dict[str, Any], original: object, **_: Any) -> None:
        """ValidationError for each unknown field, with the nearest known one."""
        given = original if isinstance(original, Mapping) else ()
        known = [field.data_key or name for name, field in self.fields.items()]
        errors = {name: [unknown_name(self.kind, str(name), known)] for name in given if name not in known}
        if errors:
            raise ValidationError(errors)


def flat_errors(messages: Mapping[Any, Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], list[str]]]:
    """Marshmallow's nested messages as one list for each path; "_schema" stands for the object itself."""
    for step, inner in messages.items():
        here = path if step == "_schema" else (*path, step)
        if isinstance(inner, Mapping):
            yield from flat_errors(inner, here)
        else:
            yield here, inner


def parse_date(text: object) -> date | None:
    """The date in a text written YYYY-MM-DD with ASCII digits; None for anything else."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and _DATE.fullmatch(text) else None
    except ValueError:
        return None


def dump(schema: type[Schema], value: object) -> dict[str, Any]:
    """An object or a mapping in the JSON shape of a schema."""
    dumped: dict[str, Any] = schema().dump(value)
    return dumped
