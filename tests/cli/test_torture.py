"""`mockserver torture`: which trials a client survives, and whether it notices the others."""

import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import psutil
import pytest

from mockserver.cli.runs import served
from mockserver.cli.torture import runs
from tests.cli.conftest import Run
from tests.server import programs
from tests.server.programs import ended

pytestmark = pytest.mark.usefixtures("undescribed")

FROZEN = ("--now", "2025-10-21T10:30:00Z", "--freeze")
SENDS = """
import json, os, pathlib, urllib.request as u
url, bearer = os.environ["MOCKSERVER_URL"], "Bearer " + os.environ["MOCKSERVER_TOKEN_AUGMENT"]
def get(path):
    return json.load(u.urlopen(u.Request(url + "/analytics/v0" + path, None, {"Authorization": bearer})))
def report(**values):
    pathlib.Path(os.environ["MOCKSERVER_VALUES_FILE"]).write_text(json.dumps(values))
"""
USERS = (
    SENDS
    + """
users = get("/dau?date=2025-10-20&page_size=250")["users"]
assert all(users), "a user without a name"
days = get("/dau-count?start_date=2025-10-20&end_date=2025-10-20")["daily_active_user_counts"]
assert days[0]["user_count"] > 0
"""
)
REPORTS = (
    USERS
    + """
metric = "ai-active-users?from=2025-10-20&to=2025-10-20&vendor=augment"
people = sum("user_email" in user for user in users)
report(**{"users": days[0]["user_count"], "listed": len(users), metric: people})
"""
)
STOPS = (
    USERS
    + """
assert len({json.dumps(user) for user in users}) == days[0]["user_count"], "the lists differ"
report(users=len(users))
"""
)
TWICE, COUNT, LOST = "defect.duplicate-row", "defect.dau-count-off-by-one", "defect.lost-row"
SUM, FAILS = "defect.users-sum-gap", "case.C054"
SECONDS = re.compile(r'(?<=passed in )[\d.]+ s|(?<="seconds": )[\d.]+|(?<=time=")[\d.]+')


def python(program: str, *arguments: str) -> tuple[str, ...]:
    """A command that runs a program."""
    return ("--", sys.executable, "-c", program, *arguments)


def only(*names: str) -> list[str]:
    """The flags that select some trials."""
    return [flag for name in names for flag in ("--only", name)]


def verdicts(run: Run, *flags: str) -> dict[str, str]:
    """The verdict on each trial."""
    data = json.loads(run("torture", *FROZEN, "--json", "-", *flags).stdout)
    return {each["name"]: each["verdict"] for each in data["trials"]}


def test_table_has_a_row_for_each_trial_with_its_reason(run: Run, tmp_path: Path) -> None:
    files = tmp_path / "torture.json", tmp_path / "torture.xml"
    written = ("--json", str(files[0]), "--junit", str(files[1]))
    result = run("torture", *FROZEN, *written, *only(TWICE, COUNT, LOST, SUM, FAILS), *python(REPORTS))
    assert result.exit_code == 1, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Baseline: passed in ")
    assert lines[0].endswith("; 3 values reported")
    failure = lines.index("failed         case.C054                    A 503 twice, then an answer. (augment)")
    assert lines[failure + 1] == "               | exit code 1"
    assert lines[failure + 4] == "               | urllib.error.HTTPError: HTTP Error 503: SERVICE UNAVAILABLE"
    row = lines.index(
        "wrong numbers  defect.dau-count-off-by-one  A day counts one user more than are listed. (augment)"
    )
    assert lines[row + 1] == "               | users: 43, expected 42"
    assert "not met        defect.users-sum-gap         One user of a page has one completion less. (augment)" in lines
    assert "5 trials: wrong numbers 3, failed 1, survived 0, not met 1." in lines
    assert lines[-1] == "To repeat one, run it with --only defect.dau-count-off-by-one"
    _check_json(json.loads(files[0].read_text(encoding="utf-8")))
    _check_junit(ET.parse(files[1]).getroot())


