"""Which days can be requested, and for which of them there are data. Days are ordinals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NoReturn, Self

from mockserver.gateway.rejection import ParameterError, Reason, Rejection
from mockserver.gateway.switches import Switches
from mockserver.products.augment.spending import Moment
from mockserver.simulation.restatement import Publication, Restatement
from mockserver.simulation.timestamps import DAY, seconds
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import BeforePublication, CostToday, LookbackExceeded


def refuse(name: str, rule: str) -> NoReturn:
    """Refuse a parameter or a field of the body."""
    raise Rejection(Reason.INVALID, rule, parameter_errors=(ParameterError(name, rule),))


def oldest(now: datetime) -> int:
    """The oldest allowed day: two years before yesterday, of a 29 February the 28th."""
    return _oldest(now.toordinal())


@lru_cache(maxsize=64)
def _oldest(today: int) -> int:
    yesterday = date.fromordinal(today - 1)
    leap = (yesterday.month, yesterday.day) == (2, 29)
    return yesterday.replace(year=yesterday.year - policy.LOOKBACK_YEARS, day=28 if leap else yesterday.day).toordinal()


def published(now: datetime, switches: Switches) -> int:
    """The newest day whose data have arrived: yesterday, from the publication hour (UTC) on."""
    return now.toordinal() - (1 if now.hour >= switches[policy.PUBLICATION_HOUR] else 2)


def publication(now: datetime, switches: Switches) -> Publication | None:
    """The newest publication; None where published days never change."""
    length = restated_days(switches)
    return Publication(switches[policy.RESTATEMENT], length, published(now, switches)) if length else None


def restated_days(switches: Switches) -> int:
    """In how many publications after its first one a day is restated."""
    return 0 if switches[policy.RESTATEMENT] is Restatement.OFF else switches[policy.RESTATED_DAYS]


def publication_of_range(last: int, now: datetime, switches: Switches) -> Publication | None:
    """The newest publication for a range up to a day (an ordinal); None where all figures of the range are final."""
    newest = publication(now, switches)
    return None if newest is None else newest.of_range(last)


def consumed_until(now: datetime, switches: Switches) -> Moment:
    """The moment up to which consumed credits are known."""
    known = now - timedelta(minutes=switches[policy.CREDIT_DELAY_MINUTES])
    return Moment(known.toordinal(), seconds(known) % DAY)


@dataclass(frozen=True, slots=True)
class Period:
    """The oldest and the newest allowed day, the newest day with data, and how a refusal names the newest day."""

    oldest: int
    newest: int
    known: int
    limit: str

    @classmethod
    def of_metrics(cls, now: datetime, switches: Switches) -> Self:
        """Yesterday is the newest day; its data arrive at the publication hour."""
        newest, known, limit = now.toordinal() - 1, published(now, switches), "yesterday (UTC)"
        if switches[policy.BEFORE_PUBLICATION] is BeforePublication.REJECT and known < newest:
            newest -= 1
            hour = switches[policy.PUBLICATION_HOUR]
            limit = f"{date.fromordinal(newest)}: yesterday's data arrive at {hour:02}:00 (UTC)"
        return cls(oldest(now), newest, known, limit)

    @classmethod
    def of_credits(cls, now: datetime, switches: Switches) -> Self:
        """Today is the newest day, and grows."""
        return cls(oldest(now), now.toordinal(), consumed_until(now, switches).day, "today (UTC)")

    @classmethod
    def of_costs(cls, now: datetime, switches: Switches) -> Self:
        """As of metrics or, under a switch, as of credits."""
        partial = switches[policy.COST_TODAY] is CostToday.PARTIAL
        return cls.of_credits(now, switches) if partial else cls.of_metrics(now, switches)

    def check(self, name: str, day: int) -> None:
        """Refuse a day outside the period."""
        if day > self.newest:
            refuse(name, f"{name} cannot be later than {self.limit}")
        if day < self.oldest:
            years, limit = policy.LOOKBACK_YEARS, date.fromordinal(self.oldest)
            refuse(name, f"{name} cannot be earlier than {limit}, {years} years before yesterday (UTC)")

    def range(self, start: int | None, end: int | None, switches: Switches) -> tuple[int, int]:
        """The first and the last day of a range of which both, one or none of the ends is given."""
        week = policy.RANGE_DAYS_DEFAULT - 1
        if start is not None:
            if switches[policy.LOOKBACK_EXCEEDED] is LookbackExceeded.CLAMP:
                start = max(start, self.oldest)
            self.check("start_date", start)
        if end is not None:
            self.check("end_date", end)
        elif start is None:
            end = self.newest
        else:
            end = min(start + week, self.newest)
        first = max(end - week, self.oldest) if start is None else start
        _check_length(first, end)
        return first, end


def _check_length(first: int, last: int) -> None:
    if first > last:
        refuse("start_date", "start_date cannot be later than end_date")
    days, longest = last - first + 1, policy.RANGE_DAYS_MAXIMUM
    if days > longest:
        refuse("end_date", f"the range has {days} days; it cannot be longer than {longest} days, both ends included")
