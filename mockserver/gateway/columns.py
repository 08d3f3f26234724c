"""Answers how a long list is told: column by column, because a field's way costs as much as the rest of a row.

Which columns a list has stays out (the vendors' `schemas`).
"""

from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import Schema, fields, post_dump

_Told = TypeVar("_Told")


class Column(fields.Field[Any], Generic[_Told]):
    """A column of a list, whose values are of the type that is told already."""


class Columns(Schema):
    """A shape that is given columns of equal length, and gives rows. In a column `left_out`, None is not told."""

    left_out: ClassVar[tuple[str, ...]] = ()

    @post_dump
    def rows(self, columns: dict[str, Any], **_: Any) -> list[dict[str, Any]]:
        """The columns' values, row by row."""
        told = [dict(zip(columns, row)) for row in zip(*columns.values(), strict=True)]  # noqa: B905 (a key a column)
        for name in self.left_out:
            for row in told:
                if row[name] is None:
                    del row[name]
        return told
