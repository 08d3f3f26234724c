"""Tests of `mockserver compare`: what it says before it begins, what it writes, and how it ends and goes on."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.cli.compare import runs, worlds
from mockserver.client import NoAnswer, Response, in_process
from mockserver.comparison import interview, pace
from mockserver.gateway.switches import Renaming
from mockserver.settings import Settings
from tests.cli.conftest import Run
from tests.comparison.conftest import NOW, Change, Live, simulator

pytestmark = pytest.mark.usefixtures("few_unseen")

TOKEN = "mock-tabnine-acme"
VENDOR = ("compare", "tabnine", "--token-env", "TOKEN", "--live")
LIVE = (*VENDOR, "http://live.example", "--yes")


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each pause, which ends at once."""
    found: list[float] = []
    monkeypatch.setattr(pace, "pause", found.append)
    return found


MakeLive = Callable[..., Live]


@pytest.fixture
def make_live(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MakeLive:
    """Makes the API that the command reaches, whatever its URL is; the working directory is an empty folder.

    The simulator beside it is kept from test to test.
    """
    monkeypatch.chdir(tmp_path)

    def make(change: Change = lambda _, answer: answer, **policy: str) -> Live:
        live = Live(change, **policy)
        monkeypatch.setattr(runs, "HttpTransport", lambda *_: live)
        monkeypatch.setattr(worlds, "simulator", lambda *_: simulator("tabnine"))
        return live

    return make


def test_policy_that_is_written_leaves_no_difference(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "simulator", lambda *_: simulator("tabnine"))
    policy = (("tabnine.last_next", "null"), ("tabnine.foreign_organization", "404"))
    app = create_app(Settings(now=NOW, freeze=True, limits="off", policy=policy))
    with server.in_thread(app) as running:
        first = run(*VENDOR, running.url, "--yes", "--write-policy", "policy.yaml", TOKEN=TOKEN)
        again = run(*VENDOR, running.url, "--yes", "--against", "policy.yaml", TOKEN=TOKEN)
    assert first.exit_code == 1, first.output
    assert first.stderr.startswith("56 requests that only read, in about 55 s.")
    assert "tabnine: 2 differences in 56 answers; 56 requests sent" in first.stdout
    assert "Breaks clients:\n  last_next=null\n" in first.stdout
    assert "May break clients:\n  foreign_organization=404\n" in first.stdout
    assert "status is 404, not 401" in first.stdout
    written = (folder / "policy.yaml").read_text(encoding="utf-8")
    assert '  foreign_organization: "404"  # getOrganizationUsage, another organization: the status is 404' in written
    assert again.exit_code == 0, again.output
    assert again.stdout.startswith("tabnine: 0 differences in 56 answers; 56 requests sent\n\nUnseen, so that the")
    assert "# unseen: teams_default_limit: seen only with more than fifty teams\n" in written
    assert [each.name for each in folder.iterdir()] == ["policy.yaml"]


def test_only_reading_requests_are_sent_and_at_most_sixty(run: Run, make_live: MakeLive) -> None:
    live = make_live()
    assert run(*LIVE, TOKEN=TOKEN).exit_code == 0
    assert live.methods == {"GET"}
    assert len(live.targets) <= interview.REQUESTS_MAXIMUM


def test_no_bad_requests_are_sent_where_they_are_not_wanted(run: Run, make_live: MakeLive) -> None:
    live = make_live(foreign_organization="404", last_next="null")
    found = json.loads(run(*LIVE, "--no-bad-requests", "--json", TOKEN=TOKEN).stdout)
    assert found["policy"] == {"last_next": "null"}
    assert not [each for each in live.targets if "nobody" in each or "hourly" in each or "no-such-report" in each]


def test_json_has_each_difference_with_its_evidence(run: Run, make_live: MakeLive) -> None:
    make_live(last_next="null")
    found = json.loads(run(*LIVE, "--json", TOKEN=TOKEN).stdout)
    (difference,) = found["differences"]
    assert difference["tier"] == "breaks clients"
    assert difference["settled_by"] == {"switch": "last_next", "option": "null"}
    assert "getTeams: meta.next has the type null, not object" in difference["evidence"]
    assert (found["vendor"], found["requests"], found["breaks_clients"]) == ("tabnine", 56, True)
    assert found["unseen_switches"]["forbidden_everywhere"].startswith("it needs a second token")
    assert found["unseen_switches"]["teams_default_limit"] == "seen only with more than fifty teams"
    assert found["unseen_names"] == []


def with_field(target: str, answer: Response) -> Response:
    """An answer about the organization that has one field more, and lacks another."""
    if target != "/api/v1/organization" or answer.status != 200:
        return answer
    body = {**answer.json(), "mood": "cheerful"}
    del body["name"]
    return Response(200, {**answer.headers, "x-mood": "cheerful"}, json.dumps(body).encode())


def test_difference_that_no_switch_settles_is_known_the_next_time(run: Run, make_live: MakeLive, folder: Path) -> None:
    make_live(with_field)
    first = run(*LIVE, "--write-policy", "policy.yaml", "--junit", "report.xml", TOKEN=TOKEN)
    assert first.exit_code == 1
    assert "getOrganization: the field name is missing" in first.stdout
    assert "Cosmetic:\n  getOrganization: the field mood is new" in first.stdout
    assert "getOrganization: the header x-mood is new" in first.stdout
    assert "No switch that was tried settles it." in first.stdout
    suite = ET.parse(folder / "report.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    again = run(*LIVE, "--against", "policy.yaml", "--junit", "report.xml", "--write-policy", "p2.yaml", TOKEN=TOKEN)
    assert (again.exit_code, again.stdout.splitlines()[0]) == (
        0,
        "tabnine: 0 differences in 56 answers; 56 requests sent",
    )
    assert (folder / "p2.yaml").read_text(encoding="utf-8") == (folder / "policy.yaml").read_text(encoding="utf-8")
    assert ET.parse(folder / "report.xml").getroot().get("failures") == "0"


def test_fixture_has_fields_types_and_lengths_and_no_value(run: Run, make_live: MakeLive, folder: Path) -> None:
    live = make_live(last_next="null")
    run(*LIVE, "--write-fixture", "fixture.json", TOKEN=TOKEN)
    made = json.loads((folder / "fixture.json").read_text(encoding="utf-8"))
    real = in_process(live.app)("GET", "/api/v1/organization", {"Authorization": f"Bearer {TOKEN}"}, b"").json()
    assert made["getOrganization"].keys() == real.keys()
    assert made["getOrganization"]["id"] != real["id"]
    assert len(made["getOrganization"]["publicKey"]) == len(real["publicKey"])
    row = made["getOrganizationUsers, two users"]["data"][0]
    assert row["email"] == "ada@acme.example"
    assert "getOrganizationUsage, another organization" not in made


def test_nobody_to_ask_is_a_usage_error_before_anything_is_sent(run: Run, make_live: MakeLive) -> None:
    live = make_live()
    result = run(*LIVE[:-1], TOKEN=TOKEN)
    assert (result.exit_code, live.targets) == (2, [])
    assert "nobody can be asked whether to begin, because standard input is no terminal; give --yes" in result.stderr


@pytest.mark.parametrize(("answer", "code", "sent"), [(True, 0, 56), (False, 2, 0)])
def test_command_asks_before_it_begins(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch, *, answer: bool, code: int, sent: int
) -> None:
    live = make_live()
    monkeypatch.setattr("mockserver.cli.compare.is_terminal", lambda: True)
    monkeypatch.setattr("click.confirm", lambda *_, **__: answer)
    result = run(*LIVE[:-1], TOKEN=TOKEN)
    assert (result.exit_code, len(live.targets)) == (code, sent)


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_missing_time_is_said_and_that_of_this_machine_is_used(
    run: Run, make_live: MakeLive, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    def without_date(_: str, answer: Response) -> Response:
        return Response(
            answer.status, {name: each for name, each in answer.headers.items() if name != "date"}, answer.body
        )

    make_live(without_date)
    monkeypatch.setattr(interview, "Clock", lambda: SimpleNamespace(now=lambda: NOW))
    result = run(*LIVE, *flags, TOKEN=TOKEN)
    assert result.exit_code == 0, result.output
    assert "The header Date of the API is missing, so the clock of this machine was used." in result.stdout


def refused(times: int, headers: Mapping[str, str]) -> Change:
    """An API that refuses requests so many times, beginning with the fifth."""
    left = [0] * 4 + [1] * times

    def change(_: str, answer: Response) -> Response:
        return Response(429, {**headers}, b"") if left and left.pop(0) else answer

    return change


@pytest.mark.parametrize(("retry_after", "seconds"), [("7", 7), ("600", 600), ("tomorrow", 60), (None, 60)])
def test_first_429_is_waited_for(
    run: Run, make_live: MakeLive, waited: list[float], retry_after: str | None, seconds: float
) -> None:
    make_live(refused(1, {"retry-after": retry_after} if retry_after else {}))
    assert run(*LIVE, TOKEN=TOKEN).exit_code == 0
    assert seconds in waited


def test_second_429_ends_the_command_which_goes_on_later(run: Run, make_live: MakeLive, folder: Path) -> None:
    make_live(refused(2, {}))
    result = run(*LIVE, TOKEN=TOKEN)
    assert result.exit_code == 2
    assert "Error: getLicense: the service answered 429 a second time, so nothing more is asked" in result.stderr
    assert "Error: The same command goes on where this one ended." in result.stderr
    live = make_live()
    again = run(*LIVE, TOKEN=TOKEN)
    assert again.exit_code == 0
    assert again.stderr.startswith("54 requests that only read, in about 53 s; of an earlier run, 4 answers are there.")
    assert len(live.targets) == 54
    assert "0 differences in 56 answers" in again.stdout
    assert [*folder.iterdir()] == []


def test_ctrl_c_keeps_what_was_answered(run: Run, make_live: MakeLive, folder: Path) -> None:
    def stop(target: str, answer: Response) -> Response:
        if "role=Admin" in target:
            raise KeyboardInterrupt
        return answer

    make_live(stop)
    result = run(*LIVE, "--state", "state.json", TOKEN=TOKEN)
    assert (result.exit_code, result.stderr.splitlines()[-2:]) == (
        130,
        ["Error: stopped", "Error: The same command goes on where this one ended."],
    )
    state = folder / "state.json"
    assert state.stat().st_mode & 0o077 == 0
    assert [*json.loads(state.read_text(encoding="utf-8"))["answers"]] == [
        "getOrganization",
        "getTeams",
        "getTeams, two teams",
        "getTeams, the page after it",
        "getLicense",
    ]


def test_credential_that_may_not_read_ends_the_command(run: Run, make_live: MakeLive) -> None:
    make_live()
    result = run(*LIVE, TOKEN="mock-tabnine-acme-forbidden")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "getOrganization: the service answered 403: the credential may not read it" in result.stderr


def test_service_without_a_whole_answer_ends_the_command(run: Run, make_live: MakeLive) -> None:
    def fail(_: str, __: Response) -> Response:
        raise NoAnswer("secret") from ConnectionResetError("secret")

    make_live(fail)
    result = run(*LIVE, TOKEN=TOKEN)
    assert result.exit_code == 2
    assert "getOrganization: the connection ended early" in result.stderr
    assert "secret" not in result.output


def test_what_the_api_lacks_is_not_asked(run: Run, make_live: MakeLive) -> None:
    def without_teams(target: str, answer: Response) -> Response:
        if target.startswith("/api/v1/organization/teams"):
            return Response(200, answer.headers, b'{"data": [], "meta": {"count": 0, "total": 0}}')
        return answer

    make_live(without_teams)
    result = run(*LIVE, TOKEN=TOKEN)
    assert (
        result.exit_code,
        "Not asked, because the API lacks what they need: getTeams, the page after it; getTeamAcc" in result.stdout,
    ) == (
        0,
        True,
    )


def test_verbose_names_each_request(run: Run, make_live: MakeLive) -> None:
    make_live()
    assert "request 2 of 56: getTeams\n" in run(*LIVE, "--verbose", TOKEN=TOKEN).stderr


def test_organization_can_be_given(run: Run, make_live: MakeLive) -> None:
    """The comparison itself, of an organization that the API does not know, would take long."""

    def stopped(target: str, answer: Response) -> Response:
        if "organizationId=MY-ORGANIZATION" in target:
            raise KeyboardInterrupt
        return answer

    make_live(stopped)
    assert run(*LIVE, "--organization", "my-organization", TOKEN=TOKEN).exit_code == 130
    make_live(stopped)
    Path("mockserver-compare-tabnine.json").unlink()
    assert run(*LIVE, TOKEN=TOKEN).exit_code == 0


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "vendor": (("compare", "tabnin", *LIVE[2:]), "there is no vendor 'tabnin'"),
    "no URL": ((*VENDOR, "ftp://live.example"), "that is not the URL of an API; it takes http://HOST or https://HOST"),
    "a broken URL": ((*VENDOR, "http://[live"), "that is not the URL of an API"),
    "a URL with a user": ((*VENDOR, "https://me:s3cr3t@live.example"), "that is not the URL of an API"),
    "variable": (
        ("compare", "tabnine", "--live", "http://a.example", "--token-env", "NO"),
        "variable NO must have a token",
    ),
    "organization": ((*LIVE, "--organization", "a b"), "an id has letters, digits, dots, hyphens and underscores"),
    "policy": ((*LIVE, "--against", "no.yaml"), "no.yaml: cannot be read"),
    "folder": ((*LIVE, "--junit", "no/report.xml"), "no/report.xml: cannot be written: there is no folder no"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_wrong_flags_are_explained(run: Run, make_live: MakeLive, arguments: tuple[str, ...], message: str) -> None:
    make_live()
    result = run(*arguments, TOKEN=TOKEN)
    assert (result.exit_code, message in " ".join(result.stderr.split())) == (2, True), result.stderr
    assert "s3cr3t" not in result.output


def test_other_names_are_found_and_those_that_are_open_are_listed(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = next(each for each in vendors.discover() if each.name == "jetbrains-ide")
    renaming = next(each for each in vendor.switches if isinstance(each, Renaming))
    names = {old: f"x{number}" for number, old in enumerate(renaming.options)}
    policy = (("jetbrains-ide.names", json.dumps(names)),)
    app = create_app(Settings(now=NOW, freeze=True, limits="off", policy=policy))
    monkeypatch.setattr(worlds, "simulator", lambda *_: simulator("jetbrains-ide"))
    with server.in_thread(app) as running:
        flags = ("--token-env", "TOKEN", "--live", running.url, "--yes", "--write-policy", "policy.yaml")
        result = run("compare", "jetbrains-ide", *flags, TOKEN="mock-jetbrains-ide-acme")
        against = (*flags[:-2], "--against", "policy.yaml")
        again = run("compare", "jetbrains-ide", *against, TOKEN="mock-jetbrains-ide-acme")
    found = "names: items=x0, date=x1, tool=x4, userId=x8, userName=x9, userEmail=x10, id=x11, name=x12, email=x13"
    assert f"Breaks clients:\n  {found}\n      items is called x0\n" in result.stdout
    assert (
        "\n  names: acceptances=x5 or x6 or x7, invocations=x5 or x6 or x7, suggestions=x5 or x6 or x7" in result.stdout
    )
    assert "getMetrics: the field x0[].suggestions is missing" in result.stdout
    assert "The switch names settles it, as soon as it is known which name is which." in result.stdout
    assert "jetbrains-ide: 2 differences" in result.stdout
    assert "No switch" not in result.stdout
    assert "\nNames that are open:\n" in result.stdout
    written = (folder / "policy.yaml").read_text(encoding="utf-8")
    assert '  names:\n    items: "x0"\n    date: "x1"\n' in written
    assert "\n# undecided: names: acceptances=x5 or x6 or x7, " in written
    assert again.exit_code == 0, again.stdout
    assert again.stdout.startswith("jetbrains-ide: 0 differences")
