"""The questions put to a live API, one after the other; only facts are kept, also on the disk."""

import json
import os
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from analytics_mockserver.client.http import NoAnswer, Response
from mockserver.comparison import asking, facts
from mockserver.comparison.asking import Asker
from mockserver.comparison.facts import Facts
from mockserver.comparison.pace import Pace
from mockserver.comparison.question import Plan, Question
from mockserver.simulation.clock import Clock

REQUESTS_MAXIMUM = 60
"""How many requests a plan has at most."""

_TOO_MANY, _UNAUTHORIZED, _FORBIDDEN = 429, 401, 403


class InterviewError(Exception):
    """Why an interview ended early. The text has nothing of an answer."""


class StateError(ValueError):
    """A state file that cannot be used."""


@dataclass(slots=True)
class State:
    """The facts of the answers so far, by question, in a file without values; without a path, only in memory."""

    vendor: str
    path: Path | None = None
    answers: dict[str, Facts] = field(default_factory=dict)

    def load(self) -> None:
        """Read the file if there is one; StateError if it is of something else."""
        if self.path is None or not self.path.exists():
            return
        try:
            saved = json.loads(self.path.read_bytes())
            answers = {str(name): facts.from_json(each) for name, each in saved["answers"].items()}
            vendor = str(saved["vendor"])
        except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise StateError(f"{self.path}: not a state file of this command; remove it to begin anew") from error
        if vendor != self.vendor:
            raise StateError(f"{self.path}: it is of another vendor, {vendor!r:.60}, not {self.vendor}")
        self.answers = answers

    def save(self, unsure: Collection[str] = ()) -> None:
        """Write the file, which only its owner may read, without the unsure answers; StateError if that fails."""
        if self.path is None:
            return
        saved = {name: facts.to_json(each) for name, each in self.answers.items() if name not in unsure}
        text = json.dumps({"vendor": self.vendor, "answers": saved})
        beside = self.path.with_name(f"{self.path.name}.part")
        try:
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(text)
            beside.replace(self.path)
        except OSError as error:
            raise StateError(f"{self.path}: cannot be written: {error.strerror}") from error

    def remove(self) -> None:
        """Remove the file."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def questions(plan: Plan, *, with_bad: bool) -> list[Question]:
    """The questions that are asked."""
    return [each for each in plan.questions if with_bad or not each.is_bad]


def to_ask(chosen: Iterable[Question], state: State, needs: Callable[[Question], set[str]]) -> list[Question]:
    """The questions without an answer, and those before them whose answers they need."""
    listed = [*chosen]
    missing = [each for each in listed if each.name not in state.answers]
    needed = {name for each in missing for name in needs(each)}
    return [each for each in listed if each in missing or (missing and (each.scheme or needed & each.keeps.keys()))]


Around = Callable[[Question, int], AbstractContextManager[None]]
"""What surrounds each question, with the number of those before it."""


class Interview:
    """Asks a live API; `requests` counts what was sent, and `now` is the time that the API has."""

    def __init__(self, plan: Plan, asker: Asker, pace: Pace, state: State) -> None:
        self._plan = plan
        self._asker = asker
        self._pace = pace
        self._state = state
        self._refused = 0
        self.requests = 0
        self.now: datetime | None = None

    def run(self, asked: Iterable[Question], around: Around) -> None:
        """Ask the questions, and save the facts after each; InterviewError where that makes no sense any more."""
        for number, question in enumerate(asked):
            if self._asker.can_ask(question):
                with around(question, number):
                    found = self._ask(question)
                self._check(question, found)
                self._state.answers[question.name] = found
                self._state.save(self._asker.unsure)
        self._state.answers |= self._asker.sure()

    def _ask(self, question: Question) -> Facts:
        found, response = self._send(question)
        login = next((each for each in self._plan.questions if self._is_login(each)), None)
        if response.status == _UNAUTHORIZED and login and question is not login and not question.authorization:
            self._send(login)
            found, response = self._send(question)
        return found

    def _is_login(self, question: Question) -> bool:
        return any(f"{{{name}}}" in self._plan.authorization for name in question.keeps)

    def _send(self, question: Question) -> tuple[Facts, Response]:
        while True:
            self._pace.before_request()
            self.requests += 1
            try:
                found, response = self._asker.ask(question)
            except NoAnswer as error:
                kind = type(error.__cause__).__name__
                raise InterviewError(f"{question.name}: the service gave no whole answer ({kind})") from None
            if self.now is None:
                self.now = asking.date_of(response) or Clock().now()
                self._asker.values.update(asking.moments(self.now))
            if response.status != _TOO_MANY:
                return found, response
            self._refused += 1
            if self._refused > 1:
                raise InterviewError(
                    f"{question.name}: the service answered 429 a second time, so nothing more is asked"
                )
            self._pace.back_off(response.headers.get("retry-after"))

    def _check(self, question: Question, found: Facts) -> None:
        """The first answers must show that the credential works."""
        is_first = not question.is_bad and not question.scheme and not self._state.answers
        status = facts.status(found)
        if is_first and status in {str(_UNAUTHORIZED), str(_FORBIDDEN)}:
            raise InterviewError(f"{question.name}: the service answered {status}: the credential may not read it")
