"""What must hold of Augment's lists in pages, and of the form of every answer."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from mockserver.audit.described import answers_are_described
from mockserver.audit.invariant import Invariant
from mockserver.audit.pages import PagedList, pages_are_the_whole
from mockserver.audit.reader import Reader
from mockserver.vendors.augment.invariants.reading import COSTS_PAGE, get, pages, pages_of_costs

_BY_USER: Final = ("COST_ANALYTICS_GROUP_BY_USER",)


def _lists(reader: Reader) -> Iterator[PagedList]:
    """Every list: of the busiest day, or of the whole range."""
    days: dict[str, Any] = {"start_date": reader.first, "end_date": reader.last}
    counts = get(reader, "dau-count", **days)["daily_active_user_counts"]
    day: dict[str, Any] = {"date": max(counts, key=lambda row: int(row["user_count"]))["date"]}
    for report, rows, largest, query in (
        ("dau", "users", 250, day),
        ("user-activity", "users", 100, days),
        ("daily-user-activity-by-editor-language", "records", 100, day),
        ("credit-usage-by-user", "records", 500, days),
    ):
        yield PagedList(report, largest, partial(pages, reader, report, rows, **query))
    yield PagedList("cost-analytics", COSTS_PAGE, partial(pages_of_costs, reader, group_by_keys=_BY_USER))


INVARIANTS: Final = (
    Invariant("augment-pages-are-the-whole", "Lists have the same rows in small pages as in large ones, each once.",
              "2", "D", pages_are_the_whole(_lists)),
    answers_are_described("augment", "augment"),
)  # fmt: skip
