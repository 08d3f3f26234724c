"""Augment's charts: active users and credits by day, and usage by editor and language, from each day's records."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain
from typing import Any, Final

from mockserver.charts.chart import Chart, ChartData, ChartKind, ChartPeriod, ChartRow, Preset, Series
from mockserver.charts.report_reader import ReportReader
from mockserver.products.augment.breakdown import CreditQuery
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.reports import activity, credit_usage
from mockserver.vendors.augment.schemas import periods, rows

_MOUNT: Final = policy.MOUNTS[0]
_USERS: Final = "user_count"
_CREDITS: Final = "credits_consumed"
_SUMS: Final = ("total_messages", "total_tool_calls", "completions_accepted", "total_modified_lines_of_code")
_DAYS_MAXIMUM: Final = 366 * policy.LOOKBACK_YEARS


def _active_users(reader: ReportReader, period: ChartPeriod) -> ChartData:
    """The days of dau-count, in ranges that it allows."""
    bodies = [
        reader.get(f"{_MOUNT}/dau-count", start_date=str(part.first), end_date=str(part.last))
        for part in period.split(policy.RANGE_DAYS_MAXIMUM)
    ]
    counts = [row for body in bodies for row in body["daily_active_user_counts"]]
    return ChartData([ChartRow(date.fromisoformat(row["date"]), {_USERS: row[_USERS]}) for row in counts])


def _credits(reader: ReportReader, period: ChartPeriod) -> ChartData:
    """Each day's credits, in ranges that the endpoint allows; nobody has a row on a day without any."""
    found: Counter[date] = Counter()
    for part in period.split(policy.RANGE_DAYS_MAXIMUM):
        found.update(_credits_of(reader, part))
    return ChartData([ChartRow(day, {_CREDITS: found[day]}) for day in period.each_day()])


def _credits_of(reader: ReportReader, part: ChartPeriod) -> Counter[date]:
    """The sums by day of a range: from the report's only page, or else from sums, as in `_day`."""
    size, found = policy.CREDIT_PAGE[1], Counter[date]()
    days = {"start_date": str(part.first), "end_date": str(part.last)}
    pages = reader.pages(f"{_MOUNT}/credit-usage-by-user", "cursor", **days, by_date="true", page_size=size)
    first = next(pages)["records"]
    moment = reader.moment
    if len(first) == size and not moment.policy.defects:
        switches = moment.policy.switches[policy.NAME]
        first_day, last = part.first.toordinal(), part.last.toordinal()
        until = periods.consumed_until(moment.now, switches)
        publication = periods.publication_of_range(last, moment.now, switches)
        query = CreditQuery(first_day, last, until, by_date=True, by_model=False, publication=publication)
        sums = credit_usage.by_day(moment.sandbox.world, query)
        return Counter({date.fromordinal(day): credits_ for day, credits_ in sums.items()})
    for record in chain(first, *(page["records"] for page in pages)):
        found[date.fromisoformat(record["date"])] += record[_CREDITS]
    return found


def _usage_by(field: str) -> Callable[[ReportReader, ChartPeriod], ChartData]:
    """The records of each day, summed by a field."""

    def read(reader: ReportReader, period: ChartPeriod) -> ChartData:
        return ChartData([row for day in period.each_day() for row in _day(reader, day, field)])

    return read


def _day(reader: ReportReader, day: date, field: str) -> Iterable[ChartRow]:
    """A day's rows: from the report's only page, or else from sums, which need no row for each member.

    With armed defects, a page may be anything, so all of them are read.
    """
    path, size = f"{_MOUNT}/daily-user-activity-by-editor-language", policy.ACTIVITY_PAGE[1]
    pages = reader.pages(path, "cursor", date=str(day), page_size=size)
    first = next(pages)["records"]
    if len(first) == size and not reader.moment.policy.defects:
        return _summed_by(field, day, reader)
    return _day_by(field, day, chain(first, *(page["records"] for page in pages)))


def _summed_by(field: str, day: date, reader: ReportReader) -> Iterable[ChartRow]:
    moment, ordinal = reader.moment, day.toordinal()
    publication = periods.publication_of_range(ordinal, moment.now, moment.policy.switches[policy.NAME])
    names = {name: rows.METRICS[name] for name in _SUMS}
    return [
        ChartRow(day, {"users": users, **{name: sums[counter] for name, counter in names.items()}}, label)
        for label, (users, sums) in activity.record_sums(moment.sandbox.world, publication, ordinal, field).items()
    ]


def _day_by(field: str, day: date, records: Iterable[Any]) -> Iterable[ChartRow]:
    users: defaultdict[str, set[str]] = defaultdict(set)
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        label, metrics = record[field], record["metrics"]
        users[label].add(record.get("user_email") or record["service_account_name"])
        for name in _SUMS:
            sums[label][name] += metrics[name]
    return [ChartRow(day, {"users": len(found), **sums[label]}, label) for label, found in users.items()]


def _usage_chart(field: str, title: str) -> Chart:
    return Chart(
        name=f"{policy.NAME}-usage-by-{field}",
        title=title,
        description=f"Each day's records of daily-user-activity-by-editor-language, summed by {field}; the endpoint "
        "returns one day, so the default period is one day.",
        kind=ChartKind.BARS,
        series=(
            Series("users", "Users", "users"),
            Series("total_messages", "Messages", "messages"),
            Series("total_tool_calls", "Tool calls", "calls"),
            Series("completions_accepted", "Accepted completions", "completions"),
            Series("total_modified_lines_of_code", "Modified lines of code", "lines"),
        ),
        read=_usage_by(field),
        label=field,
        days_default=1,
        days_maximum=31,
        presets=(Preset("Last day", 1), Preset("Last 7 days", 7), Preset("Last 30 days", 30)),
    )


CHARTS: Final = (
    Chart(
        name=f"{policy.NAME}-active-users",
        title="Daily active users",
        description="Unique active users of each day, service accounts included (dau-count).",
        kind=ChartKind.LINE,
        series=(Series(_USERS, "Active users", "users"),),
        read=_active_users,
        users=_USERS,
        days_maximum=_DAYS_MAXIMUM,
    ),
    Chart(
        name=f"{policy.NAME}-credits",
        title="Credits by day",
        description="Credits that people and service accounts consumed on each day (credit-usage-by-user by date); the "
        "newest ones are about 90 minutes behind.",
        kind=ChartKind.BARS,
        series=(Series(_CREDITS, "Credits", "credits"),),
        read=_credits,
        cacheable=False,
        days_maximum=_DAYS_MAXIMUM,
    ),
    _usage_chart("editor", "Usage by editor"),
    _usage_chart("language", "Usage by language"),
)
