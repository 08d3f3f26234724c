"""Augment's five endpoints: load the query, ask for the report, cut the page, dump it."""

from collections.abc import Hashable
from datetime import date, datetime
from typing import Any, Final

from mockserver.gateway.response_cache import TIMESTAMP
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, ViewRequest
from mockserver.products import augment
from mockserver.products.model import Visibility
from mockserver.vendors.augment import pagination, policy, reports, schemas


def dau_count(request: ViewRequest) -> Body:
    """Active users on each day of a range."""
    query = schemas.load_range(request.args, _period(request), request.switches)
    rows = reports.day_counts(request.world, query.first, query.last, query.through)
    return {
        "daily_active_user_counts": schemas.DayCount(many=True).dump(rows),
        "metadata": {**_range(query), "total_days": query.total_days},
    }


def dau(request: ViewRequest) -> Reply:
    """The users active on a day."""
    query = schemas.load_day(request.args, _period(request), request.switches, policy.DAU_PAGE)
    after = pagination.last_id(query.cursor)
    rows = reports.users_on(request.world, query.day, query.through, after, query.page_size + 1)
    page = pagination.cut(rows, query.page_size, lambda user: user.row_id, request.switches)
    metadata = {**_day(query), "returned_user_count": len(page.rows)}
    return _page(page, "users", schemas.User(many=True).dump(page.rows), metadata)


def daily_usage(request: ViewRequest) -> Body:
    """Everybody's metrics on each day of a range that has any."""
    query = schemas.load_range(request.args, _period(request), request.switches)
    rows = reports.day_usage(request.world, query.first, query.last, query.through)
    return {
        "daily_usage": schemas.DayUsage(many=True).dump(rows),
        "metadata": {**_range(query), "total_days": len(rows)},
    }


def user_activity(request: ViewRequest) -> Reply:
    """The metrics of each user over a range."""
    query = schemas.load_paged_range(request.args, _period(request), request.switches, policy.ACTIVITY_PAGE)
    after = pagination.last_id(query.cursor)
    rows = reports.user_activity(request.world, query.first, query.last, query.through, after, query.page_size + 1)
    page = pagination.cut(rows, query.page_size, lambda activity: activity.user.row_id, request.switches)
    metadata = {**_range(query), "total_days": query.total_days, "returned_user_count": len(page.rows)}
    return _page(page, "users", schemas.UserActivity(many=True).dump(page.rows), metadata)


def by_editor_language(request: ViewRequest) -> Reply:
    """The metrics of each user on a day, by language and editor."""
    query = schemas.load_day(request.args, _period(request), request.switches, policy.ACTIVITY_PAGE)
    after = pagination.last_id(query.cursor)
    rows = reports.records(request.world, query.day, query.through, after, query.page_size + 1)
    page = pagination.cut(rows, query.page_size, reports.record_id, request.switches)
    metadata = {**_day(query), "returned_record_count": len(page.rows)}
    return _page(page, "records", schemas.UserRecord(many=True).dump(page.rows), metadata)


def visibility(now: datetime, switches: Switches) -> Visibility:
    """What is shown of each person and day: what has been published and is not older than the oldest allowed day."""
    through = _published(now, switches)
    return Visibility(augment.PRODUCT, through, schemas.COUNTERS, since=schemas.oldest(now))


def cache_epoch(now: datetime, switches: Switches) -> Hashable:
    """On what of the moment an answer depends: today's date, and how far the data reach."""
    return now.toordinal(), _published(now, switches)


def _published(now: datetime, switches: Switches) -> int:
    return reports.published(now, switches[policy.PUBLICATION_HOUR])


def _period(request: ViewRequest) -> schemas.Period:
    return schemas.Period.at(request.now, _published(request.now, request.switches), request.switches)


def _page(page: pagination.Page[Any], name: str, rows: list[dict[str, Any]], metadata: dict[str, Any]) -> Reply:
    body = {name: rows, "pagination": page.links, "metadata": metadata}
    return Reply(body, next_page=page.next_page)


def _range(query: schemas.Range) -> dict[str, Any]:
    return {
        "effective_start_date": date.fromordinal(query.first).isoformat(),
        "effective_end_date": date.fromordinal(query.last).isoformat(),
        "generated_at": TIMESTAMP,
    }


def _day(query: schemas.PagedDay) -> dict[str, Any]:
    return {"effective_date": date.fromordinal(query.day).isoformat(), "generated_at": TIMESTAMP}


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
