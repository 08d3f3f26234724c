"""Answers what a schema takes that knows all its members: any other is refused by name, with the nearest known one.

Which members there are stays out, and so does how a refusal is told.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from mockserver.validation import suggestions

_OUR_WORDS = {"required": "must be given", "null": "must not be null"}


class StrictSchema(Schema):
    """Members that may be given, and no others; `kind` is what a member is called in a refusal."""

    kind: ClassVar[str] = "member"

    class Meta:
        """Unknown members are refused below, with a suggestion."""

        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002 (marshmallow's)
        """What is missing, or null, is told like every other rule, unless the field has words of its own."""
        theirs, said = fields.Field.default_error_messages, field_obj.error_messages
        said |= {name: words for name, words in _OUR_WORDS.items() if said[name] == theirs[name]}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def know_every_member(self, _given: dict[str, Any], original: object, **_: Any) -> None:
        """ValidationError for each unknown member, with the nearest known one; what is no object was refused before."""
        stated = original if isinstance(original, Mapping) else ()
        known = [field.data_key or name for name, field in self.fields.items()]
        unknown = {
            str(name): [suggestions.unknown_name(self.kind, str(name), known)] for name in stated if name not in known
        }
        if unknown:
            raise ValidationError(unknown)
