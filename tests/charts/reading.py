"""Charts as a client of the control plane reads them, and the periods for which the tests compare them with the API."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Flask

from tests.admin.driver import Admin

HOST = {"Host": "127.0.0.1:8080"}
ORGANIZATIONS = ("acme", "initech", "documented", "empty", "hooli")

Row = dict[str, Any]


def chart(app: Flask, name: str, **query: str) -> Any:
    """A chart of the default sandbox."""
    parameters = "&".join(f"{key.rstrip('_')}={value}" for key, value in query.items())
    return Admin(app, HOST).get(f"/charts/{name}?{parameters}")


def listed(app: Flask) -> dict[str, Any]:
    """What the list has of every chart of the default sandbox, by name."""
    return {each["name"]: each for each in Admin(app, HOST).get("/charts")["charts"]}


def numbers(shown: Any) -> dict[tuple[str, ...], Row]:
    """The numbers of each row, by its date and label."""
    found = {
        (row["date"], *([row["label"]] if "label" in row else [])): {
            name: value for name, value in row.items() if name not in {"date", "label"}
        }
        for row in shown["rows"]
    }
    assert len(found) == len(shown["rows"]), "no date and label has two rows"
    return found


def days(first: str, last: str) -> Iterator[str]:
    """The days of a period."""
    for day in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1):
        yield date.fromordinal(day).isoformat()
