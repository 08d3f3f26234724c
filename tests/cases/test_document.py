"""Tests of docs/CASES.md: it has every case in full, and an outdated file is reported."""

from pathlib import Path

import pytest

from mockserver import vendors
from mockserver.cases import describe
from tests.cases.sending import CATALOGUE
from tools import cases


def test_document_has_every_case_in_full() -> None:
    text = cases.text(CATALOGUE, vendors.discover())
    for case in CATALOGUE.cases:
        data = describe.describe(case, vendors.discover())
        assert f"| [{case.id}](#{case.id.lower()}) | {case.vendor} | {case.grade} | " in text
        assert "\n".join([f"```sh\n{data['serve']}", *data["curl"], "```"]) in text
        assert all(part in text for part in (data["marker"], case.rationale, case.returns, case.source))


def test_check_reports_an_outdated_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "CASES.md"
    monkeypatch.setattr(cases, "TARGET", target)
    assert cases.main(["--check"]) == 1
    assert "docs/CASES.md is out of date; run `make fix`" in capsys.readouterr().err
    assert (cases.main([]), cases.main(["--check"])) == (0, 0)
    target.write_text(target.read_text(encoding="utf-8").replace("C001", "C000", 1), encoding="utf-8")
    assert cases.main(["--check"]) == 1
