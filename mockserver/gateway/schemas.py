"""Marshmallow parts that vendors' schemas share: quoted values, queries, and lists that are dumped column by column.

A single field's way through marshmallow costs as much as a row, so long lists have a schema over whole columns.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import Schema, ValidationError, fields, missing

Value = TypeVar("Value")


def shortened(value: str) -> str:
    """What a client sent, quoted for a message, and cut where it is long."""
    return repr(value if len(value) <= 40 else f"{value[:40]}…")


class QuerySchema(Schema):
    """Query parameters, read one by one: marshmallow's own way through a schema takes longer than a small answer."""

    def load_values(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """The values by field, and the rules that parameters break, by parameter: one of the two is empty."""
        values: dict[str, Any] = {}
        rules: dict[str, str] = {}
        for name, field in self.fields.items():
            parameter = field.data_key or name
            if parameter not in given and not field.required and field.load_default is missing:
                continue
            try:
                values[name] = field.deserialize(given.get(parameter, missing), parameter, given)
            except ValidationError as error:
                rules[parameter] = str(error.messages[0])
        self.check(values, rules)
        return ({}, rules) if rules else (values, rules)

    def check(self, values: dict[str, Any], rules: dict[str, str]) -> None:
        """Add the rules that values break which are readable by themselves."""


class Column(fields.Field[Any], Generic[Value]):
    """A column of a list, whose values are ready for JSON unless `_serialize` makes them so."""

    def serialize(self, attr: str, obj: Any, *_: Any, **__: Any) -> Any:
        """The column of a report, which is a dict or has attributes; marshmallow's search for it takes much longer."""
        name = self.attribute or attr
        values = obj.get(name, missing) if isinstance(obj, dict) else getattr(obj, name, missing)
        return values if values is missing else self._serialize(values, attr, obj)


class ColumnarSchema(Schema):
    """Rows, dumped from columns of equal length; a null in a column of `omitted_when_none` leaves its key out."""

    omitted_when_none: ClassVar[tuple[str, ...]] = ()

    def dump(self, obj: Any, *, many: bool | None = None) -> list[dict[str, Any]]:  # noqa: ARG002 (rows are many)
        """The values of the columns, row by row. A search for processors, of which there are none, is left out."""
        columns = {}
        for name, field in self.dump_fields.items():
            values = field.serialize(name, obj)
            if values is not missing:
                columns[field.data_key or name] = values
        rows = [dict(zip(columns, row)) for row in zip(*columns.values(), strict=True)]  # noqa: B905 (a key a column)
        for name in self.omitted_when_none:
            for row in rows:
                if row[name] is None:
                    del row[name]
        return rows
