"""Which switches a comparison finds that it cannot see, under many policies and in several organizations."""

import pytest

from mockserver.comparison import unseen
from mockserver.comparison.solving import Solver
from mockserver.gateway.switches import Option
from tests.comparison.conftest import PLANS, answers, simulator
from tests.learning.conftest import SERVED

UNSEEN: dict[tuple[str, str], set[str]] = {
    ("augment", "acme"): {"before_publication", "generated_at_digits", "large_numbers"},
    ("augment", "empty"): {
        "before_publication",
        "generated_at_digits",
        "large_numbers",
        "compute_rows",
        "billed_identity",
    },
    ("jetbrains-console", "acme"): set(),
    ("jetbrains-console", "empty"): set(),
    ("jetbrains-ide", "acme"): set(),
    ("jetbrains-ide", "empty"): {"release_dates", "foreign_cursor"},
    ("tabnine", "globex"): {"agent_unlicensed", "teams_default_limit", "team_order"},
}
"""The switches that are unseen beside those that no answer of any API shows, by vendor and organization."""


def found(vendor: str, policy: dict[str, Option], organization: str = "acme") -> tuple[dict[str, Option], set[str]]:
    """The policy that a comparison finds, and the switches that it cannot see."""
    solver = Solver(simulator(vendor), SERVED[vendor].switches, answers(vendor, policy, organization))
    solution = solver.solve({})
    assert solution.rest == frozenset()
    return solution.policy, set(unseen.switches(simulator(vendor), solver, solution))


@pytest.mark.parametrize(("vendor", "organization"), UNSEEN)
def test_switches_that_the_answers_do_not_tell_apart_are_unseen(vendor: str, organization: str) -> None:
    assert found(vendor, {}, organization)[1] == UNSEEN[vendor, organization] | PLANS[vendor].unseen.keys()


@pytest.mark.parametrize("vendor", PLANS)
def test_every_seldom_switch_is_unseen_in_an_ordinary_organization(vendor: str) -> None:
    assert found(vendor, {})[1] >= PLANS[vendor].seldom.keys()


def test_switch_that_settles_a_difference_is_seen() -> None:
    policy, hidden = found("tabnine", {"team_order": "created"})
    assert (policy, "team_order" in hidden) == ({"team_order": "created"}, False)


HOURS = [
    (
        {"before_publication": "reject", "publication_hour": 22},
        {"before_publication": "reject", "publication_hour": 11},
    ),
    (
        {"before_publication": "reject", "publication_hour": 11},
        {"before_publication": "reject", "publication_hour": 11},
    ),
    ({"before_publication": "reject", "publication_hour": 10}, {}),
    ({"before_publication": "empty", "publication_hour": 22}, {}),
]


@pytest.mark.parametrize(("policy", "expected"), HOURS)
def test_switch_that_shows_beside_an_unseen_one_is_found(
    policy: dict[str, Option], expected: dict[str, Option]
) -> None:
    settled, hidden = found("augment", policy)
    assert settled == expected
    assert "publication_hour" in hidden
