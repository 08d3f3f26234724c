"""Tests of the command as a program: its ready line, its exit codes and its help."""

import json
import platform
import subprocess
import sys

import pytest

import mockserver
from mockserver import vendors
from mockserver.simulation.hashing import DATA_VERSION
from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import ended, line, request, send

AUGMENT = "Authorization: Bearer mock-augment-acme\r\n"


def test_server_answers_once_it_is_ready() -> None:
    with programs.started("-m", "mockserver", "serve", "--port", "0", "--json", "--log-level", "warning") as program:
        ready = json.loads(line(program))
        assert ready["pid"] == program.pid
        status, _, body = send(ready["url"], request("/analytics/v0/dau-count", headers=AUGMENT))
        assert (status, "daily_active_user_counts" in json.loads(body)) == (200, True)
        program.terminate()
        assert ended(program) == (0, "", "")


def test_taken_port_is_one_line_on_stderr_and_code_3() -> None:
    flags = ("-m", "mockserver", "serve", "--port")
    with programs.started(*flags, "0", "--json") as first:
        url = json.loads(line(first))["url"]
        assert send(url, request("/_mock/health"))[0] == 200
        port = url.rpartition(":")[2]
        with programs.started(*flags, port) as second:
            code, out, err = ended(second)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert err.startswith(f"Error: a mock server answers at http://127.0.0.1:{port} already; ")


def imported(*arguments: str) -> set[str]:
    """The modules that a command line imports."""
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mockserver", *arguments],
        cwd=programs.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = {each.rpartition("|")[2].strip() for each in found.stderr.splitlines()}
    assert "mockserver.cli" in loaded
    return loaded


@pytest.mark.parametrize("arguments", [[], ["--help"], ["serve", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert imported(*arguments).isdisjoint({"numpy", "flask", "werkzeug", "httptools", "marshmallow", "uvloop"})


def test_command_imports_no_other_command() -> None:
    loaded = imported("serve", "--help")
    assert "mockserver.cli.options" in loaded
    assert loaded.isdisjoint({"mockserver.cli.audit", "mockserver.cli.env", "mockserver.client", "importlib.metadata"})


def test_help_teaches_with_examples_and_exit_codes(run: Run) -> None:
    printed = run("--help").output
    assert "mockserver serve --now 2025-10-21T10:30:00Z --freeze" in printed
    assert "3  the port is taken" in printed


def test_help_of_serve_names_the_variable_of_every_flag(run: Run) -> None:
    printed = " ".join(run("serve", "--help").output.split())
    flags = {word.rstrip(",") for word in printed.split() if word.startswith("--")}
    for flag in flags - {"--help", "--like"}:  # --like is a second name of --policy-file.
        assert f"MOCKSERVER_{flag[2:].upper().replace('-', '_')}" in printed


def test_version_is_printed(run: Run) -> None:
    assert run("--version").output.startswith("mockserver, version ")


def test_version_command_prints_what_a_report_needs(run: Run) -> None:
    found = json.loads(run("version", "--json").stdout)
    assert found == {
        "version": mockserver.__version__,
        "data_version": DATA_VERSION,
        "python": platform.python_version(),
        "vendors": [vendor.name for vendor in vendors.discover()],
        "extras": found["extras"],
    }
    assert found["extras"]["faker"] is True
    assert "dev" not in found["extras"]
    printed = run("version").stdout
    assert f"version       {mockserver.__version__}\ndata version  {DATA_VERSION}\npython        3." in printed
    assert f"vendors       {', '.join(found['vendors'])}\n" in printed
    assert "faker (found)" in printed


def test_extra_that_is_not_installed_is_not_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    requires = ["click>=8", "a-b>=1 ; extra == 'both'", "click; extra == 'both'", 'no_such; extra == "none"']
    monkeypatch.setattr("importlib.metadata.requires", lambda _: requires)
    assert json.loads(run("version", "--json").stdout)["extras"] == {"both": False, "none": False}
    monkeypatch.setattr("importlib.metadata.requires", lambda _: None)
    assert json.loads(run("version", "--json").stdout)["extras"] == {}


def test_conduct_is_a_hidden_alias_of_lint(run: Run, url: str) -> None:
    assert run("conduct", "--url", url).output == run("lint", "--url", url).output
    assert "conduct" not in run("--help").output


def test_incomplete_vendor_folder_is_one_line_on_stderr(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendors, "find_spec", lambda _: None)
    monkeypatch.setattr(vendors, "room", vendors.room.__wrapped__)  # without its cache
    result = run("audit", "--organization", "documented")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith(
        "Error: the vendor augment has no mockserver/vendors/augment/invariants.py; write one, "
    )


def test_other_lookup_errors_keep_their_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendors, "room", dict[str, object]().__getitem__)
    assert isinstance(run("audit", "--organization", "documented").exception, KeyError)


def test_error_that_is_not_about_the_output_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise PermissionError(13, "Permission denied", "a file")

    monkeypatch.setattr("mockserver.vendors.discover", fail)
    assert isinstance(run("tokens").exception, PermissionError)
