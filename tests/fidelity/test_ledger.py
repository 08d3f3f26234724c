"""The ledger has a row with evidence for everything that is described, and reports every error.

`test_served` compares the rows with what is served; `test_file` checks the document.
"""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mockserver import resources, vendors
from mockserver.fidelity import ledger
from mockserver.fidelity.ledger import LedgerRow
from mockserver.fidelity.openapi_document import Kind
from mockserver.gateway.switches import Grade
from mockserver.validation import yaml_text

AUGMENT, *_ = vendors.discover()
DOCUMENT = yaml_text.load_bundled((resources.openapi() / AUGMENT.openapi).read_bytes())
LEDGERS = {each.vendor: each for each in ledger.all_ledgers()}

Breach = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("vendor", LEDGERS)
def test_ledger_has_no_errors_and_no_repeated_rows(vendor: str) -> None:
    found = LEDGERS[vendor]
    names = [(row.kind, row.name) for row in found.rows]
    assert found.errors == []
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("vendor", LEDGERS)
def test_every_row_has_a_source_and_a_test(vendor: str) -> None:
    for row in LEDGERS[vendor].rows:
        assert row.source
        assert row.test.startswith("tests/")


@pytest.mark.parametrize("vendor", LEDGERS)
def test_rows_are_ordered_by_kind_and_cover_all_kinds(vendor: str) -> None:
    """A vendor of which everything is simulated has no rows of the last kind."""
    kinds = list(dict.fromkeys(row.kind for row in LEDGERS[vendor].rows))
    assert [*kinds, *({Kind.UNSERVED} - {*kinds})] == list(Kind)


def _row(vendor: str, kind: Kind, name: str) -> LedgerRow:
    return next(row for row in LEDGERS[vendor].rows if (row.kind, row.name) == (kind, name))


@pytest.mark.parametrize(
    ("vendor", "kind", "name", "grade"),
    [
        ("augment", Kind.OPERATION, "getDau: GET /analytics/v0/dau", "D"),
        ("augment", Kind.FIELD, "getDau users[].service_account_name", "D"),
        ("augment", Kind.LIMIT, "getDau page_size: 250 at most, 100 by default", "D"),
        ("augment", Kind.LIMIT, "getDau page_size: 1 at least", "A"),
        ("augment", Kind.LIMIT, "getCreditUsageByUser page_size: 500 at most", "O"),
        ("augment", Kind.LIMIT, "getCreditUsageByUser page_size: 1 at least, 100 by default", "A"),
        ("augment", Kind.PARAMETER, "getDau cursor", "D"),
        ("augment", Kind.PARAMETER, "getCreditUsageByUser cursor", "O"),
        ("augment", Kind.FIELD, "queryCostAnalytics metadata.generated_at", "A"),
        ("augment", Kind.FIELD, "getUserBudgetOverrides overrides[].config.limit", "O"),
        ("augment", Kind.FIELD, "setUserBudgetOverrides overrides[].config.limit", "A"),
        ("augment", Kind.ERROR, "401 Unauthorized", "D"),
        ("augment", Kind.RULE, "Unauthorized: The code Unauthenticated; the status is documented.", "A"),
        ("augment", Kind.SWITCH, "unknown_parameters", "O"),
        ("augment", Kind.ERROR, "404 NotFound", "A"),
        ("augment", Kind.HEADER, "429 TooManyRequests Retry-After", "A"),
        ("tabnine", Kind.FIELD, "getOrganizationUsage usage.data[].agent.linesAdded", "D"),
        ("tabnine", Kind.FIELD, "getOrganizationAccountUtilizations [].month", "D"),
        ("tabnine", Kind.ERROR, "Error error.errors", "O"),
        ("tabnine", Kind.ERROR, "Error requestId", "D"),
        ("tabnine", Kind.ERROR, "Error details.errors", "A"),
        ("tabnine", Kind.ERROR, "AgentError message", "D"),
        ("tabnine", Kind.ERROR, "AgentError error.message", "A"),
        ("tabnine", Kind.ERROR, "AgentError requestId", "A"),
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
        ("jetbrains-console", Kind.PARAMETER, "createToken body grant_type", "I"),
        ("jetbrains-console", Kind.PARAMETER, "getUsersAdoptionV1 groupBy", "D"),
        ("jetbrains-console", Kind.PARAMETER, "getUsersAdoptionV2 groupBy", "I"),
        ("jetbrains-console", Kind.PARAMETER, "getLimitHitsV2 groupBy", "I"),
        ("jetbrains-console", Kind.PARAMETER, "getQuotaConsumptionV1 groupBy", "A"),
        ("jetbrains-console", Kind.PARAMETER, "getLimitHitsV2 principalIds", "I"),
        ("jetbrains-console", Kind.ERROR, "501 NotSimulated", "A"),
        ("jetbrains-console", Kind.HEADER, "200 createToken Cache-Control", "I"),
    ],
)
def test_item_has_the_expected_grade(vendor: str, kind: Kind, name: str, grade: str) -> None:
    assert _row(vendor, kind, name).grade == grade


