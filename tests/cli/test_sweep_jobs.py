"""`mockserver sweep --jobs`: the same reports as with one job, and an end to all runs."""

import json
import os
import re
import sys
from pathlib import Path

import psutil
import pytest

from mockserver.cli.runs import jobs, options
from tests.cli.conftest import Run
from tests.cli.test_sweep import CLIENTS, FROZEN, LAST, MINUTE, OMITTED, SHAPE, only, python
from tests.server import programs
from tests.server.programs import ended

SELECTED = only(LAST, OMITTED, SHAPE, MINUTE, "augment.retry_after", "jetbrains-ide.last_cursor")
SECONDS = re.compile(r'(?<=passed in )[\d.]+ s|(?<="seconds": )[\d.]+|(?<=time=")[\d.]+')


def reports(run: Run, folder: Path, *flags: str) -> list[str]:
    """The table, the JSON and the JUnit XML of a sweep with a naive client, without durations."""
    files = folder / "sweep.json", folder / "sweep.xml"
    written = [item for name, file in zip(("--json", "--junit"), files, strict=True) for item in (name, str(file))]
    result = run("sweep", *FROZEN, *written, *flags, *SELECTED, *python(CLIENTS, "naive"))
    assert result.exit_code == 1, result.output
    return [SECONDS.sub("…", text) for text in (result.stdout, *(file.read_text(encoding="utf-8") for file in files))]


@pytest.mark.parametrize("flags", [(), ("--fail-fast",)], ids=["all", "fail-fast"])
def test_several_jobs_have_the_reports_of_one(run: Run, tmp_path: Path, flags: tuple[str, ...]) -> None:
    one = reports(run, tmp_path, *flags)
    assert reports(run, tmp_path, *flags, "--jobs", "3") == one
    assert len(json.loads(one[1].replace("…", "0"))["variations"]) == (1 if flags else 5)


TOGETHER = """
import os, pathlib, sys, time, urllib.request as u
folder, end = pathlib.Path(sys.argv[1]), time.monotonic() + 20
url, token = os.environ["MOCKSERVER_URL"], os.environ["MOCKSERVER_TOKEN_AUGMENT"]
u.urlopen(u.Request(url + "/analytics/v0/dau", None, {"Authorization": "Bearer " + token}))
if (folder / "baseline").exists():
    (folder / f"run-{os.getpid()}").touch()
    while len(list(folder.glob("run-*"))) < 2:
        assert time.monotonic() < end
(folder / "baseline").touch()
"""


def test_two_runs_take_place_at_the_same_time(run: Run, tmp_path: Path) -> None:
    """Each of them waits for the other."""
    switches = only("augment.last_cursor=null", "augment.last_cursor=absent")
    result = run("sweep", *FROZEN, "--jobs", "2", *switches, *python("-c", TOGETHER, str(tmp_path)))
    assert result.exit_code == 0, result.output


LAST_FIRST = """
import json, os, pathlib, sys, time, urllib.request as u
folder, end = pathlib.Path(sys.argv[1]), time.monotonic() + 20
url, token = os.environ["MOCKSERVER_URL"], os.environ["MOCKSERVER_TOKEN_AUGMENT"]
page = u.urlopen(u.Request(url + "/analytics/v0/dau?page_size=250", None, {"Authorization": "Bearer " + token}))
match json.load(page)["pagination"].get("next_cursor", "absent"):
    case "absent":
        (folder / "absent").touch()
        raise SystemExit(3)
    case None:
        while not (folder / "absent").exists():
            assert time.monotonic() < end
"""


def test_failure_that_comes_first_and_is_last_in_order_does_not_end_the_sweep(run: Run, tmp_path: Path) -> None:
    """The first variation ends after the second one, which fails; the third is not run."""
    names = ["augment.last_cursor=null", "augment.last_cursor=absent", "augment.retry_after=seconds"]
    flags = ("--json", "-", "--fail-fast", "--jobs", "2", *only("jetbrains-ide.last_cursor", *names))
    data = json.loads(run("sweep", *FROZEN, *flags, *python("-c", LAST_FIRST, str(tmp_path))).stdout)
    assert [(each["variation"], each["passed"]) for each in data["variations"]] == [(names[0], True), (names[1], False)]
    assert data["not_run"] == [names[2]]


HANGS = """
import os, pathlib, signal, sys, time, urllib.request as u
folder = pathlib.Path(sys.argv[1])
url, token = os.environ["MOCKSERVER_URL"], os.environ["MOCKSERVER_TOKEN_AUGMENT"]
u.urlopen(u.Request(url + "/analytics/v0/dau", None, {"Authorization": "Bearer " + token}))
if (folder / "baseline").exists():
    (folder / f"run-{os.getpid()}").touch()
    while len(list(folder.glob("run-*"))) < 2:
        pass
    if min(folder.glob("run-*")).name == f"run-{os.getpid()}":
        os.kill(os.getppid(), signal.SIGINT)
    time.sleep(60)
(folder / "baseline").touch()
"""


@pytest.mark.in_process("the command runs in a process of its own")
def test_interrupt_ends_every_run(tmp_path: Path) -> None:
    flags = ("--jobs", "2", *only("augment.last_cursor"))
    command = python("-c", HANGS, str(tmp_path))
    with programs.started("-m", "mockserver", "sweep", *flags, *command) as program:
        code, out, err = ended(program)
    assert (code, err) == (130, "")
    assert "Not run (stopped): augment.last_cursor=null, augment.last_cursor=absent\n" in out
    runs = [int(file.name.removeprefix("run-")) for file in tmp_path.glob("run-*")]
    assert (len(runs), [each for each in runs if psutil.pid_exists(each)]) == (2, [])


def test_auto_is_one_job_per_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(3)), raising=False)
    assert options.Jobs().convert("auto", None, None) == 3 == jobs.cores()
    assert options.Jobs().convert("12", None, None) == 12


@pytest.mark.parametrize("value", ["0", "257", "-1", "many", "1.5", ""])
def test_bad_number_of_jobs_is_refused_with_the_allowed_ones(run: Run, value: str) -> None:
    result = run("sweep", "--jobs", value, "--", sys.executable, "-c", "pass")
    assert (result.exit_code, "'--jobs'" in result.stderr) == (2, True)
    assert "1 to 256" in result.stderr or "1<=x<=256" in result.stderr


def test_list_takes_no_jobs(run: Run) -> None:
    result = run("sweep", "--list", "--jobs", "2")
    assert (result.exit_code, "--list runs nothing" in result.stderr) == (2, True)
