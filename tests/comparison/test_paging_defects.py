"""Every defect without a field: those in pages are differences that name what the page does, and so are some others."""

from functools import cache
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.comparison import differences
from mockserver.comparison.facts import Facts
from mockserver.comparison.simulator import Simulator
from mockserver.gateway import arming, known_defects, paging_defects, routing
from mockserver.gateway.arming import DefectRequest
from mockserver.organizations import files
from mockserver.settings import Settings
from tests.comparison.conftest import NOW, PLANS, solve
from tests.comparison.test_defects import READ
from tests.contract.watch import Watch
from tests.learning.conftest import SERVED, ours

SAID = {
    paging_defects.REPEATS: "the cursor: leads to itself",
    paging_defects.EMPTY_PAGE: "the page: has no row and leads on",
    paging_defects.TWICE: "the page: has rows of the first page",
}
"""What a comparison says of a defect in pages."""

NUMBERS = "only numbers differ, which depend on data"
ROWS = "which rows there are depends on data"


def found(vendor: str, name: str, operation: str | None = None) -> list[str]:
    """What a comparison says of a server with an armed defect."""
    app = create_app(Settings())
    asked = Simulator(app, ours(vendor), PLANS[vendor], NOW, [files.named("acme")])
    armed = arming.arm(DefectRequest(name, vendor=vendor, operation=operation), [SERVED[vendor]], READ)
    registry: Any = app.extensions[routing.EXTENSION]
    for sandbox in registry.sandboxes:
        sandbox.set_defects((armed,))
    operations = {each for defect in armed.by_vendor[vendor] for each in defect.operations}
    questions = [each for each in PLANS[vendor].questions if each.operation in operations and not each.is_bad]
    live: dict[str, Facts | None] = {each.name: asked.facts(each, {})[-1] for each in questions}
    solution = solve(vendor, {name: each for name, each in live.items() if each is not None})
    return [text for each in differences.listed(PLANS[vendor], solution) for text in (each.summary, *each.evidence)]


@cache
def operations(vendor: str) -> dict[str, tuple[str, ...]]:
    """The defects without a field, with their operations."""
    listed = known_defects.listed([SERVED[vendor]], READ)
    return {each.name: each.operations for each in listed if not each.takes_at}


PAGES = [
    (vendor, name, operation) for vendor in PLANS for name in SAID for operation in operations(vendor).get(name, ())
]


@pytest.mark.parametrize(("vendor", "name", "operation"), PAGES)
def test_defect_in_pages_is_a_difference_that_names_it(vendor: str, name: str, operation: str, watch: Watch) -> None:
    texts = found(vendor, name, operation)
    watch.take()  # The answers are not those that are described.
    assert [text for text in texts if operation in text and SAID[name] in text], texts
