"""Promises about the effects of faults, for any vendor: replaced and corrupted answers, and what they cost.

Delays are in `test_delays`, real sockets in `tests/server`, and the errors of real vendors in `tests/admin`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from mockserver.gateway import effects, pipeline, socket_features
from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule
from mockserver.gateway.limits import Allowance
from mockserver.gateway.rejection import Reason, Rejection, status_phrase
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import ViewRequest
from tests.gateway import parrot
from tests.gateway.parrot import ABLE, LATE, PARROT, UNLIMITED, WHOLE, Aviary, armed, send_with_effects

PHASES = [FaultPhase.BEFORE, FaultPhase.AFTER]
CUTS = pytest.mark.in_process("over a socket the answer is lost, or ends early")


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[Decimal]:
    """The seconds that were waited for, none of which pass."""
    seconds: list[Decimal] = []
    monkeypatch.setattr(effects, "wait", lambda _, wanted, __: seconds.append(wanted))
    return seconds


REPLACEMENTS: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "a failure": ({"status": 503, "message": "Gone."}, 503, '{"squawk":"Gone.","code":"none"}', "fault"),
    "a failure with a code": ({"status": 599, "code": "x", "message": "y"}, 599, '{"squawk":"y","code":"x"}', "fault"),
    "a failure without a message": (
        {"status": 400},
        400,
        '{"squawk":"this failure was armed at /_mock/faults, as fault-1","code":"none"}',
        "fault",
    ),
    "the vendor's own 429": ({"rate_limited": True}, 429, '{"squawk":"too many requests"}', "limited"),
    "a failure that is no JSON": (
        {"rate_limited": True, "malformed_json": True},
        429,
        '{"squawk":"too many requests"',
        "limited",
    ),
}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("effect", "status", "body", "refusal"), REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_injected_failure_has_the_vendors_shape(
    effect: dict[str, Any], status: int, body: str, refusal: str, phase: FaultPhase
) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, **effect)
    answer = aviary.send()
    (entry,) = aviary.registry.default.journal
    assert (answer.status_code, answer.get_data(as_text=True), answer.mimetype) == (status, body, "application/json")
    assert (entry.status, entry.fault, entry.refusal) == (status, "fault-1", refusal)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("status", "expected"), [(502, "502 Bad Gateway"), (524, "524 Server Error"), (200, "200 OK")])
def test_html_page_replaces_the_answer(status: int, expected: str, phase: FaultPhase) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, html=status)
    answer = aviary.send()
    (entry,) = aviary.registry.default.journal
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert f"<h1>{expected}</h1>" in answer.get_data(as_text=True)
    assert (entry.status, entry.fault, entry.refusal) == (status, "fault-1", None)


@pytest.mark.parametrize(
    ("status", "expected"), [(404, "Not Found"), (499, "Client Error"), (520, "Server Error"), (299, "Unknown")]
)
def test_every_status_has_a_phrase(status: int, expected: str) -> None:
    assert status_phrase(status) == expected


@pytest.mark.parametrize("effect", [{"status": 503}, {"html": 503}, {"rate_limited": True}])
def test_fault_headers_replace_the_vendors(effect: dict[str, Any]) -> None:
    aviary = armed(
        Aviary(UNLIMITED), headers=(("Retry-After", "7"), ("x-parrot", "me"), ("Content-Type", "a/b")), **effect
    )
    headers = aviary.send().headers
    assert (headers["Retry-After"], headers.getlist("X-Parrot"), headers["Content-Type"]) == ("7", ["me"], "a/b")


WAITS: dict[str, tuple[dict[str, Any], str | None]] = {
    "by the documented allowance": ({}, "10"),
    "by the one in force": ({"limits": {"parrot": Allowance(7, 1)}}, "9"),
    "a minute where a refusal blocks": ({"policy": {"parrot": {"block": "minute"}}}, "60"),
}


@pytest.mark.parametrize(("changes", "wait"), WAITS.values(), ids=WAITS)
def test_injected_429_has_the_vendors_retry_after(changes: dict[str, Any], wait: str) -> None:
    assert armed(Aviary(PARROT, **changes), rate_limited=True).send().headers["X-Wait"] == wait


def test_injected_429_without_a_limit_waits_a_minute() -> None:
    assert armed(Aviary(UNLIMITED), rate_limited=True).send().headers["X-Wait"] == "60"


@pytest.mark.parametrize("phase", PHASES)
def test_delay_changes_nothing_else(waited: list[Decimal], phase: FaultPhase) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, **LATE)
    answer = aviary.send()
    assert (answer.status_code, answer.data, waited) == (200, WHOLE, [Decimal("0.25")])
    assert [entry.fault for entry in aviary.registry.default.journal] == ["fault-1"]


@pytest.mark.parametrize("effect", [{"status": 500}, {"html": 502}, {"rate_limited": True}])
def test_delay_combines_with_any_answer(waited: list[Decimal], effect: dict[str, Any]) -> None:
    assert armed(Aviary(UNLIMITED), **LATE, **effect).send().status_code >= 429
    assert waited == [Decimal("0.25")]


CORRUPTED: dict[str, tuple[dict[str, Any], list[bytes], list[str]]] = {
    "truncated": ({"truncate_bytes": 7}, [WHOLE[:7]], []),
    "truncated to nothing": ({"truncate_bytes": 0}, [b""], []),
    "truncated beyond its end": ({"truncate_bytes": 1000}, [WHOLE], []),
    "registry up": ({"stall_seconds": Decimal(30), "after_bytes": 7}, [WHOLE[:7], WHOLE[7:]], ["30"]),
    "registry up at its start": ({"stall_seconds": Decimal(30), "after_bytes": 0}, [b"", WHOLE], ["30"]),
    "registry up at its end": ({"stall_seconds": Decimal(30), "after_bytes": 1000}, [WHOLE, b""], ["30"]),
    "registry up, then cut": (
        {"stall_seconds": Decimal(30), "after_bytes": 5, "truncate_bytes": 7},
        [WHOLE[:5], WHOLE[5:7]],
        ["30"],
    ),
}


def _noted(head: list[Any], given: tuple[Any, ...]) -> Callable[[bytes], object]:
    head[:] = given
    return head.append


def pieces(aviary: Aviary, path: str = "/parrot/speak") -> tuple[str, dict[str, str], Iterator[bytes]]:
    """An answer as a server gets it: the status, the headers, and the body as it is made."""
    head: list[Any] = []
    environ = {**aviary.client.application.test_request_context(path).request.environ, **ABLE}
    environ["HTTP_AUTHORIZATION"] = "Bearer mock-parrot-small"
    body = aviary.app.wsgi_app(environ, lambda *given: _noted(head, given))
    return head[0], dict(head[1]), iter(body)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("effect", "sent", "waits"), CORRUPTED.values(), ids=CORRUPTED)
def test_truncated_or_stalled_body_keeps_its_content_length(
    waited: list[Decimal], effect: dict[str, Any], sent: list[bytes], waits: list[str], phase: FaultPhase
) -> None:
    status, headers, body = pieces(armed(Aviary(UNLIMITED), phase, **effect))
    assert (status, headers["Content-Length"]) == ("200 OK", str(len(WHOLE)))
    assert list(body) == sent
    assert waited == [Decimal(each) for each in waits]


def test_stalled_body_is_sent_up_to_the_stall(waited: list[Decimal]) -> None:
    _, _, body = pieces(armed(Aviary(UNLIMITED), stall_seconds=Decimal(30), after_bytes=3))
    assert (next(body), waited) == (WHOLE[:3], [])
    assert (next(body), waited) == (WHOLE[3:], [Decimal(30)])


def test_dripping_body_is_sent_a_little_every_half_second(waited: list[Decimal]) -> None:
    _, headers, body = pieces(armed(Aviary(UNLIMITED), drip_seconds=Decimal("1.5")))
    sent = list(body)
    size = -(-len(WHOLE) // 3)
    assert sent == [b"", WHOLE[:size], WHOLE[size : 2 * size], WHOLE[2 * size :]]
    assert (waited, dict(headers)["Content-Length"]) == ([Decimal("0.5")] * 3, str(len(WHOLE)))


def test_short_body_drips_byte_by_byte_and_takes_as_long(waited: list[Decimal]) -> None:
    _, _, body = pieces(armed(Aviary(UNLIMITED), drip_seconds=Decimal(3600), truncate_bytes=4))
    assert list(body) == [b"", *(WHOLE[at : at + 1] for at in range(4))]
    assert waited == [Decimal(900)] * 4


def test_body_without_a_byte_drips_too(waited: list[Decimal]) -> None:
    _, _, body = pieces(armed(Aviary(UNLIMITED), drip_seconds=Decimal(2), truncate_bytes=0))
    assert (list(body), waited) == ([b"", b""], [Decimal(2)])


@pytest.mark.parametrize("phase", PHASES)
def test_malformed_body_lacks_its_last_bracket(phase: FaultPhase) -> None:
    answer = armed(Aviary(UNLIMITED), phase, malformed_json=True).send()
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, WHOLE[:-1], str(len(WHOLE) - 1))


@pytest.mark.parametrize(
    "effect",
    [
        {"malformed_json": True},
        {"gzip": True},
        {"byte_order_mark": True},
        pytest.param({"truncate_bytes": 5}, marks=CUTS),
        {"status": 500},
        {"status": 200, "error": True},
        {"status": 200, "empty": True},
        {"html": 502},
    ],
)
def test_corrupted_answer_is_not_cached(effect: dict[str, Any]) -> None:
    aviary = Aviary(UNLIMITED)
    for phase in PHASES:
        aviary.registry.default.faults.add(FaultRule(FaultEffect(**effect), times=1, phase=phase))
    assert [send_with_effects(aviary).data == WHOLE for _ in range(3)] == [False, False, True]


@CUTS
def test_reset_connection_is_journaled_with_status_0() -> None:
    aviary = armed(Aviary(UNLIMITED), reset=True)
    for method in ("GET", "HEAD"):
        with pytest.raises(socket_features.ConnectionReset):
            send_with_effects(aviary, method=method)
    assert [(entry.status, entry.fault, entry.refusal) for entry in aviary.registry.default.journal] == [
        (0, "fault-1", None)
    ] * 2


def remaining(aviary: Aviary) -> int:
    """The requests left in the parrot's one bucket, of three."""
    buckets = aviary.registry.default.buckets("parrot")
    return buckets[0].remaining if buckets else 3


