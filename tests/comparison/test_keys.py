"""Which keys of an answer are names of fields: what may be data is hidden, and what is hidden is counted."""

from typing import Any

import pytest

from mockserver.comparison import matching, reading
from mockserver.comparison.facts import PRESENT, Aspect, Fact, Facts
from mockserver.comparison.keys import NEW_MAXIMUM, Names
from mockserver.learning import schema_shape
from mockserver.learning.document import Document
from mockserver.learning.shape import Shape

ROW = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
SCHEMA = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": ROW},
        "totals": {"type": "object", "additionalProperties": {"type": "integer"}},
        "open": {**ROW, "additionalProperties": True},
        "closed": {**ROW, "additionalProperties": False},
        "both": {"allOf": [ROW, {"additionalProperties": {}}]},
    },
}


def ours(schema: Any = SCHEMA) -> Shape:
    """The shape that a schema describes."""
    return schema_shape.SchemaReader(Document(b'{"openapi": "3.1.0", "paths": {"/a": {}}}', "a")).shape(schema, "#")


def facts(body: Any, names: Names | None = None, operation: str = "any", known: Shape | None = None) -> Facts:
    """What is read of a body."""
    read, shape = names or Names(), known or ours()
    return reading.body(body, {}, {}, mask=lambda theirs, value: read.masked(operation, shape, theirs, value))


def shown(found: Facts) -> set[str]:
    """The places of fields that are shown."""
    return {each.place for each in found if each.aspect is Aspect.PRESENCE and each.value == PRESENT}


def hidden(found: Facts) -> dict[str, str]:
    """How many keys are hidden, by place."""
    return {each.place: each.value for each in found if each.aspect is Aspect.KEYS}


BODIES: dict[str, tuple[Any, set[str], dict[str, str]]] = {
    "a documented map": ({"totals": {"id": 1, "bob": 2}}, {"totals"}, {"totals": "2 keys"}),
    "a documented object and map": ({"open": {"id": 1, "bob": 2}}, {"open", "open.id"}, {"open": "1 key"}),
    "the same of two parts": ({"both": {"id": 1, "bob": 2}}, {"both", "both.id"}, {"both": "1 key"}),
    "a new field of an object": ({"closed": {"id": 1, "mood": 2}}, {"closed", "closed.id", "closed.mood"}, {}),
    "an unknown object": ({"items": [], "new": {"bob": 1, "when": "2"}}, {"items", "new"}, {"new": "2 keys"}),
    "a map in place of an object": ({"closed": {"bob": 1}}, {"closed"}, {"closed": "1 key"}),
    "a new field of one row": (
        {"items": [{"id": 1, "mood": 2}, {"id": 1}]},
        {"items", "items[].id", "items[].mood"},
        {},
    ),
    "new keys of some rows": (
        {"items": [{"id": 1, "bob": 2}, {"id": 1, "eve": 2}]},
        {"items", "items[].id"},
        {"items[]": "1 key"},
    ),
    "unknown rows": (
        {"open": None, "new": [{"a": 1, "b": "2025-01-01"}, {"a": 2, "b": "2025-01-02"}]},
        {"open", "new", "new[].a", "new[].b"},
        {},
    ),
    "unknown rows beside the known ones": (
        {"items": [], "new": [{"bob": 1, "b": "2025-01-01"}, {"bob": 2, "b": "2025-01-02"}]},
        {"items", "new"},
        {"new[]": "2 keys"},
    ),
    "unknown rows without anything around": (
        [{"a": 1, "b": "2025-01-01"}, {"a": 2, "b": "2025-01-02"}],
        {"[].a", "[].b"},
        {},
    ),
    "unknown rows that are deeper": (
        {"open": None, "new": [[{"bob": 1, "b": "2025-01-01"}, {"bob": 2, "b": "2025-01-02"}]]},
        {"open", "new"},
        {"new[][]": "2 keys"},
    ),
    "one unknown row": ({"open": None, "new": [{"a": 1, "b": "text"}]}, {"open", "new"}, {"new[]": "2 keys"}),
    "rows with other keys": (
        {"open": None, "new": [{"bob": 1, "b": "x"}, {"eve": 2, "b": "y"}]},
        {"open", "new"},
        {"new[]": "2 keys"},
    ),
    "rows with values of one form": (
        {"open": None, "new": [{"bob": 1, "eve": 2}, {"bob": 1, "eve": 2}]},
        {"open", "new"},
        {"new[]": "2 keys"},
    ),
    "an empty object": ({"closed": {}}, {"closed"}, {}),
    "very many new keys": (
        {"items": [], **{f"k{number}": 1 for number in range(NEW_MAXIMUM + 1)}},
        {"items"},
        {"": f"{NEW_MAXIMUM + 1} keys"},
    ),
}


