"""Two client test programs: a naive one, which trusts every answer, and a careful one, which checks them.

The argument names one of them. They use the variables that `mockserver sweep` sets.
"""

import json
import os
import sys
from base64 import b64encode
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

OCTOBER = "from=2025-10-01T00:00:00Z&to=2025-10-03T00:00:00Z&granularity=daily"
CREDENTIALS = "MOCKSERVER_CLIENT_ID_JETBRAINS_CONSOLE", "MOCKSERVER_CLIENT_SECRET_JETBRAINS_CONSOLE"


def fetch(path: str, authorization: str, form: bytes | None = None) -> tuple[int, Any]:
    """The status and the body of an answer."""
    request = Request(os.environ["MOCKSERVER_URL"] + path, form, {"Authorization": authorization})
    try:
        with urlopen(request) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def augment(query: str) -> Any:
    """A page of yesterday's users."""
    return fetch(f"/analytics/v0/dau?{query}", f"Bearer {os.environ['MOCKSERVER_TOKEN_AUGMENT']}")[1]


def tabnine(path: str) -> tuple[int, Any]:
    """The status and the body of an answer from Tabnine."""
    return fetch(f"/api/v1{path}", f"Bearer {os.environ['MOCKSERVER_TOKEN_TABNINE']}")


def usage() -> list[Any]:
    """The days of the first two of October at Tabnine, on which nobody was active."""
    organization = tabnine("/organization")[1]["id"]
    days: list[Any] = tabnine(f"/organization/usage?organizationId={organization}&{OCTOBER}")[1]["usage"]["data"]
    return days


def console() -> dict[str, Any]:
    """The answer to the exchange of a client's credentials at the JetBrains Console."""
    basic = b64encode(":".join(os.environ[name] for name in CREDENTIALS).encode()).decode()
    status, body = fetch("/api/rest/oauth2/token", f"Basic {basic}", b"grant_type=client_credentials")
    assert status == 200
    granted: dict[str, Any] = body
    return granted


def naive() -> None:
    """Knows the documentation's examples, and nothing else."""
    cursor = "-"
    while cursor != "":
        cursor = augment("page_size=5")["pagination"]["next_cursor"]
    assert usage()[0]["activeUsers"] == 0
    assert "Validation" in tabnine("/organization/usage")[1]["error"]["message"]
    assert console()["expires_in"] == 3600


def careful() -> None:
    """Reads each answer without relying on the details that switches change."""
    assert not augment("page_size=5")["pagination"].get("next_cursor")
    assert sum(day["activeUsers"] for day in usage()) == 0
    assert tabnine("/organization/usage")[0] == 400
    assert console()["expires_in"] > 0


if __name__ == "__main__":
    {"naive": naive, "careful": careful}[sys.argv[1]]()
