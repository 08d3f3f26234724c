"""Answers what each person did in JetBrains AI on each day, tool by tool, and which credits it took.

What is wanted is drawn, what is done is what the licences' credits (`credits`) allow. Who sends data about it stays out
(`clients`). Credits are whole hundredths.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days, days, month_of
from mockserver.simulation.credits import Credits, Ledger
from mockserver.simulation.facts import Facts
from mockserver.simulation.hashing import I64, U64
from mockserver.simulation.organization import Product, Tool
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Mask, Presence
from mockserver.simulation.scripts import Script, Scripts

TOOLS = ("aia", "claude_code", "code_completion", "junie", "nes")
"""The tools that send data, in alphabetical order."""

MEASURES = ("suggestions", "acceptances", "suggested_lines", "accepted_lines", "invocations")
SPENDERS = (Tool.CHAT, Tool.CLAUDE, Tool.JUNIE, Tool.ASK, Tool.OTHER)
"""What takes credits, in the order in which a day's last credits go."""

COUNTERS = (
    *(f"{tool}_{measure}" for tool in TOOLS for measure in MEASURES),
    *(f"{spender}_credits" for spender in SPENDERS),
)
"""Names of the counters, in the order of axis 0 wherever they are an array; credits in hundredths."""

CREDITS = slice(len(TOOLS) * len(MEASURES), len(COUNTERS))
"""Where among the counters the credits stand."""

_VOLUME = hashing.exponential(256, 256)
_SCALES = np.array([3, 8, 20], dtype=np.int64)
"""By level: how much a person does."""

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

_COMPLETES, _EDITS = tuple(_HABITS).index(Tool.COMPLETION), tuple(_HABITS).index(Tool.EDITS)
_FREE = len(_HABITS)
"""Rows of the habits beside the spenders', which come first; the last one is the chat that is free."""

_HABIT = (_FREE, *(tuple(_HABITS).index(Tool(tool)) for tool in TOOLS[1:]))
"""By tool in the order of TOOLS: which habit it takes to use it at all."""

_TODAY = np.array([220, 150, 140, 100, 60], dtype=np.int64)
"""Of 256 busy days, how many see each spender used by those who ever do."""
_SHIFT = np.array([0, 2, 2, 2, 3], dtype=np.int64)
_CHEAPEST = np.array([1, 12, 10, 2, 1], dtype=np.int64)
_DEARER = np.array([4, 32, 32, 8, 16], dtype=np.int64)
"""By spender: by how many bits the volume is more than the requests, the least price of one, and how it varies."""

_SUGGESTED = ((4, 1), (16, 3), (12, 0), (16, 2), (10, 0))
_ACCEPTED = ((100, 8), (150, 6), (60, 8), (160, 5), (70, 8))
_LINES = ((48, 8), (128, 16), (16, 1), (128, 16), (20, 2))
"""By tool: the least, and by how much a draw of 0..15 adds to it. Suggestions of an invocation in sixteenths,
acceptances of a suggestion in 256ths, lines of one in sixteenths."""


@dataclass(frozen=True)
class Wanted:
    """What people would do on active days if credits had no end: requests and their price, a row a spender.

    `rows` and `columns` are the places of the active cells among members by days, as in Facts; `credits` is what the
    requests would cost, or what the organisation's file states.
    """

    span: Days
    active: Mask
    rows: I64
    columns: I64
    busy: I64
    habits: I64
    requests: I64
    prices: I64
    credits: I64
    stated: tuple[Script, ...]

    @cached_property
    def by_day(self) -> I64:
        """What would be spent, members by days."""
        wanted = np.zeros(self.active.shape, dtype=np.int64)
        wanted[self.rows, self.columns] = self.credits.sum(axis=0)
        return wanted


