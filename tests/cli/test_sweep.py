"""`mockserver sweep`: a naive client fails with some variations, a careful one passes with all."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mockserver.cli.runs import served
from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import ended

FROZEN = ("--now", "2025-10-21T10:30:00Z", "--freeze", "--organization", "empty")
CLIENTS = str(Path(__file__).with_name("clients.py"))
SEND = "import os, urllib.request; urllib.request.urlopen(os.environ['MOCKSERVER_URL'] + '/analytics/v0/dau')"
"""A program that sends a vendor a request without a token, and fails on the 401."""

LAST, SHAPE = "augment.last_cursor=null", "tabnine.error_shape=flat"
OMITTED, MINUTE = "tabnine.empty_buckets=omitted", "jetbrains-console.expires_in=60"


def python(*arguments: str) -> tuple[str, ...]:
    """A command that runs Python."""
    return ("--", sys.executable, *arguments)


def only(*variations: str) -> list[str]:
    """The flags that select some variations."""
    return [flag for variation in variations for flag in ("--switch", variation)]


def test_report_lists_each_failed_variation_of_a_naive_client(run: Run, tmp_path: Path) -> None:
    json_file, junit_file = tmp_path / "sweep.json", tmp_path / "sweep.xml"
    files = ("--json", str(json_file), "--junit", str(junit_file))
    switches = only(LAST, OMITTED, SHAPE, MINUTE, "augment.retry_after", "jetbrains-ide.last_cursor")
    result = run("sweep", *FROZEN, *files, *switches, *python(CLIENTS, "naive"))
    assert result.exit_code == 1, result.output
    assert "Baseline: passed in " in result.stdout
    assert "requests: augment 1, jetbrains-console 1, tabnine 3\n" in result.stdout
    assert f"\n{LAST}: still running after " not in result.stdout
    assert f"\n{OMITTED}: exit code 1\n  Evidence: assumed; the baseline has zeros. " in result.stdout
    assert "    | IndexError: list index out of range\n" in result.stdout
    assert f"\n{SHAPE}: exit code 1\n  Evidence: observed; the baseline has nested. " in result.stdout
    assert "\nFailed: 4 of 5 variations.\n" in result.stdout
    assert "\nNot run: 1 variation of jetbrains-ide, to which the command sent no request.\n" in result.stdout
    assert "To repeat one, sweep with --switch " in result.stdout
    _check_json(json.loads(json_file.read_text(encoding="utf-8")))
    _check_junit(ET.parse(junit_file).getroot())


def _check_json(data: Any) -> None:
    assert (data["failed"], data["skipped"], data["not_run"]) == (4, ["jetbrains-ide.last_cursor=absent"], [])
    assert data["baseline"]["passed"]
    assert {each["variation"]: each["passed"] for each in data["variations"]} == {
        LAST: False,
        OMITTED: False,
        SHAPE: False,
        MINUTE: False,
        "augment.retry_after=seconds": True,
    }
    minute = data["variations"][3]
    assert (minute["value"], minute["baseline_value"], minute["exit_code"]) == (60, 3600, 1)
    assert minute["output"][-1] == "AssertionError"


def _check_junit(suite: ET.Element) -> None:
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "7", "failures": "4", "errors": "0", "skipped": "1"}
    failed = [f"{case.get('classname')}.{case.get('name')}" for case in suite if case.find("failure") is not None]
    assert failed == [LAST, OMITTED, SHAPE, MINUTE]
    skipped = suite.find(".//skipped")
    assert skipped is not None
    assert skipped.get("message") == "the command sent the vendor no request"


def test_careful_client_passes_with_every_variation(run: Run) -> None:
    switches = only(LAST, OMITTED, SHAPE, MINUTE)
    result = run("sweep", *FROZEN, *switches, *python(CLIENTS, "careful"))
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "Passed: all of 4 variations."), result.output


def test_progress_is_not_shown_in_a_log(run: Run) -> None:
    result = run("sweep", *FROZEN, *only(OMITTED, SHAPE), *python(CLIENTS, "careful"))
    assert (result.exit_code, result.stderr) == (0, "")


def test_fail_fast_stops_after_the_first_failure(run: Run) -> None:
    flags = (*FROZEN, "--fail-fast", "--json", "-", *only(SHAPE, OMITTED))
    result = run("sweep", *flags, *python(CLIENTS, "naive"))
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert (data["failed"], data["not_run"], len(data["variations"])) == (1, [OMITTED], 1)
    assert f"Not run (--fail-fast): {OMITTED}" in result.stderr


RESETS = """
import json, os, urllib.request
url = os.environ["MOCKSERVER_URL"] + "/_mock"
open = urllib.request.urlopen
open(urllib.request.Request(url + "/reset", b"{}", {"Content-Type": "application/json"}))
made = json.load(open(urllib.request.Request(url + "/sandboxes", b"{}", {"Content-Type": "application/json"})))
bearer = {"Authorization": "Bearer " + made["tokens"]["augment"]["token"]}
page = json.load(open(urllib.request.Request(url[:-6] + "/analytics/v0/dau", None, bearer)))
assert page["pagination"]["next_cursor"] == ""
"""


def test_variation_survives_resets_and_holds_in_new_sandboxes(run: Run) -> None:
    result = run("sweep", *only(LAST), *python("-c", RESETS))
    assert (result.exit_code, "\nFailed: 1 of 1 variation.\n" in result.stdout) == (1, True), result.output


def test_baseline_is_what_the_policy_flags_say(run: Run) -> None:
    policy = ("--policy", LAST)
    listed = run("sweep", "--list", "--vendor", "augment", *policy).stdout
    assert "augment.last_cursor=empty  (observed; the baseline has null)" in listed
    assert LAST not in listed.splitlines()
    assert run("sweep", *policy, *only(LAST), *python("-c", "")).exit_code == 2


NAMED = """
import json, os, urllib.error, urllib.request
url = os.environ["MOCKSERVER_URL"]
try:
    urllib.request.urlopen(url + "/api/analytics/ai/users-adoption")
