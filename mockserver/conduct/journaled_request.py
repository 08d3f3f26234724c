"""Answers what an entry of the journal asked: its parameters, its question without the page, its place in a walk.

Whether that was wise stays out (the rules).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from mockserver.gateway.journal import Entry

_POSITIONS: Final = ("cursor", "offset")
_SIZES: Final = ("page_size", "limit")
_ON_THE_WAY: Final = 100_000_000
"""Nanoseconds within which what runs in parallel may still send what it had begun, or the server take it up."""

_SHORT: Final = timedelta(milliseconds=10)
"""What a clock that runs along may be off; what is more was moved."""

_PAUSE: Final = timedelta(minutes=1)
"""After so long, a page asked for again is where a walk is picked up that broke off before the page was kept."""

_MOST_ON_THE_WAY: Final = 32
"""Requests that a pool may have begun before it hears of the first."""

_RANGES: Final = (("start_date", "end_date"), ("fromDate", "toDate"), ("from", "to"))


@dataclass(frozen=True, slots=True)
class JournaledRequest:
    """One request; of a parameter that is there more than once, `parameters` has all values, with commas between.

    `published` is the hour (UTC) at which the vendor's data of a day arrive, on the day after; None where they are
    there as the day goes on. `pooled`: its client has several requests on the way at a time, now and then.
    """

    entry: Entry
    parameters: Mapping[str, str]
    published: int | None = None
    pooled: bool = False

    def without(self, *names: str) -> Hashable:
        """What is asked but for some parameters: equal for equal questions, in whichever order they are written."""
        rest = frozenset((name, value) for name, value in self.parameters.items() if name not in names)
        return self.entry.grant, self.entry.method, self.entry.path, rest

    @property
    def question(self) -> Hashable:
        """Everything that is asked."""
        return self.without()

    @property
    def page_chain(self) -> Hashable:
        """What is asked but for the page: equal on all pages of one walk."""
        return self.without(*_POSITIONS, *_SIZES)

    @property
    def position(self) -> str | None:
        """The cursor or the offset that is sent."""
        return next((self.parameters[name] for name in _POSITIONS if name in self.parameters), None)

    @property
    def one_row(self) -> bool:
        """Whether a single row is asked for, from the beginning: a look whether it works, or how many there are."""
        size = next((self.parameters[name] for name in _SIZES if name in self.parameters), None)
        return size == "1" and self.position in {None, "0"}

    @property
    def answered(self) -> bool:
        """Whether the vendor told what was asked, and no fault had its hand in it."""
        return self.entry.status == 200 and self.entry.fault is None

    @property
    def data_day(self) -> tuple[date, date, int]:
        """Tells the days of the data apart: by the calendar, by the hour at which the vendor's arrive, by switches."""
        arrived = self.entry.at - timedelta(hours=self.published or 0)
        return self.entry.at.date(), arrived.date(), self.entry.generation

    @property
    def is_final(self) -> bool:
        """Whether the answer cannot change before another data day: it is of days that have passed."""
        if self.published is not None:
            return True
        ends = next((self.parameters[last] for _, last in _RANGES if last in self.parameters), None)
        end = None if ends is None else _instant(ends, self.entry.at)
        if end is None:
            return False
        return end <= self.entry.at if "to" in self.parameters else end.date() < self.entry.at.date()

    @property
    def single_day(self) -> datetime | None:
        """The day, where a range is asked for and is exactly one long."""
        for first, last in _RANGES:
            if first in self.parameters and last in self.parameters:
                start, end = (_instant(self.parameters[name], self.entry.at) for name in (first, last))
                length = timedelta(days=1) if first == "from" else timedelta(0)
                return start if start and end and end - start == length else None
        return None

    @property
    def beyond_range(self) -> Hashable:
        """What is asked but for its range."""
        return self.without(*(name for names in _RANGES for name in names), *_POSITIONS, *_SIZES)

    def elapsed_since(self, before: "JournaledRequest") -> timedelta:
        """How long after another request this one came: in the sandbox's time or in real time, whichever is more."""
        real = timedelta(microseconds=(self.entry.started - before.entry.started) // 1000)
        return max(self.entry.at - before.entry.at, real)

    def wait_after(self, before: "JournaledRequest") -> timedelta:
        """How long after another request was answered this one came; the sandbox's time counts where it was moved."""
        shown = self.entry.at - before.entry.at
        real = timedelta(microseconds=(self.entry.started - before.entry.started) // 1000)
        return shown if shown - real > _SHORT else real - timedelta(microseconds=before.entry.duration_us)

    def resumes(self, before: Sequence["JournaledRequest"]) -> bool:
        """Whether it goes on with a walk at a page that was answered once, some time ago."""
        return self.position not in {None, "0"} and len(before) == 1 and self.elapsed_since(before[0]) >= _PAUSE

    def sent_after(self, before: "JournaledRequest") -> bool:
        """Whether the other request was answered when this one came, so that its client could know the answer."""
        return self.entry.started >= before.entry.started + before.entry.duration_us * 1000

    def must_have_seen(self, before: "JournaledRequest") -> bool:
        """Whether its client must have known the other answer: one that asks in parallel needs a moment for it."""
        ended = before.entry.started + before.entry.duration_us * 1000
        parallel = self.pooled and self.question != before.question
        waits = parallel and self.entry.id - before.entry.id <= _MOST_ON_THE_WAY
        return self.entry.started >= ended + (_ON_THE_WAY if waits else 0)


def read(entries: Iterable[Entry], published: Mapping[str, int]) -> list[JournaledRequest]:
    """What each entry asked, in the order in which they are given; `published` has the hours, by vendor."""
    listed = list(entries)
    pooled = _pooled(listed)
    return [
        JournaledRequest(each, _parameters(each.query), published.get(each.vendor), (each.vendor, each.grant) in pooled)
        for each in listed
    ]


def _pooled(entries: list[Entry]) -> set[tuple[str, str | None]]:
    """The clients, by vendor and token, of whose requests two were ever on the way at the same time."""
    ends: dict[tuple[str, str | None], int] = {}
    found = set()
    for each in sorted(entries, key=lambda entry: entry.started):
        client = each.vendor, each.grant
        if each.started < ends.get(client, each.started):
            found.add(client)
        ends[client] = max(ends.get(client, 0), each.started + each.duration_us * 1000)
    return found


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _instant(text: str, of: datetime) -> datetime | None:
    """A date or a date-time, in UTC where it has no zone; None for anything else."""
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        return None
    return stated if stated.tzinfo else stated.replace(tzinfo=of.tzinfo)
