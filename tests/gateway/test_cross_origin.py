"""Requests of browsers to a vendor: those of foreign pages are refused, and allowed origins may read every answer."""

import logging
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.faults import FaultPhase
from mockserver.gateway.hosts import Hosts
from mockserver.gateway.vendor import ViewRequest
from tests.gateway import parrot
from tests.gateway.parrot import PARROT, UNLIMITED, Aviary

DASHBOARD = "http://localhost:3000"
ALLOWED = Senders(Hosts("127.0.0.1"), frozenset((DASHBOARD, "http://other.example")))
OF_DASHBOARD = {"Origin": DASHBOARD, "Sec-Fetch-Site": "same-site"}
PREFLIGHT = {
    **OF_DASHBOARD,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization,x-a",
}

FOREIGN: dict[str, dict[str, str]] = {
    "a page of another origin": {"Origin": "http://evil.example"},
    "a page in a file": {"Origin": "null"},
    "an image on another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a page on another port": {"Origin": "http://localhost:9", "Sec-Fetch-Site": "same-site"},
    "a link on another site": {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    },
    "a preflight": {"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"},
    "a name that points here": {"Host": "evil.example"},
    "no name": {"Host": ""},
    "an allowed origin as a part of another": {"Origin": f"{DASHBOARD}.evil.example"},
}
"""What a browser sends for pages that have no business here."""


def untouched(aviary: Aviary) -> bool:
    """Whether nothing was journaled or spent."""
    sandbox = aviary.registry.default
    return not list(sandbox.journal) and [each.remaining for each in sandbox.buckets("parrot")] in ([], [3])


def shared_with(answer: TestResponse) -> tuple[str | None, str | None, str | None]:
    """Which origin may read an answer, which headers, and what caches are told."""
    names = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary")
    allowed, exposed, vary = (answer.headers.get(name) for name in names)
    return allowed, exposed, vary


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(
    ("path", "method"),
    [("/parrot/speak", "GET"), ("/parrot/learn", "POST"), ("/parrot/speak", "OPTIONS"), ("/bird/nowhere", "GET")],
)
@pytest.mark.parametrize("senders", [parrot.SENDERS, ALLOWED], ids=["no origin is allowed", "another is allowed"])
def test_request_of_a_foreign_page_is_refused_in_the_vendors_form(
    senders: Senders, path: str, method: str, headers: dict[str, str]
) -> None:
    aviary = Aviary(PARROT, senders=senders)
    answer = aviary.send(path, method=method, headers=headers)
    assert (answer.status_code, list(answer.get_json()), answer.headers["X-Parrot"]) == (403, ["squawk"], "parrot")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert untouched(aviary)


def test_foreign_page_is_refused_before_authentication() -> None:
    assert Aviary(PARROT).send(token=None, headers={"Origin": "http://evil.example"}).status_code == 403


def test_armed_fault_does_not_meet_a_foreign_page() -> None:
    aviary = parrot.armed(Aviary(PARROT), status=503)
    assert aviary.send(headers={"Origin": "http://evil.example"}).status_code == 403
    assert aviary.registry.default.faults.armed[0].hits == 0


def test_thousands_of_requests_of_a_foreign_page_leave_the_journal_alone() -> None:
    aviary = Aviary(UNLIMITED, journal_size=10)
    aviary.send()
    for _ in range(200):
        aviary.send(token=None, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})
    assert [entry.status for entry in aviary.registry.default.journal] == [200]


def test_refusal_is_in_the_debug_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "mockserver")
    Aviary(PARROT).send("/parrot/secret", headers={"Origin": "http://evil.example"})
    [message] = caplog.messages
    assert message.startswith("a request is refused, and not journaled: the request comes from a page of 'http://evil")


REASONS = {
    "a name": ({"Host": "evil.example:1"}, ["'evil.example:1'", "--allowed-host", "localhost"]),
    "an origin": ({"Origin": "http://evil.example"}, ["'http://evil.example'", "--cors-origin"]),
    "no origin": ({"Sec-Fetch-Site": "cross-site"}, ["a page of another site", "--cors-origin"]),
}


