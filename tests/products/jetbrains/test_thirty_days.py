"""Credits that are renewed every thirty days from the start of each licence; `test_credits` has those of months."""

from datetime import date

import numpy as np
from hypothesis import given, settings

from mockserver.products.jetbrains.credits import Credits, QuotaPeriod
from mockserver.products.jetbrains.options import Allotment
from mockserver.simulation.calendar import Days
from tests.products.jetbrains.spending import days_of, histories, people_with, span_from, spend_by_hand
from tests.simulation import worlds


@settings(max_examples=25)
@given(histories())
def test_credits_of_thirty_days_are_spent_as_by_hand(
    history: tuple[Days, list[list[Allotment]], list[list[int]]],
) -> None:
    """Thirty days count from the licence's start, so each person has periods of their own."""
    span, licences, demands = history
    people = people_with(*licences)
    block, demand = people.block(0), np.array(demands, dtype=np.int64)
    ledger = Credits(people).spend(block, span, demand, QuotaPeriod.THIRTY_DAYS)
    for row, start in enumerate(block.licence_start("jetbrains").tolist()):
        whole = (start - span.first) % 30

        def is_renewal(day: date, start: int = start) -> bool:
            return (day.toordinal() - start) % 30 == 0

        expected = list(spend_by_hand(span, demands[row], licences[row], is_renewal))
        assert days_of(ledger, row)[whole:] == expected[whole:]


def test_generated_credits_of_thirty_days_are_raised_within_them() -> None:
    generated = worlds.world(people=1_200, service_accounts=()).people
    span = span_from(90)
    block = generated.block(0)
    demand = np.full((len(block), len(span)), 1_000_000, dtype=np.int64)
    ledger = Credits(generated).spend(block, span, demand, QuotaPeriod.THIRTY_DAYS)
    offsets = (span.ordinals - block.licence_start("jetbrains")[:, None]) % 30
    whole = np.cumsum(offsets == 0, axis=1) > 0
    raised = (ledger.top_up > 0) & (offsets > 0) & whole
    assert {*ledger.top_up[raised].tolist()} == {500}
    assert (offsets[raised].min(), offsets[raised].max()) == (9, 24)
    assert set(ledger.built_in[whole & (offsets == 0)].tolist()) == {1_000, 3_500, 2_000, 4_500}
    assert not ledger.built_in[whole & (offsets > 0)].any()
