"""How a benchmark asks in process: an app with a frozen clock and no limits, and a client that knows its token."""

from datetime import UTC, datetime
from time import perf_counter

from flask.testing import FlaskClient

from mockserver.app import create_app
from mockserver.gateway import tokens
from mockserver.settings import Settings

NOW = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)


class Asker:
    """A client of one organisation at Augment."""

    def __init__(self, organization: str) -> None:
        self._client: FlaskClient = create_app(
            Settings(organization=organization, now=NOW, freeze=True, limits="off")
        ).test_client()
        permitted, _ = tokens.seeded("augment", organization)
        self._headers = {"Authorization": f"Bearer {permitted.token}"}

    def seconds(self, path: str) -> float:
        """How long one question takes; it must be answered with 200."""
        start = perf_counter()
        answer = self._client.get(f"/analytics/v0/{path}", headers=self._headers)
        taken = perf_counter() - start
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return taken
