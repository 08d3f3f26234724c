"""Reads Augment's lists for the audit, page by page."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from mockserver.audit.reader import Reader

COSTS_PAGE: Final = 1000
"""The largest page of data points."""


def get(reader: Reader, report: str, **query: object) -> Any:
    return reader.get("augment", f"/analytics/v0/{report}", **query)


def pages(reader: Reader, report: str, rows: str, size: int, **query: object) -> Iterator[list[Any]]:
    """The rows of each page of a report; `rows` is the field with them."""
    return _pages(reader, rows, lambda **cursor: get(reader, report, page_size=size, **query, **cursor))


def paginate(reader: Reader, report: str, rows: str, size: int, **query: object) -> list[Any]:
    """The rows of every page of a report."""
    return list(chain.from_iterable(pages(reader, report, rows, size, **query)))


def pages_of_costs(reader: Reader, size: int, **fields: object) -> Iterator[list[Any]]:
    """The data points of each page over the audited range."""
    body = {"start_date": str(reader.first), "end_date": str(reader.last), "page_size": size, **fields}
    path = "/analytics/v0/cost-analytics"
    return _pages(reader, "data_points", lambda **cursor: reader.post("augment", path, **body, **cursor))


def paginate_costs(reader: Reader, **fields: object) -> list[Any]:
    """Every data point over the audited range."""
    return list(chain.from_iterable(pages_of_costs(reader, COSTS_PAGE, **fields)))


def _pages(reader: Reader, rows: str, fetch: Callable[..., Any]) -> Iterator[list[Any]]:
    def next_query(page: Any) -> dict[str, object] | None:
        pagination = page["pagination"]
        return {"cursor": pagination["next_cursor"]} if pagination["has_more"] else None

    return (page[rows] for page in reader.pages(next_query, fetch))


def name_of(row: Mapping[str, Any]) -> str:
    """Who a row is about: an address, or a service account's name."""
    return str(row.get("user_email", row.get("service_account_name")))
