"""Answers how a long list is told: column by column, because a field's way costs as much as the rest of a row.

Which columns a list has stays out (the vendors' `schemas`).
"""

from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import Schema, fields, post_dump

_Told = TypeVar("_Told")


class Column(fields.Field[Any], Generic[_Told]):
    """A column of a list, whose values are of the type that is told already."""


class ColumnarSchema(Schema):
    """Rows, dumped from columns of equal length; a null in a column of `omitted_when_none` leaves its key out."""

    omitted_when_none: ClassVar[tuple[str, ...]] = ()

    @post_dump
    def rows(self, columns: dict[str, Any], **_: Any) -> list[dict[str, Any]]:
        """The columns' values, row by row."""
        told = [dict(zip(columns, row)) for row in zip(*columns.values(), strict=True)]  # noqa: B905 (a key a column)
        for name in self.omitted_when_none:
            for row in told:
                if row[name] is None:
                    del row[name]
        return told
