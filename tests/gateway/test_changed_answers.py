"""Effects that change how an answer looks: its headers, an empty body, an error under another status, its bytes."""

import gzip
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from mockserver.gateway import dates, socket_features
from mockserver.gateway.armed_faults import FaultRules
from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule
from mockserver.gateway.vendor import Reply, Vendor, ViewRequest
from mockserver.simulation import clock
from tests.gateway import parrot
from tests.gateway.parrot import ABLE, UNLIMITED, WHOLE, Aviary, armed

PHASES = [FaultPhase.BEFORE, FaultPhase.AFTER]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_headers_are_added_to_the_genuine_answer_or_replace_its_own(phase: FaultPhase, method: str) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, headers=(("X-RateLimit-Remaining", "3"), ("content-type", "text/plain")))
    answer = aviary.send(method=method)
    assert (answer.status_code, answer.data) == (200, WHOLE if method == "GET" else b"")
    assert answer.headers.getlist("Content-Type") == ["text/plain"]
    (entry,) = aviary.registry.default.journal
    assert (entry.status, entry.fault, entry.refusal) == (200, "fault-1", None)


def test_headers_of_a_fault_are_not_those_of_the_next_answer() -> None:
    aviary = Aviary(UNLIMITED)
    whole = [aviary.send().headers for _ in range(2)]
    aviary.registry.default.faults.add(FaultRule(FaultEffect(headers=(("ETag", "1"),)), times=1))
    assert ["ETag" in aviary.send().headers for _ in range(3)] == [True, False, False]
    assert [each.get("ETag") for each in whole] == [None, None]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("status", "length"), [(200, "0"), (204, None), (304, None), (500, "0"), (299, "0")])
def test_empty_answer_has_neither_body_nor_type(status: int, length: str | None, phase: FaultPhase) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, status=status, empty=True, headers=(("X-A", "b"),))
    answer = aviary.send()
    assert (answer.status_code, answer.data, answer.headers.get("Content-Type")) == (status, b"", None)
    assert (answer.headers.get("Content-Length"), answer.headers["X-A"]) == (length, "b")
    (entry,) = aviary.registry.default.journal
    assert (entry.status, entry.fault, entry.refusal) == (status, "fault-1", None)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("status", [200, 202, 301, 400, 599])
def test_error_has_the_armed_status_and_the_vendors_body(status: int, phase: FaultPhase) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, status=status, error=True, code="x", message="m")
    answer = aviary.send()
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert (answer.get_json(), answer.headers["X-Parrot"]) == ({"squawk": "m", "code": "x"}, "parrot")
    (entry,) = aviary.registry.default.journal
    assert (entry.status, entry.fault, entry.refusal) == (status, "fault-1", "fault")


COMPRESSED: dict[str, tuple[dict[str, Any], bytes]] = {
    "the genuine answer": ({}, WHOLE),
    "a malformed one": ({"malformed_json": True}, WHOLE[:-1]),
    "an error": ({"status": 503, "message": "m"}, b'{"squawk":"m","code":"none"}'),
}


