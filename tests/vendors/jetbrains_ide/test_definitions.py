"""What the numbers mean: each rule of the vendor's page, on scripted facts."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import pytest

from mockserver.products.jetbrains.options import JetBrainsProgram as Program
from mockserver.simulation.clock import Clock
from mockserver.simulation.organization import Organization
from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries, worlds

pytestmark = pytest.mark.memory("the organizations are made by hand, and a store has those that its servers know")

JANUARY = ("2025-01-01", "2025-01-31")
USED = {f"{tool}_{name}": 2 for tool in queries.TOOLS for name in queries.MEASURES}
"""A day with two suggestions, two acceptances and two invocations of every tool."""


@pytest.fixture
def shown(jetbrains_ide_of: Callable[..., Client]) -> Callable[[Organization], Client]:
    """A client of a test's own organization."""
    client = jetbrains_ide_of()
    return lambda organization: queries.own(client, organization)


def _users(client: Client, first: str, last: str, group: str = "MONTH") -> list[tuple[int, int]]:
    """Enabled and active users of each bucket."""
    rows = queries.items(client, queries.ADOPTION, first, last, groupBy=group)
    return [(row["enabledUsers"], row["activeUsers"]) for row in rows]


def _tools(client: Client, first: str = JANUARY[0], last: str = JANUARY[1]) -> set[str]:
    """The tools with any data, which must be the same on every endpoint."""
    by_feature = queries.items(client, queries.BY_FEATURE, first, last, groupBy="YEAR")
    found = {row["tool"] for row in by_feature if any(row[name] for name in queries.MEASURES)}
    assert {row["tool"] for row in queries.paginate(client, first, last)} == found
    return found


def test_user_active_on_two_days_counts_once_in_the_month(
    shown: Callable[[Organization], Client],
) -> None:
    """Each user is counted only once per grouped time period."""
    facts = {(0, "2025-01-15"): USED, (0, "2025-01-26"): USED, (1, "2025-01-26"): USED}
    client = shown(worlds.organization(worlds.person("Ann"), worlds.person("Bob"), facts=facts))
    assert _users(client, *JANUARY) == [(2, 2)]
    assert _users(client, *JANUARY, group="YEAR") == [(2, 2)]
    assert _users(client, *JANUARY, group="WEEK") == [(2, 0), (2, 0), (2, 1), (2, 2), (2, 0)]
    assert [active for _, active in _users(client, "2025-01-14", "2025-01-27", "DAY")] == [0, 1, *[0] * 10, 2, 0]
    assert _users(client, "2025-01-16", "2025-02-10") == [(2, 2), (2, 0)]


def test_enabled_users_had_ai_on_any_day_of_the_period(
    shown: Callable[[Organization], Client],
) -> None:
    """The number of unique users who had AI enabled during the period: a license, until they leave."""
    people = (
        worlds.person("Always"),
        worlds.person("Later", licensed=date(2025, 1, 20)),
        worlds.person("Gone", left=date(2025, 1, 10)),
        worlds.person("Never", licensed=None),
    )
    client = shown(worlds.organization(*people, facts={}))
    assert _users(client, *JANUARY) == [(3, 0)]
    assert _users(client, "2025-01-09", "2025-01-10", "DAY") == [(2, 0), (1, 0)]
    assert _users(client, "2025-01-19", "2025-01-20", "DAY") == [(1, 0), (2, 0)]
    assert _users(client, "2025-02-01", "2025-02-28") == [(2, 0)]


CREDITS: Mapping[str, tuple[Mapping[str, int], set[str]]] = {
    "completion alone, which takes no credits": ({"code_completion_invocations": 1}, {"code_completion"}),
    "next edit suggestions alone, which take none": ({"nes_suggestions": 1, "nes_invocations": 1}, {"nes"}),
    "Junie in Ask mode, of which no client tells": ({"junie_ask_credits": 100}, set()),
    "something else that takes credits": ({"other_credits": 100}, set()),
    "Junie in Code mode": ({"junie_invocations": 1, "junie_credits": 100}, {"junie"}),
    "a message in Chat mode": ({"aia_invocations": 1, "aia_credits": 10}, {"aia"}),
    "Claude Agent": ({"claude_code_invocations": 1, "claude_code_credits": 50}, {"claude_code"}),
}


@pytest.mark.parametrize(("counters", "tools"), CREDITS.values(), ids=CREDITS)
def test_active_users_made_a_request(
    shown: Callable[[Organization], Client], counters: Mapping[str, int], tools: set[str]
) -> None:
    client = shown(worlds.organization(worlds.person("Ann"), worlds.person("Bob"), facts={(0, "2025-01-15"): counters}))
    assert _users(client, *JANUARY) == [(2, 1)]
    assert _tools(client) == tools


def test_range_includes_both_ends(shown: Callable[[Organization], Client]) -> None:
    days = {(0, day): USED for day in ("2025-01-09", "2025-01-10", "2025-01-20", "2025-01-21")}
    client = shown(worlds.organization(worlds.person("Ann"), facts=days))
    assert queries.totals(client, "2025-01-10", "2025-01-20") == dict.fromkeys(queries.MEASURES, 2 * 2 * 5)
    assert {row["date"] for row in queries.paginate(client, "2025-01-10", "2025-01-20")} == {"2025-01-10", "2025-01-20"}


