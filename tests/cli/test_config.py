"""`mockserver config`: its file is valid and complete, and --show has every value with its source."""

import tomllib
from pathlib import Path

import pytest

from mockserver.cli import config_values
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings_in(printed: str) -> dict[str, str]:
    """The lines of a file that set something, by key, without a # in front."""
    lines = (line.removeprefix("#") for line in printed.splitlines() if line and not line.startswith("# "))
    return {line.split()[0]: line for line in lines}


def test_printed_file_has_every_setting_and_sets_none(run: Run) -> None:
    printed = run("config").stdout
    assert tomllib.loads(printed) == {}
    assert list(settings_in(printed)) == list(config_values.known())
    assert "(--journal-size, MOCKSERVER_JOURNAL_SIZE)" in printed
    assert "One of: debug, info, warning." in " ".join(printed.replace("\n#", "").split())
    assert max(map(len, printed.splitlines())) <= 120


@pytest.mark.parametrize("key", config_values.known())
def test_every_line_of_the_printed_file_is_a_valid_setting(run: Run, folder: Path, key: str) -> None:
    line = settings_in(run("config").stdout)[key]
    (folder / "mockserver.toml").write_text(line, encoding="utf-8")
    (folder / "admin-token.txt").write_text("a-secret", encoding="utf-8")
    shown = run("config", "--show").stdout
    assert f"{folder / 'mockserver.toml'}, line 1" in shown


def test_defaults_of_the_printed_file_are_those_in_force(run: Run) -> None:
    written = tomllib.loads(run("config", "--show").stdout)
    for key, line in settings_in(run("config").stdout).items():
        if not line.endswith("# no default"):
            assert tomllib.loads(line) == {key: written[key]}
        else:
            assert key not in written


def test_each_value_is_shown_with_its_source(run: Run, folder: Path) -> None:
    path = folder / "mockserver.toml"
    path.write_text('threads = 2\nadmin-token-file = "token.txt"\npolicy.a.b = "c"\nport = 1\n', encoding="utf-8")
    (folder / "token.txt").write_text("let-me-in", encoding="utf-8")
    lines = run("config", "--show", MOCKSERVER_PORT="7").stdout.splitlines()
    assert lines[0] == f"# The configuration file is {path}."
    for line in (
        'host = "127.0.0.1"  # default',
        "port = 7  # MOCKSERVER_PORT",
        f"threads = 2  # {path}, line 1",
        f'policy = ["a.b=c"]  # {path}, line 3',
        f'admin-token-file = "{folder / "token.txt"}"  # {path}, line 2',
        "#admin-token  # not set",
        "#case  # not set",
    ):
        assert line in lines
    assert "let-me-in" not in "\n".join(lines)


@pytest.mark.parametrize("as_variable", [True, False])
def test_admin_token_is_masked(run: Run, folder: Path, *, as_variable: bool) -> None:
    if not as_variable:
        (folder / "a.toml").write_text('admin-token = "let-me-in"', encoding="utf-8")
    variables = {"MOCKSERVER_ADMIN_TOKEN": "let-me-in"} if as_variable else {"MOCKSERVER_CONFIG": "a.toml"}
    shown = run("config", "--show", **variables).stdout
    assert f'admin-token = "***"  # {"MOCKSERVER_ADMIN_TOKEN" if as_variable else "a.toml, line 1"}\n' in shown
    assert "let-me-in" not in shown


def test_variable_for_the_token_file_is_shown(run: Run, folder: Path) -> None:
    (folder / "token.txt").write_text("let-me-in", encoding="utf-8")
    shown = run("config", "--show", MOCKSERVER_ADMIN_TOKEN_FILE="token.txt").stdout
    assert 'admin-token-file = "token.txt"  # MOCKSERVER_ADMIN_TOKEN_FILE\n' in shown
    assert ("#admin-token  # not set\n" in shown, "let-me-in" in shown) == (True, False)


def test_shown_settings_are_a_file_with_the_same_settings(run: Run, folder: Path) -> None:
    (folder / "a.toml").write_text('case = "C001"\npolicy.a.names = {b = "c"}\nallowed-host = ["x"]', encoding="utf-8")
    shown = run("config", "--show", "--config", "a.toml").stdout
    (folder / "b.toml").write_text(shown, encoding="utf-8")
    again = run("config", "--show", "--config", "b.toml").stdout
    assert tomllib.loads(again) == tomllib.loads(shown)
    assert shown.startswith("# The configuration file is a.toml.\n")


def test_broken_file_is_an_error_of_show_only(run: Run, folder: Path) -> None:
    (folder / "mockserver.toml").write_text("prot = 1", encoding="utf-8")
    assert run("config").exit_code == 0
    result = run("config", "--show")
    assert (result.exit_code, result.stdout, "did you mean 'port'?" in result.stderr) == (2, "", True)


def test_no_file_is_said(run: Run) -> None:
    assert run("config", "--show").stdout.startswith("# There is no configuration file.\n")


STORES = {
    "redis://user:let-me-in@h:1/2?prefix=a": "redis://h:1/2",
    "redis://:let-me-in/@h": "***",
    "redis://let-me-in": "redis://let-me-in",
}


@pytest.mark.parametrize(("store", "shown"), STORES.items())
def test_password_of_the_store_is_not_shown(run: Run, store: str, shown: str) -> None:
    assert f'store = "{shown}"  # MOCKSERVER_STORE\n' in run("config", "--show", MOCKSERVER_STORE=store).stdout