SPENDING: dict[str, Any] = {
    "a failure": ({"status": 500}, 3),
    "a page": ({"html": 502}, 3),
    "a 429": ({"rate_limited": True}, 3),
    "a truncated body": pytest.param({"truncate_bytes": 3}, 3, marks=CUTS),
    "a body registry up": ({"stall_seconds": Decimal(1), "after_bytes": 3}, 3),
    "a malformed body": ({"malformed_json": True}, 3),
    "a body with NaN": ({"json_nan": True}, 3),
    "a body with a key twice": ({"json_duplicate_key": True}, 3),
    "a body beyond its length": ({"short_length": 1}, 3),
    "an empty answer": ({"status": 204, "empty": True}, 3),
    "an error under a 200": ({"status": 200, "error": True}, 3),
    "a chunked body that is cut": pytest.param({"chunked": True, "cut_after_bytes": 3}, 3, marks=CUTS),
    "a compressed body that is truncated": pytest.param({"gzip": True, "truncate_bytes": 3}, 3, marks=CUTS),
    "a delay only": ({"delay_seconds": Decimal(1)}, 2),
    "headers only": ({"headers": (("X-A", "b"),)}, 2),
    "a compressed body": ({"gzip": True}, 2),
    "a date to retry at": ({"retry_after_date": 5}, 2),
    "a marked body": ({"byte_order_mark": True}, 3),
    "a body that drips": ({"drip_seconds": Decimal(1)}, 3),
    "a chunked body": ({"chunked": True}, 2),
    "a closed connection": ({"close_idle": True}, 2),
}


