"""Promises about the ledger: everything that is described has a row with evidence, and what is wrong with it is told.

That the rows are what is really served stays out (`test_served`), and so does the file (`test_file`).
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from mockserver import resources, vendors
from mockserver.fidelity import ledger, rows
from mockserver.fidelity.rows import Kind, Row
from mockserver.gateway.switches import Grade

AUGMENT, *_ = vendors.discover()
DOCUMENT = ledger.read(resources.openapi() / AUGMENT.openapi)
LEDGERS = {each.vendor: each for each in ledger.all_ledgers()}

Breach = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("vendor", LEDGERS)
def test_a_ledger_has_no_fault_and_no_row_twice(vendor: str) -> None:
    found = LEDGERS[vendor]
    names = [(row.kind, row.name) for row in found.rows]
    assert found.faults == []
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("vendor", LEDGERS)
def test_every_row_has_a_source_and_a_test(vendor: str) -> None:
    for row in LEDGERS[vendor].rows:
        assert row.source
        assert row.test.startswith("tests/")


@pytest.mark.parametrize("vendor", LEDGERS)
def test_rows_come_by_kind_and_every_kind_has_some(vendor: str) -> None:
    assert list(dict.fromkeys(row.kind for row in LEDGERS[vendor].rows)) == list(Kind)


def _row(vendor: str, kind: Kind, name: str) -> Row:
    return next(row for row in LEDGERS[vendor].rows if (row.kind, row.name) == (kind, name))


@pytest.mark.parametrize(
    ("vendor", "kind", "name", "grade"),
    [
        ("augment", Kind.OPERATION, "getDau: GET /analytics/v0/dau", "D"),
        ("augment", Kind.FIELD, "getDau users[].service_account_name", "D"),
        ("augment", Kind.LIMIT, "getDau page_size: 1 at least, 250 at most, 100 by default", "D"),
        ("augment", Kind.SWITCH, "unknown_parameters", "O"),
        ("augment", Kind.ERROR, "404 NotFound", "A"),
        ("augment", Kind.HEADER, "429 ResourceExhausted Retry-After", "A"),
        ("tabnine", Kind.FIELD, "getOrganizationUsage usage.data[].agent.linesAdded", "D"),
        ("tabnine", Kind.FIELD, "getOrganizationAccountUtilizations [].month", "D"),
        ("tabnine", Kind.ERROR, "Error error.errors", "O"),
        ("tabnine", Kind.ERROR, "Error requestId", "D"),
        ("tabnine", Kind.ERROR, "Error details.errors", "A"),
        ("jetbrains-ide", Kind.FIELD, "getUsersPaged items[].userId", "A"),
        ("jetbrains-ide", Kind.FIELD, "getUsersPaged nextCursor", "D"),
        ("jetbrains-ide", Kind.HEADER, "request Authorization (automation)", "O"),
        (
            "jetbrains-console",
            Kind.OPERATION,
            "getLimitHitsV1: GET /metrics/api/v1/adoption/limit-hits/group-by/date",
            "I",
        ),
        ("jetbrains-console", Kind.PARAMETER, "createToken body scope", "A"),
        ("jetbrains-console", Kind.HEADER, "200 createToken Cache-Control", "I"),
    ],
)
def test_a_thing_has_the_grade_of_the_contract(vendor: str, kind: Kind, name: str, grade: str) -> None:
    assert _row(vendor, kind, name).grade == grade


def test_evidence_holds_for_what_is_inside_until_something_has_its_own() -> None:
    around = _row("augment", Kind.FIELD, "getDau metadata.effective_date")
    inside = _row("augment", Kind.FIELD, "getDau metadata.generated_at")
    assert around.source == _row("augment", Kind.FIELD, "getDau metadata").source
    assert inside.source == "page, Response Fields: metadata.generated_at"


def test_counts_are_by_grade_and_make_up_the_rows() -> None:
    for each in LEDGERS.values():
        counted = rows.counts(each.rows)
        assert list(counted) == list(Grade)
        assert sum(counted.values()) == len(each.rows)


def _info(document: dict[str, Any], **wanted: str) -> dict[str, str]:
    """The record at the head of the file that has these members."""
    return next(each for each in document["info"]["x-evidence"] if wanted.items() <= each.items())


def _planted(**members: str) -> Breach:
    return lambda document: document["info"]["x-evidence"].append(members)


BREACHES: dict[str, tuple[Breach, str]] = {
    "a parameter without evidence": (
        lambda document: document["components"]["parameters"]["Cursor"].pop("x-evidence"),
        "the parameter getUserActivity cursor has no row",
    ),
    "an answer without evidence": (
        lambda document: document["components"]["schemas"]["DauAnswer"].pop("x-evidence"),
        "the field getDau users[].user_email has no row",
    ),
    "an error without evidence": (
        lambda document: document["components"]["responses"]["Internal"].pop("x-evidence"),
        "the error 500 Internal has no row",
    ),
    "an operation without evidence": (
        lambda document: document["paths"]["/analytics/v0/dau"]["get"].pop("x-evidence"),
        "the operation getDau: GET /analytics/v0/dau has no row",
    ),
    "an operation that is not described": (
        lambda document: document["paths"].pop("/analytics/v0/dau"),
        "the operation getDau (/analytics/v0/dau) is served and has no row",
    ),
    "an operation that is not served": (
        lambda document: document["paths"].update({"/analytics/v0/dax": document["paths"]["/analytics/v0/dau"]}),
        "the operation getDau (/analytics/v0/dax) has a row and is not served",
    ),
    "a component that nothing refers to": (
        lambda document: document["components"]["schemas"].update(Left={"type": "object"}),
        "#/components/schemas/Left is described, and nothing refers to it",
    ),
    "a switch that nobody names": (
        lambda document: _info(document, switch="before_publication").pop("switch"),
        "the switch before_publication has no row",
    ),
    "a switch that there is not": (
        _planted(grade="A", switch="before_lunch", says="Nothing.", test="a.py::test_b"),
        "the switch before_lunch has a row, and there is no such switch",
    ),
    "a switch of another grade": (
        lambda document: _info(document, switch="before_publication").update(grade="O"),
        "the switch before_publication is graded O in the file and A in the policy",
    ),
    "no limit of requests": (
        lambda document: _info(document, limit="rate").pop("limit"),
        "the limit rate has no row",
    ),
    "a limit of other numbers": (
        lambda document: _info(document, limit="rate").update(says="11 requests a minute, and 20 at once."),
        "the limit rate does not tell 10",
    ),
    "a record without a test": (_planted(grade="A", says="So."), "the record 'So.' names no test"),
    "a record of no grade": (_planted(grade="B", says="So.", test="a.py::test_b"), "has the grade 'B'; there are D, O"),
    "a record that vouches by nothing": (_planted(grade="A", test="a.py::test_b"), "has no source"),
    "a document that is not named": (_planted(grade="D", says="So.", test="a.py::test_b"), "'So.' has no source"),
    "a member that no record has": (
        _planted(grade="A", says="So.", test="a.py::test_b", note="x"),
        "'So.' has note; a record has grade, limit, says, source, switch, test",
    ),
    "a switch of which nothing is said": (
        _planted(grade="A", source="page", test="a.py::test_b", switch="last_cursor"),
        "the record 'page' says nothing",
    ),
}


@pytest.mark.parametrize(("breach", "told"), BREACHES.values(), ids=BREACHES)
def test_a_breach_is_told(breach: Breach, told: str) -> None:
    document = deepcopy(DOCUMENT)
    breach(document)
    assert [fault for fault in ledger.of(AUGMENT, document).faults if fault.startswith("augment: ") and told in fault]


def test_without_a_breach_the_copy_is_as_good_as_the_file() -> None:
    assert ledger.of(AUGMENT, deepcopy(DOCUMENT)) == LEDGERS["augment"]
