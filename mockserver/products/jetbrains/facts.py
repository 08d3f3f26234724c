"""What each person did in JetBrains AI on each day, tool by tool, and the credits that it cost.

Demand is drawn; the credits of the licences (`credits`) limit what is done. Credits are whole hundredths.
"""

from dataclasses import dataclass

import numpy as np

from mockserver.products.jetbrains import pool
from mockserver.products.jetbrains.credits import CreditLedger, Credits, QuotaPeriod
from mockserver.products.jetbrains.options import NAME, JetBrainsPerson, Tool
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days, days
from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask, Presence
from mockserver.simulation.scripts import ScriptedDay, Scripts

TOOLS = ("aia", "claude_code", "code_completion", "codex", "junie", "nes")
"""The tools that programs send data about, in alphabetical order."""

_DRAWS = (0, 1, 2, 5, 3, 4)
"""By tool: which of the draws of a day are its own. A new tool has new ones, so that the others keep their numbers."""

MEASURES = ("suggestions", "acceptances", "suggested_lines", "accepted_lines", "invocations")
ACTIVITY = {name: MEASURES.index(name) for name in ("suggestions", "acceptances", "invocations")}
"""The measures of which any above zero is activity with a tool, with their indexes; lines alone are none."""

SPENDERS = (Tool.CHAT, Tool.CLAUDE, Tool.JUNIE, Tool.ASK, Tool.OTHER)
"""What costs credits; where they run out on a day, the first ones are served first."""

COUNTERS = (
    *(f"{tool}_{measure}" for tool in TOOLS for measure in MEASURES),
    *(f"{spender}_credits" for spender in SPENDERS),
)
"""Names of the counters, in the order of axis 0 wherever they are an array; credits in hundredths."""

CREDITS = slice(len(TOOLS) * len(MEASURES), len(COUNTERS))
"""The counters that are credits."""

_VOLUME = hashing.exponential(256, 256)
_SCALES = np.array([3, 8, 20], dtype=np.int64)
"""By level: how much a person does in a day."""

_HABITS = {
    Tool.CHAT: 65,
    Tool.CLAUDE: 25,
    Tool.JUNIE: 45,
    Tool.ASK: 30,
    Tool.OTHER: 12,
    Tool.COMPLETION: 92,
    Tool.EDITS: 70,
}
"""The percentage of people who ever use each tool; of the chat, with a cloud-hosted model of a third party."""

_CODEX_PERCENT = 30
"""The percentage of people who ever use Codex. It spends no credits, as it runs on an account of its own."""

_CODEX_CHANCE = 110
"""On how many of 256 active days it is used by the people who ever use it."""

_FREE_CHAT = "free chat"
"""The habit of using the chat without credits, which everybody has."""

_USE_CHANCES = np.array([220, 150, 140, 100, 60], dtype=np.int64)
"""On how many of 256 active days each spender is used by the people who ever use it."""

_REQUEST_SHIFTS = np.array([0, 2, 2, 2, 3], dtype=np.int64)
_LOWEST_PRICES = np.array([1, 12, 10, 2, 1], dtype=np.int64)
_PRICE_RANGES = np.array([4, 32, 32, 8, 16], dtype=np.int64)
"""By spender: the bits by which volume is shifted to requests, the lowest price of a request, and its range."""

_SUGGESTED = ((4, 1), (16, 3), (12, 0), (16, 2), (16, 2), (10, 0))
_ACCEPTED = ((100, 8), (150, 6), (60, 8), (150, 5), (160, 5), (70, 8))
_LINES = ((48, 8), (128, 16), (16, 1), (128, 16), (128, 16), (20, 2))
"""By tool: a base, and the step that is added to it 0 to 15 times, as drawn. Suggestions per invocation and lines per
suggestion are in 16ths, acceptances per suggestion in 256ths."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What people would do on active days if credits were unlimited, and the credits that they do spend.

    `rows` and `columns` are the positions of the active cells among members by days, as in Facts; `scale` is how much
    is done in each. `requests`, their `prices` and `credits` have a row per spender; `credits` is what the requests
    would cost, or what the organization file declares.
    """

    span: Days
    active: Mask
    rows: I64
    columns: I64
    scale: I64
    habits: dict[str, I64]
    requests: I64
    prices: I64
    credits: I64
    scripted: tuple[ScriptedDay, ...]
    ledger: CreditLedger