def test_what_is_not_simulated_has_the_test_of_its_switch() -> None:
    [row] = [each for each in LEDGERS["jetbrains-console"].rows if each.kind is Kind.UNSERVED]
    switch = _row("jetbrains-console", Kind.SWITCH, "unserved")
    assert row.name.startswith("/metrics/api/v2/{group}/{report}: of the groups of reports in v2 only adoption")
    assert (row.grade, row.test) == ("A", switch.test)


def test_what_is_not_simulated_has_its_methods_in_front() -> None:
    names = [each.name for each in LEDGERS["jetbrains-ide"].rows if each.kind is Kind.UNSERVED]
    assert names[:2] == ["POST /api/v1/users: add a user", "DELETE /api/v1/users/{id}: remove a user"]
    assert {_row("jetbrains-ide", Kind.UNSERVED, name).grade for name in names} == {"D"}


def test_evidence_is_inherited_by_inner_items() -> None:
    outer = _row("augment", Kind.FIELD, "getDau metadata.effective_date")
    inner = _row("augment", Kind.FIELD, "getDau metadata.generated_at")
    assert outer.source == _row("augment", Kind.FIELD, "getDau metadata").source
    assert inner.source == "page, Response Fields: metadata.generated_at"


def test_evidence_of_an_operation_goes_before_that_of_all() -> None:
    source = "vendor's newest OpenAPI file: v2, required"
    assert _row("tabnine", Kind.PARAMETER, "getTeamUsageV2 from").source == source
    assert _row("tabnine", Kind.PARAMETER, "getTeamUsage from").source.startswith("page, query parameters")


def test_unconfirmed_rows_are_documented_and_say_why() -> None:
    found = {each.vendor: [row for row in each.rows if row.unconfirmed] for each in LEDGERS.values()}
    assert {vendor: len(rows) for vendor, rows in found.items() if rows} == {"jetbrains-console": 7, "tabnine": 1}
    assert {row.grade for rows in found.values() for row in rows} == {Grade.DOCUMENTED}
    row = _row("jetbrains-console", Kind.PARAMETER, "getUsersAdoptionV1 groupBy")
    assert row.unconfirmed.startswith("the page on version 1 could not be read again")
    assert _row("jetbrains-console", Kind.PARAMETER, "getUsersAdoptionV2 groupBy").unconfirmed == ""


def test_counts_by_grade_add_up_to_the_rows() -> None:
    for each in LEDGERS.values():
        counted = ledger.counts(each.rows)
        assert list(counted) == list(Grade)
        assert sum(counted.values()) == len(each.rows)


def _info(document: dict[str, Any], **fields: str) -> dict[str, str]:
    """The record at the head of the file that has these fields."""
    return next(each for each in document["info"]["x-evidence"] if fields.items() <= each.items())


