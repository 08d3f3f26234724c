"""Tabnine's proportions: about those of the one populated example that the vendor has published.

It is the usage of one organization of 131 users over 337 days: 7104 completions, 31336 chat interactions and 11190 of
the agent.
"""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from mockserver.organizations import files
from mockserver.products.tabnine.facts import COUNTERS, SECTIONS
from mockserver.products.world import World
from mockserver.simulation import calendar
from mockserver.simulation.organization import Organization
from tests.products.built import tabnine

RATIOS = {
    ("agent_lines_added_accepted", "agent_lines_added"): (1080333, 1092933),
    ("agent_lines_removed_accepted", "agent_lines_removed"): (75956, 76816),
    ("agent_lines_added", "agent_interactions"): (1092933, 11190),
    ("agent_lines_removed", "agent_lines_added"): (76816, 1092933),
    ("completion_chars", "completions"): (617672, 7104),
    ("completion_lines", "completions"): (21848, 7104),
    ("keystrokes", "completions"): (831400, 7104),
    ("keystrokes", "completion_chars"): (831400, 617672),
    ("chat_chars", "chat_lines"): (16577, 38495),
    ("chat_lines", "chat_useful"): (38495, 17411),
    ("chat_useful", "chat_interactions"): (17411, 31336),
    ("chat_interactions", "completions"): (31336, 7104),
    ("instruct_accepted", "completions"): (16764, 7104),
    ("agent_interactions", "completions"): (11190, 7104),
}
USERS = {"completions": 75, "chat_interactions": 128, "agent_interactions": 103}
ACTIVE = 131

ACME = files.named("acme")
LARGE = replace(ACME, people=4_000, special=(), adoption={"tabnine": replace(ACME.adoption["tabnine"], seats=None)})
"""Acme's kind of people, but so many that chance evens out."""

every_organization = pytest.mark.parametrize(
    ("organization", "first", "percent"), [(ACME, "2024-10-22", 10), (LARGE, "2025-07-22", 3)], ids=["acme", "large"]
)


@cache
def _by_member(organization: Organization, first: str) -> np.ndarray:
    """The counters of each member from a day until today, by name."""
    world = World(organization, files.pool())
    span = calendar.days(organization, date.fromisoformat(first).toordinal(), date(2025, 10, 21).toordinal())
    return np.concatenate([tabnine(world).facts.facts(each, span).by_member for each in world.people.blocks()], axis=1)


def _is_near(found: float, published: float, percent: int) -> bool:
    return abs(found - published) * 100 <= published * percent


@every_organization
@pytest.mark.parametrize(("part", "whole"), RATIOS)
def test_ratio_is_near_the_published_one(
    organization: Organization, first: str, percent: int, part: str, whole: str
) -> None:
    sums = dict(zip(COUNTERS, _by_member(organization, first).sum(axis=1).tolist(), strict=True))
    of_part, of_whole = RATIOS[part, whole]
    assert _is_near(sums[part] / sums[whole], of_part / of_whole, percent)


@every_organization
@pytest.mark.parametrize("section", USERS)
def test_share_of_users_of_a_section_is_near_the_published_one(
    organization: Organization, first: str, percent: int, section: str
) -> None:
    used = _by_member(organization, first) > 0
    share = used[COUNTERS.index(section)].sum() / used[list(SECTIONS)].any(axis=0).sum()
    assert _is_near(share, USERS[section] / ACTIVE, percent)


def test_people_are_active_without_completions_and_without_chat() -> None:
    used = _by_member(ACME, "2024-10-22")[list(SECTIONS)] > 0
    active = used.any(axis=0)
    for section in used:
        assert 0 < (active & ~section).sum() < active.sum()


def test_heavy_users_do_many_times_what_light_ones_do() -> None:
    per_member = np.sort(_by_member(LARGE, "2025-07-22")[COUNTERS.index("chat_interactions")])
    users = per_member[per_member > 0]
    assert np.quantile(users, 0.9) > 5 * np.quantile(users, 0.1)
    assert np.quantile(users, 0.9) < 30 * np.median(users)
