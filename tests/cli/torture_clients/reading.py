"""What two clients have in common: the requests that they send to every vendor, and the values that they report."""

import json
import os
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

FIRST, LAST, AFTER = "2025-10-06", "2025-10-12", "2025-10-13"
YESTERDAY = "2025-10-20"
BY_DAY = f"from={FIRST}&to={LAST}&bucket=day"

RANGE: dict[str, Any] = {"start_date": FIRST, "end_date": LAST}
DATES: dict[str, Any] = {"fromDate": FIRST, "toDate": LAST}
USAGE: dict[str, Any] = {"granularity": "daily", "from": f"{FIRST}T00:00:00Z", "to": f"{AFTER}T00:00:00Z"}


def send(
    path: str,
    authorization: str,
    form: bytes | None,
    timeout: float,
    parameters: dict[str, Any],
    decode: Callable[[bytes], Any] = json.loads,
) -> Any:
    """The JSON of an answer, decoded; whatever urllib or the decoder raise."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    url = f"{os.environ['MOCKSERVER_URL']}{path}{query}"
    request = Request(url, form, {"Authorization": authorization})
    with urlopen(request, timeout=timeout) as answer:
        return decode(answer.read())


def bearer(vendor: str) -> str:
    """The header with a vendor's token."""
    return f"Bearer {os.environ[f'MOCKSERVER_TOKEN_{vendor}']}"


def basic() -> str:
    """The header with the credentials that are exchanged for a token."""
    variables = ("MOCKSERVER_CLIENT_ID_JETBRAINS_CONSOLE", "MOCKSERVER_CLIENT_SECRET_JETBRAINS_CONSOLE")
    return "Basic " + b64encode(":".join(os.environ[name] for name in variables).encode()).decode()


def wait(seconds: float) -> None:
    """Let time pass in the sandbox; nobody waits."""
    body = json.dumps({"seconds": seconds}).encode()
    url = f"{os.environ['MOCKSERVER_URL']}/_mock/clock/advance"
    with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=30) as answer:
        answer.read()


def report(found: dict[str, Any]) -> None:
    """Write what was computed into the file for it."""
    Path(os.environ["MOCKSERVER_VALUES_FILE"]).write_text(json.dumps(found), encoding="utf-8")
