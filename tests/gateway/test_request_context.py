"""Promises about what a vendor gets to know of a request: its operation, its world, and the refusal to render."""

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from flask import Request
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from mockserver.gateway.rejection import Reason, Rejection, UnknownToken
from mockserver.gateway.vendor import ErrorReply, RequestContext, ViewRequest
from tests.gateway import parrot
from tests.gateway.parrot import UNLIMITED, Aviary
from tests.products.built import augment
from tests.simulation import worlds


class Recorder:
    """Renders refusals as the parrot does, and records them and their operations."""

    def __init__(self) -> None:
        self.refusals: list[Rejection] = []
        self.operations: list[str | None] = []

    def render_error(self, rejection: Rejection, context: RequestContext) -> ErrorReply:
        """A refusal in the parrot's form, recorded."""
        self.refusals.append(rejection)
        self.operations.append(context.operation)
        return parrot.render_error(rejection, context)


@pytest.fixture(name="recorder")
def new_recorder() -> Recorder:
    return Recorder()


def _aviary(recorder: Recorder, **changes: Any) -> Aviary:
    return Aviary(replace(UNLIMITED, render_error=recorder.render_error, **changes))


@pytest.mark.parametrize("token", ["unknown", "mock-parrot-other", "MOCK-PARROT-SMALL"])
def test_unknown_token_differs_from_a_missing_one(recorder: Recorder, token: str) -> None:
    answer = _aviary(recorder).send(token=token)
    assert (answer.status_code, answer.get_json()) == (401, {"squawk": "the token is unknown or was revoked"})
    (refusal,) = recorder.refusals
    assert isinstance(refusal, UnknownToken)
    assert refusal.reason is Reason.UNAUTHENTICATED


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer a b"])
def test_header_without_a_token_is_refused(recorder: Recorder, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    assert _aviary(recorder).send(token=None, headers=headers).status_code == 401
    assert [type(refusal) for refusal in recorder.refusals] == [Rejection]


@pytest.mark.parametrize(
    ("path", "method", "token", "operation"),
    [
        ("/parrot/speak", "GET", "unknown", "speak"),
        ("/parrot/learn", "PUT", "unknown", "learn"),
        ("/parrot/speak", "GET", "mock-parrot-small-forbidden", "speak"),
        ("/parrot/shriek", "GET", "mock-parrot-small", None),
        ("/parrot/speak", "DELETE", "mock-parrot-small", None),
    ],
)
def test_refusal_has_its_operation(
    recorder: Recorder, path: str, method: str, token: str, operation: str | None
) -> None:
    _aviary(recorder).send(path, token, method=method)
    assert recorder.operations == [operation]


def test_view_gets_the_world_of_the_sandbox() -> None:
    day = date(2025, 10, 14).toordinal()

    def describe(request: ViewRequest) -> dict[str, Any]:
        (rolled,) = augment(request.world).days.span(day, day)
        return {"slug": request.world.organization.slug, "users": rolled.users[0]}

    answer = Aviary(parrot.speaking(describe)).send().get_json()
    (rolled,) = augment(worlds.world()).days.span(day, day)
    assert answer == {"slug": "small", "users": rolled.users[0]}


def test_record_has_the_policy_under_which_the_request_was_let_in() -> None:
    registry = parrot.registry(UNLIMITED)
    sandbox, environ = registry.default, EnvironBuilder("/parrot/speak").get_environ()
    context = RequestContext(environ, registry, UNLIMITED, "speak")
    admission = registry.admit(context, sandbox)
    generation = sandbox.policy.generation
    sandbox.set_policy({})
    assert admission.begin_record(context).request.generation == generation < sandbox.policy.generation


@given(st.text(st.sampled_from("ab=&;+%4C3é?#/[] \0"), max_size=12))
@example("a=1&a=2&b")
@example("a=%C3%A9&b=%ff&c=%zz")
def test_parameters_are_those_that_werkzeug_reads(query: str) -> None:
    environ = {**EnvironBuilder("/parrot/speak").get_environ(), "QUERY_STRING": quote(query, safe="=&;+%?/[]")}
    context = RequestContext(environ, parrot.registry(UNLIMITED), UNLIMITED, "speak")
    assert [*context.args.lists()] == [*Request({**environ}).args.lists()]
