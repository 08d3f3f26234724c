"""Bodies that a view leaves unread: they are drained, up to a limit."""

from io import BytesIO
from wsgiref.types import WSGIEnvironment

import pytest

from mockserver.server import one_process
from tests.server.served import app

SIZE = 20 * 1024 * 1024
KEPT = SIZE - 16 * 1024 * 1024


@pytest.mark.parametrize(
    ("given", "left"),
    [
        pytest.param({"CONTENT_LENGTH": "100000"}, 0, id="a stated length"),
        pytest.param({"HTTP_TRANSFER_ENCODING": "chunked"}, 0, id="in chunks"),
        pytest.param({}, 100_000, id="no body stated"),
        pytest.param({"CONTENT_LENGTH": "100000", "HTTP_EXPECT": "100-continue"}, 100_000, id="held back"),
    ],
)
def test_pending_body_is_read_completely(given: WSGIEnvironment, left: int) -> None:
    assert _left(bytes(100_000), given) == left


def test_at_most_16_mb_are_drained() -> None:
    assert _left(bytes(SIZE), {"CONTENT_LENGTH": str(SIZE)}) == KEPT


def _left(body: bytes, given: WSGIEnvironment) -> int:
    stream = BytesIO(body)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "wsgi.input": stream} | given
    answered = one_process.draining(app)(environ, lambda *_: lambda _: None)
    assert list(answered) == [b"GET / 0"]
    return len(stream.read())