@pytest.mark.parametrize(("body", "names", "counts"), BODIES.values(), ids=BODIES)
def test_keys_that_may_be_data_are_counted(body: Any, names: set[str], counts: dict[str, str]) -> None:
    found = facts(body)
    assert (shown(found), hidden(found)) == (names, counts)


def test_name_of_unknown_rows_is_known_from_then_on() -> None:
    names = Names()
    rows = [{"x1": 1, "x2": "text"}, {"x1": 2, "x2": "text"}]
    assert hidden(facts({"open": None, "new": rows[:1]}, names)) == {"new[]": "2 keys"}
    assert shown(facts({"open": None, "new": rows}, names)) == {"open", "new", "new[].x1", "new[].x2"}
    assert hidden(facts({"open": None, "new": rows[:1]}, names)) == {}


TOPS = {
    "rows": ({"x0": [{"id": 1}]}, True),
    "several forms": ({"message": "text", "code": 3}, True),
    "a map of objects": ({"bob": {"id": 1}}, False),
    "a map of numbers": ({"bob": 1, "eve": 2}, False),
    "many keys": ({f"k{number}": number or "text" for number in range(NEW_MAXIMUM + 1)}, False),
}


@pytest.mark.parametrize(("body", "is_shown"), TOPS.values(), ids=TOPS)
def test_key_at_the_top_is_a_name_if_two_operations_have_it(body: Any, *, is_shown: bool) -> None:
    names = Names()
    assert shown(facts(body, names, "one")) == set()
    assert shown(facts(body, names, "one")) == set()
    assert body.keys() & shown(facts(body, names, "other")) == (body.keys() if is_shown else set())


def test_names_of_saved_answers_are_known() -> None:
    names = Names()
    names.learn([frozenset((Fact(("x0",), Aspect.PRESENCE, PRESENT),))])
    assert shown(facts({"x0": 1}, names)) == {"x0"}


def test_names_of_rows_are_known_at_the_top_too() -> None:
    names = Names()
    facts([{"x1": 1, "x2": "text"}, {"x1": 2, "x2": "text"}], names)
    assert shown(facts({"x1": 1, "x3": 2}, names)) == {"x1", "x3"}


def test_object_of_no_schema_is_unknown() -> None:
    mask = Names().masked
    found = reading.body({"a": 1, "b": "c"}, {}, {}, mask=lambda theirs, value: mask("any", None, theirs, value))
    assert hidden(found) == {"": "2 keys"}


def test_hidden_keys_are_a_difference_only_where_the_simulator_has_fields() -> None:
    possible = [facts({"closed": {"id": 1}})]
    found = matching.contradictions(facts({"closed": {"bob": 1}}), possible)
    assert {(each.fact.aspect, each.fact.place) for each in found} == {
        (Aspect.KEYS, "closed"),
        (Aspect.PRESENCE, "closed.id"),
    }
    assert not [each for each in matching.contradictions(facts({"totals": {"bob": 1}}), possible) if "bob" in str(each)]
