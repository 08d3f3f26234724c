"""JetBrains AI: five measures of each tool per person and day, the credits spent, and which programs send the data."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from mockserver.products.jetbrains import options, sources
from mockserver.products.jetbrains.credits import Credits
from mockserver.products.jetbrains.events import events
from mockserver.products.jetbrains.facts import COUNTERS, CREDITS, TOOLS, JetBrainsFacts
from mockserver.products.jetbrains.programs import Programs, ReportingGate
from mockserver.products.jetbrains.ranges import JetBrainsRanges
from mockserver.products.jetbrains.rows import JetBrainsRows
from mockserver.products.model import FactSpec, ProductModel
from mockserver.simulation.core import Core
from mockserver.simulation.facts import Source

_AT_MOST = (("acceptances", "suggestions"), ("accepted_lines", "suggested_lines"))


@dataclass(frozen=True, slots=True)
class JetBrains:
    """JetBrains AI in one world: programs, the counters of each day, buckets over everybody, and rows one by one."""

    programs: Programs
    facts: JetBrainsFacts
    ranges: JetBrainsRanges
    rows: JetBrainsRows


def _build(core: Core) -> JetBrains:
    programs = Programs(core.people, core.scripts)
    facts = JetBrainsFacts(core.people, core.presence, core.scripts, Credits(core.people))
    ranges = JetBrainsRanges(core.people, facts, programs)
    return JetBrains(programs, facts, ranges, JetBrainsRows(core.people, core.presence, facts, programs))


def _source(jetbrains: JetBrains, variant: Hashable) -> Source:
    gate = variant if isinstance(variant, ReportingGate) else ReportingGate()
    return sources.reported(jetbrains.facts, jetbrains.programs, gate)


PRODUCT: Final[ProductModel[JetBrains]] = ProductModel(
    name=options.NAME,
    facts=FactSpec(
        labels=(),
        counters=COUNTERS,
        defaults_to={f"{tool}_{most}": f"{tool}_{less}" for tool in TOOLS for less, most in _AT_MOST},
        at_most=tuple((f"{tool}_{less}", f"{tool}_{most}") for tool in TOOLS for less, most in _AT_MOST),
    ),
    build=_build,
    metric_counters=COUNTERS[: CREDITS.start],
    source=_source,
    events=events,
    file=options.FILE,
)
