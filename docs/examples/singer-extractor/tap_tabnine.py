"""A Singer tap for Tabnine: the users, and what each of them did on each day. It prints SCHEMA, RECORD and STATE lines.

The state is the last day whose records have all been printed. The next run begins on the day after.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

DAY = timedelta(days=1)
CHUNK = 30 * DAY
"""How many days are requested at a time: a long first run that fails can go on from its last chunk."""

PAGE = 500
COUNTS = {
    "completions": ("codeCompletions", "completions"),
    "chat_interactions": ("chat", "interactions"),
    "agent_interactions": ("agent", "interactions"),
    "instruct_accepted": ("instruct", "acceptedCount"),
}
"""The columns of user_usage, and where the API has their values. Some servers lack the last two sections."""

TEXT, TIME = {"type": "string"}, {"type": ["null", "string"], "format": "date-time"}
SCHEMAS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "users": ({"id": TEXT, "email": TEXT, "role": TEXT, "deactivatedAt": TIME}, ["id"]),
    "user_usage": (
        {"user_id": TEXT, "date": TEXT | {"format": "date"}} | {name: {"type": "integer"} for name in COUNTS},
        ["user_id", "date"],
    ),
}


class Tabnine:
    """The API, with the token of an administrator."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        retries = Retry(total=4, backoff_factor=1, status_forcelist={429, 502, 503, 504}, raise_on_status=False)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retries))

    def users(self) -> Iterator[dict[str, Any]]:
        """Yield every user, also those who left: they have usage in earlier days."""
        following: dict[str, int] | None = {"offset": 0, "limit": PAGE}
        while following:
            page = self._get("/api/v1/organization/users", following)
            yield from page["data"]
            following = page["meta"].get("next")

    def organization(self) -> str:
        """The id of the token's organization, which all requests for usage need."""
        return str(self._get("/api/v1/organization", {})["id"])

    def usage(self, organization: str, user: str, first: date, end: date) -> list[dict[str, Any]]:
        """What a user did on each day from the first until before the end."""
        ids = {"organizationId": organization, "userId": user}
        days = {"from": f"{first}T00:00:00Z", "to": f"{end}T00:00:00Z", "granularity": "daily"}
        buckets: list[dict[str, Any]] = self._get("/api/v1/user/usage", ids | days)["usage"]["data"]
        return buckets

    def _get(self, path: str, params: Mapping[str, str | int]) -> Any:
        response = self._session.get(self._url + path, params=params, timeout=30)
        if not response.ok:
            raise requests.HTTPError(f"{path}: {response.status_code} {response.text}", response=response)
        return response.json()


class Tap:
    """One run: writes the messages of both streams to `output`."""

    def __init__(self, api: Tabnine, output: TextIO) -> None:
        self._api = api
        self._output = output

    def sync(self, first: date, end: date) -> None:
        """Write the users, and their usage from the first day until before the end."""
        for stream, (properties, keys) in SCHEMAS.items():
            schema = {"type": "object", "properties": properties}
            self._write(type="SCHEMA", stream=stream, schema=schema, key_properties=keys)
        users = list(self._api.users())
        for user in users:
            self._record("users", {name: user[name] for name in SCHEMAS["users"][0]})
        organization = self._api.organization() if first < end else ""
        while first < end:
            chunk_end = min(first + CHUNK, end)
            for user in users:
                self._usage(organization, user["id"], first, chunk_end)
            first = chunk_end
            self._write(type="STATE", value={"bookmarks": {"user_usage": {"date": f"{first - DAY}"}}})

    def _usage(self, organization: str, user: str, first: date, end: date) -> None:
        for bucket in self._api.usage(organization, user, first, end):
            counts = {name: bucket.get(section, {}).get(field, 0) for name, (section, field) in COUNTS.items()}
            if any(counts.values()):
                self._record("user_usage", {"user_id": user, "date": bucket["from"][:10], **counts})

    def _record(self, stream: str, record: Mapping[str, Any]) -> None:
        self._write(type="RECORD", stream=stream, record=record)

    def _write(self, **message: Any) -> None:
        self._output.write(json.dumps(message) + "\n")


def first_day(config: Mapping[str, str], state: Mapping[str, Any]) -> date:
    """The day after the bookmark; without one, the start date of the configuration."""
    bookmark = state.get("bookmarks", {}).get("user_usage", {}).get("date")
    return date.fromisoformat(bookmark) + DAY if bookmark else date.fromisoformat(config["start_date"])


def main() -> None:
    """Run the tap with the files that Singer's runners pass."""
    parser = argparse.ArgumentParser(description="Print Tabnine's users and their daily usage as Singer messages.")
    parser.add_argument("--config", type=Path, required=True, help="url, token, start_date, and end_date if not today")
    parser.add_argument("--state", type=Path, help="the value of the last STATE message of an earlier run")
    arguments = parser.parse_args()
    config = json.loads(arguments.config.read_text())
    state = json.loads(arguments.state.read_text()) if arguments.state else {}
    # The current day still grows, so it is left to the next run.
    end = date.fromisoformat(config["end_date"]) if "end_date" in config else datetime.now(UTC).date()
    Tap(Tabnine(config["url"], config["token"]), sys.stdout).sync(first_day(config, state), end)


if __name__ == "__main__":
    main()
