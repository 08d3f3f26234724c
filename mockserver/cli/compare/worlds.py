"""The simulator beside a live API: an app in this process, and the organizations of its worlds."""

from collections.abc import Iterator
from datetime import datetime

import yaml

from mockserver import app, resources, settings
from mockserver.comparison import asking
from mockserver.comparison.question import Plan
from mockserver.comparison.simulator import Simulator
from mockserver.learning.findings import Ours
from mockserver.organizations import files
from mockserver.simulation.organization import Organization

_BUNDLED = ("acme", "initech", "empty")
"""The organizations whose answers are possible; those of a plan are like the first."""


def simulator(ours: Ours, plan: Plan, now: datetime) -> Simulator:
    """A simulator of one vendor, whose worlds have the time of the live API."""
    return Simulator(app.create_app(settings.Settings()), ours, plan, now, organizations(plan, now))


def organizations(plan: Plan, now: datetime) -> Iterator[Organization]:
    """The organizations of the worlds, those of the plan last."""
    for name in _BUNDLED:
        yield files.named(name)
    base = yaml.safe_load(resources.organizations()[_BUNDLED[0]].read_bytes())
    for number, more in enumerate(plan.organizations, 1):
        settings_of_plan = asking.filled(more, asking.moments(now))
        content = yaml.safe_dump({**base, **settings_of_plan, "slug": f"{_BUNDLED[0]}-{number}"})
        yield files.parsed(content.encode(), "an organization of a plan")