@pytest.mark.parametrize(("effect", "left"), SPENDING.values(), ids=SPENDING)
def test_only_an_answer_of_the_vendors_or_a_late_fault_costs_a_request(effect: dict[str, Any], left: int) -> None:
    early, late = armed(Aviary(PARROT), **effect), armed(Aviary(PARROT), FaultPhase.AFTER, **effect)
    send_with_effects(early)
    send_with_effects(late)
    assert (remaining(early), remaining(late)) == (left, 2)


def test_view_runs_before_a_late_fault_and_not_after_an_early_one() -> None:
    done: list[str] = []

    def working(request: ViewRequest) -> dict[str, Any]:
        done.append(request.args["say"])
        return {}

    for phase in PHASES:
        armed(Aviary(parrot.speaking(working)), phase, status=500).send("/parrot/learn?say=x", method="POST")
    assert done == ["x"]


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "an unknown token": ({"token": "unknown"}, 401),
    "a token that may not read": ({"token": "mock-parrot-small-forbidden"}, 403),
}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("more", "status"), REFUSED.values(), ids=REFUSED)
def test_unauthenticated_request_meets_no_fault(more: dict[str, Any], status: int, phase: FaultPhase) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, status=500)
    assert aviary.send(**more).status_code == status
    assert aviary.registry.default.faults.armed[0].seen == 0


