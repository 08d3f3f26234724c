"""In-process requests for benchmarks: an app with a frozen clock and no limits, and a client with a token.

Durations are processor times of this thread: nothing here waits, and other processes do not count.
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


class TimedClient:
    """A client of one organization at one vendor: Augment, unless another vendor and its mount are given.

    Paths are below the mount, unless they begin with a slash.
    """

    def __init__(
        self,
        organization: str,
        vendor: str = "augment",
        mount: str = "/analytics/v0",
        policy: tuple[tuple[str, str], ...] = (),
        now: datetime = NOW,
    ) -> None:
        self._client: FlaskClient = create_app(
            Settings(organization=organization, now=now, freeze=True, limits="off", policy=policy)
        ).test_client()
        permitted, *_ = tokens.seeded(vendor, organization)
        self._headers = {"Authorization": f"Bearer {permitted.token}", "Host": "127.0.0.1"}
        self._mount = mount

    def exchange(self, client_id: str, secret: str, path: str) -> None:
        """Exchange an id and secret for an access token at a path, and use it from now on."""
        response = self._client.post(path, data={"grant_type": "client_credentials"}, auth=(client_id, secret))
        self._headers |= {"Authorization": f"Bearer {response.get_json()['access_token']}"}

    def json(self, path: str) -> Any:
        """Return the JSON of one answer."""
        return self._get(path)[1].get_json()

    def seconds(self, path: str) -> float:
        """Return the processor time of one request."""
        return self._get(path)[0]

    def _get(self, path: str) -> tuple[float, TestResponse]:
        start = thread_time()
        target = path if path.startswith("/") else f"{self._mount}/{path}"
        response = self._client.get(target, headers=self._headers)
        duration = thread_time() - start
        assert response.status_code == 200, response.get_data(as_text=True)
        return duration, response
