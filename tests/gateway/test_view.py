"""Promises about views: no client can tell a cached reply from a new one, and large requests are refused."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from flask import Response
from werkzeug.test import Client as WerkzeugClient
from werkzeug.test import TestResponse

from mockserver.gateway import response_cache, switches
from mockserver.gateway.defects import ArmedDefect, Defect
from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.response_cache import CachedReply
from mockserver.gateway.switches import Grade
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import BODY_MAXIMUM, Reply, RequestContext, Route, View, ViewRequest
from mockserver.gateway.view import CACHED_QUERY_MAXIMUM, QUERY_MAXIMUM, ViewResponse, for_flask
from mockserver.simulation.clock import Clock
from tests.gateway import parrot
from tests.gateway.parrot import NOW, UNLIMITED, Aviary


class Counting:
    """A view that counts its calls, and returns the count."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, request: ViewRequest) -> dict[str, Any]:
        self.times += 1
        return {"time": self.times, **parrot.speak(request)}

    __name__ = "counting"


def _counting(**changes: Any) -> tuple[Aviary, Counting]:
    view = Counting()
    return Aviary(parrot.speaking(view, **changes)), view


def _at(seconds: int) -> Clock:
    return Clock.at(NOW + timedelta(seconds=seconds), frozen=True)


def test_answer_is_json_with_the_timestamp_of_the_request() -> None:
    answer = Aviary(UNLIMITED).send("/parrot/speak?say=Ñandú")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.get_data(as_text=True) == '{"text":"Ñandú","mood":"cheerful","at":"10:30:00"}'


def test_same_request_gets_the_cached_reply_with_a_new_timestamp() -> None:
    aviary, view = _counting()
    first = aviary.send("/parrot/speak?say=x").get_json()
    aviary.advance(_at(61))
    second = aviary.send("/parrot/speak?say=x").get_json()
    assert (first["at"], second["at"]) == ("10:30:00", "10:31:01")
    assert first | {"at": ""} == second | {"at": ""}
    assert view.times == 1


@pytest.mark.parametrize(
    "path", ["/parrot/speak?say=y", "/parrot/speak", "/parrot/speak?say=x&", "/parrot/speak?say=%78"]
)
def test_other_query_is_computed_anew(path: str) -> None:
    aviary, view = _counting()
    aviary.send("/parrot/speak?say=x")
    aviary.send(path)
    assert view.times == 2


def test_each_cache_epoch_has_its_own_reply() -> None:
    aviary, view = _counting()
    for seconds in (0, 86_400, 0):
        aviary.advance(_at(seconds))
        aviary.send()
    assert view.times == 2


def test_changed_switch_takes_effect_at_once() -> None:
    aviary, _ = _counting()
    moods = []
    for mood in ("cheerful", "grumpy", "cheerful"):
        aviary.registry.default.set_policy({"parrot": {"mood": mood}})
        moods.append(aviary.send().get_json()["mood"])
    assert moods == ["cheerful", "grumpy", "cheerful"]


def test_switch_changed_during_a_request_leaves_no_stale_reply() -> None:
    """As another client's request would, on another thread, between authentication and the view."""
    changes = [{"mood": "grumpy"}]

    def change_mood(context: RequestContext) -> None:
        if changes:
            context.sandbox.set_policy({"parrot": changes.pop()})

    aviary = Aviary(parrot.speaking(parrot.speak, stages=(*parrot.STAGES, change_mood)))
    assert [aviary.send().get_json()["mood"] for _ in range(2)] == ["cheerful", "grumpy"]


def _renaming(view: View = parrot.speak) -> Aviary:
    return Aviary(parrot.speaking(view, switches=(*parrot.SWITCHES, parrot.NAMES)))


def _rename(aviary: Aviary, **names: str) -> None:
    aviary.registry.default.set_policy({"parrot": {"names": parrot.NAMES.read(names)}})


def test_renaming_takes_effect_at_once() -> None:
    aviary = _renaming()
    assert list(aviary.send().get_json()) == ["text", "mood", "at"]
    _rename(aviary, text="spoken", mood="at", at="mood")
    assert aviary.send().get_json() == {"spoken": "hello", "at": "cheerful", "mood": "10:30:00"}
    _rename(aviary)
    assert list(aviary.send().get_json()) == ["text", "mood", "at"]


def test_renamed_answer_is_cached() -> None:
    counting = Counting()
    aviary = _renaming(counting)
    _rename(aviary, text="spoken")
    assert [aviary.send().get_json()["time"] for _ in range(2)] == [1, 1]


