"""What is imported from where: for each vendor, how to read the people's actions in a range of days."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api import Api

DAY = timedelta(days=1)
Row = tuple[str, str, int]
"""A day, the address of a person, and a number of actions. There may be several rows for a person and day."""


async def augment(api: Api, first: date, last: date) -> AsyncIterator[Row]:
    """Yield messages and completions. The rows of a range have no dates, so each day is a list of its own."""
    while first <= last:
        params: dict[str, str | int] = {"start_date": f"{first}", "end_date": f"{first}", "page_size": 100}
        while True:
            page = await api.get("/analytics/v0/user-activity", **params)
            for user in page["users"]:
                if "user_email" in user:  # the others are service accounts
                    metrics = user["metrics"]
                    yield f"{first}", user["user_email"], metrics["total_messages"] + metrics["completions_count"]
            if not page["pagination"].get("next_cursor"):  # "", null or missing on the last page
                break
            params["cursor"] = page["pagination"]["next_cursor"]
        first += DAY


async def jetbrains(api: Api, first: date, last: date) -> AsyncIterator[Row]:
    """Yield invocations, with one row for each tool."""
    params: dict[str, str | int] = {"fromDate": f"{first}", "toDate": f"{last}", "limit": 1000}
    while True:
        page = await api.get("/api/analytics/ai/effectiveness/metrics/users.paged", **params)
        for row in page["items"]:
            yield row["date"], row["userEmail"], row["invocations"]
        if not page.get("nextCursor"):
            break
        params["cursor"] = page["nextCursor"]


@dataclass(frozen=True)
class Source:
    """A vendor: its rows, when a day is complete (UTC), and how many seconds are between two requests."""

    vendor: str
    rows: Callable[[Api, date, date], AsyncIterator[Row]]
    complete_after: timedelta
    interval: float

    def newest_day(self, now: datetime) -> date:
        """The newest complete day at a UTC time."""
        return (now - self.complete_after).date() - DAY


SOURCES = (
    # Augment publishes a day at 02:00 UTC on the next, and allows ten requests a minute.
    Source("augment", augment, complete_after=timedelta(hours=2), interval=6),
    # IDE Services has data of the current day, which are not complete.
    Source("jetbrains", jetbrains, complete_after=timedelta(0), interval=0),
)
