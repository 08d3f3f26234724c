"""Promises about `mockserver sweep`: a naive client learns what it does not survive, a careful one that all is well."""

import json
import os
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mockserver.cli.sweep import runs
from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import ended

MOMENT = ("--now", "2025-10-21T10:30:00Z", "--freeze", "--organization", "empty")
CLIENTS = str(Path(__file__).with_name("clients.py"))
ASKS = "import os, urllib.request; urllib.request.urlopen(os.environ['MOCKSERVER_URL'] + '/analytics/v0/dau')"
"""A program that asks Augment something, and fails on the 401."""

LAST, SHAPE = "augment.last_cursor=null", "tabnine.error_shape=flat"
OMITTED, MINUTE = "tabnine.empty_buckets=omitted", "jetbrains-console.expires_in=60"


def python(*words: str) -> tuple[str, ...]:
    """A command that is Python's."""
    return ("--", sys.executable, *words)


def tried(*readings: str) -> list[str]:
    """The flags that pick some readings."""
    return [word for reading in readings for word in ("--switch", reading)]


def test_a_naive_client_is_told_each_reading_that_it_does_not_survive(run: Run, tmp_path: Path) -> None:
    json_file, junit_file = tmp_path / "sweep.json", tmp_path / "sweep.xml"
    files = ("--json", str(json_file), "--junit", str(junit_file))
    switches = tried(LAST, OMITTED, SHAPE, MINUTE, "augment.retry_after", "jetbrains-ide.last_cursor")
    result = run("sweep", *MOMENT, *files, *switches, *python(CLIENTS, "naive"))
    assert result.exit_code == 1, result.output
    assert "Baseline: passed in " in result.stdout
    assert "requests: augment 1, jetbrains-console 1, tabnine 3\n" in result.stdout
    assert f"\n{LAST}: still running after " not in result.stdout
    assert f"\n{OMITTED}: exit code 1\n  Evidence A; the baseline has zeros. " in result.stdout
    assert "    | IndexError: list index out of range\n" in result.stdout
    assert f"\n{SHAPE}: exit code 1\n  Evidence O; the baseline has nested. " in result.stdout
    assert "\nNot survived: 4 of 5 readings.\n" in result.stdout
    assert "\nNot run: 1 reading of jetbrains-ide, which the command asked nothing.\n" in result.stdout
    assert "To try one again, sweep with --switch " in result.stdout
    _check_json(json.loads(json_file.read_text(encoding="utf-8")))
    _check_junit(ET.parse(junit_file).getroot())


def _check_json(data: Any) -> None:
    assert (data["findings"], data["unasked"], data["not_run"]) == (4, ["jetbrains-ide.last_cursor=absent"], [])
    assert data["baseline"]["survived"]
    assert {each["reading"]: each["survived"] for each in data["readings"]} == {
        LAST: False,
        OMITTED: False,
        SHAPE: False,
        MINUTE: False,
        "augment.retry_after=seconds": True,
    }
    minute = data["readings"][3]
    assert (minute["value"], minute["usual"], minute["exit_code"]) == (60, 3600, 1)
    assert minute["output"][-1] == "AssertionError"


def _check_junit(suite: ET.Element) -> None:
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "7", "failures": "4", "errors": "0", "skipped": "1"}
    failed = [f"{case.get('classname')}.{case.get('name')}" for case in suite if case.find("failure") is not None]
    assert failed == [LAST, OMITTED, SHAPE, MINUTE]
    skipped = suite.find(".//skipped")
    assert skipped is not None
    assert skipped.get("message") == "the command asked the vendor nothing"


def test_a_careful_client_survives(run: Run) -> None:
    switches = tried(LAST, OMITTED, SHAPE, MINUTE)
    result = run("sweep", *MOMENT, *switches, *python(CLIENTS, "careful"))
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "Survived: all of 4 readings."), result.output


def test_a_log_gets_a_line_for_each_run_and_nothing_else(run: Run) -> None:
    result = run("sweep", *MOMENT, *tried(OMITTED, SHAPE), *python(CLIENTS, "careful"))
    assert result.stderr.splitlines() == ["baseline", OMITTED, SHAPE]


