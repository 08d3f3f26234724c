"""Our own server is the live API, under every option of every switch: what shows is found, and nothing else.

With `pytest -s`, the table of all options is printed.
"""

import sys
from random import Random

import pytest

from mockserver.gateway.switches import AnySwitch, Option
from tests.comparison.conftest import PLANS, answers, solve, switches

MOVING = {("augment", "generated_at_digits", "0")}
"""What a clock that stands still at a whole second does not show."""

SELDOM_AND_SHOWN = {f"augment.generated_at_digits={digits}" for digits in (0, 6, 9)}
"""Options that certain circumstances show, which are those of these tests."""

DEFAULTS = {vendor: {each.name: each.default for each in switches(vendor)} for vendor in PLANS}

SHARE = 95
"""The percentage of the options that make a difference that must be found where many are in force at once."""


def verdict(vendor: str, switch: AnySwitch, option: Option) -> str:
    """Whether a comparison finds one option in force, and why not."""
    frozen = (vendor, switch.name, str(option)) not in MOVING
    solution = solve(vendor, answers(vendor, {switch.name: option}, frozen=frozen))
    if solution.policy == {switch.name: option} and not solution.rest and len(solution.explanations) == 1:
        return "found"
    reason = {**PLANS[vendor].unseen, **PLANS[vendor].seldom}.get(switch.name)
    is_quiet = not solution.explanations and not solution.rest
    return f"unseen: {reason}" if is_quiet and reason else f"wrong: {solution}"


@pytest.mark.parametrize("vendor", PLANS)
def test_exactly_the_option_in_force_is_found(vendor: str) -> None:
    table = {
        f"{vendor}.{switch.name}={option}": verdict(vendor, switch, option)
        for switch in switches(vendor)
        for option in switch.options
        if option != switch.default
    }
    sys.stdout.writelines(f"{name}: {found}\n" for name, found in table.items())
    assert {name: found for name, found in table.items() if found.startswith("wrong")} == {}
    assert {name for name, found in table.items() if found == "found"} >= SELDOM_AND_SHOWN & table.keys()


@pytest.mark.parametrize("organization", ["acme", "globex"])
@pytest.mark.parametrize("vendor", PLANS)
def test_default_server_has_no_difference_whatever_its_organization(vendor: str, organization: str) -> None:
    solution = solve(vendor, answers(vendor, {}, organization))
    assert (solution.policy, solution.explanations, solution.rest) == ({}, [], frozenset())


@pytest.mark.parametrize("vendor", PLANS)
def test_many_options_at_once_are_found(vendor: str) -> None:
    plan, random = PLANS[vendor], Random(19)
    hidden = plan.unseen.keys() | plan.seldom.keys()
    policy = {each.name: random.choice(each.options) for each in switches(vendor) if each.name not in hidden}
    found = answers(vendor, policy)
    shown = {name for name in policy if answers(vendor, {**policy, name: DEFAULTS[vendor][name]}) != found}
    solution = solve(vendor, found)
    assert {name: option for name, option in solution.policy.items() if policy[name] != option} == {}
    assert len(shown & solution.policy.keys()) * 100 >= SHARE * len(shown), shown - solution.policy.keys()
    assert solve(vendor, found, solution.policy).explanations == []
