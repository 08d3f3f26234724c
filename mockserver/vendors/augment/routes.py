"""Augment's five endpoints: load the query, ask for the report, cut the page, dump it."""

from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from marshmallow import Schema

from mockserver.gateway import row_cache
from mockserver.gateway.response_cache import TIMESTAMP
from mockserver.gateway.row_cache import RowCache
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, ViewRequest
from mockserver.products import augment
from mockserver.products.model import Visibility
from mockserver.simulation import clock
from mockserver.vendors.augment import pagination, policy, reports, schemas

_COUNTS: Final = schemas.DayRows(exclude=("metrics",))
_TOTALS: Final = schemas.DayRows(exclude=("user_count",))
_USERS: Final = schemas.MemberRows(only=("email", "service_account"))
_ACTIVITY: Final = schemas.MemberRows(exclude=("language", "editor"))
_RECORDS: Final = schemas.MemberRows(exclude=("active_days",))
"""Lists of rows; they keep nothing of a request."""


def dau_count(request: ViewRequest) -> Body:
    """Active users on each day of a range."""
    query = schemas.load_range(request)
    rows = _COUNTS.dump(reports.daily_users(request.world, query.first, query.last, query.known))
    return {
        "daily_active_user_counts": rows,
        "metadata": {**_range(query), "total_days": len(rows)},
    }


def dau(request: ViewRequest) -> Reply:
    """The users active on a day."""
    query = schemas.load_day(request, policy.DAU_PAGE)
    return _page(request, query, "user", reports.active_users, _USERS, _day(query))


def daily_usage(request: ViewRequest) -> Body:
    """Everybody's metrics on each day of a range that has any."""
    query = schemas.load_range(request)
    rows = _TOTALS.dump(reports.daily_metrics(request.world, query.first, query.known))
    return {
        "daily_usage": rows,
        "metadata": {**_range(query), "total_days": len(rows)},
    }


def user_activity(request: ViewRequest) -> Reply:
    """The metrics of each user over a range."""
    query = schemas.load_range(request, policy.ACTIVITY_PAGE)
    metadata = {**_range(query), "total_days": query.last - query.first + 1}
    return _page(request, query, "user", reports.user_activity, _ACTIVITY, metadata)


def by_editor_language(request: ViewRequest) -> Reply:
    """The metrics of each user on a day, by language and editor."""
    query = schemas.load_day(request, policy.ACTIVITY_PAGE)
    return _page(request, query, "record", reports.records, _RECORDS, _day(query))


def visibility(now: datetime, switches: Switches) -> Visibility:
    """What is shown of each person and day: what has been published and is not older than the oldest allowed day."""
    return Visibility(augment.PRODUCT, schemas.published(now, switches), schemas.COUNTERS, since=schemas.oldest(now))


def cache_epoch(now: datetime, switches: Switches) -> Hashable:
    """On what of the moment an answer depends: today's date, and how far the data reach."""
    return now.toordinal(), schemas.published(now, switches)


def format_timestamp(now: datetime, switches: Switches) -> str:
    """A moment (UTC) in RFC 3339 with `Z`; by default with 0, 3, 6 or 9 digits, as protobuf writes it in JSON."""
    digits, wanted = clock.fraction(now), switches[policy.GENERATED_AT_DIGITS]
    shown = _as_needed(digits) if isinstance(wanted, str) else digits[:wanted]
    return f"{now:%Y-%m-%dT%H:%M:%S}{shown and '.'}{shown}Z"


def _as_needed(digits: str) -> str:
    return digits[: -(-len(digits.rstrip("0")) // 3) * 3]


def _page(
    request: ViewRequest,
    query: schemas.DaysQuery,
    noun: str,
    report: Callable[..., Iterator[reports.MemberReport]],
    schema: Schema,
    metadata: dict[str, Any],
) -> Reply:
    def compute(after: str | None, count: int) -> Iterator[tuple[str, object]]:
        members = list(islice(report(request.world, query.first, query.known, after, count), count))
        columns = {name: [getattr(member, name) for member in members] for name in schema.fields}
        return zip([member.row_id for member in members], schema.dump(columns), strict=True)

    listed, after = (report, query.first, query.known), pagination.last_id(query.cursor)
    found = request.world.of(RowCache).rows(listed, after, query.page_size + 1, compute)
    rows, links, next_page = pagination.cut(found, query.page_size, request.switches)
    body = {
        f"{noun}s": row_cache.joined(rows),
        "pagination": links,
        "metadata": {**metadata, f"returned_{noun}_count": len(rows)},
    }
    return Reply(body, next_page=next_page)


def _range(query: schemas.DaysQuery) -> dict[str, Any]:
    return {
        "effective_start_date": date.fromordinal(query.first).isoformat(),
        "effective_end_date": date.fromordinal(query.last).isoformat(),
        "generated_at": TIMESTAMP,
    }


def _day(query: schemas.DaysQuery) -> dict[str, Any]:
    return {"effective_date": date.fromordinal(query.first).isoformat(), "generated_at": TIMESTAMP}


ROUTES: Final = tuple(
    Route(policy.MOUNTS[0] + path, operation, view)
    for path, operation, view in (
        ("/dau-count", "getDauCount", dau_count),
        ("/dau", "getDau", dau),
        ("/daily-usage", "getDailyUsage", daily_usage),
        ("/user-activity", "getUserActivity", user_activity),
        ("/daily-user-activity-by-editor-language", "getDailyUserActivityByEditorLanguage", by_editor_language),
    )
)
"""The endpoints, each named by its operationId."""
