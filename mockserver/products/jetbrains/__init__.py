"""JetBrains AI: five measures of each tool per person and day, the credits spent, and which programs send the data."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from mockserver.products.jetbrains import options, sources
from mockserver.products.jetbrains.facts import ACTIVITY, COUNTERS, CREDITS, SPENDERS, TOOLS, JetBrainsFacts
from mockserver.products.jetbrains.options import Tool
from mockserver.products.jetbrains.programs import Programs, ReportingGate
from mockserver.products.jetbrains.ranges import JetBrainsRanges
from mockserver.products.jetbrains.rows import JetBrainsRows
from mockserver.products.metric_events import Dimension, DimensionEvents, Events
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
    facts = JetBrainsFacts(core.people, core.presence, core.scripts)
    ranges = JetBrainsRanges(core.people, facts, programs)
    return JetBrains(programs, facts, ranges, JetBrainsRows(core.people, core.presence, facts, programs))


def _source(jetbrains: JetBrains, variant: Hashable) -> Source:
    gate = variant if isinstance(variant, ReportingGate) else ReportingGate()
    return sources.reported(jetbrains.facts, jetbrains.programs, gate)


@cache
def _events(wanted: DimensionEvents) -> Mapping[Dimension, Events]:
    """By dimension. For a tool that only shows something, accepting it is the interaction under STRICT."""
    broad = wanted is DimensionEvents.BROAD
    showing, chat, agents = (Tool.COMPLETION, Tool.EDITS), (Tool.CHAT,), (Tool.JUNIE, Tool.CLAUDE, Tool.CODEX)
    shown = _names(showing, "invocations" if broad else "acceptances")
    assisted, worked = (*shown, *_names(chat, "invocations")), _names(agents, "invocations")
    accepted, reviewed = _names(TOOLS, "acceptances"), _names(chat, "acceptances")
    lines, reviewed_lines = _names((*showing, *chat), "accepted_lines"), _names(chat, "accepted_lines")
    written, kept = _names(agents, "suggested_lines"), _names(agents, "accepted_lines")
    assistance = _names((*showing, *chat), *ACTIVITY) if broad else assisted
    return {
        Dimension.ASSISTANCE: Events(assistance, assisted, lines, lines),
        Dimension.CODING: Events(accepted, accepted, (*lines, *written), (*lines, *kept)),
        Dimension.REVIEW: Events(reviewed, reviewed, reviewed_lines, reviewed_lines) if broad else Events(),
        Dimension.AGENTS: Events(_names(agents, *ACTIVITY) if broad else worked, worked, written, kept),
    }


def _names(tools: Iterable[str], *measures: str) -> tuple[str, ...]:
    return tuple(f"{tool}_{measure}" for tool in tools for measure in measures)


PRODUCT: Final[ProductModel[JetBrains]] = ProductModel(
    name=options.NAME,
    facts=FactSpec(
        labels=(),
        counters=COUNTERS,
        defaults_to={f"{tool}_{most}": f"{tool}_{less}" for tool in TOOLS for less, most in _AT_MOST},
        at_most=tuple((f"{tool}_{less}", f"{tool}_{most}") for tool in TOOLS for less, most in _AT_MOST),
        needs={
            **{f"{tool}_suggested_lines": (f"{tool}_suggestions",) for tool in TOOLS},
            **{f"{tool}_accepted_lines": (f"{tool}_acceptances",) for tool in TOOLS},
            **{f"{tool}_credits": (f"{tool}_invocations",) for tool in TOOLS if tool in SPENDERS},
        },
    ),
    build=_build,
    metric_counters=COUNTERS[: CREDITS.start],
    source=_source,
    events=_events,
    file=options.FILE,
)
