"""Every defect of a field, at every operation, is a difference that names the field."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from mockserver import app as app_module
from mockserver.app import create_app
from mockserver.comparison import differences
from mockserver.comparison.facts import Facts
from mockserver.comparison.simulator import Simulator
from mockserver.gateway import arming, known_defects, routing
from mockserver.gateway.arming import DefectRequest
from mockserver.gateway.known_defects import KnownDefect
from mockserver.organizations import files
from mockserver.settings import Settings
from tests.comparison.conftest import NOW, PLANS, solve
from tests.contract.watch import Watch
from tests.learning.conftest import SERVED, ours

READ = app_module.sources().answers


@cache
def listed(vendor: str) -> list[KnownDefect]:
    """The defects in fields of a vendor."""
    return [each for each in known_defects.listed([SERVED[vendor]], READ) if each.takes_at]


def answers(vendor: str, name: str, at: str) -> dict[str, Facts]:
    """What the operations of the live API answer whose default an armed defect is at."""
    defect = next(each for each in listed(vendor) if each.name == name)
    operations = {operation for operation, path in defect.defaults.items() if path == at}
    app = create_app(Settings())
    asked = Simulator(app, ours(vendor), PLANS[vendor], NOW, [files.named("acme")])
    armed = arming.arm(DefectRequest(name, at), [SERVED[vendor]], READ)
    registry: Any = app.extensions[routing.EXTENSION]
    for sandbox in registry.sandboxes:
        sandbox.set_defects((armed,))
    found = {each.name: asked.facts(each, {})[-1] for each in PLANS[vendor].questions if each.operation in operations}
    return {name: each for name, each in found.items() if each is not None}


def fields(vendor: str) -> Iterator[tuple[str, str]]:
    """Each defect of a field, with the path of its default at each operation."""
    for each in listed(vendor):
        for path in sorted({*each.defaults.values()}):
            yield each.name, path


HIDDEN = ("field-missing", "user_email")
"""A field that rows of service accounts lack as well, so that nothing is amiss where it is missing."""

CASES = [
    (vendor, name, path)
    for vendor in PLANS
    for name, path in fields(vendor)
    if (name, path.rpartition(".")[2]) != HIDDEN
]


@pytest.mark.parametrize(("vendor", "name", "path"), CASES)
def test_defect_in_a_field_is_a_difference_that_names_it(vendor: str, name: str, path: str, watch: Watch) -> None:
    solution = solve(vendor, answers(vendor, name, path))
    found = differences.listed(PLANS[vendor], solution)
    field = path.replace("[0]", "[]").removeprefix("$")
    named = f"{field}.new_field".removeprefix(".") if name == "field-added" else field
    texts = [text for each in found for text in (each.summary, *each.evidence)]
    watch.take()  # The answers are not those that are described.
    assert [text for text in texts if named in text.split()], texts
