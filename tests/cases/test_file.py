"""Promises about fixtures/CASES.md: every case stands in it with all that it takes, and a stale file is told."""

from pathlib import Path

import pytest

from mockserver import vendors
from mockserver.cases import describe
from tests.cases.sending import CATALOGUE
from tools import cases


def test_every_case_is_listed_and_told_whole() -> None:
    text = cases.text(CATALOGUE, vendors.discover())
    for case in CATALOGUE.cases:
        told = describe.describe(case, vendors.discover())
        assert f"| [{case.id}](#{case.id.lower()}) | {case.vendor} | {case.grade} | " in text
        assert "\n".join([f"```sh\n{told['serve']}", *told["curl"], "```"]) in text
        assert all(part in text for part in (told["marker"], case.breaks, case.returns, case.source))


def test_check_tells_a_stale_file_and_writing_makes_it_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "CASES.md"
    monkeypatch.setattr(cases, "TARGET", target)
    assert cases.main(["--check"]) == 1
    assert "fixtures/CASES.md is stale; `make fix` writes it anew" in capsys.readouterr().err
    assert (cases.main([]), cases.main(["--check"])) == (0, 0)
    target.write_text(target.read_text(encoding="utf-8").replace("C001", "C000", 1), encoding="utf-8")
    assert cases.main(["--check"]) == 1
