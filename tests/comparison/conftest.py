"""What the tests of comparisons share: each vendor with its plan, and our own server as the live API."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from mockserver import vendors
from mockserver.app import create_app
from mockserver.cli.compare import worlds
from mockserver.client import Response, in_process
from mockserver.comparison.facts import Facts
from mockserver.comparison.question import Plan
from mockserver.comparison.simulator import Simulator
from mockserver.comparison.solving import Solution, Solver
from mockserver.gateway.switches import AnySwitch, Option, Renaming, TimestampSwitch
from mockserver.organizations import files
from mockserver.settings import Settings
from tests.learning.conftest import SERVED, ours

NOW = datetime(2026, 6, 24, 10, 30, tzinfo=UTC)
"""A Wednesday on which every switch that depends on a date has begun."""

PLANS: Mapping[str, Plan] = vendors.exported("comparison", "PLAN")

_MAKE = worlds.simulator


Change = Callable[[str, Response], Response]


class Live:
    """A live API in this process; `change` gets each target and its answer, and `targets` are those that were asked."""

    def __init__(self, change: Change, vendor: str = "tabnine", **policy: str) -> None:
        given = tuple((f"{vendor}.{name}", option) for name, option in policy.items())
        self.app = create_app(Settings(now=NOW, freeze=True, limits="off", policy=given))
        self.change = change
        self.targets: list[str] = []
        self.methods: set[str] = set()

    def __call__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        self.targets.append(target)
        self.methods.add(method)
        return self.change(target, in_process(self.app)(method, target, headers, body))

    def close(self) -> None:
        """Do nothing."""


@cache
def simulator(vendor: str) -> Simulator:
    """The simulator as the command has it."""
    return _MAKE(ours(vendor), PLANS[vendor], NOW)


@cache
def live(vendor: str, organization: str = "acme", *, frozen: bool = True) -> Simulator:
    """Another server, with one organization; its clock stands still at a whole second, or moves."""
    names = [organization] if frozen else ["empty", organization]
    made = [files.named(each) for each in names]
    return Simulator(create_app(Settings()), ours(vendor), PLANS[vendor], NOW, made)


def answers(
    vendor: str, policy: Mapping[str, Option], organization: str = "acme", *, frozen: bool = True
) -> dict[str, Facts]:
    """What the live server answers under a policy."""
    asked = live(vendor, organization, frozen=frozen)
    found = {each.name: asked.facts(each, policy)[-1] for each in PLANS[vendor].questions}
    return {name: each for name, each in found.items() if each is not None}


def solve(vendor: str, found: Mapping[str, Facts], start: Mapping[str, Option] | None = None) -> Solution:
    """What a comparison finds."""
    return Solver(simulator(vendor), SERVED[vendor].switches, found).solve(start or {})


def switches(vendor: str) -> list[AnySwitch]:
    """The switches with a set of options."""
    return [each for each in SERVED[vendor].switches if not isinstance(each, Renaming | TimestampSwitch)]