def _check_json(data: Any) -> None:
    assert data["counts"] == {"wrong_numbers": 3, "failed": 1, "survived": 0, "not_met": 1}
    assert (data["not_run"], data["interrupted"], data["baseline_problems"]) == ([], False, [])
    metric = "ai-active-users?from=2025-10-20&to=2025-10-20&vendor=augment"
    assert data["baseline"]["values"] == {"users": 42, "listed": 42, metric: 41}
    twice = next(each for each in data["trials"] if each["name"] == TWICE)
    assert (twice["kind"], twice["vendors"], twice["sandbox"]) == (
        "defect",
        ["augment"],
        {"defects": ["duplicate-row"]},
    )
    assert (twice["verdict"], twice["reason"]) == ("wrong numbers", ["listed: 43, expected 42"])
    assert (twice["run"]["values"]["listed"], twice["run"]["exit_code"]) == (43, 0)
    assert twice["run"]["values"][metric] == twice["run"]["expected"][metric] == 41
    assert next(each["run"] for each in data["trials"] if each["name"] == SUM) is None


def _check_junit(suite: ET.Element) -> None:
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "4", "errors": "0", "skipped": "1"}
    failures = {case.get("name"): case.find("failure") for case in suite if case.get("classname") == "defect"}
    wrong = failures["dau-count-off-by-one"]
    assert wrong is not None
    assert (wrong.get("type"), wrong.get("message")) == ("wrong numbers", "users: 43, expected 42")
    skipped = suite.find(".//skipped")
    assert skipped is not None
    assert skipped.get("message") == "not met: the client sent no request that it concerns"


def test_error_of_the_client_is_not_a_wrong_number(run: Run) -> None:
    found = verdicts(run, *only(TWICE, COUNT, LOST), *python(STOPS))
    assert found == {COUNT: "failed", TWICE: "wrong numbers", LOST: "failed"}


def test_client_that_survives_everything_passes(run: Run) -> None:
    result = run("torture", *FROZEN, *only(TWICE, SUM), *python(USERS))
    assert result.exit_code == 0, result.output
    assert "\n2 trials: wrong numbers 0, failed 0, survived 1, not met 1.\n" in result.stdout
    assert "The command reports no values in the file that MOCKSERVER_VALUES_FILE names, so wrong" in result.stdout
    assert "Wrong numbers are the worst" not in result.stdout


@pytest.mark.parametrize(("program", "code"), [(STOPS, 0), (REPORTS, 1)], ids=["an error", "wrong numbers"])
def test_exit_code_can_depend_on_wrong_numbers_alone(run: Run, program: str, code: int) -> None:
    flags = ("--fail-on", "wrong-numbers", *only(COUNT))
    result = run("torture", *FROZEN, *flags, *python(program))
    assert (result.exit_code, "survived 0" in result.stdout) == (code, True)


def test_client_that_meets_nothing_has_proven_nothing(run: Run) -> None:
    result = run("torture", *FROZEN, *only(SUM), *python(USERS))
    assert (result.exit_code, "\n1 trial: wrong numbers 0, failed 0, survived 0, not met 1.\n" in result.stdout) == (
        2,
        True,
    )


RESETS = (
    USERS
    + """
json_body = {"Content-Type": "application/json"}
def count(bearer):
    request = u.Request(url + "/analytics/v0/dau?date=2025-10-20&page_size=250", None, {"Authorization": bearer})
    return len(json.load(u.urlopen(request))["users"])
u.urlopen(u.Request(url + "/_mock/reset", b"{}", json_body))
made = json.load(u.urlopen(u.Request(url + "/_mock/sandboxes", b"{}", json_body)))
report(before=len(users), after_reset=count(bearer), in_sandbox=count("Bearer " + made["tokens"]["augment"]["token"]))
"""
)


def test_trial_survives_resets_and_holds_in_new_sandboxes(run: Run) -> None:
    data = json.loads(run("torture", *FROZEN, "--json", "-", *only(TWICE), *python(RESETS)).stdout)
    assert data["trials"][0]["reason"] == [
        "before: 43, expected 42",
        "after_reset: 43, expected 42",
        "in_sandbox: 43, expected 42",
    ]


@pytest.mark.in_process("the clients are processes of their own")
def test_profile_is_tried_with_further_seeds_until_it_meets_a_client_of_few_requests(run: Run) -> None:
    """With its own seed, none of the first two requests to the vendor is in the share."""
    assert verdicts(run, *only("profile.flaky"), *python(REPORTS)) == {"profile.flaky": "failed"}


@pytest.mark.in_process("the clients are processes of their own")
def test_profile_that_meets_nobody_is_tried_so_many_times(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "SEEDS_MAXIMUM", 1)
    assert verdicts(run, *only("profile.flaky"), *python(REPORTS)) == {"profile.flaky": "not met"}


