"""How a benchmark asks in process: an app with a frozen clock and no limits, and a client that knows its token."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver.app import create_app
from mockserver.gateway import tokens
from mockserver.settings import Settings

NOW = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)


class Asker:
    """A client of one organisation at one vendor, Augment unless another is named with its mount."""

    def __init__(self, organization: str, vendor: str = "augment", mount: str = "/analytics/v0") -> None:
        self._client: FlaskClient = create_app(
            Settings(organization=organization, now=NOW, freeze=True, limits="off")
        ).test_client()
        permitted, _ = tokens.seeded(vendor, organization)
        self._headers = {"Authorization": f"Bearer {permitted.token}"}
        self._mount = mount

    def answer(self, path: str) -> Any:
        """What one question is answered with."""
        return self._asked(path)[1].get_json()

    def seconds(self, path: str) -> float:
        """How long one question takes; it must be answered with 200."""
        return self._asked(path)[0]

    def _asked(self, path: str) -> tuple[float, TestResponse]:
        start = perf_counter()
        answer = self._client.get(f"{self._mount}/{path}", headers=self._headers)
        taken = perf_counter() - start
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return taken, answer
