"""What a chart is: each vendor's `charts.py` exports a tuple of `Chart` as CHARTS."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from mockserver.charts.report_reader import ReportReader
from mockserver.simulation import calendar_periods
from mockserver.simulation.calendar_periods import CalendarPeriod

DAYS_DEFAULT = 30
DAYS_MAXIMUM = 3660
"""Days of a period: by default, and at most (ten years)."""

Number = int | float


class ChartBucket(StrEnum):
    """What a row covers: a period of the calendar, or the whole period of the chart."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"


class ChartKind(StrEnum):
    """How the rows are meant to be drawn; by default a row is a bar of each series."""

    LINE = "line"
    BARS = "bars"
    STACKED_BARS = "stacked-bars"


@dataclass(frozen=True, slots=True)
class Series:
    """A number of each row, named as in the vendor's OpenAPI file; those that are `stacked` add up to one bar."""

    name: str
    title: str
    unit: str
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """A period to choose by its title: the last complete days, in buckets."""

    title: str
    days: int
    bucket: ChartBucket = ChartBucket.DAY


@dataclass(frozen=True, slots=True)
class ChartPeriod:
    """The days of a chart, both ends inclusive, and its bucket."""

    first: date
    last: date
    bucket: ChartBucket

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def starts(self) -> list[date]:
        """The first calendar day of each bucket, ascending; the first of them may be before the period."""
        if self.bucket is ChartBucket.ALL:
            return [self.first]
        ends = self.first.toordinal(), self.last.toordinal()
        return [*map(date.fromordinal, calendar_periods.starts(*ends, CalendarPeriod(self.bucket)))]

    def each_day(self) -> Iterator[date]:
        """Its days, ascending."""
        return map(date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))

    def split(self, longest: int) -> Iterator[Self]:
        """Periods of at most so many days that make up this one, ascending."""
        for start in range(0, self.days, longest):
            first = self.first + timedelta(days=start)
            yield replace(self, first=first, last=min(first + timedelta(days=longest - 1), self.last))

    def within(self, oldest: date, newest: date) -> Self | None:
        """The part of it between two days, both inclusive; None if there is none."""
        first, last = max(self.first, oldest), min(self.last, newest)
        return replace(self, first=first, last=last) if first <= last else None


@dataclass(frozen=True, slots=True)
class ChartRow:
    """Numbers by series. The date lies in the bucket that they belong to; None is a number that the answer lacks."""

    date: date
    numbers: Mapping[str, Number | None]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class ChartData:
    """The rows that a vendor's answers have, and the numbers of the whole period, where an answer has them."""

    rows: Sequence[ChartRow]
    totals: Mapping[str, Number | None] = field(default_factory=dict)


Read = Callable[[ReportReader, ChartPeriod], ChartData]
"""Gets a vendor's reports of a period, and makes rows of their bodies; a Rejection may pass through it."""

PRESETS = (Preset("Last 7 days", 7), Preset("Last 30 days", 30), Preset("Last 90 days", 90))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartOutline:
    """What a chart shows, without its numbers.

    `name` is unique among all charts, in lower case with hyphens. `description` is a sentence with the source of the
    definition. `label` is what the labels of rows are, where a bucket has several rows. A period may have at most
    `days_maximum` days; the default is the last complete `days_default`, in the first of the `buckets`.
    """

    name: str
    title: str
    description: str
    kind: ChartKind
    series: tuple[Series, ...]
    buckets: tuple[ChartBucket, ...] = (ChartBucket.DAY,)
    label: str | None = None
    days_default: int = DAYS_DEFAULT
    days_maximum: int = DAYS_MAXIMUM
    presets: tuple[Preset, ...] = PRESETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(ChartOutline):
    """A chart of one vendor's numbers.

    `users` is the series that counts the vendor's active users; of each vendor, the first chart with one is compared
    across vendors. A chart is not `cacheable` if its numbers change while the vendor's other answers stay the same.
    """

    read: Read
    users: str | None = None
    cacheable: bool = True
