"""Promises about openapi/FIDELITY.md: it is what the ledgers say, and a row whose test is not there is found."""

from dataclasses import replace
from pathlib import Path

import pytest

from mockserver.fidelity import ledger
from mockserver.fidelity.ledger import Ledger
from tests.server.programs import ROOT
from tools import fidelity

LEDGERS = ledger.all_ledgers()


def test_every_test_that_is_named_exists() -> None:
    assert list(fidelity.faults(LEDGERS, ROOT)) == []


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("tests/vendors/augment/test_door.py::test_nobody_wrote_this", id="a name that is not there"),
        pytest.param("tests/vendors/augment/test_doors.py::test_x", id="a file that is not there"),
        pytest.param("tests/vendors/augment/worlds.py::world", id="a function that is no test"),
    ],
)
def test_a_test_that_does_not_exist_is_told_with_the_row_that_names_it(test: str) -> None:
    first = LEDGERS[0]
    planted = replace(first, rows=[replace(first.rows[0], test=test), *first.rows[1:]])
    told = f"augment: the operation {first.rows[0].name!r} names a test that does not exist: {test}"
    assert list(fidelity.faults([planted], ROOT)) == [told]


def test_the_faults_of_a_ledger_are_told_too() -> None:
    assert list(fidelity.faults([Ledger("augment", [], ["a field has no row"])], ROOT)) == ["a field has no row"]


def test_the_file_has_every_row_and_every_count() -> None:
    lines = (ROOT / "openapi" / "FIDELITY.md").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.startswith(("| D |", "| O |", "| I |", "| A |"))]
    assert len(kept) == sum(len(each.rows) for each in LEDGERS)
    for each in LEDGERS:
        assert f"## {each.vendor}" in lines
        assert any(line.startswith(f"| [{each.vendor}](#{each.vendor}) | ") for line in lines)


def test_check_tells_a_stale_file_and_writing_makes_it_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "FIDELITY.md"
    monkeypatch.setattr(fidelity, "TARGET", target)
    assert fidelity.main(["--check"]) == 1
    assert "openapi/FIDELITY.md is stale" in capsys.readouterr().err
    assert fidelity.main([]) == 0
    assert fidelity.main(["--check"]) == 0
    target.write_text(target.read_text(encoding="utf-8").replace("| D |", "| A |", 1), encoding="utf-8")
    assert fidelity.main(["--check"]) == 1


def test_check_tells_a_ledger_that_has_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ledger, "all_ledgers", lambda: [replace(LEDGERS[0], faults=["no row"]), *LEDGERS[1:]])
    assert fidelity.main(["--check"]) == 1
    assert capsys.readouterr().err == "no row\n"


def test_the_file_that_is_kept_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert fidelity.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_the_readme_leads_to_it_on_its_first_screen() -> None:
    first, _, _ = (ROOT / "README.md").read_text(encoding="utf-8").partition("## In sixty seconds")
    assert "(docs/FIDELITY.md)" in first
