"""Tests of docs/CASES.md and the pages in docs/cases: they have every case in full, and outdated ones are reported."""

from pathlib import Path

import pytest

from mockserver import vendors
from mockserver.cases import describe
from tests.cases.sending import CATALOGUE
from tools import cases


def test_list_links_every_case_to_its_full_text() -> None:
    pages = cases.pages(CATALOGUE, vendors.discover())
    for case in CATALOGUE.cases:
        data = describe.describe(case, vendors.discover())
        row = f"| [{case.id}](cases/{case.vendor}.md#{case.id.lower()}) | {case.vendor} | {case.grade} | "
        assert row in pages[cases.DOCS / "CASES.md"]
        text = pages[cases.DOCS / "cases" / f"{case.vendor}.md"]
        assert "\n".join([f"```sh\n{data['serve']}", *data["curl"], "```"]) in text
        parts = (f"\n## {case.id}\n", data["marker"], case.title, case.rationale, case.returns, case.source)
        assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("name", ["CASES.md", "cases/tabnine.md"])
def test_check_reports_an_outdated_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(cases, "DOCS", tmp_path / "docs")
    assert cases.main(["--check"]) == 1
    assert "docs/CASES.md is out of date; run `make fix`" in capsys.readouterr().err
    assert (cases.main([]), cases.main(["--check"])) == (0, 0)
    target = tmp_path / "docs" / name
    target.write_text(target.read_text(encoding="utf-8").replace("tabnine", "parrot", 1), encoding="utf-8")
    assert cases.main(["--check"]) == 1
    assert f"{name} is out of date; run `make fix`" in capsys.readouterr().err
