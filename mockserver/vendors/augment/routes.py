"""Augment's endpoints: load the query, ask for the report, cut the page, dump it."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

from marshmallow import Schema

from mockserver.gateway import row_cache
from mockserver.gateway.response_cache import TIMESTAMP, to_json
from mockserver.gateway.row_cache import EncodedRow, RowCache
from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Body, Reply, Route, TimestampFormat, View, ViewRequest
from mockserver.products import augment
from mockserver.products.augment import addresses
from mockserver.products.model import Visibility
from mockserver.simulation.timestamps import format_utc
from mockserver.vendors.augment import pagination, policy
from mockserver.vendors.augment.memory import Budgets
from mockserver.vendors.augment.reports import activity, costs, credit_usage
from mockserver.vendors.augment.schemas import bodies, periods, queries, rows

_COUNTS: Final = rows.DayRows(exclude=("metrics",))
_TOTALS: Final = rows.DayRows(exclude=("user_count",))
_USERS: Final = rows.MemberRows(only=("email", "service_account"))
_ACTIVITY: Final = rows.MemberRows(exclude=("language", "editor"))
_RECORDS: Final = rows.MemberRows(exclude=("active_days",))
"""Lists of rows; they keep nothing of a request."""

_NO_ROW: Final = to_json(None).encode()
"""How a day without a row is cached."""


class _Identified(Protocol):
    @property
    def row_id(self) -> str:
        """What the order of the rows goes by."""


class _Range(Protocol):
    @property
    def first(self) -> int:
        """The first day of the range."""

    @property
    def last(self) -> int:
        """The last day of the range."""


_Row = TypeVar("_Row", bound=_Identified)


def dau_count(request: ViewRequest) -> Body:
    """Active users on each day of a range."""
    query = queries.load_range(request)

    def compute(span: Sequence[int]) -> Iterable[object]:
        return _COUNTS.dump(activity.daily_users(request.world, query.publication, span))

    found = _rows_by_day(request, query, dau_count, compute)
    if others := query.days_without_data:
        found += row_cache.encode(zip(others, _COUNTS.dump(activity.no_users(others)), strict=True))
    return {
        "daily_active_user_counts": row_cache.joined(found),
        "metadata": {**_range(query), "total_days": len(found)},
    }


def dau(request: ViewRequest) -> Reply:
    """The users active on a day."""
    query = queries.load_day(request, policy.DAU_PAGE)
    return _page(request, query, "user", activity.active_users, _USERS, _day(query))


def daily_usage(request: ViewRequest) -> Body:
    """Everybody's metrics on each day of a range that has any."""
    query = queries.load_range(request)

    def compute(span: Sequence[int]) -> Iterable[object]:
        rows_of_days = _TOTALS.dump(activity.daily_metrics(request.world, query.publication, span))
        by_date = {row["date"]: row for row in rows_of_days}
        return map(by_date.get, activity.dates(span))

    found = _rows_by_day(request, query, daily_usage, compute)
    days = [row for row in found if row.json != _NO_ROW]
    return {
        "daily_usage": row_cache.joined(days),
        "metadata": {**_range(query), "total_days": len(days)},
    }


def user_activity(request: ViewRequest) -> Reply:
    """The metrics of each user over a range."""
    query = queries.load_range(request, policy.ACTIVITY_PAGE)
    metadata = {**_range(query), "total_days": query.last - query.first + 1}
    return _page(request, query, "user", activity.user_activity, _ACTIVITY, metadata)


def by_editor_language(request: ViewRequest) -> Reply:
    """The metrics of each user on a day, by language and editor."""
    query = queries.load_day(request, policy.ACTIVITY_PAGE)
    return _page(request, query, "record", activity.records, _RECORDS, _day(query))


def credits_by_user(request: ViewRequest) -> Reply:
    """The credits that each member consumed over a range."""
    query, page = queries.load_credits(request)
    listed = credit_usage.rows(request.world, query, pagination.last_id(page.cursor), page.size + 1)
    found = _encoded(listed, page.size, rows.credit_row)
    reply = _reply(request, "records", found, page.size, {**_range(query), "returned_record_count": 0})
    return replace(reply, cacheable=query.is_final)


def cost_analytics(request: ViewRequest) -> Reply:
    """What a range costs, by interval and by resource or member."""
    query, page = bodies.load_costs(request)
    listed = costs.rows(request.world, query, pagination.last_id(page.cursor), page.size + 1)
    found = _encoded(listed, page.size, partial(rows.cost_row, switches=request.switches))
    return _reply(request, "data_points", found, page.size, {**_range(query), "returned_data_point_count": 0})


def budgets(request: ViewRequest) -> Body:
    """The budgets of some people, or of everybody who has one."""
    chosen = bodies.load_budgets(request)
    limits = _budgets(request).read()
    known = addresses.joined(request.world, limits, request.now.toordinal())
    shown = sorted(known if chosen is None else known & {*chosen})
    return _overrides(request, {index: limits[index] for index in shown})


def set_budgets(request: ViewRequest) -> Body:
    """Set and remove budgets, all or none; those in the request that now stand."""
    changes = {change.index: change.limit for change in bodies.load_changes(request)}
    limits = _budgets(request).write(changes)
    return _overrides(request, {index: limits[index] for index in changes if index in limits})


def _budgets(request: ViewRequest) -> Budgets:
    found: Budgets = request.memory
    return found


