"""What the client lint needs to know of a vendor; each vendor's `advice.py` exports an `Advice` as ADVICE."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from mockserver.gateway.journal import Entry
from mockserver.gateway.limits import Allowance


@dataclass(frozen=True, slots=True)
class RangeParameters:
    """The two parameters of a range of dates; `exclusive`: the second one is the end, which is not in the range."""

    first: str
    last: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class RequestRule:
    """A vendor's own rule about single requests.

    `violated_by` gets an entry of the journal and its parameters (of a repeated one all values, joined by commas).
    The texts are templates (see `rules.names_in_texts`).
    """

    name: str
    observed: str
    advice: str
    violated_by: Callable[[Entry, Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class Advice:
    """A vendor's parameters, page sizes, rules and sources. What is left out does not exist at the vendor.

    `cursor`, `offset` and `page_size` are the parameters of paging, `default_page_sizes` the documented sizes by
    operation, `dates` the parameters of a range, `longest_range` its documented maximum in days, `day` the parameter of
    a single day. `published_days` are the operations that show published days, with how many they show up to yesterday
    unless the request says which. `daily_operations` are those whose days need not be requested one by one, with what
    returns a range day by day ("": the operation itself).
    `live_operations` are those whose answers can change at any moment. `user_lists` return all users, page by page.
    `issuing_operation` issues access tokens that expire.
    `rules` are the vendor's own, and `sources` its own words on any rule, by the rule's name.
    """

    cursor: str | None = None
    offset: str | None = None
    page_size: str | None = None
    default_page_sizes: Mapping[str, int] = field(default_factory=dict)
    dates: RangeParameters | None = None
    longest_range: int | None = None
    day: str | None = None
    published_days: Mapping[str, int] = field(default_factory=dict)
    daily_operations: Mapping[str, str] = field(default_factory=dict)
    live_operations: frozenset[str] = frozenset()
    user_lists: frozenset[str] = frozenset()
    issuing_operation: str | None = None
    rules: tuple[RequestRule, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LintContext:
    """A vendor in a sandbox: its advice and the limit in force.

    `allowance` is None where nothing is limited; `limit` is the name of the limit. `publication_hour` (UTC) is when
    data of a day arrive, on the next day; None where they appear during the day. `restated_days` is in how many later
    publications a day is restated. `by_operation` has the contexts of operations under another limit.
    """

    advice: Advice
    allowance: Allowance | None = None
    publication_hour: int | None = None
    limit: str = ""
    restated_days: int = 0
    by_operation: Mapping[str, "LintContext"] = field(default_factory=dict)

    def of(self, operation: str | None) -> "LintContext":
        """The context of an operation."""
        return self.by_operation.get(operation or "", self)

    @property
    def refill(self) -> timedelta | None:
        """How long the limit takes to allow one more request; None where nothing is limited."""
        return timedelta(minutes=1) / self.allowance.per_minute if self.allowance else None
