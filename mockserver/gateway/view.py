"""Answers a request whose way is clear: measures it, runs the view or takes a kept answer, and writes JSON.

Refusing stays with whoever finds the fault; what a view computes stays with its vendor.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from mockserver.gateway import call, sandbox
from mockserver.gateway.answers import Answer
from mockserver.gateway.call import Call
from mockserver.gateway.rejection import Reason, Rejection

QUERY_MAXIMUM = 16 * 1024
BODY_MAXIMUM = 64 * 1024
"""The longest query string and the largest body that are read, in bytes."""

View = Callable[[Call], dict[str, Any]]


def answers(view: View) -> Callable[[], Response]:
    """A Flask view out of a function from a Call to a body, in which STAMP stands for the instant."""

    @wraps(view)
    def answer() -> Response:
        _measure()
        asked = call.current()
        body = _answer(asked, view).stamped(asked.vendor.stamp(asked.now))
        return Response(body, mimetype="application/json")

    return answer


def _measure() -> None:
    if len(request.query_string) > QUERY_MAXIMUM:
        size = len(request.query_string)
        raise Rejection(Reason.INVALID, f"the query string has {size} bytes; at most {QUERY_MAXIMUM} are read")
    if (request.content_length or 0) > BODY_MAXIMUM:
        raise Rejection(
            Reason.INVALID, f"the request body has {request.content_length} bytes; at most {BODY_MAXIMUM} are read"
        )


def _answer(asked: Call, view: View) -> Answer:
    epoch = asked.vendor.epoch(asked.now, asked.values)
    if epoch is None:
        return Answer.of(view(asked))
    state = sandbox.state()
    key = (asked.sandbox.id, asked.sandbox.generation, request.path, request.query_string, epoch)
    with state.lock:
        kept = state.answers.get(key)
    if kept is None:
        kept = Answer.of(view(asked))
        with state.lock:
            state.answers.put(key, kept)
    return kept
