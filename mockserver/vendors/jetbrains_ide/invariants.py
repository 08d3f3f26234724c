"""What must agree across IDE Services' answers: metrics in four forms, and who has and uses AI."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

from mockserver.audit.cross_vendor import PersonDay, Roles
from mockserver.audit.described import answers_are_described
from mockserver.audit.invariant import Invariant, Violation, at_most, equal, nothing_negative
from mockserver.audit.pages import PagedList, pages_are_the_whole
from mockserver.audit.periods import PeriodNumbers, PeriodReport, distinct_within_days, sums_of_days
from mockserver.audit.reader import NotApplicable, Reader, summed

_VENDOR: Final = "jetbrains-ide"
_NUMBERS: Final = ("suggestions", "acceptances", "invocations")
_ADOPTED: Final = ("enabledUsers", "activeUsers")
_METRICS: Final = "/api/analytics/ai/effectiveness/metrics"
_BY_FEATURE: Final = f"{_METRICS}-by-feature"
_TOTALS: Final = f"{_METRICS}/totals"
_USERS_PAGED: Final = f"{_METRICS}/users.paged"
_ADOPTION: Final = "/api/analytics/ai/users-adoption"
_USERS: Final = "/api/v1/users"
_PROFILES: Final = "/api/v1/profiles"
_SOME_TOOLS: Final = ("aia", "nes")
_PAGE_MAXIMUM = 1000
_SAMPLE_ROWS: Final = 100


def _get(reader: Reader, path: str, since: date | None = None, **query: object) -> Any:
    """An answer from a day on; from the first day of the range, unless another is given."""
    return reader.get(_VENDOR, path, fromDate=since or reader.first, toDate=reader.last, **query)


def _items(reader: Reader, path: str, group: str = "DAY", since: date | None = None, **query: str) -> list[Any]:
    return list(_get(reader, path, since, groupBy=group, **query)["items"])


def _rows(reader: Reader, order: str = "ASC") -> list[Any]:
    """What each person did with each tool on each day."""
    return _paginate(reader, fromDate=reader.first, toDate=reader.last, limit=_PAGE_MAXIMUM, sortOrder=order)


def _some_rows(reader: Reader) -> tuple[list[Any], set[str]]:
    """The same with their days; those of the busiest day alone, where all are too many for a sample."""
    try:
        return _rows(reader), {str(day) for day in reader.days}
    except NotApplicable:
        day = max(_items(reader, _METRICS), key=lambda row: int(row["invocations"]))["date"]
        return _paginate(reader, fromDate=day, toDate=day, limit=_PAGE_MAXIMUM), {day}


def _paginate(reader: Reader, path: str = _USERS_PAGED, **query: object) -> list[Any]:
    return [row for page in _pages(reader, path, **query) for row in page]


def _pages(reader: Reader, path: str, **query: object) -> Iterator[list[Any]]:
    def next_query(page: Any) -> dict[str, object] | None:
        cursor = page.get("nextCursor")
        return None if cursor is None else {"cursor": cursor}

    pages = reader.pages(next_query, lambda **cursor: reader.get(_VENDOR, path, **query, **cursor))
    return (page["items"] for page in pages)


def _active(reader: Reader) -> dict[str, int]:
    """How many people were active, by day."""
    return {row["date"]: row["activeUsers"] for row in _items(reader, _ADOPTION)}


def _check_sums(where: str, left: Counter[str], right: Counter[str], sides: str) -> None:
    for number in _NUMBERS:
        equal(where.format(number), left[number], right[number], sides)


def _features_are_metrics(reader: Reader) -> None:
    whole = {row["date"]: row for row in _items(reader, _METRICS)}
    by_feature = _items(reader, _BY_FEATURE)
    for day in sorted({*whole, *(row["date"] for row in by_feature)}):
        together = summed([whole[day]] if day in whole else [], *_NUMBERS)
        parts = summed((row for row in by_feature if row["date"] == day), *_NUMBERS)
        _check_sums(f"{{}} of {day}", together, parts, "metrics and the sum by feature")


def _totals_are_metrics(reader: Reader) -> None:
    totals = Counter(_get(reader, _TOTALS))
    for group in ("DAY", "WEEK", "MONTH"):
        sums = summed(_items(reader, _METRICS, group), *_NUMBERS)
        _check_sums(f"{{}} by {group}", totals, sums, "totals and the sum of metrics")


def _totals_are_people(reader: Reader) -> None:
    totals, sums = Counter(_get(reader, _TOTALS)), summed(_rows(reader), *_NUMBERS)
    _check_sums("{} of the range", totals, sums, "totals and the sum of users.paged")


def _accepted_within_suggested(reader: Reader) -> None:
    for row in [*_items(reader, _METRICS), *_items(reader, _BY_FEATURE), *_some_rows(reader)[0]]:
        where = ", ".join(str(row[name]) for name in ("date", "tool", "userId") if name in row)
        at_most(where, row["acceptances"], row["suggestions"], "acceptances and suggestions")


def _active_within_enabled(reader: Reader) -> None:
    for row in _items(reader, _ADOPTION):
        at_most(row["date"], row["activeUsers"], row["enabledUsers"], "active and enabled users")


def _descending_is_reversed(reader: Reader) -> None:
    up, down = _rows(reader), _rows(reader, "DESC")
    equal("users.paged", len(up), len(down), "ascending and descending rows")
    for row, other in zip(up, reversed(down), strict=True):
        here, there = ((each["userId"], each["date"], each["tool"]) for each in (row, other))
        equal("users.paged", here, there, "the same rows ascending, and descending in reverse,")


def _tools_are_features(reader: Reader) -> None:
    together = summed(_items(reader, _METRICS, tool=",".join(_SOME_TOOLS)), *_NUMBERS)
    parts = summed((row for row in _items(reader, _BY_FEATURE) if row["tool"] in _SOME_TOOLS), *_NUMBERS)
    _check_sums(f"{{}} of {', '.join(_SOME_TOOLS)}", together, parts, "metrics and the sum by feature")


def _rows_are_features(reader: Reader) -> None:
    people: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    listed, days = _some_rows(reader)
    for row in listed:
        people[row["date"], row["tool"]].update({number: row[number] for number in _NUMBERS})
    for row in (each for each in _items(reader, _BY_FEATURE) if each["date"] in days):
        where = f"{{}} of {row['tool']} on {row['date']}"
        sides = "users.paged and by feature"
        _check_sums(where, people[row["date"], row["tool"]], summed([row], *_NUMBERS), sides)


def _rows_are_in_order(reader: Reader) -> None:
    positions = [(row["tool"], row["date"], row["userId"]) for row in _some_rows(reader)[0]]
    for before, after in pairwise(positions):
        if before >= after:
            raise Violation(f"users.paged: {before} comes before {after}")


def _rows_are_not_empty(reader: Reader) -> None:
    for row in _some_rows(reader)[0]:
        if not any(row[number] for number in _NUMBERS):
            raise Violation(f"user {row['userId']} on {row['date']}: a row of {row['tool']} without anything in it")


def _rows_within_active(reader: Reader) -> None:
    people: defaultdict[str, set[str]] = defaultdict(set)
    for row in _some_rows(reader)[0]:
        people[row["date"]].add(row["userId"])
    active = _active(reader)
    for day, who in sorted(people.items()):
        at_most(day, len(who), active.get(day, 0), "users with rows and active users")


def _lists(reader: Reader) -> Iterator[PagedList]:
    """The users, and the rows of the busiest day."""
    for day, _ in Counter(row["date"] for row in _some_rows(reader)[0]).most_common(1):
        yield _list(reader, _USERS_PAGED, fromDate=day, toDate=day)
    yield _list(reader, _USERS)


def _list(reader: Reader, path: str, **query: object) -> PagedList:
    return PagedList(path, _PAGE_MAXIMUM, lambda size: _pages(reader, path, limit=size, **query))


def _rows_are_of_users(reader: Reader) -> None:
    # The fields of a user are read by their values: they may have the names that a row has for the same.
    listed = {frozenset(user.values()) for user in _paginate(reader, _USERS, limit=_PAGE_MAXIMUM)}
    for row in _some_rows(reader)[0]:
        if frozenset((row["userId"], row["userName"], row["userEmail"])) not in listed:
            raise Violation(f"{_USERS} does not list user {row['userId']} of users.paged with this name and address")


def _profiles_are_everybody(reader: Reader) -> None:
    whole, parts = _items(reader, _ADOPTION), defaultdict[str, Counter[str]](Counter)
    for profile in reader.get(_VENDOR, _PROFILES)["items"]:
        identifier, _ = profile.values()
        for row in _items(reader, _ADOPTION, profileId=identifier):
            parts[row["date"]].update({name: row[name] for name in _ADOPTED})
    for row in whole:
        for name in _ADOPTED:
            equal(f"{name} of {row['date']}", row[name], parts[row["date"]][name], "everybody and the sum by profile")


def _by_period(path: str, names: Sequence[str]) -> PeriodReport:
    def read(reader: Reader, length: str) -> list[PeriodNumbers]:
        rows = _items(reader, path, length.upper(), since=reader.since)
        return [PeriodNumbers(date.fromisoformat(row["date"]), {name: row[name] for name in names}) for row in rows]

    return PeriodReport(read)


def _numbers(reader: Reader) -> Iterator[Any]:
    yield _items(reader, _BY_FEATURE)
    yield _items(reader, _ADOPTION)
    yield _get(reader, _USERS_PAGED, limit=_SAMPLE_ROWS)


INVARIANTS: Final = (
    Invariant("ide-features-are-metrics", "Metrics of a day are the sum of metrics by feature.",
              "across endpoints", "I", _features_are_metrics),
    Invariant("ide-totals-are-metrics", "Totals are the sum of metrics, by day, week and month.",
              "across endpoints", "I", _totals_are_metrics),
    Invariant("ide-totals-are-people", "Totals are the sum of users.paged.",
              "across endpoints", "I", _totals_are_people),
    Invariant("ide-accepted-within-suggested", "Acceptances are at most the suggestions, in each row.",
              "across endpoints", "I", _accepted_within_suggested),
    Invariant("ide-active-within-enabled", "Active users are at most the enabled ones.",
              "3", "I", _active_within_enabled),
    Invariant("ide-descending-is-reversed", "users.paged descending is users.paged ascending, reversed.",
              "3", "I", _descending_is_reversed),
    Invariant("ide-tools-are-features", "Metrics of some tools are the sum of those by feature.",
              "across endpoints", "I", _tools_are_features),
    Invariant("ide-rows-are-features", "users.paged of a tool and day is what by feature has of them.",
              "across endpoints", "I", _rows_are_features),
    Invariant("ide-rows-are-in-order", "users.paged is in order of tool, date and user, without repetition.",
              "3", "D", _rows_are_in_order),
    Invariant("ide-rows-are-not-empty", "Each row of users.paged has something in it.",
              "3, metrics, identities", "A", _rows_are_not_empty),
    Invariant("ide-rows-within-active", "Whoever has rows on a day is among the day's active users.",
              "3, metrics, identities", "I", _rows_within_active),
    Invariant("ide-pages-are-the-whole", "Lists have the same rows in small pages as in large ones, each once.",
              "2", "D", pages_are_the_whole(_lists)),
    Invariant("ide-buckets-are-their-days", "Weeks and months begin with the calendar's, and sum up their days.",
              "3", "D", sums_of_days(_by_period(_METRICS, _NUMBERS))),
    Invariant("ide-buckets-are-distinct", "Users of a bucket are at most the sum of the days, at least the highest.",
              "3", "D", distinct_within_days(_by_period(_ADOPTION, _ADOPTED))),
    Invariant("ide-users-are-listed", "The list of users has everybody of users.paged, with name and address.",
              "4", "I", _rows_are_of_users),
    Invariant("ide-profiles-are-everybody", "Adoption by profile adds up to adoption of everybody.",
              "4", "A", _profiles_are_everybody),
    Invariant("ide-nothing-negative", "No number is negative.", "3", "I", nothing_negative(_numbers)),
    answers_are_described("ide", _VENDOR),
)  # fmt: skip


def _person_days(reader: Reader) -> list[PersonDay]:
    return [PersonDay(row["date"], row["userEmail"], row["userId"]) for row in _some_rows(reader)[0]]


ROLES: Final = Roles(product="jetbrains", person_days=_person_days, active_by_day=_active)