except urllib.error.HTTPError:
    pass
policy = json.load(urllib.request.urlopen(url + "/_mock/policy"))
print("names are", policy["jetbrains-ide"]["names"]["value"])
assert policy["jetbrains-ide"]["names"]["value"] == {"items": "rows", "date": "day"}
"""


@pytest.mark.parametrize(("value", "names"), [("{}", "{}"), ("tool=feature", "{'tool': 'feature'}")])
def test_variation_of_names_replaces_all_names_of_the_baseline(run: Run, value: str, names: str) -> None:
    given = ("--policy", "jetbrains-ide.names=items=rows", "--policy", "jetbrains-ide.names=date=day")
    result = run("sweep", *given, *only(f"jetbrains-ide.names={value}"), *python("-c", NAMED))
    assert (result.exit_code, f"    | names are {names}\n" in result.stdout) == (1, True), result.output


def test_command_that_fails_in_the_baseline_is_reported_with_its_output(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sweep.xml"
    flags = ("--vendor", "augment", "--junit", str(file))
    result = run("sweep", *flags, *python("-c", SEND))
    assert result.exit_code == 2
    assert "The command fails without any variation: exit code 1.\n" in result.stdout
    assert "Requests: augment 1\n" in result.stdout
    assert "    | urllib.error.HTTPError: HTTP Error 401: UNAUTHORIZED\n" in result.stdout
    suite = ET.parse(file).getroot()
    assert suite.get("failures") == "1"
    assert int(suite.get("skipped", "0")) == int(suite.get("tests", "0")) - 1


@pytest.mark.unix("the lines are for a POSIX shell")
def test_pytest_run_without_tests_is_not_a_baseline(run: Run) -> None:
    result = run("sweep", "--", "sh", "-c", "exit 5")
    assert result.exit_code == 2
    assert "exit code 5 (pytest: it found no tests).\n" in result.stdout
    assert "Requests: none\n" in result.stdout
    assert "    | (no output)\n" in result.stdout


def test_command_without_vendor_requests_is_not_a_baseline(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sweep.xml"
    admin_only = "import os, urllib.request; urllib.request.urlopen(os.environ['MOCKSERVER_URL'] + '/_mock/health')"
    result = run("sweep", "--junit", str(file), *python("-c", admin_only))
    assert result.exit_code == 2
    assert "it sent the server no vendor request" in result.stdout
    failure = ET.parse(file).getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message") == "the command sent the server no vendor request"


def test_variations_of_vendors_without_requests_are_not_run(run: Run) -> None:
    result = run("sweep", *FROZEN, "--vendor", "jetbrains-ide", *python(CLIENTS, "careful"))
    assert (result.exit_code, "\nNo variation was tried.\n" in result.stdout) == (2, True)


def test_command_that_hangs_is_stopped_and_reported(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "TIMEOUT_FACTOR", 3)
    monkeypatch.setattr(served, "TIMEOUT_LEAST", 3)
    result = run("sweep", *only(LAST), *_twice(tmp_path, "Event().wait()"))
    assert result.exit_code == 1
    assert f"\n{LAST}: still running after " in result.stdout
    assert "    | KeyboardInterrupt\n" in result.stdout
    assert not _runs(tmp_path)


def test_timeout_flag_applies_to_the_baseline_too(run: Run) -> None:
    result = run("sweep", "--timeout", "0.2", "--", "sleep", "60")
    said = re.search(r"variation: still running after \d+\.\d s\.\n", result.stdout)
    assert (result.exit_code, said is not None) == (2, True), result.output


INTERRUPTS = {"Ctrl-C": "SIGINT", "SIGTERM": "SIGTERM"}


@pytest.mark.parametrize("name", INTERRUPTS.values(), ids=INTERRUPTS)
def test_interrupt_ends_the_sweep_with_a_partial_report(tmp_path: Path, name: str) -> None:
    again = _twice(tmp_path, f"os.kill(os.getppid(), signal.{name}); Event().wait()")
    with programs.started("-m", "mockserver", "sweep", *only("augment.last_cursor"), *again) as program:
        code, out, err = ended(program)
    assert code == 130, err
    assert "No variation was tried." in out
    assert "Not run (stopped): augment.last_cursor=null, augment.last_cursor=absent\n" in out
    assert not _runs(tmp_path)


def test_interrupt_during_the_baseline_is_reported(tmp_path: Path) -> None:
    (tmp_path / "ran").write_text("")
    again = _twice(tmp_path, "os.kill(os.getppid(), signal.SIGINT); Event().wait()")
    flags = ("--json", str(tmp_path / "sweep.json"), "--junit", str(tmp_path / "sweep.xml"))
    with programs.started("-m", "mockserver", "sweep", *flags, *again) as program:
        code, out, _ = ended(program)
    assert (code, out) == (130, "Stopped during the baseline; no variation was tried.\n")
    assert json.loads((tmp_path / "sweep.json").read_text(encoding="utf-8"))["baseline"] is None
    assert ET.parse(tmp_path / "sweep.xml").getroot().get("failures") == "0"


def _twice(folder: Path, then: str) -> tuple[str, ...]:
    """A command that passes with a vendor request the first time, and does something else afterwards."""
    first = "import urllib.request as u; u.urlopen(u.Request(os.environ['MOCKSERVER_URL'] + '/analytics/v0/dau', None, "
    bearer = "{'Authorization': 'Bearer ' + os.environ['MOCKSERVER_TOKEN_AUGMENT']}))"
    program = folder / "twice.py"
    program.write_text(
        f"import os, pathlib, signal\nfrom threading import Event\nran = pathlib.Path({str(folder / 'ran')!r})\n"
        f"if ran.exists():\n    ran.write_text(str(os.getpid()))\n    {then}\nran.touch()\n{first}{bearer}\n",
        encoding="utf-8",
    )
    return python(str(program))


def _runs(folder: Path) -> bool:
    """Whether the last run of such a command is still running."""
    try:
        os.kill(int((folder / "ran").read_text(encoding="utf-8")), 0)
    except ProcessLookupError:
        return False
    return True


def test_list_shows_variations_and_left_out_switches(run: Run) -> None:
    result = run("sweep", "--list", "--vendor", "tabnine", *only("jetbrains-ide.names=items=rows"))
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "tabnine.forbidden_everywhere=no  (assumed; the baseline has yes)"
    assert 'jetbrains-ide.names={"items": "rows"}  (assumed; the baseline has {})' in lines
    assert f"{lines.index('')} variations after the baseline." in lines
    left_out = "Left out: tabnine.last_next: its default is documented; --switch tabnine.last_next tries the others."
    assert left_out in lines


REFUSED = {
    "no command": ((), "give the command after two hyphens"),
    "command without hyphens": (("--vendor", "augment", "--color", "pytest"), "No such option"),
    "unknown command": (("--", "there-is-no-such-command"), "cannot run 'there-is-no-such-command': No such file"),
    "not a program": (("--", "/"), "cannot run '/': Permission denied"),
    "unknown vendor": (("--list", "--vendor", "augmnet"), "--vendor: there is no vendor 'augmnet' (did you mean"),
    "unknown switch": (("--list", "--switch", "augment.last"), "--switch augment.last: there is no switch 'last'"),
    "list with a file": (("--list", "--json", "-"), "--list runs nothing"),
    "timeout of zero": (("--timeout", "0", "--", "true"), "--timeout"),
    "missing folder": (("--junit", "/no/such/folder/x.xml", "--", "true"), "/no/such/folder/x.xml"),
    "unknown organization": (("--organization", "acne", "--list"), "acne"),
}


@pytest.mark.parametrize(("flags", "message"), REFUSED.values(), ids=REFUSED)
def test_bad_usage_is_refused_at_once(run: Run, flags: tuple[str, ...], message: str) -> None:
    result = run("sweep", *flags)
    assert (result.exit_code, message in result.stderr) == (2, True), result.output


def test_help_has_variables_examples_and_exit_codes(run: Run) -> None:
    printed = run("sweep", "--help").output
    assert "Usage: mockserver sweep [OPTIONS] -- COMMAND..." in printed
    for words in ("mockserver sweep -- pytest tests/", "MOCKSERVER_TOKEN_<VENDOR>", "130  stopped by Ctrl-C"):
        assert words in printed
