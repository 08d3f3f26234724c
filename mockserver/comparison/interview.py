"""The questions put to a live API, one after the other; only facts of the answers are kept."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from socket import gaierror
from ssl import SSLError

from analytics_mockserver.client.http import AnswerTooLarge, NoAnswer, Response
from mockserver.comparison import asking, facts
from mockserver.comparison.asking import Asker
from mockserver.comparison.facts import Aspect, Fact, Facts
from mockserver.comparison.pace import Pace
from mockserver.comparison.question import Plan, Question
from mockserver.comparison.state import State
from mockserver.simulation.clock import Clock

REQUESTS_MAXIMUM = 60
"""How many requests a plan has at most."""

ANSWER_MAXIMUM = 16 * 1024 * 1024
"""The largest answer that is read, in bytes."""

_TOO_MANY, _UNAUTHORIZED, _FORBIDDEN = 429, 401, 403
_USELESS_MAXIMUM = 3

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (SSLError, "the TLS connection cannot be trusted or made"),
    (ConnectionRefusedError, "nothing listens at that host and port"),
    (gaierror, "the host has no address"),
    (TimeoutError, "it sent nothing within the timeout"),
    (ConnectionError, "the connection ended early"),
)
"""What ended a request, in words that have nothing of an answer or an address."""


class InterviewError(Exception):
    """Why an interview ended early, and whether it can go on later. The text has nothing of an answer."""

    def __init__(self, text: str, *, can_go_on: bool = True) -> None:
        super().__init__(text)
        self.can_go_on = can_go_on


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
    """Asks a live API; `requests` counts what was sent."""

    def __init__(self, plan: Plan, asker: Asker, pace: Pace, state: State) -> None:
        self._plan = plan
        self._asker = asker
        self._pace = pace
        self._state = state
        self._refused = 0
        self._useless = 0
        self._has_read = any(facts.status(each).startswith("2") for each in state.answers.values())
        self._knows_time = False
        self.requests = 0

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
        self._state.save()

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
            except AnswerTooLarge:
                megabytes = ANSWER_MAXIMUM // 1024**2
                problem = f"the answer has more than {megabytes} MiB, or comes too slowly, and is not read"
                raise InterviewError(f"{question.name}: {problem}") from None
            except NoAnswer as error:
                raise InterviewError(f"{question.name}: {_reason(error.__cause__)}") from None
            if not self._knows_time:
                self._set_time(response)
            if response.status != _TOO_MANY:
                return found, response
            self._refused += 1
            if self._refused > 1:
                raise InterviewError(
                    f"{question.name}: the service answered 429 a second time, so nothing more is asked"
                )
            if not self._pace.back_off(response.headers.get("retry-after")):
                raise InterviewError(
                    f"{question.name}: the service answered 429, and Retry-After is too long to wait for"
                )

    def _set_time(self, response: Response) -> None:
        """Take the dates of the requests from the first answer."""
        now, note = asking.time_of(response, Clock().now())
        self._state.begin(now, note)
        self._asker.values.update(asking.moments(now))
        self._knows_time = True

    def _check(self, question: Question, found: Facts) -> None:
        """The first answers must show that the credential works, and that they come from such an API."""
        if self._has_read or question.is_bad:
            return
        status = facts.status(found)
        is_login = self._is_login(question)
        if status.startswith("2") and Fact((), Aspect.MEDIA, "JSON") in found:
            self._has_read = not is_login
            return
        self._useless += 1
        if status in {str(_UNAUTHORIZED), str(_FORBIDDEN)} and question.scheme != self._first_scheme:
            raise InterviewError(
                f"{question.name}: the service answered {status}: the credential may not read it", can_go_on=False
            )
        if is_login or self._useless >= _USELESS_MAXIMUM:
            problem = f"the service answered {status}, and none of its answers has what this API has"
            raise InterviewError(f"{question.name}: {problem}; is the URL right, with its prefix?", can_go_on=False)

    @property
    def _first_scheme(self) -> str:
        """The scheme after which another one is tried; empty where there is one."""
        schemes = [each.scheme for each in self._plan.questions if each.scheme]
        return schemes[0] if len(schemes) > 1 else ""


def _reason(cause: BaseException | None) -> str:
    known = next((words for kind, words in _REASONS if isinstance(cause, kind)), None)
    return known or f"the service gave no whole answer ({type(cause).__name__})"