class JetBrainsFacts:
    """JetBrains AI's counters: a pure function of a block of members and a run of days."""

    def __init__(self, people: People, presence: Presence, scripts: Scripts) -> None:
        self._people = people
        self._organization = people.organization
        self._presence = presence
        self._scripts = scripts
        self._credits = Credits(people)
        self._keys = {
            name: people.key(f"jetbrains {name}") for name in ("habits", "spenders", "prices", "editor", "use", "codex")
        }
        self._tools = {
            index: options.tools
            for index, options in JetBrainsPerson.all_of(people.organization)
            if options.tools is not None
        }

    def active(self, block: Block, span: Days) -> Mask:
        """Who made any request to JetBrains AI on which day."""
        mask = self._presence.active(NAME, block, span, self._presence.workload(block, span))
        for script in self._scripts.within(NAME, block, span):
            mask[script.row, script.column] = bool(script.facts)
        return mask

    def can_use(self, tool: int, block: Block) -> Mask:
        """Who can ever use the tool at an index of TOOLS: by habit, or by a scripted fact."""
        name = TOOLS[tool]
        habit: Mask = self._habits(block)[_FREE_CHAT if name == Tool.CHAT else name] > 0
        return habit | np.isin(block.index, self._scripts.members(NAME))

    def spending(
        self,
        block: Block,
        span: Days,
        period: QuotaPeriod = QuotaPeriod.CALENDAR_MONTH,
        *,
        service_accounts: bool = False,
    ) -> CreditLedger:
        """What was spent, members by days: by people out of their licences, by service accounts out of the pool."""
        demand = self._demand(block, span, period, service_accounts=service_accounts)
        ledger, skip = demand.ledger, span.first - demand.span.first
        return CreditLedger(ledger.built_in[:, skip:], ledger.top_up[:, skip:], ledger.hit[:, skip:])

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        demand = self._demand(block, span)
        skip = span.first - demand.span.first
        inside = demand.columns >= skip
        rows, columns = demand.rows[inside], demand.columns[inside]
        credits_, requests = demand.credits[:, inside], demand.requests[:, inside]
        # The credits of a day go to the first spender first.
        counts = np.empty((len(COUNTERS), len(rows)), dtype=np.int64)
        granted = counts[CREDITS]
        left = demand.ledger.spent[rows, columns]
        for spender, wanted in enumerate(credits_):
            np.minimum(left, wanted, out=granted[spender])
            left -= granted[spender]
        short = np.nonzero(granted != credits_)
        requests[short] = -(-granted[short] // demand.prices[:, inside][short])
        self._count(counts, block, rows, demand.span.ordinals[columns], demand.scale[inside], demand.habits, requests)
        for script in demand.scripted:
            cells = (rows == script.row) & (columns == script.column)
            counts[: CREDITS.start, cells] = script.total(COUNTERS[: CREDITS.start])[:, None]
        return Facts(demand.active[:, skip:], rows, columns - skip, counts)

    def _demand(
        self,
        block: Block,
        span: Days,
        period: QuotaPeriod = QuotaPeriod.CALENDAR_MONTH,
        *,
        service_accounts: bool = False,
    ) -> Demand:
        """The demand from the first day of the earliest period that reaches into a span."""
        whole = days(self._organization, period.reaches_back(span.first), span.last)
        workload = self._presence.workload(block, whole)
        active = self._presence.active(NAME, block, whole, workload)
        scripted = tuple(self._scripts.within(NAME, block, whole))
        for script in scripted:
            active[script.row, script.column] = bool(script.facts)
        rows, columns = np.nonzero(active)
        scale, habits = _SCALES[block.level][rows] * workload.busy[rows, columns], self._habits(block)
        requests, prices = self._requests(block, rows, whole.ordinals[columns], scale, habits)
        credits_ = requests * prices
        for script in scripted:
            credits_[:, (rows == script.row) & (columns == script.column)] = script.total(COUNTERS)[CREDITS, None]
        by_day = np.zeros(active.shape, dtype=np.int64)
        by_day[rows, columns] = credits_.sum(axis=0)
        if service_accounts and block.service.any():
            by_day[block.service] = pool.demand(self._people, block, whole, workload)[block.service]
        ledger = self._credits.spend(block, whole, by_day, period)
        return Demand(whole, active, rows, columns, scale, habits, requests, prices, credits_, scripted, ledger)

    def _habits(self, block: Block) -> dict[str, I64]:
        """Who ever uses which tool, and the free chat: 0 or 1 for each member."""
        bits = hashing.mix(self._keys["habits"], block.index)
        draws = {tool: hashing.field(bits, index, 9) << 7 for index, tool in enumerate(_HABITS)}
        habits = {str(tool): hashing.percent(draw, _HABITS[tool]).astype(np.int64) for tool, draw in draws.items()}
        codex = hashing.field(hashing.mix(self._keys["codex"], block.index), 3)
        habits[Tool.CODEX] = hashing.percent(codex, _CODEX_PERCENT).astype(np.int64)
        habits[_FREE_CHAT] = np.ones(len(block), dtype=np.int64)
        for row in np.flatnonzero(np.isin(block.index, list(self._tools))).tolist():
            tools = self._tools[int(block.index[row])]
            for name, habit in habits.items():
                habit[row] = (Tool.CHAT if name == _FREE_CHAT else name) in tools
        return habits

    def _requests(self, block: Block, rows: I64, ordinals: I64, scale: I64, habits: dict[str, I64]) -> tuple[I64, I64]:
        """How many requests each spender gets, and the price of one."""
        volumes = hashing.mix(hashing.mix(self._keys["spenders"], block.index)[rows], ordinals)
        others = hashing.mix(hashing.mix(self._keys["prices"], block.index)[rows], ordinals)
        requests, prices = np.empty((2, len(SPENDERS), len(rows)), dtype=np.int64)
        for spender, tool in enumerate(SPENDERS):
            used = habits[tool][rows] * (hashing.field(others, spender, 8) < _USE_CHANCES[spender])
            volume = _VOLUME[hashing.field(volumes, spender, 8)] * scale >> 16
            requests[spender] = used * (1 + (volume >> _REQUEST_SHIFTS[spender]))
            surcharge = hashing.field(others, 10 + spender, 4) * _PRICE_RANGES[spender] >> 4
            prices[spender] = _LOWEST_PRICES[spender] + surcharge
        return requests, prices

    def _count(
        self, counts: I64, block: Block, rows: I64, ordinals: I64, scale: I64, habits: dict[str, I64], requests: I64
    ) -> None:
        """Count the measures of every tool, tool by tool, from the requests that the credits allowed."""
        editor = hashing.mix(hashing.mix(self._keys["editor"], block.index)[rows], ordinals)
        use = hashing.mix(hashing.mix(self._keys["use"], block.index)[rows], ordinals)
        codex = hashing.mix(hashing.mix(self._keys["codex"], block.index)[rows], ordinals)
        habits = {name: habit[rows] for name, habit in habits.items()}
        for tool, invocations in enumerate(_invocations(use, codex, scale, habits, requests)):
            _count_tool(counts[tool * len(MEASURES) : (tool + 1) * len(MEASURES)], editor, use, tool, invocations)


def _invocations(use: U64, codex: U64, scale: I64, habits: dict[str, I64], requests: I64) -> tuple[I64, ...]:
    """How often each tool is used. Whoever is active without credits uses at least one free tool."""

    def volume(index: int) -> I64:
        return _VOLUME[hashing.field(use, index, 8)] * scale >> 16

    completes, edits, free = habits[Tool.COMPLETION], habits[Tool.EDITS], habits[_FREE_CHAT]
    no_completion, coded = 1 - completes, _VOLUME[hashing.field(codex, 1, 8)] * scale
    chat = free * ((hashing.field(use, 3, 8) < 90) * (volume(4) >> 1) + no_completion)
    edited = edits * (hashing.field(use, 6, 8) < 180) * (1 + volume(7) * 2)
    return (
        requests[0] + chat,
        requests[1],
        completes * (1 + volume(5) * 5),
        habits[Tool.CODEX] * (hashing.field(codex, 0, 8) < _CODEX_CHANCE) * (1 + (coded >> 18)),
        requests[2],
        edited + no_completion * (1 - free) * (edited == 0),
    )


def _count_tool(counts: I64, editor: U64, use: U64, tool: int, invocations: I64) -> None:
    """Count the measures of one tool, in the order of MEASURES."""

    def factor(bounds: tuple[int, int], draw: I64) -> I64:
        return bounds[0] + draw * bounds[1]

    suggestions, accepted, suggested_lines, accepted_lines, invoked = counts
    own = _DRAWS[tool]
    invoked[:] = invocations
    suggestions[:] = invocations * factor(_SUGGESTED[tool], hashing.field(editor, 2 * own, 4)) >> 4
    accepted[:] = suggestions * factor(_ACCEPTED[tool], hashing.field(editor, 2 * own + 1, 4)) >> 8
    lines = factor(_LINES[tool], hashing.field(use, own, 4))
    suggested_lines[:] = suggestions * lines >> 4
    accepted_lines[:] = accepted * lines >> 4
