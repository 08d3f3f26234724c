"""The layer in front of Flask: nothing that a client or the journal shows tells whether it answered.

The law asks two apps the same, one with the layer and one without, and compares every byte.
"""

import json
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from mockserver import server
from mockserver.app import create_app
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.known_request import Response
from mockserver.gateway.store import registry as registries
from mockserver.gateway.store.memory import MemoryRegistry
from mockserver.gateway.vendor import Vendor
from mockserver.simulation import clock
from tests.conftest import SERVED, SETTINGS
from tests.contract import client
from tests.contract.random_use import (
    LIMITED,
    LOCAL,
    PATH,
    PLAIN,
    STEPS,
    Use,
    ask,
    control,
    journal,
    same_names,
)

pytestmark = [
    pytest.mark.in_process("the tests look at the layer itself, which servers ask first"),
    pytest.mark.fast_path_on("the tests look at the layer itself"),
    pytest.mark.usefixtures("undescribed"),
]

SEEDED = f"mock-{LIMITED.name}-acme"


class Answers:
    """Counts the answers that the layer gives by itself."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        plain = FastPath.answers

        def counted(layer: FastPath, environs: Sequence[dict[str, Any]]) -> list[Response | None]:
            found = plain(layer, environs)
            self.count += sum(each is not None for each in found)
            return found

        patch.setattr(FastPath, "answers", counted)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(monkeypatch)


def token_of(app: Flask, vendor: Vendor) -> str:
    """A token of a vendor that may read."""
    opened = client.opened(app, vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])
    return str(opened.authorization).split()[1]


@pytest.mark.parametrize("vendor", SERVED.values(), ids=SERVED)
def test_second_answer_comes_from_the_layer_and_is_the_same(app: Flask, vendor: Vendor, answers: Answers) -> None:
    token = token_of(app, vendor)
    control(app, "DELETE", "/requests")
    first, second = (ask(app, vendor.sample_path, token) for _ in range(2))
    assert answers.count == 1
    assert (second.status, second.headers.to_wsgi_list(), second.data) == (
        first.status,
        first.headers.to_wsgi_list(),
        first.data,
    )
    one, two = journal(app)
    assert {**one, "id": 2} == two


class Mark:
    """Something that lives as long as the environ that it is in."""


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("vendor", SERVED.values(), ids=SERVED)
def test_answered_request_leaves_nothing_to_the_garbage_collector(app: Flask, vendor: Vendor) -> None:
    token, found = token_of(app, vendor), []
    for sent in (token, token, "unknown"):
        authorization = [("Authorization", f"{vendor.schemes[0]} {sent}")]
        environ = EnvironBuilder(vendor.sample_path, base_url="http://127.0.0.1", headers=authorization).get_environ()
        environ["mark"] = mark = Mark()
        alive = weakref.ref(mark)
        statuses: list[str] = []
        app(environ, lambda status, *_, statuses=statuses: statuses.append(status))
        del environ, mark
        found.append((statuses, alive()))
    assert found == [(["200 OK"], None), (["200 OK"], None), (["401 UNAUTHORIZED"], None)]


def test_date_of_an_answer_of_the_layer_is_that_of_the_machine_where_the_switch_says_so(
    app: Flask, answers: Answers
) -> None:
    dates = []
    for option in ("sandbox", "server"):
        control(app, "PUT", "/policy", {"server": {"date_header": option}})
        dates.append([ask(app, PATH, SEEDED).headers.get("Date") for _ in range(2)])
    assert answers.count == 2
    assert dates == [["Tue, 21 Oct 2025 10:30:00 GMT"] * 2, [None, None]]  # The server adds it.


Change = Callable[[Flask], object]


def armed(app: Flask) -> object:
    return control(app, "POST", "/faults", {"effect": {"status": 503}})


def a_day_later(app: Flask) -> object:
    return control(app, "POST", "/clock/advance", {"days": 1})


CHANGES: dict[str, tuple[Change, int]] = {
    "nothing": (lambda _: None, 200),
    "a day": (a_day_later, 200),
    "a policy": (lambda app: control(app, "PUT", "/policy", {LIMITED.name: {"publication_hour": 23}}), 200),
    "a fault": (armed, 503),
    "a limit": (lambda app: control(app, "PUT", "/limits", {LIMITED.name: {"per_minute": 1, "burst": 1}}), 200),
    "a revoked token": (lambda app: control(app, "DELETE", f"/tokens/{LIMITED.name}-seeded"), 401),
}


@pytest.mark.parametrize(("change", "status"), CHANGES.values(), ids=CHANGES)
def test_change_is_seen_at_once(app: Flask, change: Change, status: int) -> None:
    assert [ask(app, PATH, SEEDED).status_code for _ in range(2)] == [200, 200]
    change(app)
    assert ask(app, PATH, SEEDED).status_code == status


OTHER_FAULT = {"path": f"{LIMITED.mounts[0]}/other*", "effect": {"status": 503}}


@pytest.mark.parametrize(
    ("rules", "statuses", "count"),
    [
        ([OTHER_FAULT], [200, 200], 2),
        ([{**OTHER_FAULT, "path": f"{LIMITED.mounts[0]}/*"}], [503, 503], 0),
        (
            [{"vendor": next(each.name for each in PLAIN if each is not LIMITED), "effect": {"status": 503}}],
            [200] * 2,
            2,
        ),
        ([{"vendor": LIMITED.name, "times": 1, "effect": {"status": 503}}], [503, 200], 1),
        ([{"query": {"never": "sent"}, "effect": {"status": 503}}], [200, 200], 0),
        ([OTHER_FAULT] * 1000, [200, 200], 2),
    ],
)
def test_layer_answers_where_no_fault_may_fire(
    app: Flask, answers: Answers, rules: list[Any], statuses: list[int], count: int
) -> None:
    assert [ask(app, PATH, SEEDED).status_code for _ in range(2)] == [200, 200]
    control(app, "PUT", "/faults", {"rules": rules})
    before = answers.count
    assert [ask(app, PATH, SEEDED).status_code for _ in range(2)] == statuses
    assert answers.count - before == count


def test_limit_counts_the_answers_of_the_layer(app: Flask, answers: Answers) -> None:
    control(app, "PUT", "/limits", {LIMITED.name: {"per_minute": 1, "burst": 4}})
    assert [ask(app, PATH, SEEDED).status_code for _ in range(6)] == [200, 200, 200, 200, 429, 429]
    assert answers.count == 3
    assert control(app, "GET", "/limits")[LIMITED.name]["buckets"][0]["remaining"] == 0


def test_layer_waits_for_no_lock(app: Flask, answers: Answers) -> None:
    control(app, "PUT", "/limits", {LIMITED.name: {"per_minute": 60, "burst": 60}})
    ask(app, PATH, SEEDED)
    layer = app.wsgi_app
    assert isinstance(layer, FastPath)

    class Held:
        """A lock that somebody else has."""

        def acquire(self, *, blocking: bool) -> bool:
            assert not blocking
            return False

    registry = layer._registry  # noqa: SLF001 (its lock stands for one that another thread holds)
    kept, registry.lock = registry.lock, Held()  # type: ignore[assignment]
    path, _, query = PATH.partition("?")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    environ |= {"HTTP_HOST": "localhost", "HTTP_AUTHORIZATION": f"Bearer {SEEDED}"}
    assert layer.answers([environ]) == [None]
    registry.lock = kept
    assert layer.answers([environ]) != [None]
    assert answers.count == 1


def test_deleted_sandbox_is_not_answered_for(app: Flask) -> None:
    for _ in range(2):
        made = control(app, "POST", "/sandboxes", {"now": "2025-10-21T10:30:00Z", "frozen": True})
        token = made["tokens"][LIMITED.name]["token"]
        assert [ask(app, PATH, token).status_code for _ in range(2)] == [200, 200]
        control(app, "DELETE", f"/sandboxes/{made['id']}")
        assert ask(app, PATH, token).status_code == 401


def test_request_to_a_sandbox_that_is_deleted_meanwhile_is_not_remembered(
    app: Flask, monkeypatch: pytest.MonkeyPatch, answers: Answers
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MemoryRegistry, "opened", lambda *_: None)
        ask(app, PATH, SEEDED)
    ask(app, PATH, SEEDED)
    assert answers.count == 0


def test_sandbox_whose_time_is_up_is_not_answered_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = control(app, "POST", "/sandboxes", {"ttl_seconds": 60})
    token = made["tokens"][LIMITED.name]["token"]
    assert [ask(app, PATH, token).status_code for _ in range(2)] == [200, 200]
    later = clock.elapsed() + 61 * 10**9
    monkeypatch.setattr(clock, "elapsed", lambda: later)
    assert ask(app, PATH, token).status_code == 401


def test_answer_of_a_sandbox_depends_on_no_other_policy_in_the_same_second(app: Flask, answers: Answers) -> None:
    """Their data arrive at 04:00 and at 23:00, so at 10:30 one shows a day more."""
    tokens = {}
    for hour in (4, 23):
        policy = {LIMITED.name: {"publication_hour": hour}}
        made = control(app, "POST", "/sandboxes", {"now": "2025-10-21T02:00:00Z", "frozen": True, "policy": policy})
        tokens[made["id"]] = made["tokens"][LIMITED.name]["token"]
    before = [[ask(app, PATH, token).data for token in tokens.values()] for _ in range(2)]
    assert before[0] == before[1]
    assert answers.count == 2
    for sandbox in tokens:
        control(app, "PUT", f"/sandboxes/{sandbox}/clock", {"now": "2025-10-21T10:30:00Z", "frozen": True})
    after = [ask(app, PATH, token).data.replace(b"T10:30:00", b"T02:00:00") for token in tokens.values()]
    assert [one == two for one, two in zip(after, before[0], strict=True)] == [False, True]
    assert answers.count == 3


@pytest.mark.parametrize("vendor", [each for each in SERVED.values() if each.token_path], ids=lambda each: each.name)
def test_expired_access_token_is_refused(app: Flask, vendor: Vendor) -> None:
    token = token_of(app, vendor)
    assert [ask(app, vendor.sample_path, token).status_code for _ in range(2)] == [200, 200]
    now = datetime.fromisoformat(control(app, "GET", "/clock")["now"])
    for hours, status in ((0, 200), (23, 401), (0, 200)):
        control(app, "PUT", "/clock", {"now": (now + timedelta(hours=hours)).isoformat(), "frozen": True})
        assert ask(app, vendor.sample_path, token).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Authorization": "Bearer other"}, 401),
        ({"Authorization": f"Bearer  {SEEDED}"}, 200),
        ({"Upgrade": "websocket", "Connection": "Upgrade"}, 200),
    ],
)
def test_other_request_to_the_same_path_is_another(app: Flask, headers: dict[str, str], status: int) -> None:
    assert [ask(app, PATH, SEEDED).status_code for _ in range(2)] == [200, 200]
    assert [ask(app, PATH, SEEDED, **headers).status_code for _ in range(2)] == [status, status]


def test_journal_has_the_headers_of_each_request_that_the_layer_answered(app: Flask, answers: Answers) -> None:
    ask(app, PATH, SEEDED)
    control(app, "DELETE", "/requests")
    agents = ["one", "two", "one", "one"]
    for agent in agents:
        assert ask(app, PATH, SEEDED, User_Agent=agent).status_code == 200
    assert answers.count == len(agents)
    assert [each["request_headers"]["User-Agent"] for each in journal(app)] == agents


@pytest.mark.parametrize(
    ("method", "path", "given", "times"),
    [
        ("GET", PATH, {}, 0),
        ("GET", f"{PATH.partition('?')[0]}?start_date=nonsense", {}, 0),
        ("GET", PATH, {"headers": {"Authorization": "Bearer other"}}, 0),
        ("HEAD", PATH, {}, 1),
        ("POST", PATH, {}, 1),
        ("GET", f"{LIMITED.mounts[0]}/nowhere", {}, 1),
        ("GET", PATH, {"data": b"{}"}, 1),
        ("GET", PATH, {"headers": {"Transfer-Encoding": "chunked"}}, 1),
        ("GET", PATH, {"headers": {"Origin": "https://page.example"}}, 1),
        ("GET", PATH, {"headers": {"Host": "evil.example"}}, 1),
    ],
)
def test_only_plain_requests_to_endpoints_go_without_flask(
    method: str, path: str, given: dict[str, Any], times: int
) -> None:
    answers: list[object] = []
    for has_direct_views in (True, False):
        app = create_app(replace(SETTINGS, cors_origin=("https://page.example",)))
        dispatched: list[None] = []
        app.before_request(partial(dispatched.append, None))
        assert isinstance(app.wsgi_app, FastPath)
        if not has_direct_views:
            app.wsgi_app._direct = {}  # noqa: SLF001 (without it, all is Flask's)
        headers = {**LOCAL, "Authorization": f"Bearer {SEEDED}", **given.get("headers", {})}
        answer = app.test_client().open(path, method=method, **{**given, "headers": headers})
        assert len(dispatched) == (times if has_direct_views else 1)
        answers.append((answer.status, answer.headers.to_wsgi_list(), answer.data, journal(app)))
    assert answers[0] == answers[1]


def test_layer_goes_by_what_a_layer_in_front_of_it_has_made_of_a_request(app: Flask) -> None:
    front = app.wsgi_app

    def with_bearer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if key := environ.pop("HTTP_X_API_KEY", None):
            environ["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return front(environ, start_response)

    with server.in_thread(with_bearer) as running:
        statuses = []
        for key in (SEEDED, SEEDED, "unknown", None):
            connection = HTTPConnection(running.url.removeprefix("http://"))
            connection.request("GET", PATH, headers={"X-Api-Key": key} if key else {})
            statuses.append(connection.getresponse().status)
            connection.close()
    assert statuses == [200, 200, 401, 401]


def test_answer_that_its_client_did_not_wait_for_is_abandoned(app: Flask) -> None:
    ask(app, PATH, SEEDED)
    headers = [*LOCAL.items(), ("Authorization", f"Bearer {SEEDED}")]
    layer = app.wsgi_app
    assert isinstance(layer, FastPath)
    (response,) = layer.answers([EnvironBuilder(PATH, headers=headers).get_environ()])
    assert response is not None
    response.abandon()
    assert [each["outcome"] for each in journal(app)] == ["answered", "abandoned"]


def test_few_requests_are_remembered(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> None:
    monkeypatch.setattr(registries, "REQUESTS_MAXIMUM", 1)
    app = create_app(SETTINGS)
    other = f"{PATH.partition('?')[0]}?start_date=2025-10-13"
    for target in (PATH, other, PATH, PATH):
        ask(app, target, SEEDED)
    assert answers.count == 1


def without_layer(app: Flask) -> Flask:
    """The app, for which Flask does everything."""
    assert isinstance(app.wsgi_app, FastPath)
    app.wsgi_app.answers = lambda environs: [None for _ in environs]  # type: ignore[method-assign]
    app.wsgi_app._direct = {}  # noqa: SLF001 (what is without it is all Flask's)
    return app


@given(st.lists(STEPS, min_size=5, max_size=40))
def test_nothing_tells_whether_the_layer_answered(steps: list[tuple[str, Any, Any]]) -> None:
    with same_names():
        one = Use(create_app(replace(SETTINGS, limits="documented")))
        other = Use(without_layer(create_app(replace(SETTINGS, limits="documented"))))
    for step in steps:
        assert one.do(*step) == other.do(*step), json.dumps(step)
    assert control(one.app, "GET", "/lint") == control(other.app, "GET", "/lint")
