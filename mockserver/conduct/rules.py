"""Answers which rules there are: the name of each, whose advice it is, what is seen where it is broken, what to do.

Finding the requests stays out; each family of rules has a module of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mockserver.conduct import pages, questions, refusals, tokens
from mockserver.conduct.journaled_request import JournaledRequest

MANNERS: Final = "manners"
_BEST: Final = "Augment's page on its Analytics API, best practices"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `breaks` yields the requests that break it, out of those to one vendor in the order of the journal.

    `sources` are the vendors' own words for it, by vendor; for any other vendor it is `MANNERS`. `only` are the vendors
    that have the rule; empty: all. In `do`, {hour} stands for when data of another day arrive.
    """

    name: str
    seen: str
    do: str
    breaks: Callable[[Sequence[JournaledRequest]], Iterable[JournaledRequest]]
    sources: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()


RULES: Final = (
    Rule(
        "no-backoff-after-429",
        "asked within a second of a 429, or refused again after a wait that did not grow",
        "wait before asking again, and longer after each further refusal; a request of Augment's comes back in 6 s",
        refusals.after_limit,
        {"augment": f"{_BEST}: exponential backoff"},
    ),
    Rule(
        "no-backoff-after-5xx",
        "asked on at once after the server failed: the same again and again, or one question after the other",
        "wait before the second retry, and longer before each further one; give up after a few",
        refusals.after_failure,
    ),
    Rule(
        "hammering",
        "refused with 429 after more than 10 requests within a minute",
        "spread requests evenly: at most 10 a minute come back, and the burst of 20 is for once",
        refusals.hammering,
        {"augment": f"{_BEST}: spread requests over time"},
        only=("augment",),
    ),
    Rule(
        "unauthorized-ignored",
        "went on asking after two answers of 401 in a row",
        "stop at the first 401, and get credentials that hold",
        refusals.ignoring(refusals.UNKNOWN),
    ),
    Rule(
        "forbidden-ignored",
        "went on asking after two answers of 403 in a row",
        "stop at the first 403, and ask an administrator for the permission",
        refusals.ignoring(refusals.FORBIDDEN),
    ),
    Rule(
        "refused-question-again",
        "the same question that was refused before for what is wrong with it",
        "read what the refusal says and change the question; the same one gets the same refusal",
        refusals.refused_again,
    ),
    Rule(
        "same-question-again",
        "the same question again within the data's day, when its answer cannot have changed",
        "keep the answer until data of another day arrive, at {hour}",
        questions.again,
        {"augment": f"{_BEST}: cache responses"},
    ),
    Rule(
        "day-by-day",
        f"{questions.DAYS} or more single days, one request for each, of what a range tells day by day",
        "ask for the whole range at once (Augment: up to 90 days), grouped by day",
        questions.day_by_day,
        {"augment": f"{_BEST}: batch requests"},
    ),
    Rule(
        "users-polled",
        f"the full list of users more than {questions.POLLS} times in a day",
        "keep the list, and fetch it once a day",
        questions.users_polled,
        only=("tabnine",),
    ),
    Rule(
        "today-asked",
        "asked for today or later, where yesterday (UTC) is the newest day",
        "end ranges yesterday, by the calendar of UTC",
        questions.today,
        {"augment": "Augment's page on its Analytics API: the most recent date that can be asked for is yesterday"},
        only=("augment",),
    ),
    Rule(
        "month-index",
        "asked for month 00",
        "count months from 01 in startDate, and from 0 in the answer",
        questions.month_zero,
        {"tabnine": "Tabnine's page on usage metrics, account utilizations"},
        only=("tabnine",),
    ),
    Rule(
        "older-version",
        "asked under v1 for a report that is documented under v2",
        "ask for limit-hits under /metrics/api/v2",
        questions.older_version,
        {"jetbrains-console": "the public path of limit-hits, which is v2"},
        only=("jetbrains-console",),
    ),
    Rule(
        "pages-out-of-order",
        "asked for a page before the answer was there that leads to it",
        "take one page after the other, each from what the answer before it gives",
        pages.out_of_order,
        {"augment": f"{_BEST}: use pagination efficiently"},
    ),
    Rule(
        "walk-abandoned",
        "a page led to another one, for which nobody asked",
        "walk until the answer says that there is no more, or ask for less",
        pages.abandoned,
    ),
    Rule(
        "cursor-with-other-filters",
        "a cursor sent with other parameters than those of the request that it came from",
        "change nothing but the cursor within a walk; begin anew for another question",
        pages.foreign_cursor,
        {"jetbrains-ide": "IDE Services' page on AI analytics: a cursor continues its own list"},
    ),
    Rule(
        "cursor-used-twice",
        "a cursor used again after it was answered",
        "keep the page, and go on with the cursor that came with it",
        pages.used_twice,
    ),
    Rule(
        "page-size-below-default",
        "pages smaller than the default, in a walk of several",
        "leave the size out, or ask for the largest allowed, so that the walk takes fewer requests",
        pages.small,
        {"augment": f"{_BEST}: batch requests"},
    ),
    Rule(
        "token-in-url",
        "credentials in the URL, where logs and proxies keep them",
        "send them in the Authorization header alone, and revoke those that were shown",
        tokens.in_url,
    ),
    Rule(
        "token-fetched-anew",
        "an access token fetched while two from the last minute were still good",
        "keep an access token, and use it until shortly before its expires_in is over",
        tokens.fetched_anew,
        only=("jetbrains-console",),
    ),
    Rule(
        "expired-token-again",
        "an expired access token sent again after it was refused",
        "get another token after the first 401, or shortly before expires_in is over",
        tokens.expired_again,
        only=("jetbrains-console",),
    ),
)
"""Every rule, in the order in which findings are told."""
