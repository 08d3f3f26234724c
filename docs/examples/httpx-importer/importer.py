"""Import how much each person used AI on each day, from two vendors into SQLite.

Each run imports the days since the last run, and a few days before them again: data that were late, or were corrected,
replace the earlier ones. A second run on the same day sends no request.
"""

import argparse
import asyncio
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime

import httpx

from api import Api
from sources import DAY, SOURCES, Source

LOOK_BACK = 3
"""How many days are imported again."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS usage (
    vendor TEXT, day TEXT, person TEXT, actions INTEGER NOT NULL, PRIMARY KEY (vendor, day, person)
);
CREATE TABLE IF NOT EXISTS imported (vendor TEXT PRIMARY KEY, through TEXT NOT NULL);
"""


def connect(path: str) -> sqlite3.Connection:
    """A database with the tables of this importer."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    return database


async def import_all(
    database: sqlite3.Connection, apis: Mapping[str, Api], now: datetime, days: int
) -> list[BaseException]:
    """Import all sources at the same time, and return the errors: a vendor that fails does not stop the others.

    The first run imports so many days.
    """
    tasks = (import_source(database, source, apis[source.vendor], now, days) for source in SOURCES)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    return [result for result in results if result is not None]


async def import_source(database: sqlite3.Connection, source: Source, api: Api, now: datetime, days: int) -> None:
    """Replace the days that may be new or different. The days of a source change together, or not at all."""
    last = source.newest_day(now)
    first = _first_day(database, source.vendor, last, days)
    if first > last:
        return
    actions: Counter[tuple[str, str]] = Counter()
    async for day, person, count in source.rows(api, first, last):
        actions[day, person.lower()] += count
    with database:
        database.execute(
            "DELETE FROM usage WHERE vendor = ? AND day BETWEEN ? AND ?", (source.vendor, f"{first}", f"{last}")
        )
        database.executemany(
            "INSERT INTO usage VALUES (?, ?, ?, ?)", ((source.vendor, *key, count) for key, count in actions.items())
        )
        database.execute("INSERT OR REPLACE INTO imported VALUES (?, ?)", (source.vendor, f"{last}"))


def _first_day(database: sqlite3.Connection, vendor: str, last: date, days: int) -> date:
    row = database.execute("SELECT through FROM imported WHERE vendor = ?", (vendor,)).fetchone()
    if row is None:
        return last - (days - 1) * DAY
    through = date.fromisoformat(row[0])
    return through + DAY if through >= last else through - (LOOK_BACK - 1) * DAY


async def main() -> int:
    """Import with the URLs and tokens of the environment; the exit code is 1 if a vendor failed."""
    parser = argparse.ArgumentParser(description="Import from the vendors at <VENDOR>_URL, with <VENDOR>_TOKEN.")
    parser.add_argument("database", help="the file of the SQLite database")
    parser.add_argument("--days", type=int, default=14, help="how many days the first run imports")
    arguments = parser.parse_args()
    async with httpx.AsyncClient(timeout=30) as client:
        apis = {source.vendor: _from_environment(source, client) for source in SOURCES}
        with closing(connect(arguments.database)) as database:
            errors = await import_all(database, apis, datetime.now(UTC), arguments.days)
    for error in errors:
        sys.stderr.write(f"Error: {error}\n")
    return 1 if errors else 0


def _from_environment(source: Source, client: httpx.AsyncClient) -> Api:
    prefix = source.vendor.upper()
    return Api(client, os.environ[f"{prefix}_URL"], os.environ[f"{prefix}_TOKEN"], source.interval)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
