"""Usage as v2 shows it: v1's counters under other names, with models, and with the editors and languages of a user."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mockserver.products.tabnine import PRODUCT
from mockserver.products.tabnine.ranges import UsageTotals
from mockserver.products.world import World
from mockserver.simulation.hashing import I64
from mockserver.vendors.tabnine.reports import breakdowns, usage
from mockserver.vendors.tabnine.reports.breakdowns import BreakdownForm, Sums
from mockserver.vendors.tabnine.reports.usage import Bucket, Columns, Window


@dataclass(frozen=True, slots=True)
class NewerForm:
    """What v2 shows: models, the messages that a person sent instead of interactions; and empty buckets or not."""

    breakdown: BreakdownForm
    with_models: bool
    user_initiated: bool
    omit_empty: bool = False

    @property
    def messages(self) -> Callable[[Sums], int]:
        """The messages of the agent among its sums."""
        return _sent_by_user if self.user_initiated else _interactions


def columns(
    world: World, members: I64 | None, within: Window, chosen: Sequence[Bucket], form: NewerForm
) -> tuple[list[Bucket], Columns]:
    """The buckets that are shown, of some members by index (None: everybody), and their columns."""
    totals = usage.totals_of(world.of(PRODUCT).ranges, members, within, chosen)
    shown = [index for index, total in enumerate(totals) if not form.omit_empty or any(total.sums)]
    buckets = [chosen[index] for index in shown]
    found = usage.columns_of(buckets, [totals[index] for index in shown])
    found["agent_messages"] = found["agent_interactions"]
    if form.with_models or form.user_initiated:
        parts = usage.totals_of(world.of(PRODUCT).breakdowns, members, within, chosen)
        found |= _breakdown_columns([parts[index] for index in shown], form)
    return buckets, found


def _breakdown_columns(totals: Sequence[UsageTotals], form: NewerForm) -> Columns:
    found: Columns = {}
    if form.user_initiated:
        found["agent_messages"] = [breakdowns.agent_sums(total).user_messages for total in totals]
    if form.with_models:
        for section, messages in (("chat", _interactions), ("agent", form.messages)):
            found[f"{section}_models"] = breakdowns.section_models(
                totals, form.breakdown, chat=section == "chat", messages=messages
            )
    return found


def words(world: World, member: int, within: Window, chosen: Sequence[Bucket]) -> Columns:
    """The editors and the languages of a member in each bucket, joined by commas; None where there are none."""
    used = []
    for (start, _), (end, _) in chosen:
        cuts = [min(max(cut, within[0]), within[1]) for cut in (start, end)]
        used += world.of(PRODUCT).words.used(member, cuts) if cuts[0] < cuts[1] else [([], [])]
    columns = zip(*used, strict=True) if used else ((), ())
    return {
        name: [",".join(each) or None for each in column]
        for name, column in zip(("ides", "languages"), columns, strict=True)
    }


def _interactions(sums: Sums) -> int:
    return sums.interactions


def _sent_by_user(sums: Sums) -> int:
    return sums.user_messages