@pytest.mark.parametrize(("more", "body"), COMPRESSED.values(), ids=COMPRESSED)
def test_compressed_body_is_any_body(more: dict[str, Any], body: bytes) -> None:
    aviary = armed(Aviary(UNLIMITED), gzip=True, **more)
    answers = [aviary.send(headers={"Accept-Encoding": "identity"}) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert gzip.decompress(answers[0].data) == body
    assert answers[0].headers["Content-Encoding"] == "gzip"
    assert answers[0].headers["Content-Length"] == str(len(answers[0].data))


def test_body_that_is_empty_is_not_compressed() -> None:
    def nothing(_: ViewRequest) -> Reply:
        return Reply(None, 204)

    answer = armed(Aviary(parrot.speaking(nothing)), gzip=True).send()
    assert (answer.status_code, answer.data, answer.headers.get("Content-Encoding")) == (204, b"", None)


@pytest.mark.parametrize("gzipped", [False, True])
def test_repeated_headers_are_each_in_the_answer(gzipped: bool) -> None:  # noqa: FBT001
    headers = (("Retry-After", "2"), ("Content-Type", "a/b"), ("Retry-After", "30"))
    answer = armed(Aviary(UNLIMITED), headers=headers, gzip=gzipped).send()
    assert answer.headers.getlist("Retry-After") == ["2", "30"]
    assert answer.headers.getlist("Content-Type") == ["a/b"]


def test_rule_meets_only_requests_with_its_header() -> None:
    aviary = Aviary(UNLIMITED)
    effect = FaultEffect(status=304, empty=True)
    aviary.registry.default.faults.add(FaultRule(effect, request_headers=(("if-none-match", '"a*'),)))
    sent = [{}, {"If-None-Match": '"b"'}, {"If-None-Match": '"ab"'}, {}]
    assert [aviary.send(headers=each).status_code for each in sent] == [200, 200, 304, 200]


MARKED: dict[str, tuple[dict[str, Any], bytes]] = {
    "the genuine answer": ({}, WHOLE),
    "a malformed one": ({"malformed_json": True}, WHOLE[:-1]),
    "a page": ({"html": 502}, b"<html>"),
}


@pytest.mark.parametrize(("more", "body"), MARKED.values(), ids=MARKED)
def test_marked_body_is_any_body_behind_a_byte_order_mark(more: dict[str, Any], body: bytes) -> None:
    answer = armed(Aviary(UNLIMITED), byte_order_mark=True, **more).send()
    assert answer.data.startswith(b"\xef\xbb\xbf" + body)
    assert answer.headers["Content-Length"] == str(len(answer.data))
    compressed = armed(Aviary(UNLIMITED), byte_order_mark=True, gzip=True, **more).send()
    assert gzip.decompress(compressed.data) == answer.data


def test_body_that_is_empty_gets_no_mark() -> None:
    def nothing(_: ViewRequest) -> Reply:
        return Reply(None, 204)

    assert armed(Aviary(parrot.speaking(nothing)), byte_order_mark=True).send().data == b""


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("effect", [{"rate_limited": True}, {"status": 503}, {"status": 202, "empty": True}, {}])
def test_date_to_retry_at_is_on_the_clock_of_the_date_header(effect: dict[str, Any], phase: FaultPhase) -> None:
    aviary = armed(Aviary(UNLIMITED), phase, retry_after_date=90, **effect)
    for option in ("sandbox", "server"):
        aviary.registry.default.set_policy({dates.NAME: {"date_header": option}})
        answer = aviary.send()
        (retry,) = answer.headers.getlist("Retry-After")
        date = parsedate_to_datetime(answer.headers[dates.HEADER]) if option == "sandbox" else clock.Clock().now()
        assert abs(parsedate_to_datetime(retry) - date - timedelta(seconds=90)) <= timedelta(seconds=60)


def test_date_to_retry_at_follows_a_clock_that_is_moved() -> None:
    aviary = armed(Aviary(UNLIMITED), rate_limited=True, retry_after_date=3600)
    aviary.registry.default.set_clock(clock.Clock.at(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), frozen=True))
    assert aviary.send().headers["Retry-After"] == "Sun, 01 Mar 2026 00:30:00 GMT"


@pytest.mark.in_process("the server over the socket can do all of it")
@pytest.mark.parametrize("effect", [{"chunked": True}, {"close_idle": True}, {"drip_seconds": Decimal(1)}])
def test_effect_on_the_connection_needs_a_server(effect: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    assert armed(Aviary(UNLIMITED), **effect).send().status_code == 500
    assert f"fault-1: {next(iter(effect))} needs a socket" in caplog.text


def _failing(_: ViewRequest) -> dict[str, Any]:
    raise ValueError("a bug")


@pytest.mark.parametrize(("vendor", "demanded"), [(UNLIMITED, [True]), (parrot.speaking(_failing), [])])
def test_connection_is_not_closed_after_a_failure_of_the_server(vendor: Vendor, demanded: list[bool]) -> None:
    aviary = armed(Aviary(vendor), close_idle=True)
    environ = {**aviary.client.application.test_request_context("/parrot/speak").request.environ, **ABLE}
    environ["HTTP_AUTHORIZATION"] = "Bearer mock-parrot-small"
    assert list(aviary.app.wsgi_app(environ, lambda *_: bytes))
    assert [environ[key] for key in (socket_features.CLOSE_IDLE,) if key in environ] == demanded


def test_new_fields_change_the_draws_of_their_own_rules_only() -> None:
    rules = FaultRules(7)
    slow, compressed = FaultEffect(delay_seconds=Decimal(1)), FaultEffect(delay_seconds=Decimal(1), gzip=True)
    keys = [rules.add(FaultRule(each, share=Decimal("0.5"))).key for each in (slow, compressed, slow)]
    assert keys[0] == keys[2] != keys[1]
    assert "gzip" not in repr(slow)