def test_request_without_a_token_meets_no_late_fault() -> None:
    assert (
        armed(Aviary(parrot.speaking(parrot.speak, stages=())), FaultPhase.AFTER, status=500).send().status_code == 200
    )


def test_limited_request_meets_no_late_fault() -> None:
    aviary = armed(Aviary(PARROT), FaultPhase.AFTER, html=502)
    assert [aviary.send().status_code for _ in range(4)] == [502, 502, 502, 429]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("path", "method"), [("/parrot/shriek", "GET"), ("/parrot/speak", "DELETE")])
def test_unrouted_request_meets_faults(path: str, method: str, phase: FaultPhase) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, status=503)
    assert aviary.send(path, method=method).status_code == 503
    assert armed(Aviary(UNLIMITED), phase, **LATE).send(path, method=method).status_code in {404, 405}


def test_refusal_of_a_view_can_be_corrupted() -> None:
    def refusing(_: ViewRequest) -> dict[str, Any]:
        raise Rejection(Reason.INVALID, "no")

    answer = armed(Aviary(parrot.speaking(refusing)), FaultPhase.AFTER, malformed_json=True).send()
    assert (answer.status_code, answer.data) == (418, b'{"squawk":"no"')


def test_failure_of_the_server_is_not_corrupted(caplog: pytest.LogCaptureFixture) -> None:
    def failing(_: ViewRequest) -> dict[str, Any]:
        raise ValueError("a bug")

    answer = armed(Aviary(parrot.speaking(failing)), malformed_json=True).send()
    assert (answer.status_code, answer.get_json()) == (500, {"squawk": "the server failed; its log tells why"})
    assert caplog.messages == ["a request failed"]


def test_request_meets_at_most_one_fault() -> None:
    aviary = armed(armed(Aviary(UNLIMITED), FaultPhase.AFTER, status=500), **LATE)
    assert aviary.send().status_code == 200
    assert [each.hits for each in aviary.registry.default.faults.armed] == [0, 1]


def test_route_with_own_stages_can_meet_faults() -> None:
    own = tuple(replace(route, stages=(pipeline.authenticate, pipeline.fault)) for route in UNLIMITED.routes)
    assert armed(Aviary(replace(UNLIMITED, routes=own)), status=503).send().status_code == 503


def test_faults_of_a_sandbox_concern_only_its_tokens() -> None:
    aviary = armed(Aviary(UNLIMITED), status=503)
    aviary.registry.make("other", parrot.config(), [Grant("g", "parrot", "other-token", permitted=True)])
    assert [aviary.send(token=token).status_code for token in ("other-token", "mock-parrot-small")] == [200, 503]


@pytest.mark.in_process("the server over the socket can do all of it")
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ({"reset": True}, "reset needs a socket"),
        ({"truncate_bytes": 5}, "truncate_bytes needs a socket"),
        (
            {"stall_seconds": Decimal(1), "after_bytes": 1, "truncate_bytes": 5},
            "stall_seconds and truncate_bytes needs",
        ),
    ],
)
def test_unsupported_fault_fails(
    caplog: pytest.LogCaptureFixture, waited: list[Decimal], effect: dict[str, Any], expected: str, phase: FaultPhase
) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, **effect)
    answer = aviary.send()
    assert (answer.status_code, answer.get_json()) == (500, {"squawk": "the server failed; its log tells why"})
    assert (caplog.messages, waited) == (["a request failed"], [])
    assert f"fault-1: {expected}" in caplog.text
    assert [entry.fault for entry in aviary.registry.default.journal] == ["fault-1"]


def test_no_lock_is_taken_without_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    aviary = Aviary(UNLIMITED)
    aviary.send()
    monkeypatch.setattr(aviary.registry, "lock", None)
    assert aviary.send().status_code == 200