@pytest.mark.parametrize(("headers", "words"), REASONS.values(), ids=REASONS)
def test_refusal_says_what_was_wrong_and_what_to_do(headers: dict[str, str], words: list[str]) -> None:
    message = Aviary(PARROT).send(headers=headers).get_json()["squawk"]
    assert [word for word in words if word not in message] == []


OWN: dict[str, dict[str, str]] = {
    "a program": {},
    "fetch in Node.js": {"Sec-Fetch-Mode": "cors"},
    "our own page": {"Sec-Fetch-Site": "same-origin"},
    "our own page, in a browser that says little": {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080"},
    "a page behind the proxy of a development server": {"Sec-Fetch-Site": "same-origin", "Origin": DASHBOARD},
    "a typed URL": {"Sec-Fetch-Site": "none"},
}


@pytest.mark.parametrize("headers", OWN.values(), ids=OWN)
def test_request_of_anybody_else_is_answered_and_journaled(headers: dict[str, str]) -> None:
    aviary = Aviary(PARROT)
    answer = aviary.send(headers=headers)
    assert (answer.status_code, shared_with(answer)) == (200, (None, None, None))
    assert len(list(aviary.registry.default.journal)) == 1


def test_live_name_is_accepted_for_its_vendor() -> None:
    hosts = Hosts("127.0.0.1", live_names=lambda vendor: frozenset((f"api.{vendor}.example",)))
    aviary = Aviary(PARROT, senders=Senders(hosts))
    statuses = [aviary.send(headers={"Host": f"api.{name}.example"}).status_code for name in ("parrot", "lark")]
    assert statuses == [200, 403]


ANSWERS: dict[str, tuple[dict[str, Any], int]] = {
    "an answer": ({}, 200),
    "another method": ({"path": "/parrot/learn", "method": "PUT"}, 200),
    "an unknown path": ({"path": "/parrot/nowhere"}, 404),
    "a wrong method": ({"method": "DELETE"}, 405),
    "no token": ({"token": None}, 401),
    "a token without rights": ({"token": "mock-parrot-small-forbidden"}, 403),
}


@pytest.mark.parametrize(("request_", "status"), ANSWERS.values(), ids=ANSWERS)
def test_allowed_origin_reads_every_answer(request_: dict[str, Any], status: int) -> None:
    answer = Aviary(UNLIMITED, senders=ALLOWED).send(headers=OF_DASHBOARD, **request_)
    assert (answer.status_code, shared_with(answer)) == (status, (DASHBOARD, "*", "Origin"))


def test_allowed_origin_reads_when_to_try_again() -> None:
    aviary = Aviary(PARROT, senders=ALLOWED)
    *_, answer = (aviary.send(headers=OF_DASHBOARD) for _ in range(4))
    assert (answer.status_code, shared_with(answer)) == (429, (DASHBOARD, "*", "Origin"))
    assert answer.headers["X-Wait"] == "10"


FAULTS: dict[str, tuple[dict[str, Any], int]] = {
    "an error": ({"status": 503}, 503),
    "a gateway's page": ({"html": 502}, 502),
    "malformed JSON": ({"malformed_json": True}, 200),
}


@pytest.mark.parametrize("phase", FaultPhase)
@pytest.mark.parametrize(("effect", "status"), FAULTS.values(), ids=FAULTS)
def test_allowed_origin_reads_the_effect_of_a_fault(phase: FaultPhase, effect: dict[str, Any], status: int) -> None:
    aviary = parrot.armed(Aviary(UNLIMITED, senders=ALLOWED), phase, **effect)
    answer = parrot.send_with_effects(aviary, headers=OF_DASHBOARD)
    assert (answer.status_code, shared_with(answer)) == (status, (DASHBOARD, "*", "Origin"))


@pytest.mark.in_process("over a socket the answer ends early")
def test_allowed_origin_reads_a_body_that_ends_early() -> None:
    aviary = parrot.armed(Aviary(UNLIMITED, senders=ALLOWED), truncate_bytes=3)
    answer = parrot.send_with_effects(aviary, headers=OF_DASHBOARD)
    assert (answer.data, shared_with(answer)) == (parrot.WHOLE[:3], (DASHBOARD, "*", "Origin"))


def test_header_of_a_fault_is_left_as_it_is() -> None:
    headers = {"Access-Control-Allow-Origin": "http://elsewhere.example", "Vary": "Accept"}
    aviary = parrot.armed(Aviary(UNLIMITED, senders=ALLOWED), status=503, headers=headers)
    answer = aviary.send(headers=OF_DASHBOARD)
    assert shared_with(answer) == ("http://elsewhere.example", "*", "Accept, Origin")


def test_bug_in_a_view_is_a_500_that_an_allowed_origin_reads(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: ViewRequest) -> dict[str, Any]:
        raise ValueError("a bug")

    answer = Aviary(parrot.speaking(fail), senders=ALLOWED).send(headers=OF_DASHBOARD)
    assert (answer.status_code, shared_with(answer)) == (500, (DASHBOARD, "*", "Origin"))
    assert len(caplog.messages) == 1


def test_refused_name_is_readable_for_an_allowed_origin() -> None:
    answer = Aviary(PARROT, senders=ALLOWED).send(headers={**OF_DASHBOARD, "Host": "evil.example"})
    assert (answer.status_code, shared_with(answer)) == (403, (DASHBOARD, "*", "Origin"))


def test_each_origin_gets_its_own_name() -> None:
    aviary = Aviary(UNLIMITED, senders=ALLOWED)
    origins = [DASHBOARD, "http://other.example"]
    assert [shared_with(aviary.send(headers={"Origin": each}))[0] for each in origins] == origins


def test_caches_are_told_that_a_refusal_depends_on_the_origin() -> None:
    answer = Aviary(PARROT, senders=ALLOWED).send(headers={"Origin": "http://evil.example"})
    assert shared_with(answer) == (None, None, "Origin")


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/parrot/speak", "GET, HEAD"), ("/parrot/learn", "POST, PUT"), ("/parrot/nowhere", ""), ("/bird", "")],
)
def test_preflight_names_origin_methods_and_headers(path: str, methods: str) -> None:
    aviary = Aviary(PARROT, senders=ALLOWED)
    answer = aviary.send(path, token=None, method="OPTIONS", headers=PREFLIGHT)
    assert (answer.status_code, answer.data) == (204, b"")
    named = {
        name: value for name, value in answer.headers if name.startswith(("Access-Control-Allow", "Access-Control-M"))
    }
    assert named == {
        "Access-Control-Allow-Origin": DASHBOARD,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "authorization,x-a",
        "Access-Control-Max-Age": "600",
    }
    assert answer.headers["Vary"] == "Origin"
    assert "Content-Type" not in answer.headers
    assert untouched(aviary)


def test_preflight_without_headers_allows_none() -> None:
    headers = {name: value for name, value in PREFLIGHT.items() if name != "Access-Control-Request-Headers"}
    answer = Aviary(PARROT, senders=ALLOWED).send(method="OPTIONS", headers=headers)
    assert (answer.status_code, "Access-Control-Allow-Headers" in answer.headers) == (204, False)


def test_preflight_meets_no_fault() -> None:
    aviary = parrot.armed(Aviary(PARROT, senders=ALLOWED), status=503)
    assert aviary.send(method="OPTIONS", headers=PREFLIGHT).status_code == 204
    assert aviary.registry.default.faults.armed[0].hits == 0


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="of a program"),
        pytest.param({"Access-Control-Request-Method": "GET"}, id="without an origin"),
        pytest.param({"Origin": DASHBOARD}, id="without a method"),
    ],
)
def test_other_options_request_gets_the_vendors_405(headers: dict[str, str]) -> None:
    aviary = Aviary(PARROT, senders=ALLOWED)
    answer = aviary.send(method="OPTIONS", headers=headers)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert len(list(aviary.registry.default.journal)) == 1
