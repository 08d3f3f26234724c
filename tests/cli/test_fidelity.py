"""Tests of `mockserver fidelity`: rows with their evidence, as a table or JSON, filtered by vendor and grade."""

import json
from pathlib import Path

import pytest

from mockserver.fidelity import ledger
from tests.cli.conftest import Run, write


def test_json_has_every_row_of_every_vendor(run: Run) -> None:
    printed = json.loads(run("fidelity", "--json").output)
    for each in ledger.all_ledgers():
        report = printed[each.vendor]
        assert report["counts"] == {grade.value: number for grade, number in ledger.counts(each.rows).items()}
        assert len(report["rows"]) == len(each.rows)
    assert printed["augment"]["rows"][0] == {
        "kind": "operation",
        "name": "getDauCount: GET /analytics/v0/dau-count",
        "grade": "D",
        "source": "page, GET /analytics/v0/dau-count",
        "unconfirmed": "",
        "test": "tests/vendors/augment/test_documented.py::test_documented_example_is_reproduced_exactly",
    }


def test_filters_select_rows_but_not_counts(run: Run) -> None:
    whole = json.loads(run("fidelity", "--json").output)["tabnine"]
    part = json.loads(run("fidelity", "--vendor", "tabnine", "--grade", "O", "--json").output)
    assert list(part) == ["tabnine"]
    assert part["tabnine"]["counts"] == whole["counts"]
    assert part["tabnine"]["rows"] == [row for row in whole["rows"] if row["grade"] == "O"]
    assert part["tabnine"]["rows"]


def test_table_has_counts_and_the_evidence_of_every_row(run: Run) -> None:
    printed = " ".join(run("fidelity", "--vendor", "jetbrains-ide").output.split())
    (found,) = (each for each in ledger.all_ledgers() if each.vendor == "jetbrains-ide")
    counted = ", ".join(f"{number} {grade}" for grade, number in ledger.counts(found.rows).items())
    assert printed.startswith(f"jetbrains-ide: {counted} ")
    for row in found.rows:
        assert " ".join(f"{row.grade} {row.kind} {row.name}".split()) in printed
        assert row.test in printed


def test_table_says_what_could_not_be_confirmed(run: Run) -> None:
    printed = " ".join(run("fidelity", "--vendor", "tabnine", "--grade", "D").output.split())
    assert "Costs are US dollars. (vendor's page on costs; not confirmed: the page could not be read again" in printed


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param(("--vendor", "tabnin"), "there is no vendor 'tabnin'; there are: augment, ", id="vendor"),
        pytest.param(("--grade", "B"), "'B' is not one of 'D', 'O', 'I', 'A'", id="grade"),
    ],
)
def test_unknown_names_are_rejected_with_the_known_ones(run: Run, flags: tuple[str, ...], message: str) -> None:
    result = run("fidelity", *flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


POLICY = """\
jetbrains-ide:
  last_cursor: absent
  schemes: both
  names: {items: rows, date: date}
"""


def test_policy_confirms_or_contradicts_what_the_simulator_assumes(run: Run, tmp_path: Path) -> None:
    policy = write(tmp_path / "policy.yaml", POLICY)
    rows = json.loads(run("fidelity", "--with", str(policy), "--json").output)["jetbrains-ide"]["rows"]
    observed = {(row["kind"], row["name"]): row["observed"] for row in rows if "observed" in row}
    assert observed["switch", "last_cursor"] == "observed by you: absent, which contradicts the default"
    assert observed["switch", "schemes"] == "observed by you: both, which confirms the default"
    assert observed["switch", "names"] == "observed by you: rows, which contradicts the default"
    assert observed["field", "getUsersAdoption items"] == "observed by you: its name is rows"
    assert {kind for kind, _ in observed} == {"switch", "field"}
    assert ("field", "getUsersAdoption items[].date") not in observed


def test_table_shows_what_a_policy_says(run: Run, tmp_path: Path) -> None:
    policy = write(tmp_path / "policy.yaml", POLICY)
    printed = " ".join(
        run("fidelity", "--with", str(policy), "--vendor", "jetbrains-ide", "--grade", "O").output.split()
    )
    assert "a 401 for the other; observed by you: both, which confirms the default)" in printed


def test_policy_that_serve_refuses_is_refused(run: Run, tmp_path: Path) -> None:
    policy = write(tmp_path / "policy.yaml", "jetbrains-ide: {last_cursor: none}\n")
    result = run("fidelity", "--with", str(policy))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "jetbrains-ide.last_cursor: last_cursor cannot be 'none'; it takes one of: null, absent" in result.stderr
