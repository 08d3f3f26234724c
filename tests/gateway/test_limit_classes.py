"""Limits of classes of operations: each has buckets of its own, and is shown and set by its name."""

from dataclasses import replace

import pytest

from mockserver.gateway.faults import FaultEffect, FaultRule
from mockserver.gateway.limits import Allowance, LimitMode
from mockserver.gateway.vendor import Vendor
from tests.gateway import parrot
from tests.gateway.parrot import PARROT, Aviary

SPEAK, LEARN = parrot.routes()
CLASSES: Vendor = replace(
    PARROT,
    routes=(SPEAK, replace(LEARN, limit_class="lessons")),
    limit_classes=(("lessons", Allowance(per_minute=30, burst=1)),),
)


@pytest.fixture
def aviary() -> Aviary:
    """A parrot with three requests to speak and one to learn."""
    return Aviary(CLASSES)


def test_each_class_has_its_own_bucket(aviary: Aviary) -> None:
    speak = [aviary.send().status_code for _ in range(4)]
    learn = [aviary.send("/parrot/learn", method="POST").status_code for _ in range(2)]
    assert (speak, learn) == ([200, 200, 200, 429], [200, 429])


def test_wait_comes_from_the_limit_of_the_class(aviary: Aviary) -> None:
    for _ in range(3):
        aviary.send()
    assert aviary.send().headers["X-Wait"] == "10"
    aviary.send("/parrot/learn", method="POST")
    assert aviary.send("/parrot/learn", method="POST").headers["X-Wait"] == "2"


def test_wrong_method_counts_against_the_class_of_its_path(aviary: Aviary) -> None:
    assert [aviary.send("/parrot/learn", method="DELETE").status_code for _ in range(2)] == [405, 429]
    assert aviary.send().status_code == 200


def test_unknown_path_counts_against_the_first_class(aviary: Aviary) -> None:
    statuses = [aviary.send("/parrot/sing").status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
    assert aviary.send("/parrot/learn", method="POST").status_code == 200


def test_limits_are_set_by_name(aviary: Aviary) -> None:
    sandbox = aviary.registry.default
    assert sandbox.limits == {"parrot": LimitMode.DOCUMENTED, "parrot.lessons": LimitMode.DOCUMENTED}
    sandbox.set_limits({"parrot.lessons": LimitMode.OFF})
    assert [aviary.send("/parrot/learn", method="POST").status_code for _ in range(3)] == [200, 200, 200]
    assert [aviary.send().status_code for _ in range(4)] == [200, 200, 200, 429]


def test_armed_429_waits_as_long_as_the_class(aviary: Aviary) -> None:
    aviary.registry.default.set_limits({"parrot.lessons": LimitMode.OFF})
    aviary.registry.default.faults.add(FaultRule(FaultEffect(rate_limited=True)))
    assert aviary.send("/parrot/learn", method="POST").headers["X-Wait"] == "2"
    assert aviary.send().headers["X-Wait"] == "10"