def test_new_finding_of_the_lint_fails_a_trial(run: Run) -> None:
    program = (
        SENDS
        + """
import urllib.error
for _ in range(5):
    try:
        users = get("/dau?date=2025-10-20")["users"]
        break
    except urllib.error.HTTPError:
        pass
"""
    )
    result = run("torture", *FROZEN[:2], "--json", "-", *only(FAILS), *python(program))
    (trial,) = json.loads(result.stdout)["trials"]
    assert trial["verdict"] == "failed"
    assert trial["run"]["passed"]
    assert trial["reason"][0].startswith("client lint: augment: no-backoff-after-5xx: ")


PATIENT = (
    SENDS
    + """
import time
for attempt in range(6):
    try:
        users = get("/dau?date=2025-10-20")["users"]
        break
    except ValueError:
        time.sleep(0.1)
"""
)
UNSEEN = "cannot see how long a client waits between them. Without --freeze it can."


@pytest.mark.in_process("the clients are processes of their own")
@pytest.mark.parametrize(("flags", "is_said"), [(FROZEN, True), (FROZEN[:2], False)])
def test_finding_on_a_frozen_clock_says_what_the_lint_cannot_see(
    run: Run,
    flags: tuple[str, ...],
    is_said: bool,  # noqa: FBT001
) -> None:
    result = run("torture", *flags, *only("case.C433"), *python(PATIENT))
    assert "client lint: augment: no-backoff-after-5xx: " in result.stdout
    assert (UNSEEN in result.stdout) is is_said


BASELINES = {
    "a command that fails": (SENDS + "raise SystemExit(3)", "the command fails: exit code 3"),
    "no request": ("pass", "the command sent the server no vendor request"),
    "wrong numbers": (
        USERS + "report(**{'ai-active-users?from=2025-10-20&to=2025-10-20&vendor=augment': 40})",
        "ai-active-users?from=2025-10-20&to=2025-10-20&vendor=augment: 40, expected 41",
    ),
    "an unknown metric": (
        USERS + "report(**{'users?from=2025-10-20&to=2025-10-20': 40})",
        "users?from=2025-10-20&to=2025-10-20 in the file in MOCKSERVER_VALUES_FILE: there is no metric 'users'",
    ),
    "no JSON": (
        USERS + "pathlib.Path(os.environ['MOCKSERVER_VALUES_FILE']).write_text('40')",
        "the file in MOCKSERVER_VALUES_FILE must have a JSON object",
    ),
}


@pytest.mark.parametrize(("program", "problem"), BASELINES.values(), ids=BASELINES)
def test_baseline_that_is_no_measure_is_reported(run: Run, tmp_path: Path, program: str, problem: str) -> None:
    file = tmp_path / "torture.xml"
    result = run("torture", *FROZEN, "--junit", str(file), *only(TWICE), *python(program))
    assert result.exit_code == 2
    assert "Without any trial, there is nothing to compare with:\n  " in result.stdout
    assert problem in result.stdout
    suite = ET.parse(file).getroot()
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "1")


def test_several_jobs_have_the_reports_of_one(run: Run, tmp_path: Path) -> None:
    def reports(jobs: str) -> list[str]:
        files = tmp_path / "torture.json", tmp_path / "torture.xml"
        flags = ("--json", str(files[0]), "--junit", str(files[1]), "--jobs", jobs)
        result = run("torture", *FROZEN, *flags, *only(TWICE, COUNT, LOST, SUM, FAILS), *python(REPORTS))
        texts = (result.stdout, *(file.read_text(encoding="utf-8") for file in files))
        return [SECONDS.sub("…", text) for text in texts]

    assert reports("3") == reports("1")


HANGS = (
    SENDS
    + """
import subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
get("/dau?date=2025-10-20")
if (folder / "baseline").exists():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (folder / "ids").write_text(f"{os.getpid()} {child.pid}")
    WHAT
    time.sleep(60)
(folder / "baseline").touch()
"""
)


def assert_ended(folder: Path) -> None:
    """The last run of such a program, and its child, have ended."""
    ids = [int(each) for each in (folder / "ids").read_text(encoding="utf-8").split()]
    psutil.wait_procs([psutil.Process(each) for each in ids if psutil.pid_exists(each)], timeout=programs.PATIENCE)
    alive = [each for each in ids if psutil.pid_exists(each)]
    assert [each for each in alive if psutil.Process(each).status() != psutil.STATUS_ZOMBIE] == []