def test_the_first_finding_is_enough_where_one_asks_for_that(run: Run) -> None:
    flags = (*MOMENT, "--fail-fast", "--json", "-", *tried(SHAPE, OMITTED))
    result = run("sweep", *flags, *python(CLIENTS, "naive"))
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert (data["findings"], data["not_run"], len(data["readings"])) == (1, [OMITTED], 1)
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


def test_a_reading_outlives_resets_and_holds_in_sandboxes_that_the_tests_make(run: Run) -> None:
    result = run("sweep", *tried(LAST), *python("-c", RESETS))
    assert (result.exit_code, "\nNot survived: 1 of 1 reading.\n" in result.stdout) == (1, True), result.output


def test_what_the_server_starts_with_is_the_baseline(run: Run) -> None:
    choice = ("--policy", LAST)
    listed = run("sweep", "--list", "--vendor", "augment", *choice).stdout
    assert "augment.last_cursor=empty  (O; the baseline has null)" in listed
    assert LAST not in listed.splitlines()
    assert run("sweep", *choice, *tried(LAST), *python("-c", "")).exit_code == 2


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


@pytest.mark.parametrize(("reading", "names"), [("{}", "{}"), ("tool=feature", "{'tool': 'feature'}")])
def test_a_reading_of_names_takes_the_place_of_all_that_the_baseline_has(run: Run, reading: str, names: str) -> None:
    given = ("--policy", "jetbrains-ide.names=items=rows", "--policy", "jetbrains-ide.names=date=day")
    result = run("sweep", *given, *tried(f"jetbrains-ide.names={reading}"), *python("-c", NAMED))
    assert (result.exit_code, f"    | names are {names}\n" in result.stdout) == (1, True), result.output


