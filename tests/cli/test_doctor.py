"""Tests of `mockserver doctor`: what a policy confirms and contradicts, and what it leaves open."""

import json
from pathlib import Path

from tests.cli.conftest import Run, write

POLICY = """
jetbrains-ide:
  last_cursor: "null"
  codex_tool: codex
  names: {items: rows}
"""


def test_policy_confirms_and_contradicts_statements(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "policy.yaml", POLICY)
    printed = run("doctor", str(path)).stdout
    assert printed.startswith("jetbrains-ide: 1 confirmed, ")
    assert "  confirmed: last_cursor (grade A): observed by you: null, which confirms the default\n" in printed
    assert "  contradicted: codex_tool (grade A): observed by you: codex, which contradicts the default\n" in printed
    assert "observed by you: its name is rows\n" in printed
    assert "  open: empty_buckets\n" in printed


def test_json_has_the_same(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "policy.yaml", POLICY)
    found = json.loads(run("doctor", str(path), "--json").stdout)
    assert [*found] == ["jetbrains-ide"]
    assert [*found["jetbrains-ide"]] == ["confirmed", "contradicted", "open"]
    assert "last_cursor" not in found["jetbrains-ide"]["open"]


def test_policy_of_no_vendor_says_so(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "policy.yaml", "metrics: {subteams: with}\n")
    result = run("doctor", str(path))
    assert (result.exit_code, result.stdout) == (0, f"{path} sets no switch of a vendor\n")


def test_unusable_policy_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    result = run("doctor", str(tmp_path / "no.yaml"))
    assert (result.exit_code, "cannot be read" in result.stderr) == (2, True)