def test_command_that_hangs_is_stopped_with_its_children(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "TIMEOUT_FACTOR", 3)
    monkeypatch.setattr(served, "TIMEOUT_LEAST", 3)
    program = HANGS.replace("WHAT", "pass")
    result = run("torture", *FROZEN, *only(TWICE), *python(program, str(tmp_path)))
    assert result.exit_code == 1
    assert "\n               | still running after " in result.stdout
    # The command and its child may write the word on the same line.
    assert "\n               | KeyboardInterrupt" in result.stdout
    assert_ended(tmp_path)


def test_timeout_flag_applies_to_the_baseline_too(run: Run) -> None:
    result = run("torture", "--timeout", "0.2", *only(TWICE), *python("import time; time.sleep(60)"))
    said = re.search(r"the command fails: still running after \d+\.\d s\n", result.stdout)
    assert (result.exit_code, said is not None) == (2, True)


@pytest.mark.in_process("the command runs in a process of its own")
def test_interrupt_ends_the_torture_with_a_partial_report(tmp_path: Path) -> None:
    program = HANGS.replace("WHAT", "import signal; os.kill(os.getppid(), signal.SIGINT)")
    command = python(program, str(tmp_path))
    flags = (*FROZEN, *only(TWICE, SUM), "--junit", str(tmp_path / "torture.xml"))
    with programs.started("-m", "mockserver", "torture", *flags, *command) as started:
        code, out, err = ended(started)
    assert (code, err) == (130, "")
    assert f"Not run (stopped): {TWICE}\n" in out
    assert ET.parse(tmp_path / "torture.xml").getroot().get("skipped") == "2"
    assert_ended(tmp_path)


@pytest.mark.in_process("the command runs in a process of its own")
def test_interrupt_during_the_baseline_is_reported(tmp_path: Path) -> None:
    (tmp_path / "baseline").touch()
    program = HANGS.replace("WHAT", "import signal; os.kill(os.getppid(), signal.SIGINT)")
    file = tmp_path / "torture.json"
    flags = ("--json", str(file), "--junit", str(tmp_path / "torture.xml"))
    with programs.started("-m", "mockserver", "torture", *flags, *python(program, str(tmp_path))) as started:
        code, out, _ = ended(started)
    assert (code, out) == (130, "Stopped during the baseline; nothing was tried.\n")
    assert json.loads(file.read_text(encoding="utf-8"))["baseline"] is None


def test_list_shows_the_selected_trials(run: Run) -> None:
    lines = run("torture", "--list", *only("duplicate-row", FAILS)).stdout.splitlines()
    assert lines == [
        "case.C054             A 503 twice, then an answer. (augment)",
        "defect.duplicate-row  The last user of a page is there twice. (augment)",
        "",
        "2 trials after the baseline.",
    ]


def test_vendor_flag_selects_its_trials(run: Run) -> None:
    listed = run("torture", "--list", "--vendor", "tabnine").stdout
    assert ("defect.ghost " in listed, "defect.duplicate-row " in listed) == (True, False)


REFUSED = {
    "no command": ((), "give the command after two hyphens, as in: mockserver torture -- pytest tests/"),
    "unknown command": (("--", "there-is-no-such-command"), "cannot run 'there-is-no-such-command': No such file"),
    "unknown vendor": (("--list", "--vendor", "augmnet"), "--vendor: there is no vendor 'augmnet' (did you mean"),
    "unknown trial": (("--list", "--only", "row-lots"), "--only: there is no trial 'row-lots'"),
    "list with jobs": (("--list", "--jobs", "2"), "--list runs nothing"),
    "one file for two reports": (("--json", "x", "--junit", "x", "--", "true"), "a file takes one report"),
    "unknown organization": (("--organization", "acne", "--list"), "acne"),
}


@pytest.mark.parametrize(("flags", "message"), REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("folder")
def test_bad_usage_is_refused_at_once(run: Run, flags: tuple[str, ...], message: str) -> None:
    result = run("torture", *flags)
    assert (result.exit_code, message in result.stderr) == (2, True), result.output


def test_help_has_verdicts_values_and_exit_codes(run: Run) -> None:
    printed = run("torture", "--help").output
    assert "Usage: mockserver torture [OPTIONS] -- COMMAND..." in printed
    for words in (
        "wrong numbers  it reported",
        "MOCKSERVER_VALUES_FILE",
        "mockserver torture -- pytest",
        "130  stopped",
    ):
        assert words in printed
