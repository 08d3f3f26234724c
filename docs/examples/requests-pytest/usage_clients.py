"""Clients of two usage APIs. Augment pages by cursor and limits its ranges; Tabnine pages by offset."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

DAY = timedelta(days=1)
TIMEOUT = 30


class Backoff(Retry):
    """Retries that wait as Retry-After says, and without it for 6 seconds, then 12, 24 and so on.

    Augment gives back one request every 6 seconds and documents no Retry-After. The back-off of urllib3 itself does
    not fit: it repeats the first request at once.
    """

    def get_backoff_time(self) -> float:
        return 6.0 * 2.0 ** (len(self.history) - 1)


class UsageApi:
    """One API at a base URL. Requests are repeated after a 429, a 5xx of a gateway, or a failed connection."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"
        retries = Backoff(total=5, status_forcelist={429, 502, 503, 504}, raise_on_status=False)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retries))

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer; parameters that are None are not sent."""
        response = self._session.get(self._url + path, params=params, timeout=TIMEOUT)
        if not response.ok:  # raise_for_status() would hide the explanation, which is in the body.
            raise requests.HTTPError(f"{path}: {response.status_code} {response.text}", response=response)
        return response.json()


class Augment(UsageApi):
    """Augment Code's Analytics API."""

    LONGEST_RANGE = 90
    LARGEST_PAGE = 250

    @staticmethod
    def newest_day(now: datetime) -> date:
        """The newest day with data at a UTC time: the data of a day arrive at 02:00 UTC on the next."""
        return (now - timedelta(hours=2)).date() - DAY

    def active_users(self, day: date) -> list[str]:
        """Who was active on a day: the addresses of people, and the names of service accounts."""
        users = self._rows("/analytics/v0/dau", "users", date=day, page_size=self.LARGEST_PAGE)
        return [user.get("user_email") or user["service_account_name"] for user in users]

    def daily_messages(self, first: date, last: date) -> dict[date, int]:
        """The messages of each day of a range of any length; Augment leaves out days without activity."""
        messages = dict.fromkeys(days(first, last), 0)
        while first <= last:
            end = min(first + (self.LONGEST_RANGE - 1) * DAY, last)
            usage = self.get("/analytics/v0/daily-usage", start_date=first, end_date=end)["daily_usage"]
            messages |= {date.fromisoformat(row["date"]): row["metrics"]["total_messages"] for row in usage}
            first = end + DAY
        return messages

    def _rows(self, path: str, name: str, **params: Any) -> Iterator[dict[str, Any]]:
        cursor = None
        while True:
            page = self.get(path, **params, cursor=cursor)
            yield from page[name]
            cursor = page["pagination"].get("next_cursor")
            if not cursor:  # Clients have seen an empty string, null, and no cursor at all on the last page.
                return


class Tabnine(UsageApi):
    """Tabnine's Usage Metrics API."""

    PAGE = 100

    def users(self) -> Iterator[dict[str, Any]]:
        """Every user, also those who have left: they have the time in `deactivatedAt`."""
        following: dict[str, int] | None = {"offset": 0, "limit": self.PAGE}
        while following:
            page = self.get("/api/v1/organization/users", **following)
            yield from page["data"]
            following = page["meta"].get("next")

    def daily_active_users(self, first: date, last: date) -> dict[date, int]:
        """How many users were active on each day. Tabnine's `to` is exclusive, so it is the day after the last."""
        bounds = {"from": f"{first}T00:00:00Z", "to": f"{last + DAY}T00:00:00Z"}
        organization = self.get("/api/v1/organization")["id"]
        usage = self.get("/api/v1/organization/usage", organizationId=organization, granularity="daily", **bounds)
        buckets = {date.fromisoformat(row["from"][:10]): row["activeUsers"] for row in usage["usage"]["data"]}
        return dict.fromkeys(days(first, last), 0) | buckets


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + offset * DAY for offset in range((last - first).days + 1)]
