"""Augment's five endpoints: load the question, ask for the report, page it, dump it.

Rules, numbers and shapes stay out; they have rooms of their own.
"""

from datetime import date, datetime
from typing import Any, Final

from flask import request

from mockserver.gateway import response_cache
from mockserver.gateway.switches import Values
from mockserver.gateway.vendor import RequestContext, Route
from mockserver.products import augment
from mockserver.products.visibility import Visibility
from mockserver.vendors.augment import pagination, policy, reports, schemas


def dau_count(call: RequestContext) -> dict[str, Any]:
    """Active users on each day of a range."""
    asked = schemas.asked_range(request.args, call.now, _through(call), call.values)
    rows = reports.day_counts(call.world, asked.first, asked.last, asked.through)
    return {
        "daily_active_user_counts": schemas.DayCount(many=True).dump(rows),
        "metadata": {**_range(asked), "total_days": asked.total_days},
    }


def dau(call: RequestContext) -> dict[str, Any]:
    """The users active on a day."""
    asked = schemas.asked_day(request.args, call.now, _through(call), call.values, policy.DAU_PAGE)
    page = pagination.cut(
        lambda after, count: reports.users_on(call.world, asked.day, asked.through, after, count), asked
    )
    return {
        "users": schemas.User(many=True).dump(page.rows),
        "pagination": pagination.words(page, reports.user_id, call.values),
        "metadata": {**_day(asked), "returned_user_count": len(page.rows)},
    }


def daily_usage(call: RequestContext) -> dict[str, Any]:
    """Everybody's metrics on each day of a range that has any."""
    asked = schemas.asked_range(request.args, call.now, _through(call), call.values)
    rows = reports.day_usage(call.world, asked.first, asked.last, asked.through)
    return {
        "daily_usage": schemas.DayUsage(many=True).dump(rows),
        "metadata": {**_range(asked), "total_days": len(rows)},
    }


def user_activity(call: RequestContext) -> dict[str, Any]:
    """The metrics of each user over a range."""
    asked = schemas.asked_paged_range(request.args, call.now, _through(call), call.values, policy.ACTIVITY_PAGE)
    page = pagination.cut(
        lambda after, count: reports.user_activity(call.world, asked.first, asked.last, asked.through, after, count),
        asked,
    )
    return {
        "users": schemas.UserActivity(many=True).dump(page.rows),
        "pagination": pagination.words(page, reports.activity_id, call.values),
        "metadata": {**_range(asked), "total_days": asked.total_days, "returned_user_count": len(page.rows)},
    }


def by_editor_language(call: RequestContext) -> dict[str, Any]:
    """The metrics of each user on a day, by language and editor."""
    asked = schemas.asked_day(request.args, call.now, _through(call), call.values, policy.ACTIVITY_PAGE)
    page = pagination.cut(
        lambda after, count: reports.records(call.world, asked.day, asked.through, after, count), asked
    )
    return {
        "records": schemas.UserRecord(many=True).dump(page.rows),
        "pagination": pagination.words(page, reports.record_id, call.values),
        "metadata": {**_day(asked), "returned_record_count": len(page.rows)},
    }


def seen(now: datetime, values: Values) -> Visibility:
    """What is shown of each person and day: what has been published, and is not older than may be asked for."""
    return Visibility(augment.PRODUCT, reports.published(now, values), schemas.COUNTERS, since=schemas.oldest(now))


def _through(call: RequestContext) -> int:
    return reports.published(call.now, call.values)


def _range(asked: schemas.Range) -> dict[str, str]:
    return {
        "effective_start_date": date.fromordinal(asked.first).isoformat(),
        "effective_end_date": date.fromordinal(asked.last).isoformat(),
        "generated_at": response_cache.TIMESTAMP,
    }


def _day(asked: schemas.PagedDay) -> dict[str, str]:
    return {"effective_date": date.fromordinal(asked.day).isoformat(), "generated_at": response_cache.TIMESTAMP}


ROUTES: Final = tuple(
    Route(policy.MOUNTS[0] + path, operation, answered)
    for path, operation, answered in (
        ("/dau-count", "getDauCount", dau_count),
        ("/dau", "getDau", dau),
        ("/daily-usage", "getDailyUsage", daily_usage),
        ("/user-activity", "getUserActivity", user_activity),
        ("/daily-user-activity-by-editor-language", "getDailyUserActivityByEditorLanguage", by_editor_language),
    )
)
"""The endpoints, each named by its operationId."""
