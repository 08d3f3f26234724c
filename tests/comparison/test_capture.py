"""Every byte that a comparison sends and writes, beside a live API with a canary in every value.

Ctrl-C at the last request leaves the file that lets it go on.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from mockserver.app import create_app
from mockserver.cli import main
from mockserver.cli.compare import runs
from mockserver.client import Response, in_process
from mockserver.comparison import pace
from mockserver.learning import endpoints
from mockserver.settings import Settings
from tests.comparison.conftest import NOW, PLANS
from tests.comparison.test_canaries import CANARY, NUMBER, TOKEN, broken, spoilt
from tests.learning.conftest import ours

URL = "http://live.example/prefix"
ORGANIZATIONS = ("acme", "ada marlowe", "engines")
"""Values of our own server, beside those that are spoilt."""


class Sent(NamedTuple):
    """One request."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Live:
    """A live API that takes any token; from the fourth request on, its answers are changed."""

    def __init__(self, vendor: str, change: Callable[[Response], Response]) -> None:
        self.vendor = vendor
        self.change = change
        self.app = create_app(Settings(now=NOW, freeze=True, limits="off"))
        self.sent: list[Sent] = []

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        self.sent.append(Sent(method, target, headers, body))
        if "no-such-report" in target:
            raise KeyboardInterrupt
        given = headers["Authorization"].replace(TOKEN, f"mock-{self.vendor}-acme").replace(f"{CANARY}-", "")
        real = in_process(self.app)(
            method,
            target.replace(f"{CANARY}-", ""),
            {**headers, "Authorization": given},
            body.replace(f"{CANARY}-".encode(), b""),
        )
        return self.change(real) if len(self.sent) > 3 else spoilt(real)

    def close(self) -> None:
        """Do nothing."""


def interrupted(live: Live, monkeypatch: pytest.MonkeyPatch, *more: str) -> Result:
    """A comparison that Ctrl-C ends; everything is sent to the given URL."""
    urls: list[str] = []

    def transport(url: str, *_: object) -> Live:
        urls.append(url)
        return live

    monkeypatch.setattr(runs, "HttpTransport", transport)
    monkeypatch.setattr(pace, "pause", lambda _: None)
    is_client = live.vendor == "jetbrains-console"
    token = f"mock-{live.vendor}-acme:mock-secret" if is_client else TOKEN
    flags = ("--live", URL, "--token-env", "TOKEN", "--yes", "--verbose", "--state", "state.json", *more)
    result = CliRunner().invoke(main, ["compare", live.vendor, *flags], env={"TOKEN": token})
    assert urls == [URL]
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 130
    return result


def secrets_in(text: str) -> list[str]:
    """The canaries and values that a text has."""
    known = (CANARY, str(NUMBER), TOKEN, "mock-secret", "live.example", *ORGANIZATIONS)
    return [each for each in known if each in text.lower().replace("mock-", "")]


CHANGES = {
    "spoilt": spoilt,
    "HTML": broken(f"<html>{CANARY}</html>".encode()),
    "broken JSON": broken(f'{{"{CANARY}": "{CANARY}'.encode()),
    "a redirect": lambda _: Response(302, {"location": f"https://{CANARY}.example/{CANARY}"}, CANARY.encode()),
    "an error": lambda _: Response(
        500, {"x-canary": CANARY}, json.dumps({"error": CANARY, "by": {CANARY: 1}}).encode()
    ),
    "no answer": lambda _: Response(200, {}, b""),
    "texts that cannot be sent": broken(
        json.dumps({"id": f"{CANARY}\ud800", "access_token": f"{CANARY}\n", "data": [{"id": f"{CANARY}\r\n"}]}).encode()
    ),
    "deep": broken(b'{"a":' * 900 + b"1" + b"}" * 900),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("vendor", ["tabnine", "jetbrains-ide"])
def test_nothing_of_a_value_is_written_when_a_run_is_stopped(
    vendor: str, change: Callable[[Response], Response], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = interrupted(Live(vendor, change), monkeypatch)
    state = (tmp_path / "state.json").read_text(encoding="utf-8")
    assert secrets_in(result.output + state) == []
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]


def is_documented(path: str, vendor: str) -> bool:
    """Whether a path is that of an operation, or one that a question has in its place."""
    steps = endpoints.steps(path)
    known = [
        *(each.path for each in ours(vendor).endpoints.values()),
        *(each.target for each in PLANS[vendor].questions),
    ]
    return any(
        len(steps) == len(mine)
        and all(one in {other, endpoints.VARIABLE} for one, other in zip(mine, steps, strict=True))
        for mine in (endpoints.steps(each) for each in known if each)
    )


@pytest.mark.parametrize("vendor", PLANS)
def test_only_documented_requests_that_read_are_sent(
    vendor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    live = Live(vendor, spoilt)
    result = interrupted(live, monkeypatch)
    posts = {ours(vendor).endpoints[each.operation].path for each in PLANS[vendor].questions if each.body is not None}
    assert {each.method for each in live.sent} <= {"GET", "POST"}
    assert {each.target for each in live.sent if each.method == "POST"} == posts
    assert [each.target for each in live.sent if not is_documented(each.target.partition("?")[0], vendor)] == []
    assert {name for each in live.sent for name in each.headers} <= {"Accept", "Authorization", "Content-Type"}
    assert secrets_in(result.output) == []


@pytest.mark.parametrize("vendor", PLANS)
def test_value_of_an_answer_is_no_credential_but_for_a_token(
    vendor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    live = Live(vendor, spoilt)
    interrupted(live, monkeypatch, "--organization", "my-organization")
    given = {each.headers["Authorization"] for each in live.sent}
    of_answers = {each for each in given if CANARY in each and TOKEN not in each}
    assert bool(of_answers) is (vendor == "jetbrains-console")
