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

OWN = {
    "billed-off-by-a-dollar": "the billed amount: does not add up",
    "cursor-leads-back": "the cursor: leads to itself",
    "negative-lines": "completions_lines_of_code has the format negative",
    "newer-usage-gap": "the chat's messages: other than in v1",
    "total-tokens-gap": "agent types: have some of the tokens",
    "negative-credits": "builtInQuota has the format negative",
    "negative-suggestions": "suggestions has the format negative",
    "negative-keystrokes": "has the format negative",
    "negative-tokens": "has the format negative",
}
"""What a comparison says of the other defects that it sees."""

NUMBERS = "only a number differs, and every such number is possible in some organization"
ROWS = "only rows, their order or their values differ, and such rows are possible in some organization"
IN_ROWS = {
    *("duplicate-row", "lost-row", "day-left-out", "thin-pages", "cost-point-twice", "effective-start-lost"),
    *("rows-swapped", "email-mismatch", "week-begins-on-tuesday", "first-user-missing", "last-profile-missing"),
    *("row-lost-between-pages", "ghost", "user-left-out", "user-of-other-role", "permission-left-out", "week-shifted"),
}
"""Of the defects that no comparison of shapes sees, those that are no numbers."""


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


@pytest.mark.parametrize(
    ("vendor", "name"), [(each, name) for each in PLANS for name in operations(each) if name not in SAID]
)
def test_other_defect_is_named_or_has_a_reason_why_it_is_not_seen(vendor: str, name: str, watch: Watch) -> None:
    texts = found(vendor, name)
    watch.take()
    if said := OWN.get(name):
        assert [text for text in texts if said in text], texts
    else:
        assert texts == [], ROWS if name in IN_ROWS else NUMBERS


def test_defects_in_rows_exist() -> None:
    known = {name for vendor in PLANS for name in operations(vendor)}
    assert known >= IN_ROWS | OWN.keys()
