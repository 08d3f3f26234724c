"""Tests of a client against a server that runs elsewhere; compose.yaml runs them. They need only Python."""

import json
import os
import unittest
import urllib.error
import urllib.request
from typing import Any

URL = os.environ["MOCKSERVER_URL"]
TOKEN = os.environ["MOCKSERVER_TOKEN_AUGMENT"]
ADMIN_TOKEN = os.environ["MOCKSERVER_ADMIN_TOKEN"]


def send(path: str, token: str, method: str = "GET", body: object = None) -> Any:
    """Send a request with a Bearer token, and return the JSON of the response."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(URL + path, data, headers, method=method)) as response:
        return json.load(response)


class ClientTests(unittest.TestCase):
    """What a client does, and how it takes an error."""

    def test_active_users_are_listed(self) -> None:
        users = send("/analytics/v0/dau?page_size=5", TOKEN)["users"]
        self.assertEqual(len(users), 5)

    def test_rate_limit_is_noticed(self) -> None:
        rule = {"operation": "getDau", "times": 1, "effect": {"rate_limited": True}}
        send("/_mock/faults", ADMIN_TOKEN, "PUT", {"rules": [rule]})
        with self.assertRaises(urllib.error.HTTPError) as caught:
            send("/analytics/v0/dau", TOKEN)
        self.assertEqual(caught.exception.code, 429)
        caught.exception.close()


if __name__ == "__main__":
    unittest.main()
