"""Promises about the pipeline: the right vendor, its stages in order, every refusal in its form."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.exceptions import BadGateway, RequestEntityTooLarge

from mockserver.gateway import pipeline
from mockserver.gateway.limits import Allowance, LimitBlock
from mockserver.gateway.rejection import ParameterError, Reason, Rejection
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import ErrorReply, RequestContext, Route, Stage, Vendor, ViewRequest
from mockserver.simulation.clock import Clock
from tests.gateway import parrot
from tests.gateway.parrot import NOW, PARROT, UNLIMITED, Aviary

NESTLING = replace(
    UNLIMITED,
    name="nestling",
    mounts=("/parrot/nest",),
    routes=parrot.routes(prefix="/parrot/nest"),
)


@pytest.mark.parametrize(
    ("path", "vendor"),
    [
        ("/parrot", "parrot"),
        ("/parrot/", "parrot"),
        ("/parrot/speak", "parrot"),
        ("/parrot/nes", "parrot"),
        ("/parrot/nested", "parrot"),
        ("/parrot/nest", "nestling"),
        ("/parrot/nest/", "nestling"),
        ("/parrot/nest/speak", "nestling"),
        ("/bird/anything", "parrot"),
        ("//parrot/speak", "parrot"),
        ("/parrots", None),
        ("/", None),
        ("/Parrot/speak", None),
        ("/x/parrot/speak", None),
    ],
)
@pytest.mark.parametrize("order", [(PARROT, NESTLING), (NESTLING, PARROT)], ids=["outer first", "inner first"])
def test_path_belongs_to_the_vendor_with_the_longest_mount(
    order: tuple[Vendor, ...], path: str, vendor: str | None
) -> None:
    aviary = Aviary(*order)
    answer = aviary.client.get(environ_overrides={"PATH_INFO": path})
    assert answer.headers.get("X-Parrot") == vendor
    assert [entry.vendor for entry in aviary.registry.default.journal] == ([vendor] if vendor else [])


@pytest.mark.parametrize("path", ["//parrot/speak", "///parrot//speak", "/parrot/speak/", "/parrot/nowhere é"])
def test_404_names_the_path_as_it_was_sent(path: str) -> None:
    """Without the slashes at its start it would be another path, one that may exist."""
    raw = path.encode().decode("latin-1")
    headers = {"Authorization": "Bearer mock-parrot-small"}
    answer = Aviary(PARROT).client.get(environ_overrides={"PATH_INFO": raw}, headers=headers)
    assert answer.get_json()["squawk"] == f"there is nothing at {path}"


def test_request_outside_every_mount_is_not_journaled() -> None:
    aviary = Aviary(PARROT)
    assert aviary.send("/elsewhere").get_data(as_text=True) == "nobody's"
    assert list(aviary.registry.default.journal) == []


@pytest.mark.parametrize(
    ("token", "path", "method", "status", "reason"),
    [
        (None, "/parrot/speak", "GET", 401, Reason.UNAUTHENTICATED),
        ("unknown", "/parrot/speak", "GET", 401, Reason.UNAUTHENTICATED),
        ("mock-parrot-small-forbidden", "/parrot/speak", "GET", 403, Reason.FORBIDDEN),
        ("mock-parrot-small", "/parrot/speak", "GET", 200, None),
        ("mock-parrot-small", "/parrot/shriek", "GET", 404, Reason.NOT_FOUND),
        ("mock-parrot-small", "/parrot/speak/", "GET", 404, Reason.NOT_FOUND),
        ("mock-parrot-small", "/parrot/speak", "DELETE", 405, Reason.METHOD),
        ("mock-parrot-small", "/parrot/speak", "OPTIONS", 405, Reason.METHOD),
        (None, "/parrot/shriek", "GET", 401, Reason.UNAUTHENTICATED),
        (None, "/parrot/speak", "DELETE", 401, Reason.UNAUTHENTICATED),
    ],
)
def test_every_outcome_is_rendered_by_the_vendor_and_journaled(
    token: str | None, path: str, method: str, status: int, reason: Reason | None
) -> None:
    aviary = Aviary(PARROT)
    answer = aviary.send(path, token, method=method)
    (entry,) = aviary.registry.default.journal
    assert (answer.status_code, entry.status, entry.refusal) == (status, status, reason)
    assert answer.mimetype == "application/json"
    assert ("squawk" in answer.get_json()) is (reason is not None)


def test_405_lists_the_allowed_methods() -> None:
    answer = Aviary(PARROT).send("/parrot/learn", method="DELETE")
    assert answer.headers["Allow"] == "POST,PUT"
    assert answer.get_json() == {"squawk": "DELETE is not allowed here; allowed: POST, PUT"}


@pytest.mark.parametrize("stopped_at", range(4))
def test_stages_run_in_order_until_one_refuses(stopped_at: int) -> None:
    passed: list[int] = []

    def stage(index: int) -> Stage:
        def step(_: RequestContext) -> None:
            passed.append(index)
            if index == stopped_at:
                raise Rejection(Reason.INVALID, f"stopped at {index}")

        return step

    def speak(_: ViewRequest) -> dict[str, Any]:
        passed.append(3)
        return {}

    aviary = Aviary(parrot.speaking(speak, stages=tuple(stage(index) for index in range(3))))
    assert aviary.send().status_code == (200 if stopped_at == 3 else 418)
    assert passed == list(range(stopped_at + 1))


def test_rejection_of_a_view_reaches_render_error_unchanged() -> None:
    refusals: list[Rejection] = []

    def render(rejection: Rejection, context: RequestContext) -> ErrorReply:
        refusals.append(rejection)
        return parrot.render_error(rejection, context)

    def refuse(_: ViewRequest) -> dict[str, Any]:
        raise Rejection(Reason.INVALID, "no", parameter_errors=(ParameterError("say", "must be kind"),))

    answer = Aviary(parrot.speaking(refuse, render_error=render)).send()
    assert (answer.status_code, answer.get_json()) == (418, {"squawk": "no"})
    assert refusals[0].parameter_errors == (ParameterError("say", "must be kind"),)


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (RequestEntityTooLarge(), 418, "The data value transmitted exceeds the capacity limit."),
        (RequestEntityTooLarge(description=""), 418, "Request Entity Too Large"),
        (BadGateway(), 500, "the server failed; its log tells why"),
        (ValueError("secret inner detail"), 500, "the server failed; its log tells why"),
    ],
    ids=["4xx", "4xx without a description", "5xx", "anything"],
)
def test_http_exceptions_become_refusals(error: Exception, status: int, message: str) -> None:
    def fail(_: ViewRequest) -> dict[str, Any]:
        raise error

    answer = Aviary(parrot.speaking(fail)).send()
    assert (answer.status_code, answer.get_json()) == (status, {"squawk": message})


def test_unforeseen_error_is_logged_once_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: ViewRequest) -> dict[str, Any]:
        raise ZeroDivisionError("secret inner detail")

    aviary = Aviary(parrot.speaking(fail))
    answer = aviary.send()
    (record,) = caplog.records
    assert (record.levelno, record.exc_info is not None and record.exc_info[0]) == (logging.ERROR, ZeroDivisionError)
    assert "in fail" in caplog.text
    assert caplog.text.count("Traceback") == 1
    assert b"secret" not in answer.data
    assert [entry.refusal for entry in aviary.registry.default.journal] == [Reason.INTERNAL]


def test_expected_refusal_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    Aviary(PARROT).send(token=None)
    assert caplog.records == []


def test_journal_entry_has_the_request_and_its_outcome() -> None:
    aviary = Aviary(PARROT)
    aviary.send("/parrot/learn?say=a%20b", method="PUT")
    (entry,) = aviary.registry.default.journal
    assert (entry.id, entry.at, entry.vendor, entry.operation) == (1, NOW, "parrot", "learn")
    assert (entry.method, entry.path, entry.query, entry.status) == ("PUT", "/parrot/learn", "say=a%20b", 200)
    assert (entry.organization, entry.fault, entry.refusal) == ("small", None, None)
    assert entry.duration_us is not None


def test_path_without_a_route_has_no_operation() -> None:
    aviary = Aviary(PARROT)
    aviary.send("/parrot/shriek")
    assert [entry.operation for entry in aviary.registry.default.journal] == [None]


def test_token_selects_the_sandbox() -> None:
    aviary = Aviary(PARROT)
    clock = Clock.at(NOW + timedelta(hours=2), frozen=True)
    config = parrot.config(clock=clock, policy={"parrot": {"mood": "grumpy"}})
    other = aviary.registry.make("other", config, [Grant("g", "parrot", "other-token", permitted=True)])
    answer = aviary.send(token="other-token").get_json()
    assert answer == {"text": "hello", "mood": "grumpy", "at": "12:30:00"}
    assert [entry.at for entry in other.journal] == [clock.now()]
    assert list(aviary.registry.default.journal) == []


def test_two_apps_in_a_process_share_nothing() -> None:
    first, second = Aviary(PARROT), Aviary(PARROT)
    first.registry.default.set_policy({"parrot": {"mood": "grumpy"}})
    for _ in range(4):
        first.send()
    assert [entry.status for entry in first.registry.default.journal] == [200, 200, 200, 429]
    assert second.send().get_json()["mood"] == "cheerful"
    assert len(list(second.registry.default.journal)) == 1


def test_default_limit_is_per_organization_and_refills() -> None:
    aviary = Aviary(
        replace(PARROT, switches=(), limit_scope=None, limit_block=None, routes=parrot.routes(lambda _: {}))
    )
    assert [aviary.send().status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [bucket.scope for bucket in aviary.registry.default.buckets("parrot")] == ["organization"]


def test_exhausted_allowance_refuses_until_it_refills() -> None:
    aviary = Aviary(PARROT)
    assert [aviary.send().status_code for _ in range(4)] == [200, 200, 200, 429]
    assert aviary.send().headers["X-Wait"] == "10"
    aviary.advance(Clock.at(NOW + timedelta(seconds=9.5), frozen=True))
    assert aviary.send().headers["X-Wait"] == "1"
    aviary.advance(Clock.at(NOW + timedelta(seconds=10), frozen=True))
    assert aviary.send().status_code == 200


def test_unauthenticated_requests_cost_nothing() -> None:
    aviary = Aviary(PARROT)
    for token in (None, "unknown", "mock-parrot-small-forbidden"):
        for _ in range(5):
            aviary.send(token=token)
    assert [aviary.send().status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("scope", "statuses"),
    [("organization", [200, 200, 200, 429, 429]), ("token", [200, 200, 200, 429, 200])],
)
def test_bucket_is_per_organization_or_per_token(scope: str, statuses: list[int]) -> None:
    aviary = Aviary(PARROT, policy={"parrot": {"bucket": scope}})
    grants = [Grant(name, "parrot", f"token-{name}", permitted=True) for name in ("a", "b")]
    aviary.registry.make("default", parrot.config(policy={"parrot": {"bucket": scope}}), grants)
    assert [aviary.send(token=f"token-{name}").status_code for name in "aaaab"] == statuses


def test_refusal_can_block_for_a_minute() -> None:
    aviary = Aviary(PARROT, policy={"parrot": {"block": "minute"}})
    waits = [aviary.send().headers.get("X-Wait") for _ in range(4)]
    aviary.advance(Clock.at(NOW + timedelta(seconds=30), frozen=True))
    assert [*waits, aviary.send().headers.get("X-Wait")] == [None, None, None, "60", "30"]


def test_limit_can_come_before_authentication() -> None:
    by_token = {"parrot": {"bucket": "token"}}
    aviary = Aviary(replace(PARROT, stages=(pipeline.limit,)), policy=by_token)
    assert [aviary.send(token=None).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_permission_before_authentication_refuses_everybody() -> None:
    assert Aviary(replace(PARROT, stages=(pipeline.permit,))).send().status_code == 403


def test_overtaking_requests_gain_nothing() -> None:
    """One request is authenticated; before it reaches the limiter, a minute goes by and another spends."""
    overtaking = [timedelta(minutes=1)]

    def overtake(context: RequestContext) -> None:
        if overtaking:
            context.sandbox.set_clock(context.sandbox.clock.advanced(overtaking.pop()))
            context.sandbox.take("parrot", "organization", LimitBlock.REFILL, context.sandbox.clock.now_ns() // 1000)

    vendor = replace(
        PARROT,
        stages=(pipeline.authenticate, overtake, pipeline.limit),
        allowance=Allowance(per_minute=3, burst=3),
    )
    aviary = Aviary(vendor)
    assert [aviary.send().status_code for _ in range(4)] == [200, 200, 429, 429]


def test_threads_get_consistent_answers_and_journal_ids() -> None:
    aviary = Aviary(UNLIMITED, journal_size=2000)

    def send(thread: int) -> list[tuple[str, str, int]]:
        client, found = aviary.client, []
        for number in range(200):
            say = f"{thread}-{number % 20}"
            answer = client.get(f"/parrot/speak?say={say}", headers={"Authorization": "Bearer mock-parrot-small"})
            found.append((say, answer.get_json()["text"], answer.status_code))
        return found

    with ThreadPoolExecutor(8) as threads:
        answered = [each for found in threads.map(send, range(8)) for each in found]
    assert all(sent == received and status == 200 for sent, received, status in answered)
    assert [entry.id for entry in aviary.registry.default.journal] == list(range(1, 1601))


def test_threads_share_one_allowance() -> None:
    aviary = Aviary(replace(PARROT, allowance=Allowance(per_minute=1, burst=50)))
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: aviary.send().status_code, range(200)))
    assert (statuses.count(200), statuses.count(429)) == (50, 150)


def test_allowance_is_spent_under_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary, free = Aviary(PARROT), []

    def take(*_: object) -> None:
        with ThreadPoolExecutor(1) as another:
            free.append(another.submit(aviary.registry.lock.acquire, blocking=False).result())

    monkeypatch.setattr(Sandbox, "take", take)
    aviary.send()
    assert free == [False]


def test_openapi_file_is_named_after_the_vendor() -> None:
    assert PARROT.openapi == "parrot.yaml"


def test_route_may_have_stages_of_its_own() -> None:
    def knock(context: RequestContext) -> None:
        if "say" not in context.request.args:
            raise Rejection(Reason.FORBIDDEN, "say something")

    gate = Route("/parrot/gate", "gate", parrot.speak, ("POST",), stages=(knock,))
    aviary = Aviary(replace(UNLIMITED, routes=(*UNLIMITED.routes, gate)))
    assert aviary.send("/parrot/gate?say=please", None, method="POST").status_code == 200
    assert aviary.send("/parrot/gate", None, method="POST").status_code == 403
    assert aviary.send("/parrot/gate", None).status_code == 405, "before any stage"
    assert aviary.send("/parrot/gate/", None).status_code == 401, "another path has the vendor's stages"


def _left(context: RequestContext) -> dict[str, str]:
    return {"X-Left": str(context.bucket.remaining if context.bucket else "all")}


def test_common_headers_are_on_every_answer_of_the_vendor() -> None:
    aviary = Aviary(replace(PARROT, common_headers=_left))
    answers = [
        aviary.send(),
        aviary.send(),
        aviary.send("/parrot/nowhere"),
        aviary.send(),
        aviary.send(token=None),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 429, 401]
    assert [answer.headers["X-Left"] for answer in answers] == ["2", "1", "0", "0", "0"]


def test_common_headers_know_the_bucket_of_the_token() -> None:
    aviary = Aviary(replace(PARROT, common_headers=_left), policy={"parrot": {"bucket": "token"}})
    assert [aviary.send(token=token).headers["X-Left"] for token in ("mock-parrot-small", None)] == ["2", "all"]


def test_common_headers_are_not_on_a_proxys_answer() -> None:
    aviary = parrot.armed(Aviary(replace(UNLIMITED, common_headers=_left)), html=502)
    assert "X-Left" not in aviary.send().headers


def test_bug_in_common_headers_ends_as_one_plain_500() -> None:
    def fail(_: RequestContext) -> dict[str, str]:
        raise ValueError("a bug in the vendor")

    aviary = Aviary(replace(PARROT, common_headers=fail))
    assert (aviary.send().status_code, aviary.send(token=None).status_code) == (500, 500)
    assert [entry.status for entry in aviary.registry.default.journal] == [500, 500]
