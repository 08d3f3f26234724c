"""Promises about query schemas: a remembered value is the one that the field gives, and memory is bounded."""

from typing import Any

import pytest
from marshmallow import ValidationError, fields

from mockserver.gateway import schemas
from mockserver.gateway.schemas import Column, ColumnarSchema, QuerySchema


class Counted(fields.Field[int]):
    """A number below 1000; it counts how often it reads a text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.times = 0

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        self.times += 1
        if not value.isdigit() or int(value) >= 1000:
            raise ValidationError(f"{value} is no number below 1000")
        return int(value)


class Query(QuerySchema):
    """Two parameters."""

    first = Counted(required=True)
    size = Counted(data_key="pageSize", load_default=20)


def _times(query: Query) -> int:
    field: Any = query.fields["first"]
    return int(field.times)


def test_value_of_a_repeated_text_is_read_once() -> None:
    query = Query()
    for _ in range(3):
        assert query.load_values({"first": "7"}) == ({"first": 7, "size": 20}, {})
    assert _times(query) == 1
    assert query.load_values({"first": "8", "pageSize": "7"}) == ({"first": 8, "size": 7}, {})


def test_broken_rule_is_found_each_time() -> None:
    query = Query()
    for _ in range(2):
        assert query.load_values({"first": "x"}) == ({}, {"first": "x is no number below 1000"})


def test_long_text_is_not_remembered() -> None:
    query, text = Query(), "7".zfill(41)
    assert [query.read("first", each) for each in (text, text, text[1:], text[1:])] == [7, 7, 7, 7]
    assert _times(query) == 3
    assert list(query.remembered) == [("first", text[1:])]


def test_only_some_values_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "_REMEMBERED_MAXIMUM", 10)
    query = Query()
    for number in range(25):
        assert query.read("first", str(number)) == number
        assert len(query.remembered) <= 10


def test_other_fields_do_not_get_values_that_the_first_ones_have_read() -> None:
    query = Query()
    query.read("first", "1")
    changed = query.with_fields({"first": fields.String(required=True)})
    assert changed.load_values({"first": "1"}) == ({"first": "1", "size": 20}, {})
    assert query.load_values({"first": "1"}) == ({"first": 1, "size": 20}, {})


class Doubled(Column[list[int]]):
    """Numbers, doubled."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> list[int]:
        return [2 * each for each in value]


class Rows(ColumnarSchema):
    """Columns as they are, under other names, and computed ones."""

    omitted_when_none = ("note",)

    day = Column[str](attribute="date", data_key="from")
    count = Doubled()
    note = Column[str | None]()
    missing = Column[str]()


def test_columns_are_dumped_row_by_row() -> None:
    columns = {"date": ["a", "b"], "count": [1, 2], "note": ["x", None]}
    assert Rows().dump(columns) == [{"from": "a", "count": 2, "note": "x"}, {"from": "b", "count": 4}]
