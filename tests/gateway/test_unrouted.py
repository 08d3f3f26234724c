"""Promises about requests below a mount that no route takes: any path, any method, one pipeline.

What the stages and the views do with a routed request is in `test_pipeline` and `test_view`.
"""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.vendor import ErrorReply, RequestContext, Route, ViewRequest
from tests.gateway import parrot
from tests.gateway.parrot import PARROT, UNLIMITED, Aviary

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


MACAW = replace(
    UNLIMITED, name="macaw", mounts=("/parrot",), schemes=("Seed",), routes=(Route("/parrot/fly", "fly", parrot.speak),)
)


@pytest.mark.parametrize(
    ("path", "method", "token", "vendor"),
    [
        ("/parrot/speak", "DELETE", "Seed mock-macaw-small", "parrot"),
        ("/parrot/fly", "DELETE", "Bearer mock-parrot-small", "macaw"),
        ("/parrot/nowhere", "GET", "Seed mock-macaw-small", "macaw"),
        ("/parrot/nowhere", "GET", "Bearer mock-parrot-small", "parrot"),
        ("/parrot/nowhere", "GET", "", "parrot"),
        ("/bird/nowhere", "GET", "Seed mock-macaw-small", "parrot"),
    ],
)
def test_unknown_path_of_a_shared_mount_belongs_to_the_path_or_token(
    path: str, method: str, token: str, vendor: str
) -> None:
    aviary = Aviary(UNLIMITED, MACAW)
    answer = aviary.send(path, None, method=method, headers={"Authorization": token})
    assert answer.headers["X-Parrot"] == vendor


def test_path_of_two_vendors_belongs_to_the_first() -> None:
    twin = replace(UNLIMITED, name="twin")
    aviary = Aviary(UNLIMITED, twin)
    assert aviary.send("/parrot/speak").status_code == 200
    assert aviary.send("/parrot/speak", method="DELETE").headers["X-Parrot"] == "parrot"