class JetBrains:
    """JetBrains AI's facts: a pure function of a block of members and a run of days."""

    def __init__(self, people: People, presence: Presence, scripts: Scripts, ledgers: Credits) -> None:
        self._organization = people.organization
        self._presence = presence
        self._scripts = scripts
        self._credits = ledgers
        self._keys = {
            name: people.key(f"jetbrains {name}") for name in ("habits", "spenders", "prices", "editor", "use")
        }
        self._stated = {
            index: _only(person.jetbrains.tools)
            for index, person in enumerate(people.organization.special)
            if person.jetbrains.tools is not None
        }

    def active(self, block: Block, span: Days) -> Mask:
        """Who made any request to JetBrains AI on which day."""
        mask = self._presence.active(Product.JETBRAINS, block, span, self._presence.workload(block, span))
        for script in self._scripts.within(Product.JETBRAINS, block, span):
            mask[script.row, script.column] = bool(script.facts)
        return mask

    def ever(self, tool: int, block: Block) -> Mask:
        """Who may ever use the tool at a place in TOOLS: by habit, or by a stated fact."""
        ever: Mask = self._habits(block)[_HABIT[tool]] > 0
        return ever | np.isin(block.index, self._scripts.members(Product.JETBRAINS))

    def spending(self, block: Block, span: Days) -> Ledger:
        """What was spent, members by days."""
        wanted = self._wanted(block, span)
        ledger, skip = self._ledger(block, wanted), span.first - wanted.span.first
        return Ledger(ledger.built_in[:, skip:], ledger.top_up[:, skip:], ledger.hit[:, skip:])

    def facts(self, block: Block, span: Days) -> Facts:
        """Who is active, and every counter."""
        wanted = self._wanted(block, span)
        spent = self._ledger(block, wanted).spent
        skip = span.first - wanted.span.first
        inside = wanted.columns >= skip
        rows, columns = wanted.rows[inside], wanted.columns[inside]
        got = _shared_out(wanted.credits[:, inside], spent[rows, columns])
        requests = np.where(
            got == wanted.credits[:, inside], wanted.requests[:, inside], -(-got // wanted.prices[:, inside])
        )
        counts = np.zeros((len(COUNTERS), len(rows)), dtype=np.int64)
        counts[: CREDITS.start] = self._counts(
            block, rows, wanted.span.ordinals[columns], wanted.busy[inside], wanted.habits, requests
        )
        for script in wanted.stated:
            counts[:, (rows == script.row) & (columns == script.column)] = script.total(COUNTERS)[:, None]
        counts[CREDITS] = got
        return Facts(wanted.active[:, skip:], rows, columns - skip, counts)

    def _ledger(self, block: Block, wanted: Wanted) -> Ledger:
        return self._credits.spend(block, wanted.span, wanted.by_day)

    def _wanted(self, block: Block, span: Days) -> Wanted:
        """What is wanted from the first day of the month in which a span begins."""
        whole = days(self._organization, month_of(span.first), span.last)
        pulse = self._presence.workload(block, whole)
        active = self._presence.active(Product.JETBRAINS, block, whole, pulse)
        stated = tuple(self._scripts.within(Product.JETBRAINS, block, whole))
        for script in stated:
            active[script.row, script.column] = bool(script.facts)
        rows, columns = np.nonzero(active)
        busy, habits = pulse.busy[rows, columns], self._habits(block)
        requests, prices = self._asks(block, rows, whole.ordinals[columns], busy, habits)
        wanted = requests * prices
        for script in stated:
            wanted[:, (rows == script.row) & (columns == script.column)] = script.total(COUNTERS)[CREDITS, None]
        return Wanted(whole, active, rows, columns, busy, habits, requests, prices, wanted, stated)

    def _habits(self, block: Block) -> I64:
        """Who ever uses which tool, 0 or 1, a row a tool as in _HABITS; the last row is the chat that is free."""
        bits = hashing.mix(self._keys["habits"], block.index)
        drawn = [
            hashing.percent(hashing.field(bits, place, 9) << 7, share) for place, share in enumerate(_HABITS.values())
        ]
        habits = np.stack([*drawn, np.ones(len(block), dtype=np.bool_)]).astype(np.int64)
        for row in np.flatnonzero(np.isin(block.index, list(self._stated))).tolist():
            habits[:, row] = self._stated[int(block.index[row])]
        return habits

    def _asks(self, block: Block, rows: I64, ordinals: I64, busy: I64, habits: I64) -> tuple[I64, I64]:
        """How often each spender is asked, and what a time costs."""
        volumes = hashing.mix(hashing.mix(self._keys["spenders"], block.index)[rows], ordinals)
        others = hashing.mix(hashing.mix(self._keys["prices"], block.index)[rows], ordinals)
        scale = _SCALES[block.level][rows] * busy
        requests, prices = np.empty((2, len(SPENDERS), len(rows)), dtype=np.int64)
        for place in range(len(SPENDERS)):
            today = habits[place][rows] * (hashing.field(others, place, 8) < _TODAY[place])
            volume = _VOLUME[hashing.field(volumes, place, 8)] * scale >> 16
            requests[place] = today * (1 + (volume >> _SHIFT[place]))
            prices[place] = _CHEAPEST[place] + (hashing.field(others, 10 + place, 4) * _DEARER[place] >> 4)
        return requests, prices

    def _counts(self, block: Block, rows: I64, ordinals: I64, busy: I64, habits: I64, requests: I64) -> I64:
        """The measures of each tool, from what its spenders were allowed to do."""
        editor = hashing.mix(hashing.mix(self._keys["editor"], block.index)[rows], ordinals)
        use = hashing.mix(hashing.mix(self._keys["use"], block.index)[rows], ordinals)
        scale = _SCALES[block.level][rows] * busy
        invocations = _invocations(use, scale, habits[:, rows], requests)
        counts = np.empty((len(TOOLS), len(MEASURES), len(rows)), dtype=np.int64)
        for place, done in enumerate(invocations):
            counts[place] = _measures(editor, use, place, done)
        return counts.reshape(CREDITS.start, len(rows))


def _only(tools: tuple[Tool, ...]) -> list[bool]:
    """The habits of somebody who uses these tools alone."""
    return [*(tool in tools for tool in _HABITS), Tool.CHAT in tools]


def _shared_out(wanted: I64, spent: I64) -> I64:
    """What each spender gets of the credits that a day had, the first ones first."""
    before = np.cumsum(wanted, axis=0) - wanted
    return np.clip(spent - before, 0, wanted)


def _invocations(use: U64, scale: I64, habits: I64, requests: I64) -> tuple[I64, ...]:
    """How often each tool is used. Whoever is active without credits does at least one thing that costs none."""

    def volume(place: int) -> I64:
        return _VOLUME[hashing.field(use, place, 8)] * scale >> 16

    completes, edits, free = habits[_COMPLETES], habits[_EDITS], habits[_FREE]
    alone = 1 - completes
    chat = free * ((hashing.field(use, 3, 8) < 90) * (volume(4) >> 1) + alone)
    edited = edits * (hashing.field(use, 6, 8) < 180) * (1 + volume(7) * 2)
    return (
        requests[0] + chat,
        requests[1],
        completes * (1 + volume(5) * 5),
        requests[2],
        edited + alone * (1 - free) * (edited == 0),
    )


def _measures(editor: U64, use: U64, place: int, invocations: I64) -> tuple[I64, ...]:
    """The measures of one tool, in the order of MEASURES."""

    def factor(bounds: tuple[int, int], draw: I64) -> I64:
        return bounds[0] + draw * bounds[1]

    suggestions = invocations * factor(_SUGGESTED[place], hashing.field(editor, 2 * place, 4)) >> 4
    accepted = suggestions * factor(_ACCEPTED[place], hashing.field(editor, 2 * place + 1, 4)) >> 8
    lines = factor(_LINES[place], hashing.field(use, place, 4))
    return suggestions, accepted, suggestions * lines >> 4, accepted * lines >> 4, invocations
