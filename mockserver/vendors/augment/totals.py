"""What a client of Augment's credits and costs should have added up over a range."""

from datetime import datetime
from typing import Final

from mockserver.gateway.sandbox import SandboxMoment
from mockserver.gateway.switches import Switches
from mockserver.metrics.vendor_totals import CountedRange, VendorTotal
from mockserver.products.augment.breakdown import CostQuery, CreditQuery, GroupBy
from mockserver.vendors.augment import policy
from mockserver.vendors.augment.policy import CostToday
from mockserver.vendors.augment.reports import costs, credit_usage
from mockserver.vendors.augment.schemas import periods, rows
from mockserver.vendors.augment.schemas.periods import Period

_AT_ONCE: Final = 10_000
"""Members that are read together."""


def _credits(moment: SandboxMoment, first: int, last: int) -> CountedRange:
    now, switches = _at(moment)
    first, last = _within(Period.of_credits(now, switches), first, last)
    until, publication = periods.consumed_until(now, switches), periods.publication_of_range(last, now, switches)
    query = CreditQuery(first, last, until, by_date=False, by_model=False, publication=publication)
    found = credit_usage.rows(moment.sandbox.world, query, None, _AT_ONCE)
    parts = [(row.email or str(row.service_account), row.credits) for row in found]
    return CountedRange(first, query.known, parts)


def _costs(moment: SandboxMoment, first: int, last: int) -> CountedRange:
    now, switches = _at(moment)
    period = Period.of_costs(now, switches)
    first, last = _within(period, first, last)
    is_partial = switches[policy.COST_TODAY] is CostToday.PARTIAL
    until = periods.consumed_until(now, switches) if is_partial else None
    publication = periods.publication_of_range(last, now, switches)
    query = CostQuery(
        first,
        last,
        min(last, period.known),
        until,
        daily=False,
        group=GroupBy.RESOURCE,
        chosen=None,
        publication=publication,
    )
    found = costs.rows(moment.sandbox.world, query, None, _AT_ONCE)
    parts = [(row.model.name if row.model else str(row.machines), rows.billed(row, switches)) for row in found]
    return CountedRange(first, query.known, parts)


def _at(moment: SandboxMoment) -> tuple[datetime, Switches]:
    return moment.now, moment.policy.switches[policy.NAME]


def _within(period: Period, first: int, last: int) -> tuple[int, int]:
    """The part of a range that can be requested."""
    return max(first, period.oldest), min(last, period.newest)


TOTALS: Final = (
    VendorTotal(
        name=f"{policy.NAME}-credits",
        description="Credits that each user consumed, service accounts included: the sum of credits_consumed over the "
        "pages of credit-usage-by-user.",
        unit="credits",
        label="user",
        count=_credits,
    ),
    VendorTotal(
        name=f"{policy.NAME}-cost",
        description="What each model and compute cost: the sum of billed_amount_usd over the pages of cost-analytics, "
        "grouped by resource.",
        unit="USD",
        label="resource",
        count=_costs,
        to_text=rows.money,
    ),
)
