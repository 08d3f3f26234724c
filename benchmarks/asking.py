"""How a benchmark asks in process: an app with a frozen clock and no limits, and a client that knows its token.

Times are this thread's processor time: nothing here waits for anything, and what else the machine does stays out.
"""

from datetime import UTC, datetime
from time import thread_time
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver.app import create_app
from mockserver.gateway import tokens
from mockserver.settings import Settings

NOW = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)


class Asker:
    """A client of one organisation at one vendor, Augment unless another is named with its mount."""

    def __init__(
        self,
        organization: str,
        vendor: str = "augment",
        mount: str = "/analytics/v0",
        policy: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self._client: FlaskClient = create_app(
            Settings(organization=organization, now=NOW, freeze=True, limits="off", policy=policy)
        ).test_client()
        permitted, *_ = tokens.seeded(vendor, organization)
        self._headers = {"Authorization": f"Bearer {permitted.token}", "Host": "127.0.0.1"}
        self._mount = mount

    def exchange(self, client_id: str, secret: str, path: str) -> None:
        """Ask with an access token from here on, which a client gets at a path for its secret."""
        answer = self._client.post(path, data={"grant_type": "client_credentials"}, auth=(client_id, secret))
        self._headers |= {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    def answer(self, path: str) -> Any:
        """What one question is answered with."""
        return self._asked(path)[1].get_json()

    def seconds(self, path: str) -> float:
        """The processor time that one question takes, so that other work of the machine does not count."""
        return self._asked(path)[0]

    def _asked(self, path: str) -> tuple[float, TestResponse]:
        start = thread_time()
        answer = self._client.get(f"{self._mount}/{path}", headers=self._headers)
        taken = thread_time() - start
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return taken, answer