def test_a_command_that_fails_from_the_start_is_told_with_its_output(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sweep.xml"
    flags = ("--vendor", "augment", "--junit", str(file))
    result = run("sweep", *flags, *python("-c", ASKS))
    assert result.exit_code == 2
    assert "The command fails before any reading is changed: exit code 1.\n" in result.stdout
    assert "Requests: augment 1\n" in result.stdout
    assert "    | urllib.error.HTTPError: HTTP Error 401: UNAUTHORIZED\n" in result.stdout
    suite = ET.parse(file).getroot()
    assert suite.get("failures") == "1"
    assert int(suite.get("skipped", "0")) == int(suite.get("tests", "0")) - 1


def test_a_run_of_pytest_without_tests_is_no_baseline(run: Run) -> None:
    result = run("sweep", "--", "sh", "-c", "exit 5")
    assert result.exit_code == 2
    assert "exit code 5 (pytest: it found no tests).\n" in result.stdout
    assert "Requests: none\n" in result.stdout
    assert "    | (no output)\n" in result.stdout


def test_a_command_that_asks_nothing_proves_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sweep.xml"
    asks_us = "import os, urllib.request; urllib.request.urlopen(os.environ['MOCKSERVER_URL'] + '/_mock/health')"
    result = run("sweep", "--junit", str(file), *python("-c", asks_us))
    assert result.exit_code == 2
    assert "it asked the server nothing" in result.stdout
    failure = ET.parse(file).getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message") == "the command asked the server nothing"


def test_readings_of_other_vendors_than_the_commands_are_no_sweep(run: Run) -> None:
    result = run("sweep", *MOMENT, "--vendor", "jetbrains-ide", *python(CLIENTS, "careful"))
    assert (result.exit_code, "\nNo reading was tried.\n" in result.stdout) == (2, True)


def test_a_command_that_hangs_under_a_reading_is_ended_and_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PATIENCE", 3)
    monkeypatch.setattr(runs, "PATIENCE_LEAST", 0.1)
    result = run("sweep", *tried(LAST), *_twice(tmp_path, "Event().wait()"))
    assert result.exit_code == 1
    assert f"\n{LAST}: still running after " in result.stdout
    assert "    | KeyboardInterrupt\n" in result.stdout
    assert not _runs(tmp_path)


def test_a_time_that_is_stated_holds_for_the_baseline_too(run: Run) -> None:
    result = run("sweep", "--timeout", "0.2", "--", "sleep", "60")
    assert (result.exit_code, "changed: still running after 0.2 s.\n" in result.stdout) == (2, True), result.output


INTERRUPTS = {"Ctrl-C": "SIGINT", "SIGTERM": "SIGTERM"}


@pytest.mark.parametrize("name", INTERRUPTS.values(), ids=INTERRUPTS)
def test_an_interrupt_ends_it_cleanly_with_what_is_known(tmp_path: Path, name: str) -> None:
    again = _twice(tmp_path, f"os.kill(os.getppid(), signal.{name}); Event().wait()")
    with programs.started("-m", "mockserver", "sweep", *tried("augment.last_cursor"), *again) as program:
        code, out, err = ended(program)
    assert code == 130, err
    assert "No reading was tried." in out
    assert "Not run (stopped): augment.last_cursor=null, augment.last_cursor=absent\n" in out
    assert not _runs(tmp_path)


def test_an_interrupt_during_the_baseline_says_so(tmp_path: Path) -> None:
    (tmp_path / "ran").write_text("")
    again = _twice(tmp_path, "os.kill(os.getppid(), signal.SIGINT); Event().wait()")
    flags = ("--json", str(tmp_path / "sweep.json"), "--junit", str(tmp_path / "sweep.xml"))
    with programs.started("-m", "mockserver", "sweep", *flags, *again) as program:
        code, out, _ = ended(program)
    assert (code, out) == (130, "Stopped during the baseline; no reading was tried.\n")
    assert json.loads((tmp_path / "sweep.json").read_text(encoding="utf-8"))["baseline"] is None
    assert ET.parse(tmp_path / "sweep.xml").getroot().get("failures") == "0"


def _twice(folder: Path, then: str) -> tuple[str, ...]:
    """A command that asks Augment and ends well the first time, and does something else from then on."""
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
    """Whether the last run of such a command still goes on."""
    try:
        os.kill(int((folder / "ran").read_text(encoding="utf-8")), 0)
    except ProcessLookupError:
        return False
    return True


def test_a_list_says_what_would_be_run_and_what_would_not(run: Run) -> None:
    result = run("sweep", "--list", "--vendor", "tabnine", *tried("jetbrains-ide.names=items=rows"))
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "tabnine.forbidden_everywhere=no  (A; the baseline has yes)"
    assert 'jetbrains-ide.names={"items": "rows"}  (A; the baseline has {})' in lines
    assert "9 readings after the baseline." in lines
    left_out = "Left out: tabnine.last_next: its default is documented; --switch tabnine.last_next tries the others."
    assert left_out in lines


REFUSED = {
    "no command": ((), "say what to run, behind two hyphens"),
    "a command without the hyphens": (("--vendor", "augment", "--color", "pytest"), "No such option"),
    "no such command": (("--", "there-is-no-such-command"), "cannot run 'there-is-no-such-command': No such file"),
    "no program": (("--", "/"), "cannot run '/': Permission denied"),
    "no such vendor": (("--list", "--vendor", "augmnet"), "--vendor: there is no vendor 'augmnet' (did you mean"),
    "no such switch": (("--list", "--switch", "augment.last"), "--switch augment.last: there is no switch 'last'"),
    "a list with a file": (("--list", "--json", "-"), "--list runs nothing"),
    "no time": (("--timeout", "0", "--", "true"), "--timeout"),
    "no folder for the file": (("--junit", "/no/such/folder/x.xml", "--", "true"), "/no/such/folder/x.xml"),
    "no such organisation": (("--organization", "acne", "--list"), "acne"),
}


@pytest.mark.parametrize(("flags", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_swept_is_refused_at_once(run: Run, flags: tuple[str, ...], said: str) -> None:
    result = run("sweep", *flags)
    assert (result.exit_code, said in result.stderr) == (2, True), result.output


def test_the_help_teaches_variables_examples_and_exit_codes(run: Run) -> None:
    printed = run("sweep", "--help").output
    assert "Usage: mockserver sweep [OPTIONS] -- COMMAND..." in printed
    for words in ("mockserver sweep -- pytest tests/", "MOCKSERVER_TOKEN_AUGMENT", "130  stopped by Ctrl-C"):
        assert words in printed
