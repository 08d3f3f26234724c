"""People with licences, their demand, and what is spent of it, computed by hand."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from hypothesis import strategies as st

from mockserver.products.jetbrains.credits import CreditLedger
from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, Raise
from mockserver.simulation import calendar
from mockserver.simulation.calendar import Days
from mockserver.simulation.organization import SpecialPerson
from mockserver.simulation.people import People
from tests.simulation import worlds

DaySpending = tuple[int, int, bool]
"""A day: what was spent out of quotas and out of top-ups, and whether a limit was hit."""

FIRST = date(2025, 10, 1)


def people_with(*licences: Sequence[Allotment]) -> People:
    """An organization of people who have these licences."""
    special = tuple(
        SpecialPerson(f"p{position}@small.example", options={"jetbrains": JetBrainsPerson(credits=tuple(each))})
        for position, each in enumerate(licences)
    )
    return worlds.world(people=len(licences), service_accounts=(), special=special).people


def span_from(length: int, first: date = FIRST) -> Days:
    """A run of days."""
    return calendar.days(worlds.BASE, first.toordinal(), first.toordinal() + length - 1)


def days_of(ledger: CreditLedger, row: int) -> list[DaySpending]:
    """What a member spent, day by day."""
    parts = (ledger.built_in, ledger.top_up, ledger.hit)
    return list(zip(*(part[row].tolist() for part in parts), strict=True))


def _begins_month(day: date) -> bool:
    return day.day == 1


def spend_by_hand(
    span: Days,
    demand: Sequence[int],
    licences: Sequence[Allotment],
    is_renewal: Callable[[date], bool] = _begins_month,
) -> Iterator[DaySpending]:
    """The expected spending, computed day by day and licence by licence; nothing is there before the first renewal."""
    quotas, top_ups, counted = ([each] * len(licences) for each in (0, 0, False))
    for day, amount in zip(map(date.fromordinal, span.ordinals.tolist()), demand, strict=True):
        if is_renewal(day):
            quotas, top_ups = [each.quota for each in licences], [each.top_up for each in licences]
            counted = [False] * len(licences)
        built_in, top_up, hit = 0, 0, False
        for position, licence in enumerate(licences):
            top_ups[position] += sum(each.top_up for each in licence.raises if each.day == day)
            out_of_quota = min(amount - built_in - top_up, quotas[position])
            quotas[position] -= out_of_quota
            built_in += out_of_quota
            out_of_top_up = min(amount - built_in - top_up, top_ups[position])
            top_ups[position] -= out_of_top_up
            top_up += out_of_top_up
            if out_of_quota + out_of_top_up and not quotas[position] + top_ups[position] and not counted[position]:
                hit = counted[position] = True
        yield built_in, top_up, hit


AMOUNTS = st.one_of(st.integers(0, 12), st.integers(0, 400))
MONTHS = st.sampled_from([date(2025, 10, 1), date(2024, 2, 1), date(2023, 12, 1), date(2100, 2, 1)])
LENGTHS = st.one_of(st.integers(1, 70), st.sampled_from([28, 29, 30, 31, 32, 59, 60, 61, 62]))


@st.composite
def _allotments(draw: st.DrawFn, first: date) -> Allotment:
    days = st.integers(-40, 75).map(lambda day: first + timedelta(days=day))
    raises = draw(st.lists(st.builds(Raise, days, AMOUNTS), max_size=4))
    return Allotment(draw(AMOUNTS), draw(AMOUNTS), tuple(raises))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Days, list[list[Allotment]], list[list[int]]]:
    """Some days, with the licences and the demand of some people."""
    first = draw(MONTHS)
    span = span_from(draw(LENGTHS), first)
    licences = draw(st.lists(st.lists(_allotments(first), max_size=3), min_size=1, max_size=4))
    some = st.dictionaries(st.integers(0, len(span) - 1), AMOUNTS, max_size=20)
    demands = [[amounts.get(day, 0) for day in range(len(span))] for amounts in (draw(some) for _ in licences)]
    return span, licences, demands
