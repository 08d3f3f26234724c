"""The configuration file: where it is found, what an error says, and how it combines with flags and variables."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from mockserver.cli import config_file, config_values
from mockserver.cli.config_file import ConfigError
from mockserver.settings import Settings
from tests.cli.commands import COMMANDS, OPTIONS
from tests.cli.conftest import Run, write
from tests.server import programs

pytestmark = pytest.mark.usefixtures("folder")

SETTINGS: dict[str, Callable[[Path], Settings]] = {
    'host = "::1"': lambda _: Settings(host="::1"),
    "port = 0": lambda _: Settings(port=0),
    'organization = "globex"': lambda _: Settings(organization="globex"),
    'organization-file = "mine.yaml"': lambda folder: Settings(organization_file=folder / "mine.yaml"),
    'organization-file = "/mine.yaml"': lambda _: Settings(organization_file=Path("/mine.yaml")),
    'case = "C001"': lambda _: Settings(case="C001", over_case=frozenset({"case"})),
    'case = "C001"\nlimits = "documented"': lambda _: Settings(case="C001", over_case=frozenset({"case", "limits"})),
    'profile = "flaky"': lambda _: Settings(profile="flaky"),
    "now = 2025-10-21T12:30:00+02:00": lambda _: Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC)),
    'now = "2025-10-21T10:30:00Z"': lambda _: Settings(now=datetime(2025, 10, 21, 10, 30, tzinfo=UTC)),
    "freeze = true": lambda _: Settings(freeze=True),
    'limits = "off"': lambda _: Settings(limits="off"),
    'policy = ["a.b=c", "d.e=f"]': lambda _: Settings(policy=(("a.b", "c"), ("d.e", "f"))),
    '[policy.a]\nb = "c"\nd = 7\ne = true\n[policy.f]\nnames = {g = "h", i = "j"}': lambda _: Settings(
        policy=(("a.b", "c"), ("a.d", "7"), ("a.e", "true"), ("f.names", "g=h"), ("f.names", "i=j"))
    ),
    'policy-file = "policy.yaml"': lambda folder: Settings(policy_file=folder / "policy.yaml"),
    'host = "0.0.0.0"\nadmin-token = "s"': lambda _: Settings(host="0.0.0.0", admin_token="s"),
    'admin-token-file = "token.txt"': lambda _: Settings(admin_token="from-the-file"),
    'allowed-host = ["a.test"]': lambda _: Settings(allowed_host=("a.test",)),
    'cors-origin = ["http://a:3000"]': lambda _: Settings(cors_origin=("http://a:3000",)),
    "journal-size = 5": lambda _: Settings(journal_size=5),
    "sandboxes-maximum = 0": lambda _: Settings(sandboxes_maximum=0),
    "threads = 1": lambda _: Settings(threads=1),
    'store = "redis://h"\nworkers = 3\nreset-store = true': lambda _: Settings(
        store="redis://h", workers=3, reset_store=True
    ),
    'grace = 1\nlog-level = "Debug"\njson = true\nuntil-eof = false': lambda _: Settings(),
}


@pytest.mark.parametrize("text", SETTINGS)
def test_each_key_sets_its_setting(run: Run, created: list[Settings], folder: Path, text: str) -> None:
    write(folder / "token.txt", "from-the-file\n")
    write(folder / "mockserver.toml", text)
    result = run("serve")
    assert (created, result.exit_code) == ([SETTINGS[text](folder)], 0), result.output


def test_every_option_of_serve_is_a_setting() -> None:
    flags = {name.removeprefix("serve --") for name in OPTIONS if name.startswith("serve ")}
    assert set(config_values.known()) == flags - {"config"}
    covered = {line.partition(" ")[0] for text in SETTINGS for line in text.splitlines() if "[" not in line[:1]}
    assert set(config_values.known()) <= covered


@pytest.mark.parametrize("name", COMMANDS)
def test_command_with_a_variable_of_serve_reads_the_file(name: str) -> None:
    serve = {option.envvar for option in COMMANDS["serve"].params} - {None, "MOCKSERVER_CONFIG"}
    mine = {option.envvar for option in COMMANDS[name].params}
    needs_file = bool(mine & (serve | {"MOCKSERVER_URL"}))
    assert ("MOCKSERVER_CONFIG" in mine) is (needs_file or name == "config")


PLACES = {
    "here": (["mockserver.toml"], 1),
    "above": (["../mockserver.toml"], 1),
    "the nearest": (["../../mockserver.toml", "../mockserver.toml"], 2),
    "pyproject": (["pyproject.toml"], 1),
    "before pyproject": (["pyproject.toml", "mockserver.toml"], 2),
    "pyproject of a nearer folder": (["../mockserver.toml", "pyproject.toml"], 2),
    "a folder of that name above": (["../mockserver.toml", "mockserver.toml/x"], 1),
    "nowhere": ([], None),
}


@pytest.mark.parametrize(("paths", "journal_size"), PLACES.values(), ids=PLACES)
def test_file_of_the_nearest_folder_is_read(
    run: Run,
    created: list[Settings],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    paths: list[str],
    journal_size: int | None,
) -> None:
    deepest = folder / "a" / "b"
    deepest.mkdir(parents=True)
    monkeypatch.chdir(deepest)
    for number, path in enumerate(paths, 1):
        table = "[tool.mockserver]\n" if "pyproject" in path else ""
        write(deepest / path, f"{table}journal-size = {number}\n")
    run("serve")
    assert created == [Settings() if journal_size is None else Settings(journal_size=journal_size)]


OTHERS = {
    "no mention": '[project]\nname = "x"\n',
    "a dependency": '[project]\ndependencies = ["analytics-mockserver"]\n[tool.ruff]\n',
    "a comment": "# tool.mockserver\n[tool]\nother = 1\n",
    "not TOML, and no mention": "[project\n",
    "not a table": "tool = 3 # tool.mockserver\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_pyproject_without_the_table_is_passed_over(
    run: Run, created: list[Settings], folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    write(folder / "mockserver.toml", "threads = 2")
    write(folder / "project" / "pyproject.toml", text)
    monkeypatch.chdir(folder / "project")
    run("serve")
    assert created == [Settings(threads=2)]


@pytest.mark.parametrize("text", ["[tool]\nmockserver.threads = 2", "tool = {mockserver = {threads = 2}}"])
def test_table_may_have_any_form_of_toml(run: Run, created: list[Settings], folder: Path, text: str) -> None:
    write(folder / "pyproject.toml", text)
    run("serve")
    assert created == [Settings(threads=2)]


def test_flag_or_variable_names_the_file(run: Run, created: list[Settings], folder: Path) -> None:
    write(folder / "mockserver.toml", "threads = 1")
    write(folder / "other" / "a.toml", 'threads = 2\norganization-file = "mine.yaml"')
    write(folder / "pyproject.toml", "[tool.mockserver]\nthreads = 3")
    run("serve", "--config", "other/a.toml")
    run("serve", MOCKSERVER_CONFIG="pyproject.toml")
    run("serve", "--config", "/dev/null", MOCKSERVER_CONFIG="other/a.toml")
    run("serve", MOCKSERVER_CONFIG="")
    mine = Path("other/mine.yaml")
    assert created == [
        Settings(threads=2, organization_file=mine), Settings(threads=3), Settings(), Settings(threads=1)
    ]  # fmt: skip


ERRORS = {
    "an unknown key": ("\nprot = 1", 2, "there is no setting 'prot' (did you mean 'port'?); there are: host, port, "),
    "the name of a variable": (
        "journal_size = 1",
        1,
        "there is no setting 'journal_size' (did you mean 'journal-size'?)",
    ),
    "an unknown table": ("threads = 1\n[polcy]\n", 2, "there is no setting 'polcy' (did you mean 'policy'?)"),
    "text as a number": ('port = "x"', 1, "port: must be a whole number, not 'x'"),
    "a truth value as a number": ("threads = true", 1, "threads: must be a whole number, not true"),
    "a fraction": ("port = 1.5", 1, "port: must be a whole number, not 1.5"),
    "a number as text": ("case = 1", 1, "case: must be text in quotation marks, not 1"),
    "long text as a flag": (f'freeze = "{"x" * 70}"', 1, f"freeze: must be true or false, not '{'x' * 59}…"),
    "text as a list": (
        'allowed-host = "a"',
        1,
        'allowed-host: must be a list of texts, as in ["one", "two"], not \'a\'',
    ),
    "a list of numbers": (
        "allowed-host = [1]",
        1,
        'allowed-host: must be a list of texts, as in ["one", "two"], not this',
    ),
    "a table as text": ("[host]\n", 1, "host: must be text in quotation marks, not a table"),
    "text as seconds": ('grace = "x"', 1, "grace: must be a number, not 'x'"),
    "a day": ("now = 2025-10-21", 1, "now: must be a time, as in 2025-10-21T10:30:00Z, not 2025-10-21"),
    "no time zone": (
        "now = 2025-10-21T10:30:00",
        1,
        "now: '2025-10-21T10:30:00' is not a timestamp: it must have a date",
    ),
    "out of range": ("port = 65536", 1, "port: 65536 is not in the range 0<=x<=65535."),
    "no option": ('limits = "none"', 1, "limits: 'none' is not one of 'documented', 'off'."),
    "an organization": (
        'organization = "acm"',
        1,
        "organization: there is no organization 'acm' (did you mean 'acme'?)",
    ),
    "a host": ('allowed-host = ["*"]', 1, "allowed-host: '*' is no host that can be allowed: it must be one name"),
    "an origin": ('cors-origin = ["null"]', 1, "cors-origin: 'null' is no origin that can be allowed: every page in a"),
    "a secret": ("admin-token = 12345", 1, "admin-token: must be text in quotation marks\n"),
    "a token": ('admin-token = "a b"', 1, "admin-token: the admin token contains a space, a line break or a control"),
    "a switch": ("policy.a = 3", 1, "policy: a must be a table of switches, not 3"),
    "an option of a switch": (
        "[policy.a]\nb = 1.5",
        1,
        "policy: a.b must be an option in quotation marks, or a table of",
    ),
    "a switch as text": ('policy = ["a=b"]', 1, "policy: 'a=b' sets no switch: it must be vendor.switch=value"),
    "two organizations": (
        'organization = "acme"\norganization-file = "a"',
        2,
        "organization-file contradicts organization",
    ),
}


@pytest.mark.parametrize(("text", "line", "message"), ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("command", ["serve", "tokens", "healthcheck"])
def test_error_names_file_line_and_rule(
    run: Run, folder: Path, command: str, text: str, line: int, message: str
) -> None:
    path = write(folder / "mockserver.toml", text)
    result = run(command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"\nError: {path}, line {line}: {message}" in result.stderr


def test_line_of_a_key_in_pyproject_is_that_in_its_table(run: Run, folder: Path) -> None:
    text = '[other]\nport = "x"\n[tool.mockserver]\n# port = "x"\n"port" = "x"\n[tool.mockserver.polcy]\nport = 1\n'
    path = write(folder / "pyproject.toml", text)
    errors = run("serve").stderr
    assert f"Error: {path}, line 5: port: must be a whole number, not 'x'\n" in errors
    assert f"Error: {path}, line 6: there is no setting 'polcy'" in errors


def test_line_is_left_out_where_it_is_not_found(run: Run, folder: Path) -> None:
    path = write(folder / "pyproject.toml", 'tool = {mockserver = {prot = "x"}}')
    assert f"Error: {path}: there is no setting 'prot'" in run("serve").stderr


UNUSABLE = {
    "missing": ("no.toml", None, "no.toml: cannot be read: No such file or directory"),
    "a folder": (".", None, ".: cannot be read: Is a directory"),
    "not TOML": ("a.toml", b"port = \n", "a.toml: not TOML: Invalid value (at line 1, column 8)"),
    "not UTF-8": ("a.toml", b"# \xff", "a.toml: not UTF-8 at byte 2; save the file as UTF-8"),
    "no table": ("pyproject.toml", b"[tool]", "pyproject.toml: there is no table [tool.mockserver], which has the set"),
}


@pytest.mark.parametrize(("name", "content", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_file_is_a_usage_error(run: Run, folder: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    result = run("serve", "--config", name)
    assert (result.exit_code, result.stdout, message in result.stderr) == (2, "", True), result.stderr


LATE = {
    "host": ('host = "0.0.0.0"', "or listen on 127.0.0.1"),
    "case": ('case = "C0"', "lists the"),
    "profile": ('profile = "flakey"', "there is no profile 'flakey'"),
    "policy": ('[policy.a]\nb = "c"', "--policy a: there is no vendor 'a'"),
    "policy-file": ('policy-file = "a.yaml"', "cannot be read: No such file or directory"),
}


@pytest.mark.parametrize("key", LATE)
def test_error_that_is_found_later_names_the_file_too(run: Run, folder: Path, key: str) -> None:
    text, message = LATE[key]
    path = write(folder / "mockserver.toml", text)
    result = run("serve")
    assert (result.exit_code, message in result.stderr) == (2, True)
    assert result.stderr.endswith(f" ({path} sets {key})\n")
    assert "sets" not in run("serve", "--now", "x", "--config", "/dev/null").stderr


def test_deleted_folder_has_no_file(
    run: Run, created: list[Settings], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    shutil.rmtree(gone)
    run("serve")
    assert created == [Settings()]


def test_folder_that_may_not_be_read_has_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    assert config_file.find(folder) is None


def test_broken_file_does_not_hide_the_help(run: Run, folder: Path) -> None:
    write(folder / "mockserver.toml", "port = ")
    assert run("serve", "--help").exit_code == 0
    with COMMANDS["serve"].make_context("serve", [], resilient_parsing=True) as context:
        assert isinstance(context, click.Context)


@pytest.mark.parametrize("text", [None, "threads = 1"])
def test_tomllib_is_imported_only_for_a_file(folder: Path, text: str | None) -> None:
    if text is not None:
        write(folder / "mockserver.toml", text)
    write(folder / "pyproject.toml", '[project]\nname = "analytics-mockserver"\n')
    command = [sys.executable, "-X", "importtime", "-m", "mockserver", "serve", "--policy", "x"]
    environment = {**programs.UNMEASURED, "PYTHONPATH": str(programs.ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "'x' sets no switch" in done.stderr) == (2, True)
    assert (" tomllib\n" in done.stderr) is (text is not None)


def test_error_of_a_file_is_one_error_for_each_problem() -> None:
    with pytest.raises(ConfigError, match=r"no\.toml: cannot be read: No such file or directory"):
        config_file.load(Path("no.toml"))
