"""A journal entry as the rules see it: its parameters, its question, and its order among other requests."""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from mockserver.conduct.advice import LintContext
from mockserver.gateway.journal import Entry
from mockserver.gateway.rejection import Reason

_REACTION_NS: Final = 100_000_000
"""Nanoseconds after an answer in which a client with parallel requests may still send what it had begun."""

_SHORT: Final = timedelta(milliseconds=10)
"""The most by which the sandbox's clock and real time differ if the clock was not moved."""

_PAUSE: Final = timedelta(minutes=1)
"""After this long, a page requested again may be where a client resumes after a crash."""

_MOST_IN_FLIGHT: Final = 32
"""How many requests a pool may have sent before it has the answer to the first."""


@dataclass(frozen=True, slots=True)
class JournaledRequest:
    """One request; `parameters` are those of the query and the fields of a JSON body, if `shows_all`.

    A repeated parameter has all its values, joined by commas. A field of a body that is no text is in it as JSON. With
    another body, or one that is too large for the journal, the parameters do not show all that was sent.

    Its question is everything that it sends. `index` is its position among the requests in the order of their answers.
    `pooled`: its client had several requests in flight at some time.
    """

    entry: Entry
    parameters: Mapping[str, str]
    context: LintContext
    index: int
    pooled: bool = False
    shows_all: bool = True

    def _without(self, *names: str | None) -> Hashable:
        """The question without some parameters; the order of the parameters does not matter."""
        rest = frozenset((name, value) for name, value in self.parameters.items() if name not in names)
        body = None if self.shows_all else self.entry.body_digest
        return self.entry.grant, self.entry.method, self.entry.path, body, rest

    @property
    def question(self) -> Hashable:
        return self._without()

    @property
    def page_chain(self) -> Hashable:
        """The question without the page: equal on all pages of one list."""
        advice = self.context.advice
        return self._without(advice.cursor, advice.offset, advice.page_size)

    @property
    def without_dates(self) -> Hashable:
        """The question without page and range."""
        advice = self.context.advice
        range_names = (advice.dates.first, advice.dates.last) if advice.dates else ()
        return self._without(advice.cursor, advice.offset, advice.page_size, *range_names)

    @property
    def cursor(self) -> str | None:
        return self._parameter(self.context.advice.cursor)

    @property
    def position(self) -> str | None:
        """The cursor or the offset of the page."""
        return self.cursor or self._parameter(self.context.advice.offset)

    @property
    def page_size(self) -> str | None:
        return self._parameter(self.context.advice.page_size)

    def _parameter(self, name: str | None) -> str | None:
        return None if name is None else self.parameters.get(name)

    @property
    def is_first_page(self) -> bool:
        return self.position in {None, "0"}

    @property
    def is_probe(self) -> bool:
        """Whether it requests one row from the beginning, to see whether it works, or how many rows there are."""
        return self.page_size == "1" and self.is_first_page

    @property
    def has_answer(self) -> bool:
        """Whether its client got an answer, whatever it was: it is not in progress, and the client did not leave."""
        return self.entry.status is not None

    @property
    def is_genuine(self) -> bool:
        """Whether no fault touched its answer: no rule fired for it, or one whose step let it pass."""
        return self.entry.fault is None or self.entry.passed

    @property
    def answered(self) -> bool:
        """Whether the vendor answered the question, and no fault touched the answer."""
        return self.entry.status == 200 and self.is_genuine

    @property
    def leads_to(self) -> tuple[Hashable, str] | None:
        """The chain and the position of the next page, if the answer has one that the parameters can show."""
        next_page = self.entry.next_page if self.answered and self.shows_all else None
        return None if next_page is None else (self.page_chain, next_page)

    @property
    def data_day(self) -> tuple[date, date, int]:
        """What the answer depends on besides the question: the calendar day, the published day and the switches."""
        arrived = self.entry.at - timedelta(hours=self.context.publication_hour or 0)
        return self.entry.at.date(), arrived.date(), self.entry.generation

    @property
    def published(self) -> int:
        """The newest published day (an ordinal)."""
        return self.data_day[1].toordinal() - 1

    @property
    def days(self) -> range:
        """The days (ordinals) that it requests, where its operation shows published days; else none."""
        advice, yesterday = self.context.advice, self.entry.at.toordinal() - 1
        length = advice.published_days.get(self.entry.operation or "")
        if length is None:
            return range(0)
        names = (advice.dates.first, advice.dates.last) if advice.dates else (None, None)
        day = self._day(advice.day)
        first, last = (day or self._day(name) for name in names)
        if last is None:
            last = yesterday if first is None else min(first + length - 1, yesterday)
        return range(last - length + 1 if first is None else first, last + 1)

    def _day(self, name: str | None) -> int | None:
        found = None if name is None else self._timestamp(name)
        return None if found is None else found.toordinal()

    @property
    def is_final(self) -> bool:
        """Whether the answer cannot change on this data day, since it is about past days."""
        if self.entry.operation in self.context.advice.live_operations:
            return False
        if self.context.publication_hour is not None:
            return True
        dates = self.context.advice.dates
        end = self._timestamp(dates.last) if dates else None
        if dates is None or end is None:
            return False
        return end <= self.entry.at if dates.exclusive else end.date() < self.entry.at.date()

    @property
    def single_day(self) -> datetime | None:
        """The day of a range that is exactly one day long."""
        dates = self.context.advice.dates
        if dates is None:
            return None
        start, end = self._timestamp(dates.first), self._timestamp(dates.last)
        length = timedelta(days=1) if dates.exclusive else timedelta(0)
        return start if start and end and end - start == length else None

    def _timestamp(self, name: str) -> datetime | None:
        """A parameter as a timestamp, in UTC if it has no zone; None for anything else."""
        try:
            parsed = datetime.fromisoformat(self.parameters.get(name, ""))
        except ValueError:
            return None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=self.entry.at.tzinfo)

    def _stood_still(self, earlier: "JournaledRequest") -> bool:
        """Whether the sandbox's clock was frozen at both requests, so that real time says nothing."""
        return self.entry.frozen and earlier.entry.frozen

    def elapsed_since(self, earlier: "JournaledRequest") -> timedelta:
        """The time since an earlier request: on the sandbox's clock or, if that runs, in real time if it is longer."""
        shown = self.entry.at - earlier.entry.at
        return shown if self._stood_still(earlier) else max(shown, self._real_time_since(earlier))

    def wait_after(self, earlier: "JournaledRequest") -> timedelta | None:
        """How long the client waited after an earlier answer; None, for unknown, if the clock stood still."""
        shown = self.entry.at - earlier.entry.at
        if self._stood_still(earlier):
            return shown if shown > timedelta(0) else None
        real = self._real_time_since(earlier)
        return shown if shown - real > _SHORT else real - timedelta(microseconds=earlier.entry.duration_us or 0)

    def _real_time_since(self, earlier: "JournaledRequest") -> timedelta:
        return timedelta(microseconds=(self.entry.started - earlier.entry.started) // 1000)

    def resumes(self, earlier: Sequence["JournaledRequest"]) -> bool:
        """Whether it resumes a list at a page that was answered once, a while ago."""
        return not self.is_first_page and len(earlier) == 1 and self.elapsed_since(earlier[0]) >= _PAUSE

    def sent_after(self, earlier: "JournaledRequest") -> bool:
        """Whether it came after the earlier answer, so that its client could know that answer."""
        return self.entry.start_seq > earlier.entry.end_seq

    def must_have_seen(self, earlier: "JournaledRequest") -> bool:
        """Whether its client must have known the earlier answer; a client with parallel requests learns of it late."""
        if not self.sent_after(earlier) or self.question == earlier.question:
            return self.sent_after(earlier)
        late = self.index - earlier.index > _MOST_IN_FLIGHT
        if late or self._stood_still(earlier):
            return late
        answered = earlier.entry.started + (earlier.entry.duration_us or 0) * 1000
        return not self.pooled or self.entry.started >= answered + _REACTION_NS


def parse(entries: Iterable[Entry], contexts: Mapping[str, LintContext]) -> list[JournaledRequest]:
    """Each entry as a request, in the order of their answers, those without one last; `contexts` are by vendor.

    Requests for what is not simulated are left out: how the live service answers them is unknown.
    """
    simulated = (each for each in entries if each.refusal != Reason.NOT_SIMULATED)
    listed = sorted(simulated, key=lambda entry: (entry.end_seq, entry.id))
    pooled = _pooled_clients(listed)
    return [
        _request(index, each, contexts[each.vendor].of(each.operation), pooled=(each.vendor, each.grant) in pooled)
        for index, each in enumerate(listed)
    ]


def _request(index: int, entry: Entry, context: LintContext, *, pooled: bool) -> JournaledRequest:
    fields = {} if entry.body_digest is None else _fields(entry.body_text)
    parameters = _parameters(entry.query) | (fields or {})
    return JournaledRequest(entry, parameters, context, index, pooled, shows_all=fields is not None)


def _pooled_clients(entries: list[Entry]) -> set[tuple[str, str | None]]:
    """The clients, by vendor and token, that ever had two requests in flight at the same time.

    When a client stopped waiting for an answer that it did not get is unknown, so such requests do not count.
    """
    ends: dict[tuple[str, str | None], int] = {}
    found = set()
    answered = [each for each in entries if each.status is not None]
    for each in sorted(answered, key=lambda entry: entry.start_seq):
        client = each.vendor, each.grant
        if each.start_seq < ends.get(client, 0):
            found.add(client)
        ends[client] = max(ends.get(client, 0), each.end_seq)
    return found


def _fields(body: str | None) -> dict[str, str] | None:
    """The fields of a JSON object in a body, with text as it is and everything else as JSON; None for no object."""
    try:
        found = json.loads(body or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    given = ((name, value) for name, value in found.items() if value is not None)
    return {name: value if isinstance(value, str) else json.dumps(value, sort_keys=True) for name, value in given}


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
