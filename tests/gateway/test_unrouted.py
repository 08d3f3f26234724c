"""Promises about requests below a mount that no route takes: any path, any method, one pipeline.

What the stages and the views do with a routed request is in `test_pipeline` and `test_view`; which of several vendors a
path belongs to is in `test_routing`.
"""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.vendor import ErrorReply, RequestContext, ViewRequest
from tests.gateway import parrot
from tests.gateway.parrot import PARROT, Aviary

REQUESTS = [("/parrot/speak", "GET"), ("/parrot/speak/", "GET"), ("/parrot", "GET"), ("/parrot/speak", "DELETE")]


@pytest.mark.parametrize(("path", "method"), REQUESTS, ids=["routed", "unknown path", "mount", "wrong method"])
def test_bug_in_error_rendering_ends_as_one_plain_500(path: str, method: str, caplog: pytest.LogCaptureFixture) -> None:
    def render(_: Rejection, __: RequestContext) -> ErrorReply:
        raise ValueError("a bug in the vendor")

    def refuse(_: ViewRequest) -> dict[str, Any]:
        raise Rejection(Reason.INVALID, "no")

    aviary = Aviary(replace(PARROT, routes=parrot.routes(refuse), render_error=render))
    answer = aviary.send(path, method=method)
    assert (answer.status_code, answer.mimetype) == (500, "application/json")
    assert answer.get_json() == {"error": "the server failed; its log tells why"}
    (entry,) = aviary.registry.default.journal
    assert (entry.status, entry.refusal) == (500, Reason.INTERNAL)
    assert [bucket.remaining for bucket in aviary.registry.default.buckets("parrot")] == [2]
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("parrot cannot render a refusal (")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND", "FANCY"])
@pytest.mark.parametrize(("path", "status"), [("/parrot/speak", 405), ("/parrot/a\nb", 404), ("/bird", 404)])
def test_any_method_reaches_the_vendor(method: str, path: str, status: int) -> None:
    aviary = Aviary(PARROT)
    answer = aviary.client.open(
        method=method, environ_overrides={"PATH_INFO": path, "HTTP_AUTHORIZATION": "Seed mock-parrot-small"}
    )
    assert (answer.status_code, answer.headers["X-Parrot"]) == (status, "parrot")
    assert answer.headers.get("Allow") == ("GET,HEAD" if status == 405 else None)
