"""Questions sent to an API, live or simulated: each gets an answer, of which only facts are kept."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote

from analytics_mockserver.client.http import Response, Transport
from mockserver.comparison import reading
from mockserver.comparison.facts import Aspect, Fact, Facts
from mockserver.comparison.keys import Names
from mockserver.comparison.question import Plan, Question
from mockserver.learning.api import Operation
from mockserver.learning.findings import Ours
from mockserver.learning.shape import Shape, union

MADE_UP_ID = "0b7d5c1e-6f2a-4b38-9d47-1a2b3c4d5e6f"
"""An id that nobody has."""

_DAYS = {
    "today": 0,
    "yesterday": -1,
    "two_days_ago": -2,
    "week_ago": -7,
    "month_ago": -30,
    "future_from": 40,
    "future_to": 46,
}
_YEARS = (1, 3, 40)
_CLOCKS_APART = timedelta(days=5 * 365)
"""How far the clock of an API can be from that of this machine: that of a test server can be set."""

_BESIDE_SHAPES = frozenset((Aspect.STATUS, Aspect.MEDIA, Aspect.HEADER, Aspect.CLOCK, Aspect.MARK))
_UNAUTHORIZED = 401
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What is raised where a part of a body is not of the expected form."""


def moments(now: datetime) -> dict[str, str]:
    """The variables that are dates."""
    day = now.date()
    days = {name: str(day + timedelta(days=number)) for name, number in _DAYS.items()}
    years = {f"years_ago_{each}": str(day.replace(year=day.year - each, day=min(day.day, 28))) for each in _YEARS}
    return days | years


def time_of(response: Response, here: datetime) -> tuple[datetime, str]:
    """The time of a service, as its answer has it in the header Date, and an empty note.

    Where that is missing, no time, or years off, the time here, and a note of why.
    """
    given = _date(response.headers.get("date", ""))
    if given is not None and abs(given - here) <= _CLOCKS_APART:
        return given, ""
    years = _CLOCKS_APART.days // 365
    problem = (
        f"is more than {years} years off" if given else "is no time" if "date" in response.headers else "is missing"
    )
    return here, f"The header Date of the API {problem}, so the clock of this machine was used."


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


Memo = dict[tuple[str, str, bytes], Facts]
"""The facts of bodies that were read before: by the question, the request and a digest of the body."""


