"""Tests of a program of the system that is not installed: its tests are left out, or fail where it is required."""

from pathlib import Path

import pytest

from tests.optional_programs import OptionalProgram

PROGRAM = OptionalProgram("thing", ("no-such-program",), "MOCKSERVER_REQUIRE_THING", "the tests of a thing", "thing")


def test_tests_of_a_missing_program_are_left_out_and_named(request: pytest.FixtureRequest) -> None:
    hint = "install the package thing, and repeat"
    assert PROGRAM.left_out == f"no thing (no-such-program): the tests of a thing were left out; {hint}"
    assert not PROGRAM.is_needed_by(request.node)


def test_a_required_program_that_is_missing_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_REQUIRE_THING", "1")
    assert PROGRAM.left_out == ""
    with pytest.raises(pytest.fail.Exception, match="MOCKSERVER_REQUIRE_THING is set, and there is no thing"):
        PROGRAM.path()


def test_program_in_a_package_comes_before_that_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("package/bin", "system"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "thing").touch(mode=0o755)
    (tmp_path / "package/__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "system"))
    found = [OptionalProgram("thing", ("thing",), "", "", "", name).executable for name in ("package", "absent", None)]
    system = str(tmp_path / "system/thing")
    assert found == [str(tmp_path / "package/bin/thing"), system, system]
