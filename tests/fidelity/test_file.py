"""docs/FIDELITY.md has every row of the ledgers, and a row whose test does not exist is found."""

from dataclasses import replace
from pathlib import Path

import pytest

from mockserver.fidelity import ledger
from mockserver.fidelity.ledger import FidelityLedger
from mockserver.gateway.switches import Grade
from tests.server.programs import ROOT
from tools import fidelity

LEDGERS = ledger.all_ledgers()


def test_every_named_test_exists() -> None:
    assert list(fidelity.errors(LEDGERS, ROOT)) == []


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("tests/vendors/augment/test_authentication.py::test_nobody_wrote_this", id="unknown name"),
        pytest.param("tests/vendors/augment/test_doors.py::test_x", id="unknown file"),
        pytest.param("tests/vendors/augment/worlds.py::world", id="not a test function"),
    ],
)
def test_missing_test_is_reported_with_its_row(test: str) -> None:
    first = LEDGERS[0]
    planted = replace(first, rows=[replace(first.rows[0], test=test), *first.rows[1:]])
    expected = f"{first.vendor}: the operation {first.rows[0].name!r} names a test that does not exist; write {test}"
    assert list(fidelity.errors([planted], ROOT)) == [expected]


def test_errors_of_a_ledger_are_reported() -> None:
    assert list(fidelity.errors([FidelityLedger("parrot", [], ["a field has no row"])], ROOT)) == ["a field has no row"]


def test_file_has_every_row_and_every_count() -> None:
    lines = (ROOT / "docs" / "FIDELITY.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith(tuple(f"| {grade.evidence} |" for grade in Grade))]
    assert len(rows) == sum(len(each.rows) for each in LEDGERS)
    for each in LEDGERS:
        assert f"## {each.vendor}" in lines
        assert any(line.startswith(f"| [{each.vendor}](#{each.vendor}) | ") for line in lines)


def test_file_counts_the_rows_that_could_not_be_confirmed() -> None:
    text = (ROOT / "docs" / "FIDELITY.md").read_text(encoding="utf-8")
    listed = text.partition("## Not confirmed\n")[2].partition("\n## ")[0]
    unconfirmed = [(each.vendor, row) for each in LEDGERS for row in each.rows if row.unconfirmed]
    assert unconfirmed
    for vendor, row in unconfirmed:
        number = len([True for other, same in unconfirmed if (other, same.unconfirmed) == (vendor, row.unconfirmed)])
        assert f"| {vendor} | {number} | {row.unconfirmed} |" in listed.splitlines()
        assert f"| {row.source}; not confirmed: {row.unconfirmed} |" in text


def test_check_reports_a_stale_file_and_writing_updates_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "docs" / "FIDELITY.md"
    monkeypatch.setattr(fidelity, "TARGET", target)
    assert fidelity.main(["--check"]) == 1
    assert "docs/FIDELITY.md is out of date" in capsys.readouterr().err
    assert fidelity.main([]) == 0
    assert fidelity.main(["--check"]) == 0
    target.write_text(target.read_text(encoding="utf-8").replace("| documented |", "| assumed |", 1), encoding="utf-8")
    assert fidelity.main(["--check"]) == 1


def test_check_reports_errors_of_a_ledger(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(ledger, "all_ledgers", lambda: [replace(LEDGERS[0], errors=["no row"]), *LEDGERS[1:]])
    assert fidelity.main(["--check"]) == 1
    assert capsys.readouterr().err == "no row\n"


def test_committed_file_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert fidelity.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_readme_links_to_it_on_its_first_screen() -> None:
    first, _, _ = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Install")
    assert "(docs/FIDELITY.md)" in first