class Asker:
    """Asks the questions of a plan. Kept parts of answers are in memory as long as it exists.

    With `names`, as for a live API, only these are read, and of all other keys it is said how many there are.
    """

    def __init__(
        self,
        plan: Plan,
        ours: Ours,
        transport: Transport,
        token: str,
        values: Mapping[str, str],
        memo: Memo | None = None,
        names: Names | None = None,
    ) -> None:
        self._memo: Memo = {} if memo is None else memo
        self._names = names
        self._unsure: dict[str, tuple[Question, str, Response, Facts]] = {}
        errors = [each for operation in ours.operations.values() for each in _errors(operation)]
        self._errors = union(errors) if errors else None
        self._plan = plan
        self._ours = ours
        self._transport = transport
        self._schemes = [each.scheme for each in plan.questions if each.scheme] or ["Bearer"]
        self._enums = {name: reading.enums(each.shape) for name, each in ours.operations.items()}
        self._timestamps: dict[tuple[str, ...], str] = {}
        basic = base64.b64encode(token.encode()).decode()
        self._fixed = values
        self.values: dict[str, Any] = {"token": token, "basic": basic, "made_up_id": MADE_UP_ID, **values}

    def can_ask(self, question: Question) -> bool:
        """Whether every variable is known that it needs."""
        path = self._ours.endpoints[question.operation].path
        return question.needs(path, self._plan.authorization) <= {*self.values, "scheme"}

    def ask(self, question: Question) -> tuple[Facts, Response]:
        """The facts of an answer, and the answer itself, of which nothing must be kept."""
        method, target, headers, content = self._request(question)
        response = self._transport(method, target, headers, content)
        facts, body = reading.whole(response)
        if question.scheme and response.status != _UNAUTHORIZED:
            self.values.setdefault("scheme", question.scheme)
        if body is not None:
            facts |= self._read(question, target, body, response)
            facts |= self._clocks(body, facts)
            facts |= {Fact((name,), Aspect.MARK, said) for name, said in self._marks(question, body)}
            self._keep(question, body)
            if self._is_unsure(facts):
                self._unsure[question.name] = question, target, response, facts
        return facts, response

    @property
    def unsure(self) -> frozenset[str]:
        """The names of the questions whose answers have keys that a later answer can show to be names."""
        return frozenset(self._unsure)

    def sure(self) -> dict[str, Facts]:
        """The facts of answers that were unsure, as they are now that everything has been asked."""
        unsure, self._unsure = self._unsure, {}
        found = {}
        for name, (question, target, response, facts) in unsure.items():
            rest = frozenset(each for each in facts if each.aspect in _BESIDE_SHAPES)
            found[name] = rest | self._read(question, target, reading.whole(response)[1], response)
        return found

    def _is_unsure(self, facts: Facts) -> bool:
        hidden = [each for each in facts if each.aspect is Aspect.KEYS]
        can_be_renamed = self._ours.renaming is not None
        return self._names is not None and any(can_be_renamed or not each.path for each in hidden)

    def _request(self, question: Question) -> tuple[str, str, dict[str, str], bytes]:
        endpoint = self._ours.endpoints[question.operation]
        values = {"scheme": question.scheme or self.values.get("scheme", self._schemes[0]), **self.values}
        if question.scheme:
            values["scheme"] = question.scheme
        quoted = {name: quote(each, safe="") for name, each in values.items() if isinstance(each, str)}
        target = (question.target or endpoint.path).format_map(quoted)
        if question.query:
            target += f"?{question.query.format_map(quoted)}"
        authorization = (question.authorization or self._plan.authorization).format_map(values)
        headers = {"Accept": "application/json", "Authorization": authorization}
        content = b""
        if isinstance(question.body, str):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            content = question.body.format_map(quoted).encode()
        elif question.body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(filled(question.body, values)).encode()
        return endpoint.method.upper(), target, headers, content

    def _read(self, question: Question, target: str, body: Any, response: Response) -> Facts:
        if self._names is not None:
            ours = self._documented(question.operation, str(response.status))
            return self._facts(question, target, body, partial(self._names.masked, question.operation, ours))
        key = question.name, target, sha256(response.body).digest()
        if key not in self._memo:
            self._memo[key] = self._facts(question, target, body, None)
        return self._memo[key]

    def _facts(self, question: Question, target: str, body: Any, mask: reading.Mask | None) -> Facts:
        sent = dict(parse_qsl(target.partition("?")[2])) | _texts(question.body, self.values)
        enums, ordered = self._enums[question.operation], self._plan.ordered
        return reading.body(body, sent, enums, question.counted, ordered, mask)

    def _documented(self, operation: str, code: str) -> Shape | None:
        """The shape that an answer should have: for an error that is not documented, that of any."""
        answers = self._ours.operations[operation].answers
        if code in answers:
            return answers[code].shape
        return self._ours.operations[operation].shape if code.startswith("2") else self._errors

    def _clocks(self, body: Any, facts: Facts) -> set[Fact]:
        """How many digits a timestamp has that differs from the last one at its path, so that its clock runs.

        One that the request had says nothing of a clock: it differs from the last one if another question was asked.
        """
        found = set()
        sent = {each.path for each in facts if each.aspect is Aspect.ECHO}
        for path, (text, digits) in reading.timestamps(body, facts).items():
            if path not in sent and self._timestamps.get(path, text) != text:
                found.add(Fact(path, Aspect.CLOCK, f"{digits} digits"))
            self._timestamps[path] = text
        return found

    def _marks(self, question: Question, body: Any) -> Iterator[tuple[str, str]]:
        for name, mark in question.marks.items():
            said = _without_error(partial(mark, body, self.values))
            if said is not None:
                yield name, said

    def _keep(self, question: Question, body: Any) -> None:
        for name, pick in question.keeps.items():
            found = _without_error(partial(pick, body))
            if found is not None and name not in self._fixed and _can_be_sent(found):
                self.values[name] = str(found) if isinstance(found, str | int) else found


def _errors(operation: Operation) -> Iterator[Shape]:
    for code, answer in operation.answers.items():
        if not code.startswith("2") and answer.shape is not None:
            yield answer.shape


def _without_error(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except _UNREADABLE:
        return None


def _can_be_sent(found: Any) -> bool:
    """Whether a text breaks no request, whose error would have the text, and leads to no other path."""
    return not isinstance(found, str) or (found.isascii() and found.isprintable() and found not in {".", ".."})


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """A template whose texts have the values of their variables."""
    if isinstance(template, str):
        return template.format_map(values)
    if isinstance(template, Mapping):
        return {name: filled(each, values) for name, each in template.items()}
    return [filled(each, values) for each in template] if isinstance(template, list | tuple) else template


def _texts(body: Any, values: Mapping[str, Any]) -> dict[str, str]:
    """The parameters in a JSON body that are text."""
    found = filled(body, values) if isinstance(body, Mapping) else {}
    return {name: each for name, each in found.items() if isinstance(each, str)}
