"""Marshmallow parts that vendors' schemas share: quoted values, queries, and lists that are dumped column by column.

A single field's way through marshmallow costs as much as a row, so long lists have a schema over whole columns.
"""

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from marshmallow import Schema, ValidationError, fields, missing

Value = TypeVar("Value")

_REMEMBERED_LENGTH: Final = 40
_REMEMBERED_MAXIMUM: Final = 2000
"""How long texts of parameters are at most whose values are remembered, in characters, and how many."""


def shortened(value: str) -> str:
    """What a client sent, quoted for a message, and cut where it is long."""
    return repr(value if len(value) <= 40 else f"{value[:40]}…")


class QuerySchema(Schema):
    """Query parameters, read one by one: marshmallow's own way through a schema takes longer than a small answer.

    The value of a parameter must depend on nothing but its text and the schema. Those of short texts are remembered,
    because clients send the same days and sizes with each page.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.remembered: dict[tuple[str, str], Any] = {}

    def with_fields(self, changed: Mapping[str, fields.Field[Any]]) -> Self:
        """The same parameters, some of which have other fields."""
        made = copy(self)
        made.fields = {name: changed.get(name, field) for name, field in self.fields.items()}
        made.remembered = {}
        return made

    def load_values(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """The values by field, and the rules that parameters break, by parameter: one of the two is empty."""
        values: dict[str, Any] = {}
        rules: dict[str, str] = {}
        for name, field in self.fields.items():
            parameter = field.data_key or name
            try:
                if parameter in given:
                    values[name] = self.read(name, given[parameter])
                elif field.required or field.load_default is not missing:
                    values[name] = field.deserialize(missing)
            except ValidationError as error:
                rules[parameter] = str(error.messages[0])
        self.check(values, rules)
        return ({}, rules) if rules else (values, rules)

    def read(self, name: str, text: Any) -> Any:
        """The value of the parameter in a field; ValidationError if the text breaks its rule."""
        if not isinstance(text, str) or len(text) > _REMEMBERED_LENGTH:
            return self.fields[name].deserialize(text)
        key = name, text
        found = self.remembered.get(key, missing)
        if found is missing:
            found = self.fields[name].deserialize(text)
            if len(self.remembered) >= _REMEMBERED_MAXIMUM:
                self.remembered = {}
            self.remembered[key] = found
        return found

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

    @cached_property
    def _columns(self) -> list[tuple[str, str, fields.Field[Any] | None]]:
        """Of each field its key, its name, and the field itself; None where it takes over the column as it is."""
        listed: list[tuple[str, str, fields.Field[Any] | None]] = []
        for name, field in self.dump_fields.items():
            is_plain = type(field) is Column
            listed.append((field.data_key or name, (is_plain and field.attribute) or name, None if is_plain else field))
        return listed

    def dump(self, obj: Any, *, many: bool | None = None) -> list[dict[str, Any]]:  # noqa: ARG002 (rows are many)
        """The values of the columns, row by row. A search for processors, of which there are none, is left out."""
        columns = {}
        is_dict = isinstance(obj, dict)
        for key, name, field in self._columns:
            if field is not None:
                values = field.serialize(name, obj)
            else:
                values = obj.get(name, missing) if is_dict else getattr(obj, name, missing)
            if values is not missing:
                columns[key] = values
        rows = [dict(zip(columns, row)) for row in zip(*columns.values(), strict=True)]  # noqa: B905 (a key a column)
        for name in self.omitted_when_none:
            for row in rows:
                if row[name] is None:
                    del row[name]
        return rows