def test_refusal_is_not_renamed() -> None:
    def refusing(_: ViewRequest) -> dict[str, Any]:
        raise Rejection(Reason.INVALID, "text")

    aviary = Aviary(
        parrot.speaking(
            refusing, switches=(switches.names("names", "squawk", grade=Grade.ASSUMED, description="What."),)
        )
    )
    aviary.registry.default.set_policy({"parrot": {"names": '{"squawk": "screech"}'}})
    assert aviary.send().get_json() == {"squawk": "text"}


@pytest.mark.parametrize(("method", "path", "times"), [("POST", "learn", 2), ("PUT", "learn", 2), ("HEAD", "speak", 1)])
def test_only_safe_methods_are_cached(method: str, path: str, times: int) -> None:
    aviary, view = _counting()
    for _ in range(2):
        assert aviary.send(f"/parrot/{path}", method=method).status_code == 200
    assert view.times == times


def test_tokens_do_not_share_cached_answers() -> None:
    def identify(request: ViewRequest) -> dict[str, Any]:
        return {"by": request.grant and request.grant.id}

    aviary = Aviary(parrot.speaking(identify))
    other = Grant("other", "parrot", "other-token", permitted=True)
    aviary.registry.make("default", parrot.config(), [*aviary.registry.default.grants.values(), other])
    tokens = ("mock-parrot-small", "other-token", "mock-parrot-small")
    assert [aviary.send(token=token).get_json()["by"] for token in tokens] == [
        "parrot-seeded",
        "other",
        "parrot-seeded",
    ]


def test_unauthenticated_answers_are_cached_for_everybody() -> None:
    aviary, view = _counting(stages=())
    assert [aviary.send(token=token).get_json()["time"] for token in (None, "any")] == [1, 1]
    assert view.times == 1


def test_vendor_without_a_cache_epoch_is_not_cached() -> None:
    aviary, view = _counting(cache_epoch=lambda *_: None)
    assert [aviary.send().get_json()["time"] for _ in range(3)] == [1, 2, 3]
    assert view.times == 3


def test_sandboxes_do_not_share_cached_answers() -> None:
    aviary, _ = _counting()
    aviary.registry.make("other", parrot.config(), [Grant("g", "parrot", "other-token", permitted=True)])
    assert [aviary.send(token=token).get_json()["time"] for token in ("mock-parrot-small", "other-token")] == [1, 2]


def test_apps_do_not_share_cached_answers() -> None:
    view = Counting()
    first, second = Aviary(parrot.speaking(view)), Aviary(parrot.speaking(view))
    assert [each.send().get_json()["time"] for each in (first, second, first, second)] == [1, 2, 1, 2]


def test_refusal_is_not_cached() -> None:
    moods = [ValueError("once")]

    def fails_once(request: ViewRequest) -> dict[str, Any]:
        if moods:
            raise moods.pop()
        return parrot.speak(request)

    aviary = Aviary(parrot.speaking(fails_once))
    assert [aviary.send().status_code for _ in range(2)] == [500, 200]


def test_text_like_the_timestamp_placeholder_stays_as_it_is() -> None:
    answer = Aviary(UNLIMITED).send("/parrot/speak", query_string={"say": f"a{response_cache.TIMESTAMP}b"})
    assert answer.get_json()["text"] == f"a{response_cache.TIMESTAMP}b"


@pytest.mark.parametrize(("size", "status"), [(QUERY_MAXIMUM, 200), (QUERY_MAXIMUM + 1, 418)])
def test_query_string_has_a_maximum_length(size: int, status: int) -> None:
    query = "say=".ljust(size, "x")
    answer = Aviary(UNLIMITED).send(f"/parrot/speak?{query}")
    assert answer.status_code == status
    if status != 200:
        assert answer.get_json() == {
            "squawk": "the query string has 16385 bytes; at most 16384 are read; ask in several requests"
        }


@pytest.mark.parametrize(("size", "status"), [(BODY_MAXIMUM, 200), (BODY_MAXIMUM + 1, 418), (10_000_000, 418)])
@pytest.mark.parametrize(("path", "method"), [("/parrot/speak", "GET"), ("/parrot/learn", "POST")])
def test_body_has_a_maximum_length(path: str, method: str, size: int, status: int) -> None:
    answer = Aviary(UNLIMITED).send(path, method=method, data=b"x" * size)
    assert answer.status_code == status
    if status != 200:
        assert answer.get_json() == {"squawk": f"the request body has {size} bytes; at most 65536 are read"}


def test_head_has_the_headers_and_no_body() -> None:
    aviary = Aviary(UNLIMITED)
    head, whole = aviary.send(method="HEAD"), aviary.send()
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers == whole.headers


def test_answer_to_a_very_long_query_is_not_cached() -> None:
    counting = Counting()
    aviary = Aviary(parrot.speaking(counting))
    for _ in range(2):
        aviary.send(f"/parrot/speak?say={'a' * CACHED_QUERY_MAXIMUM}")
    assert counting.times == 2


