"""Rows of JetBrains AI: pages add up to the whole list in both directions, and each row is a fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.products.jetbrains.facts import MEASURES, TOOLS
from mockserver.products.jetbrains.options import JetBrainsPerson, JetBrainsProgram, Tool
from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.jetbrains.rows import RowPosition, ToolRow
from mockserver.products.world import World
from mockserver.simulation import calendar
from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import Adoption, Organization, ScriptedFact, SilentPeriod, SpecialPerson
from mockserver.simulation.people import BLOCK, Block
from mockserver.simulation.presence import Mask
from tests.products.built import jetbrains
from tests.simulation import worlds

EVERY_TOOL = range(len(TOOLS))
ALL, LENIENT = ReportingGate(assistant=True, codex=0), ReportingGate()
HONEST = ReportingGate(worlds.ordinal("2025-09-01"), assistant=True, codex=worlds.ordinal("2025-10-14"))
JUNIE, CODEX = TOOLS.index(Tool.JUNIE), TOOLS.index(Tool.CODEX)
SHOWN = [MEASURES.index(name) for name in ("suggestions", "acceptances", "invocations")]


@dataclass(frozen=True)
class Scene:
    """A world, and the range of days that is requested."""

    world: World
    first: int
    last: int


def _scene(first: str, last: str, **changes: Any) -> Scene:
    return Scene(worlds.world(**changes), worlds.ordinal(first), worlds.ordinal(last))


def _fact(member: int, day: int, **counters: int) -> ScriptedFact:
    return ScriptedFact(member, "jetbrains", date(2025, 10, day), (), counters)


SMALL = _scene("2025-10-09", "2025-10-16")
BLOCKS = _scene("2025-09-22", "2025-10-23", people=BLOCK + 200)
"""More members than are computed together over all of the days."""

LARGE = _scene(
    "2025-10-10",
    "2025-10-14",
    people=20_000,
    turnover=worlds.STAYING,
    adoption={"jetbrains": Adoption(30, 80, date(2025, 8, 1), 60)},
)
"""More members than are computed together on one day; the range includes a weekend."""

QUIET = _scene(
    "2025-09-29",
    "2025-10-10",
    people=20_000,
    adoption={"jetbrains": Adoption(30, 80, date(2025, 8, 1), 60)},
    holidays=(date(2025, 10, 3),),
    silent=(SilentPeriod(date(2025, 10, 6), date(2025, 10, 8)),),
    facts=(_fact(17_000, 3, nes_invocations=4), _fact(17_001, 3, junie_invocations=1), _fact(17_001, 9)),
    special=tuple(SpecialPerson(f"p{index}@small.example") for index in range(3)),
)
SCRIPTED = _scene(
    "2025-10-13",
    "2025-10-19",
    special=(
        SpecialPerson("a@small.example", options={"jetbrains": JetBrainsPerson(tools=(Tool.COMPLETION,))}),
        SpecialPerson("b@small.example", options={"jetbrains": JetBrainsPerson(old_clients=(JetBrainsProgram.JUNIE,))}),
        SpecialPerson("c@small.example", options={"jetbrains": JetBrainsPerson(tools=(Tool.EDITS, Tool.JUNIE))}),
    ),
    facts=(
        _fact(0, 14, junie_invocations=5, junie_suggestions=2),
        _fact(1, 15, junie_invocations=5, nes_acceptances=1, nes_suggestions=1),
        _fact(2, 16, junie_credits=5, aia_suggested_lines=3),
        _fact(5, 18, claude_code_suggestions=3),
        _fact(6, 18),
    ),
)
SCENES = {"small": SMALL, "blocks": BLOCKS, "large": LARGE, "quiet": QUIET, "scripted": SCRIPTED}
every_scene = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)


@cache
def _expected(scene_name: str, gate: ReportingGate) -> list[ToolRow]:
    """All rows ascending, found by computing everybody on all days."""
    scene = SCENES[scene_name]
    found = [row for block in scene.world.people.blocks() for row in _of_block(scene, block.index, gate)]
    return sorted(found, key=lambda row: row.position)


def _of_block(scene: Scene, index: I64, gate: ReportingGate) -> Iterator[ToolRow]:
    block, world = scene.world.people.members(index), scene.world
    span = calendar.days(world.organization, scene.first, scene.last)
    facts, (junie, others) = (
        jetbrains(world).facts.facts(block, span),
        jetbrains(world).programs.sending(block, gate),
    )
    for cell, (row, column) in enumerate(zip(facts.rows.tolist(), facts.columns.tolist(), strict=True)):
        day = span.first + column
        measures = facts.counters[:, cell].tolist()
        for tool in EVERY_TOOL:
            counts = tuple(measures[tool * len(MEASURES) : (tool + 1) * len(MEASURES)])
            since = junie if tool == JUNIE else others
            is_sent = since[row] <= day and (tool != CODEX or gate.codex <= day)
            if is_sent and any(counts[measure] for measure in SHOWN):
                yield ToolRow(RowPosition(tool, day, int(index[row])), counts)


def _name(scene: Scene) -> str:
    return next(name for name, each in SCENES.items() if each is scene)


def _all(scene: Scene, gate: ReportingGate = ALL) -> list[ToolRow]:
    return _expected(_name(scene), gate)


def _rows(
    scene: Scene,
    count: int = 10**9,
    after: RowPosition | None = None,
    *,
    descending: bool = False,
    tools: Sequence[int] = EVERY_TOOL,
    gate: ReportingGate = ALL,
) -> list[ToolRow]:
    rows = jetbrains(scene.world).rows.rows
    return rows(tools, scene.first, scene.last, count, gate=gate, after=after, descending=descending)


def _paginate(scene: Scene, size: int, *, descending: bool = False) -> list[ToolRow]:
    """All rows, page by page."""
    found: list[ToolRow] = []
    while page := _rows(scene, size, found[-1].position if found else None, descending=descending):
        assert len(page) <= size
        found += page
    return found


@every_scene
@pytest.mark.parametrize("gate", [ALL, HONEST, LENIENT], ids=["all", "honest", "lenient"])
def test_rows_are_the_facts_that_new_enough_clients_send(scene: Scene, gate: ReportingGate) -> None:
    assert _rows(scene, gate=gate) == _all(scene, gate)
    sent = {tool for tool in EVERY_TOOL if tool != CODEX or gate.codex <= scene.last}
    assert {row.position.tool for row in _all(scene, gate)} == sent


@every_scene
def test_descending_rows_are_the_ascending_ones_reversed(scene: Scene) -> None:
    assert _rows(scene, descending=True) == _all(scene)[::-1]


PAGES = {"small": (1, 7, 1000), "blocks": (1_999,), "large": (1_999,), "quiet": (1_000,), "scripted": (1, 50)}


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize(("name", "size"), [(name, size) for name, sizes in PAGES.items() for size in sizes])
def test_pages_add_up_to_the_whole_list(name: str, size: int, descending: bool) -> None:  # noqa: FBT001 (a column)
    whole = _all(SCENES[name])
    assert _paginate(SCENES[name], size, descending=descending) == (whole[::-1] if descending else whole)


@settings(max_examples=15)
@given(st.integers(2, 600), st.booleans())
def test_pages_of_any_size_add_up_to_the_whole_list(size: int, descending: bool) -> None:  # noqa: FBT001 (drawn)
    for scene in (SMALL, SCRIPTED):
        whole = _all(scene)
        assert _paginate(scene, size, descending=descending) == (whole[::-1] if descending else whole)


@st.composite
def _positions(draw: st.DrawFn, scene: Scene) -> RowPosition:
    """A position of a row, or near one, or anywhere in the range."""
    if draw(st.booleans()):
        position = draw(st.sampled_from(_all(scene))).position
        return position._replace(member=max(position.member + draw(st.integers(-1, 1)), 0))
    members = scene.world.organization.members
    return RowPosition(
        draw(st.sampled_from([*EVERY_TOOL])),
        draw(st.integers(scene.first - 3, scene.last + 3)),
        draw(st.one_of(st.sampled_from([0, 16_383, 16_384, members - 1, members + 9]), st.integers(0, members))),
    )


@pytest.mark.parametrize("name", SCENES)
@settings(max_examples=25)
@given(data=st.data(), descending=st.booleans(), count=st.sampled_from([1, 2, 40, 300]))
def test_rows_follow_any_position(
    name: str,
    data: st.DataObject,
    descending: bool,  # noqa: FBT001 (drawn)
    count: int,
) -> None:
    scene = SCENES[name]
    position = data.draw(_positions(scene))
    whole = _all(scene)[::-1] if descending else _all(scene)
    following = [row for row in whole if (row.position < position if descending else row.position > position)]
    assert _rows(scene, count, position, descending=descending) == following[:count]


@pytest.mark.parametrize("scene", [SMALL, BLOCKS, LARGE], ids=["small", "blocks", "large"])
@settings(max_examples=25)
@given(data=st.data(), tools=st.lists(st.sampled_from(EVERY_TOOL), max_size=4), descending=st.booleans())
def test_rows_can_be_restricted_to_people_and_tools(
    scene: Scene,
    data: st.DataObject,
    tools: list[int],
    descending: bool,  # noqa: FBT001 (drawn)
) -> None:
    members = data.draw(st.sets(st.integers(0, scene.world.organization.members - 1), max_size=40))
    position = data.draw(st.none() | _positions(scene))
    index = np.array(sorted(members), dtype=np.int64)
    found = jetbrains(scene.world).rows.rows(
        tools, scene.first, scene.last, 500, gate=ALL, index=index, after=position, descending=descending
    )
    whole = _all(scene)[::-1] if descending else _all(scene)
    some = [row for row in whole if row.position.member in members and row.position.tool in tools]
    following = [
        row for row in some if position is None or (row.position < position if descending else row.position > position)
    ]
    assert found == following[:500]


def test_many_people_are_computed_in_slices() -> None:
    index = np.arange(1, 20_000, 1, dtype=np.int64)
    found = jetbrains(LARGE.world).rows.rows(
        [JUNIE], LARGE.first, LARGE.last, 10**9, gate=ALL, index=index, after=None, descending=True
    )
    assert found == [row for row in _all(LARGE)[::-1] if row.position.tool == JUNIE and row.position.member > 0]
    assert {row.position.member // 16_384 for row in found} == {0, 1}


@settings(max_examples=25)
@given(st.integers(0, 10), st.integers(0, 10), st.booleans())
def test_shorter_range_has_the_rows_of_its_days(first: int, length: int, descending: bool) -> None:  # noqa: FBT001
    start = SMALL.first - 1 + first
    scene = replace(SMALL, first=start, last=start + length)
    kept = [row for row in _all(SMALL) if start <= row.position.day <= start + length]
    found = [row for row in _rows(scene, descending=descending) if SMALL.first <= row.position.day <= SMALL.last]
    assert found == (kept[::-1] if descending else kept)


EMPTY = {
    "the last day before the first": replace(SMALL, last=SMALL.first - 1),
    "long before the history": replace(SMALL, first=1, last=worlds.BASE.first_day.toordinal() - 1),
    "before anybody started": replace(SMALL, first=1, last=worlds.ordinal("2022-05-31")),
    "no count": SMALL,
}


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("name", EMPTY)
def test_range_without_facts_has_no_rows(name: str, descending: bool) -> None:  # noqa: FBT001 (a column)
    assert _rows(EMPTY[name], 0 if name == "no count" else 10, descending=descending) == []


def test_range_from_before_the_history_equals_the_history() -> None:
    whole, since = (replace(SMALL, first=first, last=worlds.ordinal("2022-07-31")) for first in (1, 738_158))
    assert worlds.BASE.first_day.toordinal() == 738_158
    for descending in (False, True):
        assert _rows(whole, 50, descending=descending) == _rows(since, 50, descending=descending) != []


def test_no_members_or_no_tools_have_no_rows() -> None:
    rows, nobody = jetbrains(SMALL.world).rows.rows, np.array([], dtype=np.int64)
    assert rows(EVERY_TOOL, SMALL.first, SMALL.last, 10, gate=ALL, index=nobody) == []
    assert rows([], SMALL.first, SMALL.last, 10, gate=ALL) == []
    bots = np.array([40, 41], dtype=np.int64)
    assert rows(EVERY_TOOL, SMALL.first, SMALL.last, 10, gate=ALL, index=bots) == []


def test_repeated_tool_counts_once() -> None:
    assert _rows(SMALL, tools=[JUNIE, 0, JUNIE]) == [row for row in _all(SMALL) if row.position.tool in (0, JUNIE)]


def test_scripted_facts_are_rows_where_nothing_is_generated() -> None:
    quiet = [row for row in _all(QUIET) if 3 <= date.fromordinal(row.position.day).day <= 8]
    weekend = [row for row in quiet if date.fromordinal(row.position.day).day in (4, 5)]
    assert weekend
    assert [(row.position.tool, row.position.member) for row in quiet if row not in weekend] == [
        (4, 17_001),
        (5, 17_000),
    ]


def test_lines_alone_make_no_row() -> None:
    rows = [(TOOLS[row.position.tool], row.position.member) for row in _all(SCRIPTED)]
    day = worlds.ordinal("2025-10-16")
    assert not [row for row in _all(SCRIPTED) if (row.position.member, row.position.day) == (2, day)], (
        "lines and credits only"
    )
    assert ("junie", 0) in rows, "a scripted fact shows tools beyond the declared ones"
    assert ("junie", 1) not in rows, "an old Junie shows none of its data"
    assert ("nes", 1) in rows


def test_days_without_work_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range of many years costs nothing where the organization is silent."""
    organization: Organization = worlds.organization(
        people=20_000, generated=False, facts=(_fact(7, 14, nes_invocations=1), _fact(19_000, 14, nes_invocations=2))
    )
    world, computed = World(organization, worlds.POOL), set[int]()
    active = jetbrains(world).facts.active

    def watched(block: Block, span: Days) -> Mask:
        computed.add(span.first)
        return active(block, span)

    monkeypatch.setattr(jetbrains(world).facts, "active", watched)
    scene = Scene(world, worlds.ordinal("2022-01-03"), worlds.ordinal("2026-12-31"))
    assert [row.position.member for row in _rows(scene)] == [7, 19_000]
    assert computed == {worlds.ordinal("2025-10-14")}
