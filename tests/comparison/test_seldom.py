"""Options that only certain data or a certain time show are found there; what nothing shows makes no difference."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver import vendors
from mockserver.app import create_app
from mockserver.cli.compare import worlds
from mockserver.comparison.facts import Facts
from mockserver.comparison.simulator import Simulator
from mockserver.comparison.solving import Solver
from mockserver.gateway.switches import Option
from mockserver.organizations import files
from mockserver.settings import Settings
from mockserver.simulation.organization import Organization
from tests.comparison.conftest import NOW, PLANS, simulator, switches
from tests.learning.conftest import SERVED, ours

EARLY = datetime(2026, 6, 24, 1, 30, tzinfo=UTC)
"""Before the data of the day before are there."""

ORGANIZATIONS = ("acme", "globex", "initech", "empty", "documented")
"""Not hooli, whose hundred thousand people show nothing more, and take two minutes."""


def answers(vendor: str, made: Organization, policy: Mapping[str, Option], now: datetime = NOW) -> dict[str, Facts]:
    """What a server with an organization answers under a policy."""
    asked = Simulator(create_app(Settings()), ours(vendor), PLANS[vendor], now, [made])
    found = {each.name: asked.facts(each, policy)[-1] for each in PLANS[vendor].questions}
    return {name: each for name, each in found.items() if each is not None}


def of_plan(vendor: str, number: int) -> Organization:
    """An organization of a vendor's plan."""
    return [*worlds.organizations(PLANS[vendor], NOW)][number - len(PLANS[vendor].organizations)]


def found(vendor: str, live: dict[str, Facts], now: datetime = NOW) -> dict[str, Any]:
    """The policy that a comparison finds, and what it cannot settle."""
    beside = simulator(vendor) if now == NOW else worlds.simulator(ours(vendor), PLANS[vendor], now)
    solution = Solver(beside, SERVED[vendor].switches, live).solve({})
    return {**solution.policy, **({"rest": solution.rest} if solution.rest else {})}


@pytest.mark.parametrize(
    ("vendor", "number", "policy"),
    [
        ("augment", 1, {}),
        ("augment", 1, {"large_numbers": "number"}),
        ("tabnine", 0, {}),
        ("tabnine", 0, {"agent_unlicensed": "500"}),
        ("tabnine", 1, {}),
        ("tabnine", 1, {"teams_default_limit": "50"}),
    ],
)
def test_option_is_found_where_the_data_show_it(vendor: str, number: int, policy: dict[str, Option]) -> None:
    assert found(vendor, answers(vendor, of_plan(vendor, number), policy)) == policy


@pytest.mark.parametrize("policy", [{}, {"before_publication": "reject"}])
def test_option_is_found_at_the_time_that_shows_it(policy: dict[str, Option]) -> None:
    assert found("augment", answers("augment", files.named("acme"), policy, EARLY), EARLY) == policy


def test_default_limit_of_teams_is_found_in_a_bundled_organization() -> None:
    policy = {"teams_default_limit": "50"}
    live = answers("tabnine", files.named("hooli"), policy)
    kept = {name: each for name, each in live.items() if name.startswith("getTeams")}
    assert found("tabnine", kept) == policy


@pytest.mark.parametrize("organization", ORGANIZATIONS)
@pytest.mark.parametrize("vendor", PLANS)
def test_unseen_switch_makes_no_difference(vendor: str, organization: str) -> None:
    asked = Simulator(create_app(Settings()), ours(vendor), PLANS[vendor], NOW, [files.named(organization)])
    policies = [
        {each.name: option}
        for each in switches(vendor)
        if each.name in PLANS[vendor].unseen
        for option in {each.options[0], each.options[-1]} - {each.default}
    ]
    seen = {
        (str(policy), question.name, each)
        for policy in policies
        for question in PLANS[vendor].questions
        if asked.differs(question, policy, {})
        for each in simulator(vendor).contradictions(question, asked.facts(question, policy)[0] or frozenset(), {})
        if not each.is_weak and not question.is_weak
    }
    assert seen == set()


def test_every_seldom_switch_has_a_test() -> None:
    seldom = {name for vendor in vendors.discover() if vendor.name in PLANS for name in PLANS[vendor.name].seldom}
    tried = {"large_numbers", "agent_unlicensed", "teams_default_limit", "before_publication"}
    assert seldom - {"generated_at_digits"} == tried
