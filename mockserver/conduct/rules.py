"""The rules that hold for every vendor: the name of each, what is observed when it is violated, and what to do instead.

Each family of rules has a module of its own; a vendor's own rules are in its advice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from mockserver.conduct import pages, refusals, repetition, tokens
from mockserver.conduct.advice import Advice, RequestRule
from mockserver.conduct.journaled_request import JournaledRequest

GOOD_PRACTICE: Final = "good practice"
"""The source of a rule on which the vendor says nothing."""

Text = str | Callable[[JournaledRequest], str]
"""What a finding says: a text, or made for the first request of the finding."""


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule. `violations` yields requests out of those to one vendor, which are in the order of the journal."""

    name: str
    observed: Text
    advice: Text
    violations: Callable[[Sequence[JournaledRequest]], Iterable[JournaledRequest]]


def _duration(time: timedelta) -> str:
    seconds = time.total_seconds()
    return "a second" if seconds == 1 else f"{seconds:.3g} s"


def _too_soon(request: JournaledRequest) -> str:
    shortest = _duration(refusals.shortest_wait(request))
    if request.entry.frozen:
        return f"sent within {shortest} of a 429 on the sandbox's frozen clock, or again and again"
    return f"sent within {shortest} of a 429, or refused again after a wait that did not grow"


def _back_off(request: JournaledRequest) -> str:
    refill = request.context.refill
    comes_back = f"; one request comes back every {_duration(refill)}" if refill else ""
    return f"wait before the next request, and longer after each further 429{comes_back}"


def _too_many(request: JournaledRequest) -> str:
    return f"refused with 429 after more requests than come back: {_limit(request)}"


def _limit(request: JournaledRequest) -> str:
    allowance = request.context.allowance
    return f"{allowance.per_minute} a minute, {allowance.burst} at once" if allowance else "no limit"


def _keep_answer(request: JournaledRequest) -> str:
    hour = request.context.publication_hour
    return "keep the answer until data of another day arrive" + ("" if hour is None else f", at {hour:02}:00 UTC")


def _whole_range(request: JournaledRequest) -> str:
    advice = request.context.advice
    dates = f", {advice.dates.first} to {advice.dates.last}" if advice.dates else ""
    longest = f" (up to {advice.longest_range} days)" if advice.longest_range else ""
    grouping = advice.daily_operations.get(request.entry.operation or "")
    return f"request the whole range at once{dates}{longest}" + (f", with {grouping}" if grouping else "")


def _next_page(request: JournaledRequest) -> str:
    advice = request.context.advice
    return f"request one page after the other, each with the {advice.cursor or advice.offset} from the answer before it"


def _leading_on(request: JournaledRequest) -> str:
    advice = request.context.advice
    return f"follow {advice.cursor or advice.offset} until the answer has no next page, or request less"


def _only_cursor(request: JournaledRequest) -> str:
    cursor = request.context.advice.cursor
    return f"change nothing but {cursor} between pages; start without it for another question"


def _small(request: JournaledRequest) -> str:
    return f"a list of several pages, each smaller than the default of {pages.default_size(request)}"


def _larger(request: JournaledRequest) -> str:
    return f"leave {request.context.advice.page_size} out, or use the largest allowed, so that there are fewer pages"


RULES: Final = (
    LintRule("no-backoff-after-429", _too_soon, _back_off, refusals.after_limit),
    LintRule(
        "no-backoff-after-5xx",
        "went on at once after the server failed: retried one question again and again, or sent one after the other",
        "wait before the second retry, and longer before each further one; give up after a few",
        refusals.after_failure,
    ),
    LintRule(
        "hammering",
        _too_many,
        lambda request: f"spread requests evenly; the limit is {_limit(request)}",
        refusals.hammering,
    ),
    LintRule(
        "unauthorized-ignored",
        "continued after two answers of 401 in a row",
        "stop at the first 401, and get valid credentials",
        refusals.ignoring(refusals.UNKNOWN),
    ),
    LintRule(
        "forbidden-ignored",
        "continued after two answers of 403 in a row",
        "stop at the first 403, and ask an administrator for the permission",
        refusals.ignoring(refusals.FORBIDDEN),
    ),
    LintRule(
        "refused-question-again",
        "the same request that was refused before for what is wrong with it",
        "read the error and change the request; the same one is refused again",
        refusals.refused_again,
    ),
    LintRule(
        "same-question-again",
        "the same request again within a data day, when its answer cannot have changed",
        _keep_answer,
        repetition.again,
    ),
    LintRule(
        "day-by-day",
        f"{repetition.DAYS} or more single days, with a request for each, of a range that can be had day by day",
        _whole_range,
        repetition.day_by_day,
    ),
    LintRule(
        "users-polled",
        f"the full list of users more than {repetition.POLLS} times in a day",
        "keep the list, and fetch it once a day",
        repetition.users_polled,
    ),
    LintRule(
        "pages-out-of-order",
        "a page requested before the answer that leads to it",
        _next_page,
        pages.out_of_order,
    ),
    LintRule(
        "pagination-abandoned",
        "a page with a next page that was never requested",
        _leading_on,
        pages.abandoned,
    ),
    LintRule(
        "cursor-with-other-filters",
        "a cursor sent with other parameters than the request that returned it",
        _only_cursor,
        pages.foreign_cursor,
    ),
    LintRule(
        "cursor-used-twice",
        "a cursor used again after it was answered",
        "keep the page, and continue with the cursor in it",
        pages.used_twice,
    ),
    LintRule("page-size-below-default", _small, _larger, pages.small),
    LintRule(
        "token-in-url",
        "credentials in the URL, where logs and proxies keep them",
        "send them only in the Authorization header, and revoke those that were exposed",
        tokens.in_url,
    ),
    LintRule(
        "token-fetched-anew",
        "an access token fetched while two from the last minute were still valid",
        "keep an access token, and use it until shortly before its expires_in is over",
        tokens.fetched_anew,
    ),
    LintRule(
        "expired-token-again",
        "an expired access token sent again after it was refused",
        "get another token after the first 401, or shortly before expires_in is over",
        tokens.expired_again,
    ),
)
"""Every rule for all vendors, in the order of findings."""


def of_vendor(advice: Advice) -> tuple[LintRule, ...]:
    """The rules for all vendors, then the vendor's own."""
    return RULES + tuple(_own(rule) for rule in advice.rules)


def _own(rule: RequestRule) -> LintRule:
    def violations(requests: Sequence[JournaledRequest]) -> Iterator[JournaledRequest]:
        return (each for each in requests if rule.violated_by(each.entry, each.parameters))

    return LintRule(rule.name, rule.observed, rule.advice, violations)


def names(advice: Iterable[Advice]) -> tuple[str, ...]:
    """The names of all rules, those of the vendors with this advice included."""
    own = [rule.name for each in advice for rule in each.rules]
    return tuple(dict.fromkeys([*(rule.name for rule in RULES), *own]))
