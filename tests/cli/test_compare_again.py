"""How `mockserver compare` ends, and goes on: whose answers it reuses, what it writes, and its exit codes."""

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest

from mockserver.cli.compare import preparing, reports, runs, worlds
from mockserver.client import Response
from mockserver.comparison import pace, state
from tests.cli.conftest import Run, write
from tests.comparison.conftest import Change, Live, simulator

pytestmark = pytest.mark.usefixtures("few_unseen")

TOKEN = "mock-tabnine-acme"
URL = "http://live.example"
COMPARE = ("compare", "tabnine", "--token-env", "TOKEN", "--yes")
STATE = Path("mockserver-compare-tabnine.json")

MakeLive = Callable[..., Live]


@pytest.fixture(autouse=True)
def make_live(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MakeLive:
    """Makes the API that the command reaches, whatever its URL is; the working directory is an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pace, "pause", lambda _: None)
    monkeypatch.setattr(worlds, "simulator", lambda *_: simulator("tabnine"))

    def make(change: Change = lambda _, answer: answer, **policy: str) -> Live:
        live = Live(change, **policy)
        monkeypatch.setattr(runs, "HttpTransport", lambda *_: live)
        return live

    return make


def interrupting(target: str, answer: Response) -> Response:
    """An API at which somebody presses Ctrl-C."""
    if "role=Admin" in target:
        raise KeyboardInterrupt
    return answer


def compared(run: Run, *more: str, live: str = URL, token: str = TOKEN) -> tuple[int, str]:
    """The exit code of a comparison, and what it printed on stderr, in one line."""
    result = run(*COMPARE, "--live", live, *more, TOKEN=token)
    return result.exit_code, " ".join(result.stderr.split())


OTHERS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "token": ((), {"token": "mock-tabnine-globex"}),
    "URL": ((), {"live": "http://other.example"}),
    "organization": (("--organization", "another"), {}),
}


@pytest.mark.parametrize(("flags", "other"), OTHERS.values(), ids=OTHERS)
def test_answers_of_another_service_are_not_reused(
    run: Run, make_live: MakeLive, flags: tuple[str, ...], other: dict[str, str]
) -> None:
    make_live(interrupting)
    assert compared(run)[0] == 130
    live = make_live()
    code, text = compared(run, *flags, **other)
    assert (code, live.targets) == (2, [])
    assert "it is of another vendor, URL, token or organization, or of another version of this command" in text
    assert "name another file with --state, or remove this one" in text
    assert compared(run)[0] == 0


def test_answers_of_other_questions_are_not_reused(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_live(interrupting)
    compared(run)
    monkeypatch.setattr(preparing, "__version__", "0.0.1")
    code, text = compared(run)
    assert (code, "or of another version of this command" in text) == (2, True), text


@pytest.mark.parametrize("clock", ["machine", "API"])
def test_answers_of_yesterday_are_not_mixed_with_those_of_today(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    make_live(interrupting)
    compared(run)
    begun = datetime.fromisoformat(json.loads(STATE.read_bytes())["begun"])
    live = make_live(
        lambda _, answer: Response(
            answer.status, {**answer.headers, "date": "Thu, 25 Jun 2026 00:00:01 GMT"}, answer.body
        )
    )
    if clock == "machine":
        monkeypatch.setattr(state, "Clock", lambda: SimpleNamespace(now=lambda: begun + timedelta(days=1)))
    code, text = compared(run)
    assert (code, len(live.targets)) == (2, int(clock == "API"))
    expected = {
        "machine": f"it was begun on {begun.date()} (UTC), and answers of two days are not mixed",
        "API": "its answers are of 2026-06-24, and the API now has 2026-06-25",
    }
    assert f"{expected[clock]}; name another file with --state, or remove this one" in text


def test_state_file_has_no_secret_and_a_salt_of_its_own(run: Run, make_live: MakeLive) -> None:
    make_live(interrupting)
    saved = []
    for _ in range(2):
        compared(run, "--organization", "my-organization")
        saved.append(STATE.read_text(encoding="utf-8"))
        STATE.unlink()
    assert not [each for each in (TOKEN, URL, "my-organization") if each in saved[0]]
    first, second = map(json.loads, saved)
    assert first["origin"] != second["origin"]
    assert len(bytes.fromhex(first["salt"])) == 16
    assert TOKEN not in repr(state.Origin("1.0", "any", simulator("tabnine").plan, URL, TOKEN))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a state file of this version of the command; name another file with --state, or remove this one"),
        ('{"vendor": "augment", "answers": {}}', "not a state file of this version of the command"),
    ],
)
def test_file_of_something_else_is_no_state(run: Run, make_live: MakeLive, content: str, message: str) -> None:
    make_live()
    write(Path("state.json"), content)
    code, text = compared(run, "--state", "state.json")
    assert (code, message in text) == (2, True), text


@pytest.mark.linux
def test_state_that_cannot_be_read_is_refused(run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch) -> None:
    make_live()
    os.mkfifo("pipe")
    assert "pipe: not a file; name another one with --state" in compared(run, "--state", "pipe")[1]
    write(Path("state.json"), "{}")

    read = Path.read_bytes

    def fail(path: Path) -> bytes:
        if path.name == "state.json":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", fail)
    code, text = compared(run, "--state", "state.json")
    assert (code, "state.json: cannot be read: Permission denied" in text) == (2, True), text


OUTPUTS = ("--write-policy", "--write-fixture", "--junit", "--state")


@pytest.mark.parametrize("flag", OUTPUTS)
@pytest.mark.parametrize(
    ("path", "problem"),
    [(".", "it is a directory"), ("no/file", "there is no folder no"), ("x" * 300, "File name too long")],
)
def test_file_that_cannot_be_written_is_noticed_before_anything_is_asked(
    run: Run, make_live: MakeLive, flag: str, path: str, problem: str
) -> None:
    live = make_live()
    code, text = compared(run, flag, path)
    assert (code, live.targets) == (2, [])
    assert f"{path}: cannot be written: {problem}" in text.replace(" │ │ ", " ")


@pytest.mark.parametrize("flag", OUTPUTS)
def test_file_without_permission_is_noticed_before_anything_is_asked(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    live = make_live()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK or Path(path).name != "a.txt")
    write(Path("a.txt"), "")
    code, text = compared(run, flag, "a.txt")
    assert (code, live.targets, "a.txt: cannot be written: permission denied" in text) == (2, [], True), text


def test_file_is_written_by_one_flag(run: Run, make_live: MakeLive) -> None:
    live = make_live()
    code, text = compared(run, "--write-policy", "a.txt", "--junit", "./a.txt")
    assert (code, live.targets, "each file that is written needs a name of its own" in text) == (2, [], True), text


def test_state_that_cannot_be_written_is_noticed_before_anything_is_asked(run: Run, make_live: MakeLive) -> None:
    live = make_live()
    Path("a.json.part").mkdir()
    code, text = compared(run, "--state", "a.json")
    assert (code, live.targets, "a.json: cannot be written: Is a directory" in text) == (2, [], True), text


def test_finished_comparison_is_kept_until_its_files_are_written(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = make_live(last_next="null")
    show = reports.show

    def show_and_spoil(*arguments: Any, **flags: Any) -> None:
        show(*arguments, **flags)
        Path("policy.yaml").mkdir()

    monkeypatch.setattr(reports, "show", show_and_spoil)
    files = ("--write-policy", "policy.yaml", "--junit", "report.xml")
    first = run(*COMPARE, "--live", URL, *files, TOKEN=TOKEN)
    assert first.exit_code == 2
    assert "Breaks clients:\n  last_next=null\n" in first.stdout
    assert "Error: policy.yaml: cannot be written: Is a directory\n" in first.stderr
    assert "The same command, with a file that can be written, asks nothing again." in first.stderr
    assert ET.parse("report.xml").getroot().get("failures") == "1"
    asked = len(live.targets)
    monkeypatch.setattr(reports, "show", show)
    Path("policy.yaml").rmdir()
    again = run(*COMPARE, "--live", URL, *files, TOKEN=TOKEN)
    assert (again.exit_code, len(live.targets)) == (1, asked)
    assert 'last_next: "null"' in Path("policy.yaml").read_text(encoding="utf-8")
    assert not STATE.exists()


def test_comparison_without_a_request_has_the_time_of_the_api(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_live()
    times: list[datetime] = []

    def stopped(*arguments: Any) -> Any:
        times.append(arguments[-1])
        if len(times) == 1:
            raise KeyboardInterrupt
        return simulator("tabnine")

    monkeypatch.setattr(worlds, "simulator", stopped)
    code, text = compared(run)
    assert (code, text.endswith("Error: stopped Error: The same command goes on where this one ended.")) == (130, True)
    code, text = compared(run)
    assert (code, text.startswith("0 requests that only read")) == (0, True), text
    assert times == [datetime(2026, 6, 24, 10, 30, tzinfo=UTC)] * 2


def test_failure_is_in_the_junit_file(run: Run, make_live: MakeLive) -> None:
    make_live(lambda _, __: Response(401, {}, b""))
    assert compared(run, "--junit", "report.xml")[0] == 2
    suite = ET.parse("report.xml").getroot()
    (failure,) = suite.iter("failure")
    assert failure.get("type") == "not compared"
    assert failure.get("message") == "getOrganization: the service answered 401: the credential may not read it"


def test_sigterm_stops_the_command_like_ctrl_c(run: Run, make_live: MakeLive) -> None:
    def stop(_: str, __: Response) -> Response:
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError

    make_live(stop)
    assert compared(run)[0] == 130


def test_ctrl_c_at_the_question_has_its_exit_code(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def abort(*_: object, **__: object) -> bool:
        raise click.Abort

    live = make_live()
    monkeypatch.setattr("mockserver.cli.compare.is_terminal", lambda: True)
    monkeypatch.setattr("click.confirm", abort)
    result = run(*COMPARE[:-1], "--live", URL, TOKEN=TOKEN)
    assert (result.exit_code, live.targets) == (130, [])


def test_state_that_cannot_be_written_any_more_ends_the_command(run: Run, make_live: MakeLive) -> None:
    def spoil(_: str, answer: Response) -> Response:
        write(STATE.with_name(f"{STATE.name}.part") / "b", "")
        return answer

    make_live(spoil)
    code, text = compared(run)
    assert (code, f"{STATE}: cannot be written: Is a directory" in text) == (2, True), text
