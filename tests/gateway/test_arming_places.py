"""Defects that are armed at one vendor, at one operation, or at a path by the names under which fields are served."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.gateway import arming
from mockserver.gateway.arming import DefectError, DefectRequest
from mockserver.gateway.defects import ArmedDefect
from mockserver.gateway.paging_defects import Pages
from mockserver.gateway.renamed_paths import PathNames
from mockserver.validation.answer_schema import AnswerNode, Answers
from tests.gateway.test_arming import LIST, OBJECT, OTHER, PAGED, ROW, ROWS, TEXT, VENDORS, read

TWO_PAGED = (PAGED, replace(OTHER, pages=Pages({"one": "", "tags": "tags"}, "cursor", "size", link=lambda *_: None)))


def arm(name: str, at: str | None = None, renamed: Any = None, **where: Any) -> ArmedDefect:
    return arming.arm(DefectRequest(name, at, **where), VENDORS, read, renamed)


def operations(armed: ArmedDefect) -> dict[str, list[str]]:
    """The operations that have the defect, by vendor."""
    return {
        vendor: sorted(name for each in found for name in each.operations) for vendor, found in armed.by_vendor.items()
    }


PLACES: dict[str, tuple[str, dict[str, str], dict[str, list[str]]]] = {
    "everywhere": ("field-null", {}, {"paged": ["list"], "other": ["one", "tags"]}),
    "one vendor": ("field-null", {"vendor": "other"}, {"other": ["one", "tags"]}),
    "one operation": ("field-null", {"operation": "tags"}, {"other": ["tags"]}),
    "both": ("field-null", {"vendor": "other", "operation": "one"}, {"other": ["one"]}),
    "a path": ("field-null", {"at": "name"}, {"paged": ["token"], "other": ["one"]}),
    "a path at one vendor": ("field-null", {"at": "name", "vendor": "paged"}, {"paged": ["token"]}),
    "a path in one operation": ("field-null", {"at": "name", "operation": "one"}, {"other": ["one"]}),
    "its own vendor": ("own", {"vendor": "paged", "operation": "list"}, {"paged": ["list"]}),
}


@pytest.mark.parametrize(("name", "where", "expected"), PLACES.values(), ids=PLACES)
def test_defect_is_only_where_it_is_armed(name: str, where: dict[str, str], expected: dict[str, list[str]]) -> None:
    armed = arm(name, **where)
    assert operations(armed) == expected
    assert (armed.at, armed.vendor, armed.operation) == tuple(where.get(key) for key in ("at", "vendor", "operation"))


def test_defect_in_pages_is_armed_in_one_operation() -> None:
    armed = arming.arm(DefectRequest("cursor-repeats", operation="tags"), TWO_PAGED, read)
    assert operations(armed) == {"other": ["tags"]}


REFUSALS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "another vendor's": ("own", {"vendor": "other"}, "vendor", "other has no own; these have: paged"),
    "another operation": (
        "cursor-repeats",
        {"operation": "token"},
        "operation",
        "token has no cursor-repeats; these have: list",
    ),
    "no default": ("field-null", {"operation": "token"}, "operation", "token has no field-null; these have: list, one"),
    "no such field at the vendor": ("field-null", {"at": "rows", "vendor": "other"}, "at", "no answer of other has "),
    "no such field in the operation": ("field-null", {"at": "tags", "operation": "one"}, "at", "no answer of one has "),
    "whose names without a path": ("field-null", {"names": PathNames.SERVED}, "names", "belongs to at, which is not"),
}


@pytest.mark.parametrize(("name", "where", "field", "text"), REFUSALS.values(), ids=REFUSALS)
def test_place_without_the_defect_is_refused_with_those_that_have_it(
    name: str, where: dict[str, Any], field: str, text: str
) -> None:
    with pytest.raises(DefectError) as refusal:
        arm(name, **where)
    assert refusal.value.field == field
    assert str(refusal.value).startswith(text)


SERVED = {"paged": {"id": "key", "kind": "sort"}}
SWAPPED = {"paged": {"id": "note", "note": "id"}}


@pytest.mark.parametrize("at", ["rows[].key", "rows[].id"])
def test_path_takes_the_served_name_and_the_documented_one(at: str) -> None:
    armed = arm("field-null", at, SERVED)
    assert (armed.at, operations(armed)) == ("rows[].id", {"paged": ["list"]})
    assert armed == arm("field-null", "rows[].id")


NAMED: dict[str, tuple[str, PathNames, str | None]] = {
    "served": ("rows[0].key", PathNames.SERVED, "rows[0].id"),
    "served and not renamed": ("rows[0].note", PathNames.SERVED, "rows[0].note"),
    "documented": ("rows[0].id", PathNames.DOCUMENTED, "rows[0].id"),
    "served, but documented": ("rows[0].id", PathNames.SERVED, None),
    "documented, but served": ("rows[0].key", PathNames.DOCUMENTED, None),
}


@pytest.mark.parametrize(("at", "names", "expected"), NAMED.values(), ids=NAMED)
def test_path_may_be_limited_to_one_kind_of_names(at: str, names: PathNames, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(DefectError, match="no answer of any vendor has"):
            arm("field-null", at, SERVED, names=names)
    else:
        assert arm("field-null", at, SERVED, names=names).at == expected


def test_swapped_names_are_refused_with_both_candidates_unless_it_is_said_whose_they_are() -> None:
    with pytest.raises(DefectError) as refusal:
        arm("field-null", "rows[0].id", SWAPPED)
    assert str(refusal.value) == (
        "some fields are renamed, and 'rows[0].id' can be rows[0].id in list (paged) or rows[0].note in list (paged); "
        'choose by vendor, by operation, or by names, which is "documented" or "served"'
    )
    served = arm("field-null", "rows[0].id", SWAPPED, names=PathNames.SERVED)
    assert (served.at, served.names) == ("rows[0].note", PathNames.DOCUMENTED)
    assert arm("field-null", "rows[0].note", SWAPPED, names=PathNames.DOCUMENTED) == served


def test_name_that_another_vendor_documents_is_ambiguous_without_the_vendor() -> None:
    renamed = {"other": {"name": "kind"}}
    with pytest.raises(DefectError, match=r"can be kind in list \(paged\) or name in one \(other\)"):
        arm("field-null", "kind", renamed)
    assert arm("field-null", "kind", renamed, vendor="other").at == "name"
    assert arm("field-null", "kind", renamed, operation="list").at == "kind"


def test_fields_that_are_served_alike_are_told_apart_by_where_they_are() -> None:
    both = {"paged": {"id": "x", "calls": "x"}}
    assert arm("field-null", "rows[].x", both).at == "rows[].id"
    assert arm("field-null", "rows[].counts.x", both).at == "rows[].counts.calls"


def test_many_renamed_steps_are_looked_up_in_the_answer_only() -> None:
    """A path of as many steps as it can have costs no more than the fields that are there."""
    free = AnswerNode(frozenset({"object"}), others=TEXT)
    answers: Answers = {"list": replace(LIST, fields={"rows": ROWS, "free": free, "row": ROW, "object": OBJECT})}
    renamed = {"paged": {f"a{number}": "x" for number in range(50)}}
    with pytest.raises(DefectError, match="no answer of any vendor has"):
        arming.arm(DefectRequest("field-null", ".".join(["free"] + ["x"] * 90)), (PAGED,), lambda _: answers, renamed)
