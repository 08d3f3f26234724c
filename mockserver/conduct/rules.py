"""The rules that hold for every vendor: the name of each, what is observed when it is violated, and what to do instead.

Each family of rules has a module of its own; a vendor's own rules are in its advice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Final

from mockserver.conduct import refusals, retrieval, tokens
from mockserver.conduct.advice import Advice, RequestRule
from mockserver.conduct.journaled_request import JournaledRequest

GOOD_PRACTICE: Final = "good practice"
"""The source of a rule on which the vendor says nothing."""


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule. `violations` yields requests out of those to one vendor, which are in the order of their answers.

    Requests that are in progress, or whose client left before the answer, come last. A rule that is `about_answers`
    gets none of them. The texts are templates: `names_in_texts` has the values of the names in braces.
    """

    name: str
    observed: str
    advice: str
    violations: Callable[[Sequence[JournaledRequest]], Iterable[JournaledRequest]]
    about_answers: bool = False

    def violating(self, requests: Sequence[JournaledRequest]) -> Iterable[JournaledRequest]:
        """The requests that violate it."""
        return self.violations([each for each in requests if each.has_answer] if self.about_answers else requests)


RULES: Final = (
    LintRule(
        "no-backoff-after-429",
        "sent within {shortest_wait} of a 429{or_again}",
        "wait before the next request, and longer after each further 429{refill}",
        refusals.under_each_limit(refusals.after_limit),
        about_answers=True,
    ),
    LintRule(
        "no-backoff-after-5xx",
        "went on at once after the server failed: retried one question again and again, or sent one after the other",
        "wait before the second retry, and longer before each further one; give up after a few",
        refusals.after_failure,
        about_answers=True,
    ),
    LintRule(
        "hammering",
        "refused with 429 after more requests than come back: {limit}",
        "spread requests evenly; the limit is {limit}",
        refusals.under_each_limit(refusals.hammering),
        about_answers=True,
    ),
    LintRule(
        "unauthorized-ignored",
        "continued after two answers of 401 in a row",
        "stop at the first 401, and get valid credentials",
        partial(refusals.ignored, status=HTTPStatus.UNAUTHORIZED),
        about_answers=True,
    ),
    LintRule(
        "forbidden-ignored",
        "continued after two answers of 403 in a row",
        "stop at the first 403, and ask an administrator for the permission",
        partial(refusals.ignored, status=HTTPStatus.FORBIDDEN),
        about_answers=True,
    ),
    LintRule(
        "refused-question-again",
        "the same request that was refused before for what is wrong with it",
        "read the error and change the request; the same one is refused again",
        refusals.repeated,
        about_answers=True,
    ),
    LintRule(
        "same-question-again",
        "the same request again within a data day, when its answer cannot have changed",
        "keep the answer until data of another day arrive{publication}",
        retrieval.repeated,
    ),
    LintRule(
        "day-by-day",
        f"{retrieval.DAYS} or more single days, with a request for each, of a range that can be had day by day",
        "request the whole range at once{dates}{longest_range}{grouping}",
        retrieval.day_by_day,
    ),
    LintRule(
        "restated-day-not-read-again",
        "a day read before its figures were final, and not again once they were, when other days were read",
        "with each publication, read the last {restated_days} published days and the one before them again",
        retrieval.read_before_final,
    ),
    LintRule(
        "users-polled",
        f"the full list of users more than {retrieval.POLLS} times in a day",
        "keep the list, and fetch it once a day",
        retrieval.users_polled,
    ),
    LintRule(
        "pages-out-of-order",
        "a page requested before the answer that leads to it",
        "request one page after the other, each with the {cursor} from the answer before it",
        retrieval.pages_out_of_order,
    ),
    LintRule(
        "pagination-abandoned",
        "a page with a next page that was never requested",
        "follow {cursor} until the answer has no next page, or request less",
        retrieval.abandoned_list,
    ),
    LintRule(
        "stopped-at-empty-page",
        "a page without rows that led to another one, which was never requested",
        "stop when the answer has no next page, and not when a page has no rows: {cursor} may lead on to the rest",
        retrieval.stopped_at_empty_page,
    ),
    LintRule(
        "repeated-cursor-followed",
        "a page requested again because an answer led back to it",
        "remember each {cursor} of a list, and stop with an error when an answer has one that was requested before",
        retrieval.repeated_link_followed,
    ),
    LintRule(
        "cursor-with-other-filters",
        "a cursor sent with other parameters than the request that returned it",
        "change nothing but {cursor} between pages; start without it for another question",
        retrieval.foreign_cursor,
    ),
    LintRule(
        "cursor-used-twice",
        "a cursor used again after it was answered",
        "keep the page, and continue with the cursor in it",
        retrieval.cursor_used_twice,
    ),
    LintRule(
        "page-size-below-default",
        "a list of several pages, each smaller than the default of {default_page_size}",
        "leave {page_size} out, or use the largest allowed, so that there are fewer pages",
        retrieval.small_pages,
    ),
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
        about_answers=True,
    ),
    LintRule(
        "expired-token-again",
        "an expired access token sent again after it was refused",
        "get another token after the first 401, or shortly before expires_in is over",
        tokens.expired_again,
        about_answers=True,
    ),
)
"""Every rule for all vendors, in the order of findings."""


def names_in_texts(request: JournaledRequest) -> dict[str, str | int | None]:
    """The values of the names in braces, for the first request of a finding."""
    operation, advice, allowance = request.entry.operation or "", request.context.advice, request.context.allowance
    refill, hour = request.context.refill, request.context.publication_hour
    dates, grouping = advice.dates, advice.daily_operations.get(operation)
    or_again = ", or refused again after a wait that did not grow"
    if request.entry.frozen:
        or_again = " on the sandbox's frozen clock, or again and again"
    return {
        "shortest_wait": _duration(refusals.shortest_wait(request)),
        "or_again": or_again,
        "refill": f"; one request comes back every {_duration(refill)}" if refill else "",
        "limit": f"{allowance.per_minute} a minute, {allowance.burst} at once" if allowance else "no limit",
        "restated_days": request.context.restated_days,
        "publication": "" if hour is None else f", at {hour:02}:00 UTC",
        "dates": f", {dates.first} to {dates.last}" if dates else "",
        "longest_range": f" (up to {advice.longest_range} days)" if advice.longest_range else "",
        "grouping": f", with {grouping}" if grouping else "",
        "cursor": advice.cursor or advice.offset,
        "page_size": advice.page_size,
        "default_page_size": advice.default_page_sizes.get(operation),
    }


def _duration(time: timedelta) -> str:
    seconds = time.total_seconds()
    return "a second" if seconds == 1 else f"{seconds:.3g} s"


def of_vendor(advice: Advice) -> tuple[LintRule, ...]:
    """The rules for all vendors, then the vendor's own."""
    own = (LintRule(rule.name, rule.observed, rule.advice, partial(_violations, rule)) for rule in advice.rules)
    return (*RULES, *own)


def _violations(rule: RequestRule, requests: Sequence[JournaledRequest]) -> Iterable[JournaledRequest]:
    return (each for each in requests if rule.violated_by(each.entry, each.parameters))


def names(advice: Iterable[Advice]) -> tuple[str, ...]:
    """The names of all rules, those of the vendors with this advice included."""
    return tuple(dict.fromkeys(rule.name for each in advice for rule in of_vendor(each)))