def test_metrics_merge_tools_and_by_feature_separates_them(shown: Callable[[Organization], Client]) -> None:
    """Metrics have one set of values per period, metrics by feature have one per tool."""
    counters = {"junie_suggestions": 7, "junie_acceptances": 5, "junie_invocations": 3, "nes_suggestions": 20}
    client = shown(worlds.organization(worlds.person("Ann"), facts={(0, "2025-01-15"): counters}))
    [merged] = queries.items(client, queries.METRICS, *JANUARY, groupBy="MONTH", tool="junie,nes,aia")
    assert merged == {"date": "2025-01-01", "suggestions": 27, "acceptances": 5, "invocations": 3}
    assert queries.items(client, queries.BY_FEATURE, *JANUARY, groupBy="MONTH", tool="junie,nes,aia") == [
        {"date": "2025-01-01", "tool": "aia", "suggestions": 0, "acceptances": 0, "invocations": 0},
        {"date": "2025-01-01", "tool": "junie", "suggestions": 7, "acceptances": 5, "invocations": 3},
        {"date": "2025-01-01", "tool": "nes", "suggestions": 20, "acceptances": 0, "invocations": 0},
    ]
    assert queries.totals(client, *JANUARY, tool="nes") == {"suggestions": 20, "acceptances": 0, "invocations": 0}


def test_record_is_of_one_user_date_and_tool(
    shown: Callable[[Organization], Client],
) -> None:
    facts = {(1, "2025-01-15"): {"nes_suggestions": 3, "nes_acceptances": 1, "nes_suggested_lines": 9}}
    client = shown(worlds.organization(worlds.person("Ann"), worlds.person("Bob"), facts=facts))
    [row] = queries.paginate(client, *JANUARY)
    assert row.pop("userId")
    assert row == {
        "userName": "Bob",
        "userEmail": "bob@scripted.example",
        "date": "2025-01-15",
        "tool": "nes",
        "suggestions": 3,
        "acceptances": 1,
        "invocations": 0,
    }


def test_lines_alone_make_no_row(shown: Callable[[Organization], Client]) -> None:
    """No answer of this vendor has lines."""
    client = shown(worlds.organization(worlds.person("Ann"), facts={(0, "2025-01-15"): {"nes_suggested_lines": 3}}))
    assert queries.paginate(client, *JANUARY) == []
    assert _users(client, *JANUARY) == [(1, 1)]


ALL = set(queries.TOOLS)
OLD: Mapping[str, tuple[tuple[Program, ...], str, set[str]]] = {
    "nothing old": ((), "all_but_junie", ALL),
    "an old Junie": ((Program.JUNIE,), "all_but_junie", ALL - {"junie"}),
    "an old IDE": ((Program.IDE,), "all_but_junie", set()),
    "an old AI Assistant": ((Program.ASSISTANT,), "all_but_junie", {"junie"}),
    "an old AI Assistant and Junie": ((Program.ASSISTANT, Program.JUNIE), "all_but_junie", set()),
    "nothing old, under the other option": ((), "everything", ALL),
    "an old Junie, under the other option": ((Program.JUNIE,), "everything", ALL - {"junie"}),
    "an old IDE, under the other option": ((Program.IDE,), "everything", set()),
    "an old AI Assistant, under the other option": ((Program.ASSISTANT,), "everything", set()),
}


@pytest.mark.parametrize(("old", "option", "tools"), OLD.values(), ids=OLD)
def test_old_versions_send_nothing_or_all_but_junie(
    shown: Callable[[Organization], Client], old: tuple[Program, ...], option: str, tools: set[str]
) -> None:
    """Enabled and active users do not depend on versions."""
    client = shown(worlds.organization(worlds.person("Ann", *old), facts={(0, "2025-01-15"): USED}))
    assert _users(client, *JANUARY) == [(1, 1)]
    queries.sandbox(client).set_policy({"jetbrains-ide": {"old_assistant": option}})
    assert _tools(client) == tools
    assert queries.totals(client, *JANUARY) == dict.fromkeys(queries.MEASURES, 2 * len(tools))


def test_honest_release_dates_leave_nothing_before_the_release(
    shown: Callable[[Organization], Client],
) -> None:
    """2025.3 came out on 2025-12-08; whoever updates later sends data later."""
    days = ("2025-01-15", "2025-12-07", "2026-12-01")
    people = [worlds.person(f"Person{index}") for index in range(8)]
    facts = {(index, day): USED for index in range(8) for day in days}
    client = shown(worlds.organization(*people, facts=facts))
    queries.sandbox(client).set_clock(Clock.at(datetime(2027, 1, 1, tzinfo=UTC), frozen=True))
    everything = queries.paginate(client, "2025-01-01", "2026-12-31")
    assert {row["date"] for row in everything} == set(days)
    queries.sandbox(client).set_policy({"jetbrains-ide": {"release_dates": "honest"}})
    honest = queries.paginate(client, "2025-01-01", "2026-12-31")
    assert {row["date"] for row in honest} == {"2026-12-01"}
    assert honest == [row for row in everything if row["date"] == "2026-12-01"]
    assert queries.totals(client, "2025-01-01", "2025-12-07") == dict.fromkeys(queries.MEASURES, 0)
    assert _users(client, *JANUARY) == [(8, 8)]