def _added(**fields: object) -> Breach:
    return lambda document: document["info"]["x-evidence"].append(fields)


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
        lambda document: document["components"]["responses"]["InternalServerError"].pop("x-evidence"),
        "the error 500 InternalServerError has no row",
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
        "the operation getDau (/analytics/v0/dax) is in openapi/augment.yaml and is not served",
    ),
    "a component that nothing refers to": (
        lambda document: document["components"]["schemas"].update(Left={"type": "object"}),
        "nothing refers to #/components/schemas/Left; remove it",
    ),
    "a switch without a record": (
        lambda document: _info(document, switch="before_publication").pop("switch"),
        "the switch before_publication has no row",
    ),
    "an unknown switch": (
        _added(grade="A", switch="before_lunch", description="Nothing.", test="a.py::test_b"),
        "the switch before_lunch has a row, and the vendor's policy has no such switch",
    ),
    "a switch of another grade": (
        lambda document: _info(document, switch="before_publication").update(grade="O"),
        "the switch before_publication has the grade O in openapi/augment.yaml and A in the policy",
    ),
    "no rate limit": (
        lambda document: _info(document, limit="rate").pop("limit"),
        "the limit rate has no row",
    ),
    "a rate limit with other numbers": (
        lambda document: _info(document, limit="rate").update(description="11 requests a minute, and 20 at once."),
        "the limit rate does not mention 10",
    ),
    "a record without a test": (
        _added(grade="A", description="So."),
        "the record 'So.' in openapi/augment.yaml names no test",
    ),
    "an unknown grade": (
        _added(grade="B", description="So.", test="a.py::test_b"),
        "has the grade 'B'; there are D (documented), O (observed)",
    ),
    "a record without a source": (_added(grade="A", test="a.py::test_b"), "has no source"),
    "a documented rule without a source": (
        _added(grade="D", description="So.", test="a.py::test_b"),
        "'So.' in openapi/augment.yaml has no source",
    ),
    "an unknown field of a record": (
        _added(grade="A", description="So.", test="a.py::test_b", note="x"),
        "has note; a record has bound, description, grade, limit, operations, source, switch, test, unconfirmed",
    ),
    "a rule in some operations": (
        _added(grade="A", description="So.", test="a.py::test_b", operations=["getDau"]),
        "'So.' in openapi/augment.yaml has a description; a record with operations or a bound is the evidence",
    ),
    "an unknown operation": (
        _added(grade="A", source="page", test="a.py::test_b", operations=["getDau", "getDax"]),
        "a record has the operation getDax, which is not in openapi/augment.yaml",
    ),
    "an unknown bound": (
        _added(grade="A", source="page", test="a.py::test_b", bound="most"),
        "the record 'page' in openapi/augment.yaml has the bound 'most'; there are minimum, maximum, default",
    ),
    "an assumption that is unconfirmed": (
        _added(grade="A", description="So.", test="a.py::test_b", unconfirmed="The page is gone."),
        "'So.' in openapi/augment.yaml is unconfirmed; a second reading is only of what is documented",
    ),
    "a switch without a description": (
        _added(grade="A", source="page", test="a.py::test_b", switch="last_cursor"),
        "the record 'page' in openapi/augment.yaml has no description",
    ),
}


def test_unserved_paths_without_a_record_of_their_switch_have_no_rows() -> None:
    [console] = [each for each in vendors.discover() if each.name == "jetbrains-console"]
    document = yaml_text.load_bundled((resources.openapi() / console.openapi).read_bytes())
    _info(document, switch="unserved").pop("switch")
    found = ledger.build(console, document)
    assert [each for each in found.rows if each.kind is Kind.UNSERVED] == []
    assert "jetbrains-console: the switch unserved has no row" in " ".join(found.errors)


@pytest.mark.parametrize(("breach", "message"), BREACHES.values(), ids=BREACHES)
def test_error_is_reported(breach: Breach, message: str) -> None:
    document = deepcopy(DOCUMENT)
    breach(document)
    assert [
        error for error in ledger.build(AUGMENT, document).errors if error.startswith("augment: ") and message in error
    ]


def test_unchanged_copy_has_the_same_ledger() -> None:
    assert ledger.build(AUGMENT, deepcopy(DOCUMENT)) == LEDGERS["augment"]


def test_missing_openapi_file_says_what_to_write(tmp_path: Path) -> None:
    found = ledger.load(AUGMENT, tmp_path)
    assert (found.rows, len(found.errors)) == ([], 1)
    assert found.errors[0].startswith(
        "augment: there is no openapi/augment.yaml; write it from the vendor's documentation"
    )