def test_reply_that_is_not_cacheable_is_computed_again() -> None:
    times: list[int] = []

    def view(_: ViewRequest) -> Reply:
        times.append(1)
        return Reply({"time": len(times)}, cacheable=False)

    aviary = Aviary(parrot.speaking(view))
    assert [aviary.send().get_json()["time"] for _ in range(3)] == [1, 2, 3]


def _replying(reply: Reply, method: str = "GET", **changes: Any) -> Aviary:
    route = Route("/parrot/speak", "speak", lambda _: reply, (method,))
    return Aviary(replace(UNLIMITED, routes=(route,), **changes))


@pytest.mark.parametrize("times", [1, 2], ids=["first", "cached"])
def test_reply_has_its_status_headers_and_next_page(times: int) -> None:
    aviary = _replying(Reply({"rows": [1]}, 203, {"ETag": '"a"', "Link": "</b>"}, "page-2"))
    answer = [aviary.send() for _ in range(times)][-1]
    assert (answer.status_code, answer.get_json()) == (203, {"rows": [1]})
    assert (answer.headers["ETag"], answer.headers["Link"]) == ('"a"', "</b>")
    assert [entry.next_page for entry in aviary.registry.default.journal] == ["page-2"] * times


def test_headers_of_a_reply_are_on_no_other_answer() -> None:
    aviary = _replying(Reply({}, headers={"X-Bird": "1"}))
    assert "X-Bird" in aviary.send().headers
    assert "X-Bird" not in aviary.send(token=None).headers
    assert "X-Bird" not in aviary.send("/parrot/nowhere").headers


@pytest.mark.parametrize(("status", "length"), [(204, None), (200, "0")])
def test_reply_without_a_body_is_empty(status: int, length: str | None) -> None:
    aviary = _replying(Reply(None, status))
    for _ in range(2):
        answer = aviary.send()
        assert (answer.status_code, answer.data) == (status, b"")
        assert (answer.headers.get("Content-Type"), answer.headers.get("Content-Length")) == (None, length)


def test_view_gets_path_variables_arguments_and_body() -> None:
    def echo(request: ViewRequest) -> dict[str, Any]:
        return {"name": request.path_variables["name"], "say": request.args["say"], "body": request.body.decode()}

    route = Route("/parrot/<name>/text", "echo", echo, ("POST",))
    answer = Aviary(replace(UNLIMITED, routes=(route,))).send("/parrot/polly/text?say=x", method="POST", data=b"hello")
    assert answer.get_json() == {"name": "polly", "say": "x", "body": "hello"}


@pytest.mark.in_process("the test says what the server found")
def test_body_without_a_length_is_read_up_to_its_maximum() -> None:
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    aviary = _replying(Reply({}), "POST")
    for size, status in ((BODY_MAXIMUM, 200), (BODY_MAXIMUM + 1, 418), (10_000_000, 418)):
        stream = BytesIO(b"x" * size)
        assert aviary.send(method="POST", input_stream=stream, environ_overrides=chunked).status_code == status
        assert stream.tell() <= BODY_MAXIMUM + 1


def test_defect_may_change_the_next_page() -> None:
    def move(body: Any) -> None:
        body["next"] = "elsewhere"

    moved = Defect("moved", ("speak",), "Each page leads elsewhere.", move, lambda body: str(body["next"]))
    kept = Defect("kept", ("speak",), "Each page seems to lead elsewhere.", move)
    aviary = _replying(Reply({"next": "page-2"}, next_page="page-2"), defects=(moved, kept))
    for armed in ((), (moved,), (kept,)):
        aviary.registry.default.set_defects(
            tuple(ArmedDefect(each.name, by_vendor={"parrot": (each,)}) for each in armed)
        )
        aviary.send()
    entries = [*aviary.registry.default.journal]
    assert [entry.next_page for entry in entries] == ["page-2", "elsewhere", "page-2"]
    assert [entry.defects for entry in entries] == [(), ("moved",), ("kept",)]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {}),
        (200, {"Location": "/päge"}),
        (200, {"Content-Location": "/päge"}),
        (203, {}),
        (204, {}),
        (304, {}),
    ],
)
def test_response_is_the_same_as_one_of_werkzeug(status: int, headers: dict[str, str], method: str) -> None:
    def answer(response: WSGIApplication) -> TestResponse:
        return WerkzeugClient(response, TestResponse).open("/", method=method)

    body = "é".encode()
    ours = answer(for_flask(ViewResponse(CachedReply((body,), status, headers), (body,))))
    usual = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    plain = answer(Response(body, status, {**usual, **headers}))
    assert (ours.status, ours.headers.to_wsgi_list(), ours.data) == (
        plain.status,
        plain.headers.to_wsgi_list(),
        plain.data,
    )
