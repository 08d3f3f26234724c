"""The invariants of Lark: a day is the sum of its singers."""

import re
from collections import Counter
from typing import Any, Final

from mockserver.audit.cross_vendor import ListedPerson, PersonDay, Roles
from mockserver.audit.described import answers_are_described
from mockserver.audit.invariant import Invariant, equal
from mockserver.audit.reader import Reader, summed

_VENDOR: Final = "lark"
_NEXT: Final = re.compile(r"[?&]page=([0-9]+)")


def _rows(reader: Reader, name: str, **query: object) -> list[Any]:
    """Paginate by the Link header, and return every row of a list."""

    def fetch(page: object = 1) -> Any:
        page_query = {**query, "page": page, "per_page": 100}
        answer = reader.answer(_VENDOR, f"/lark/v2/{name}", **page_query)
        return answer.json()[name], answer.headers.get("link", "")

    def next_query(page: Any) -> dict[str, object] | None:
        found = _NEXT.search(page[1])
        return {"page": int(found[1])} if found else None

    return [row for rows, _ in reader.pages(next_query, fetch) for row in rows]


def _days_are_singers(reader: Reader) -> None:
    body = reader.find(_VENDOR, "/lark/v2/days", **{"from": reader.first, "to": reader.last}) or {"days": []}
    songs = {row["date"]: row["songs"] for row in body["days"]}
    for day in reader.sampled_days:
        totals = summed(_rows(reader, "singers", date=day), "songs")
        equal(f"{day}", songs.get(str(day), 0), totals["songs"], "songs of the day and of its singers")


INVARIANTS: Final = (
    Invariant("lark-days-are-singers", "The songs of a day are the sum over its singers.", "1", "A", _days_are_singers),
    answers_are_described("lark", _VENDOR),
)


def _people_listed(reader: Reader) -> list[ListedPerson]:
    return [ListedPerson(row["id"], row["email"], row["left_on"]) for row in _rows(reader, "people")]


def _person_days(reader: Reader) -> list[PersonDay]:
    return [
        PersonDay(str(day), row["email"], row["id"])
        for day in reader.sampled_days
        for row in _rows(reader, "singers", date=day)
    ]


def _usage_of(reader: Reader, user: str) -> Counter[str]:
    rows = [row for day in reader.sampled_days for row in _rows(reader, "singers", date=day) if row["id"] == user]
    return summed(rows, "songs")


ROLES: Final = Roles("lark", people_listed=_people_listed, usage_of=_usage_of, person_days=_person_days)
