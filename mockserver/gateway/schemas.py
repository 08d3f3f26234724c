"""Marshmallow parts that vendors' schemas share: quoted values, and lists that are dumped column by column.

A single field's way through marshmallow costs as much as a row, so long lists have a schema over whole columns.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import Schema, ValidationError, fields, missing

Value = TypeVar("Value")


def shortened(value: str) -> str:
    """What a client sent, quoted for a message, and cut where it is long."""
    return repr(value if len(value) <= 40 else f"{value[:40]}…")


def load_values(schema: Schema, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The values of some parameters, and the rules that they break, by parameter: one of the two is empty."""
    try:
        return schema.load(given), {}
    except ValidationError as error:
        return {}, error.messages_dict


class Column(fields.Field[Any], Generic[Value]):
    """A column of a list, whose values are ready for JSON."""


class ColumnarSchema(Schema):
    """Rows, dumped from columns of equal length; a null in a column of `omitted_when_none` leaves its key out."""

    omitted_when_none: ClassVar[tuple[str, ...]] = ()

    def dump(self, obj: Any, *, many: bool | None = None) -> list[dict[str, Any]]:  # noqa: ARG002 (rows are many)
        """The values of the columns, row by row. A search for processors, of which there are none, is left out."""
        serialized = (
            (field.data_key or name, field.serialize(name, obj, accessor=self.get_attribute))
            for name, field in self.dump_fields.items()
        )
        columns = {key: values for key, values in serialized if values is not missing}
        rows = [dict(zip(columns, row)) for row in zip(*columns.values(), strict=True)]  # noqa: B905 (a key a column)
        for name in self.omitted_when_none:
            for row in rows:
                if row[name] is None:
                    del row[name]
        return rows