def _overrides(request: ViewRequest, limits: Mapping[int, str]) -> Body:
    resource = bodies.RESOURCE_OF[request.world.of(augment.PRODUCT).accounting.billing]
    return {
        "overrides": [
            {
                "user_email": request.world.identities.of(index).email,
                "resource": resource,
                "period": bodies.PERIOD,
                "config": {"limit": limit},
            }
            for index, limit in limits.items()
        ]
    }


def visibility(now: datetime, switches: Switches) -> Visibility:
    """What is shown of each person and day: what has been published and is not older than the oldest allowed day."""
    return Visibility(
        augment.PRODUCT,
        periods.published(now, switches),
        rows.COUNTERS,
        since=periods.oldest(now),
        last_variant=periods.publication(now, switches),
        last_days=switches[policy.RESTATED_DAYS],
    )


def cache_epoch(now: datetime, switches: Switches) -> Hashable:
    """On what of the moment an answer depends: today's date, and how far the data reach."""
    return now.toordinal(), periods.published(now, switches)


def timestamp_format(switches: Switches) -> TimestampFormat:
    """Writes a moment in RFC 3339, with `Z`; by default with 0, 3, 6 or 9 digits, as protobuf writes it in JSON."""
    digits = switches[policy.GENERATED_AT_DIGITS]
    return _as_needed if isinstance(digits, str) else partial(_with_digits, digits)


def _as_needed(ns: int) -> str:
    rest = ns % 10**9
    return _with_digits(9 if rest % 1000 else 6 if rest % 10**6 else 3 if rest else 0, ns)


def _with_digits(digits: int, ns: int) -> str:
    second, rest = divmod(ns, 10**9)
    return format_utc(second, f"{rest:09}"[:digits])


def _rows_by_day(
    request: ViewRequest, query: queries.DaysQuery, view: View, compute: Callable[[Sequence[int]], Iterable[object]]
) -> list[EncodedRow[int]]:
    """The rows of the days with data, which are cached; those of days beside them may be computed with them."""
    beside = row_cache.days_beside(request.world.organization.first_day.toordinal(), query.newest)
    return request.world.of(RowCache).chosen((view, query.publication), query.known_days, compute, beside)


def _page(
    request: ViewRequest,
    query: queries.DaysQuery,
    noun: str,
    report: Callable[..., Iterator[activity.MemberReport]],
    schema: Schema,
    metadata: dict[str, Any],
) -> Reply:
    def compute(after: str | None, count: int) -> Iterator[tuple[str, object]]:
        members = list(islice(report(request.world, *shown, after, count), count))
        columns = {name: [getattr(member, name) for member in members] for name in schema.fields}
        return zip([member.row_id for member in members], schema.dump(columns), strict=True)

    shown, after = (query.publication, query.first, query.known), pagination.last_id(query.cursor)
    found = request.world.of(RowCache).rows((report, *shown), after, query.page_size + 1, compute)
    return _reply(request, f"{noun}s", found, query.page_size, {**metadata, f"returned_{noun}_count": 0})


def _reply(request: ViewRequest, name: str, found: list[EncodedRow[str]], size: int, metadata: dict[str, Any]) -> Reply:
    """The page of some rows, of which there is one more than it takes if there is another page.

    The last entry of the metadata is the number of rows.
    """
    on_page, links, next_page = pagination.cut(found, size, request.switches)
    count = {[*metadata][-1]: len(on_page)}
    body = {name: row_cache.joined(on_page), "pagination": links, "metadata": {**metadata, **count}}
    return Reply(body, next_page=next_page)


def _encoded(listed: Iterator[_Row], size: int, dump: Callable[[_Row], dict[str, Any]]) -> list[EncodedRow[str]]:
    """One row more than a page has."""
    return row_cache.encode((row.row_id, dump(row)) for row in islice(listed, size + 1))


def _range(query: _Range) -> dict[str, Any]:
    return {
        "effective_start_date": date.fromordinal(query.first).isoformat(),
        "effective_end_date": date.fromordinal(query.last).isoformat(),
        "generated_at": TIMESTAMP,
    }


def _day(query: queries.DaysQuery) -> dict[str, Any]:
    return {"effective_date": date.fromordinal(query.first).isoformat(), "generated_at": TIMESTAMP}


def _route(path: str, operation: str, view: View, method: str = "GET", **options: Any) -> Route:
    return Route(policy.MOUNTS[0] + path, operation, view, (method,), **options)


ROUTES: Final = (
    _route("/dau-count", "getDauCount", dau_count),
    _route("/dau", "getDau", dau),
    _route("/daily-usage", "getDailyUsage", daily_usage),
    _route("/user-activity", "getUserActivity", user_activity),
    _route("/daily-user-activity-by-editor-language", "getDailyUserActivityByEditorLanguage", by_editor_language),
    _route("/credit-usage-by-user", "getCreditUsageByUser", credits_by_user, limit_class="cost"),
    _route("/cost-analytics", "queryCostAnalytics", cost_analytics, "POST", limit_class="cost"),
    _route("/get-user-budget-overrides", "getUserBudgetOverrides", budgets, "POST"),
    _route(
        "/set-user-budget-overrides",
        "setUserBudgetOverrides",
        set_budgets,
        "POST",
        writes=True,
        body_maximum=policy.BUDGETS_BODY,
    ),
)
"""The endpoints, each named by its operationId."""
