"""Every defect that can be armed: its default in each answer, what it changes there, and paths that are refused."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from mockserver.gateway import arming, defects, known_defects
from mockserver.gateway.arming import DefectError, DefectRequest
from mockserver.gateway.defects import Defect
from mockserver.gateway.paging_defects import Pages
from mockserver.gateway.vendor import Reply, Route, ViewRequest
from mockserver.validation.answer_schema import AnswerNode, Answers
from tests.gateway import parrot
from tests.gateway.test_paging_defects import request

OBJECT, TEXT, NUMBER = (AnswerNode(frozenset({name})) for name in ("object", "string", "integer"))
COUNTS = replace(OBJECT, fields={"calls": NUMBER})
KIND = AnswerNode(values=("new", "old"))
ROW = replace(OBJECT, fields={"note": TEXT, "id": TEXT, "counts": COUNTS}, required=frozenset({"id"}))
ROWS = AnswerNode(frozenset({"array"}), items=ROW)
LIST = replace(OBJECT, fields={"kind": KIND, "rows": ROWS, "total": NUMBER})
SINGLE = replace(OBJECT, fields={"name": TEXT}, required=frozenset({"name"}))
TAGS = replace(OBJECT, fields={"tags": AnswerNode(frozenset({"array"}), items=TEXT)})
BODY: Any = {"kind": "new", "rows": [{"id": "a", "counts": {"calls": 1}}, {"id": "b"}], "total": 2}

OWN = Defect("own", ("list",), "All rows are lost.", lambda body: body["rows"].clear())
PAGES = Pages({"list": "rows"}, "cursor", "size", link=lambda *_: None)


def _route(operation: str, **options: Any) -> Route:
    return Route(f"/{operation}", operation, parrot.speak, **options)


PAGED = replace(
    parrot.UNLIMITED, name="paged", routes=(_route("list"), _route("token", stages=())), defects=(OWN,), pages=PAGES
)
OTHER = replace(parrot.UNLIMITED, name="other", routes=(_route("one"), _route("tags")))
VENDORS = (PAGED, OTHER)


def read(name: str) -> Answers:
    """The answers of these vendors."""
    return {"paged": {"list": LIST, "token": SINGLE}, "other": {"one": SINGLE, "tags": TAGS}}[name]


def changed(name: str, at: str | None = None) -> Any:
    """The body of the list with a defect in it; None where it has none."""
    found = arming.arm(DefectRequest(name, at), VENDORS, read).by_vendor.get("paged", ())
    armed = [each for each in found if "list" in each.operations]
    reply = defects.answer(armed, lambda _: Reply(deepcopy(BODY)), request())
    assert reply.defects == ((name,) if reply.body != BODY else ())
    return reply.body if armed else None


def test_known_defects_are_a_vendors_own_those_in_its_pages_and_those_in_fields() -> None:
    listed = known_defects.listed(VENDORS, read)
    assert [each.name for each in listed if each.vendor == "paged"] == [
        "own",
        *("cursor-repeats", "cursor-on-empty-page", "row-on-two-pages"),
        *("field-added", "field-null", "field-missing", "enum-unknown", "number-as-text"),
    ]
    assert [each.name for each in listed if each.vendor == "other"] == ["field-added", "field-null", "field-missing"]
    assert known_defects.names(VENDORS) == [each.name for each in listed if each.vendor == "paged"]
    assert {each.name for each in listed if each.takes_at} == {each.name for each in listed if each.defaults}


def test_default_is_the_first_field_that_every_row_has() -> None:
    defaults = {(each.vendor, each.name): each.defaults for each in known_defects.listed(VENDORS, read)}
    assert defaults["paged", "field-added"] == {"list": "rows[0]"}
    assert defaults["paged", "field-null"] == {"list": "rows[0].id"}
    assert defaults["paged", "number-as-text"] == {"list": "rows[0].counts.calls"}
    assert defaults["paged", "enum-unknown"] == {"list": "kind"}
    assert defaults["other", "field-added"] == {"one": "$", "tags": "$"}
    assert defaults["other", "field-missing"] == {"one": "name"}  # An item of a list cannot be missing.
    assert defaults["other", "field-null"] == {"one": "name", "tags": "tags[0]"}


CHANGES: dict[str, tuple[str, str | None, Any]] = {
    "added to the first row": (
        "field-added",
        None,
        {**BODY, "rows": [{**BODY["rows"][0], "new_field": "new"}, BODY["rows"][1]]},
    ),
    "added to the answer": ("field-added", "$", {**BODY, "new_field": "new"}),
    "null in every row": ("field-null", "rows[].id", {**BODY, "rows": [{**each, "id": None} for each in BODY["rows"]]}),
    "null row": ("field-null", "rows[1]", {**BODY, "rows": [BODY["rows"][0], None]}),
    "missing list": ("field-missing", "rows", {"kind": "new", "total": 2}),
    "missing where it is not there": ("field-missing", "rows[1].counts", BODY),
    "missing behind the last row": ("field-missing", "rows[2].id", BODY),
    "unknown value": ("enum-unknown", "kind", {**BODY, "kind": "new_new"}),
    "number as text": ("number-as-text", "total", {**BODY, "total": "2"}),
    "in an operation that has no such field": ("field-null", "name", None),
    "another vendor's answer": ("field-null", "tags[]", None),
}


@pytest.mark.parametrize(("name", "at", "expected"), CHANGES.values(), ids=CHANGES)
def test_defect_changes_what_is_at_its_path(name: str, at: str | None, expected: Any) -> None:
    assert changed(name, at) == expected


@pytest.mark.parametrize(("name", "at", "value"), [("enum-unknown", "kind", None), ("number-as-text", "total", "many")])
def test_value_of_another_type_is_left_alone(name: str, at: str, value: Any) -> None:
    [defect] = arming.arm(DefectRequest(name, at), VENDORS, read).by_vendor["paged"]
    reply = Reply({at: value})
    assert defects.answer([defect], lambda _: reply, request()) is reply


def test_field_that_is_no_object_gets_no_new_field() -> None:
    [defect] = arming.arm(DefectRequest("field-added", "rows[].counts"), VENDORS, read).by_vendor["paged"]
    reply = Reply({"rows": [{"counts": None}]})
    assert defects.answer([defect], lambda _: reply, request()) is reply


def test_answer_without_a_body_has_no_defect() -> None:
    def view(_: ViewRequest) -> Reply:
        return Reply(None, 204)

    [defect] = arming.arm(DefectRequest("own", None), VENDORS, read).by_vendor["paged"]
    assert defects.answer([defect], view, request()) == Reply(None, 204)


def test_path_meets_operations_that_a_defect_without_one_leaves_alone() -> None:
    def operations(at: str | None) -> set[str]:
        armed = arming.arm(DefectRequest("field-null", at), VENDORS, read)
        return {name for found in armed.by_vendor.values() for each in found for name in each.operations}

    assert operations("name") == {"one", "token"}
    assert operations(None) == {"list", "one", "tags"}


REFUSALS: dict[str, tuple[str, str | None, str, str]] = {
    "unknown name": ("field-nul", None, "name", "there is no defect 'field-nul' (did you mean 'field-null'?)"),
    "no defect in a field": ("own", "rows", "at", "own is not in one field and takes no path; those that do: field-"),
    "no path": ("field-null", "rows[", "at", "must be a path such as users[0].user_email"),
    "unknown path": ("field-null", "rows[0].ids", "at", "any vendor has 'rows[0].ids'; near it: rows[].id"),
    "like no path": ("field-null", "x", "at", "no answer of any vendor has 'x'; must be a path such as"),
    "no object": ("field-added", "rows[].id", "at", "'rows[].id' is not an object, such as users[0]; near it: rows[]"),
    "no set of values": ("enum-unknown", "rows[].id", "at", "is not a field with a set of values in the OpenAPI file"),
    "no number": ("number-as-text", "rows[].id", "at", "'rows[].id' is not a number"),
    "no field": ("field-missing", "rows[0]", "at", "'rows[0]' is not a field of an object; near it: rows"),
    "the whole answer": ("field-null", "$", "at", "'$' is not a field or an item"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "at", "field", "text"), REFUSALS.values(), ids=REFUSALS)
def test_defect_that_cannot_be_armed_is_refused_with_the_rule(name: str, at: str | None, field: str, text: str) -> None:
    with pytest.raises(DefectError) as refusal:
        arming.arm(DefectRequest(name, at), VENDORS, read)
    assert refusal.value.field == field
    assert text in str(refusal.value)
