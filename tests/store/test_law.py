"""Three servers with one store are one server: nothing that a client or the control plane sees tells them apart."""

import json
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.app import create_app
from tests.conftest import SETTINGS
from tests.contract.random_use import STEPS, Use, control, same_names
from tests.store.engine import EngineProcess

pytestmark = pytest.mark.memory("the test compares both")

NUMBERS = count(1)


@given(st.lists(STEPS, min_size=5, max_size=40))
def test_nothing_tells_three_servers_from_one(engine: EngineProcess, steps: list[tuple[str, Any, Any]]) -> None:
    settings = replace(SETTINGS, limits="documented")
    in_store = replace(settings, store=engine.url(f"law-{next(NUMBERS)}"))
    with same_names():
        one = Use(create_app(settings))
        three = Use(*(create_app(in_store) for _ in range(3)))
    for step in steps:
        assert three.do(*step) == one.do(*step), json.dumps(step)
    assert control(three.app, "GET", "/lint") == control(one.app, "GET", "/lint")
