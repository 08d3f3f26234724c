"""Holds the served numbers: for the same organization and seed they change only together with DATA_VERSION."""

import json
from typing import Any

import pytest

from mockserver.simulation import hashing
from tests.products import golden

KEPT = json.loads(golden.FILE.read_text(encoding="utf-8"))
WORLDS = ("plain", "stated", "credits")
MOVED = (
    "the {what} of the same organization and seed are no longer what they were. If that is meant, raise DATA_VERSION "
    "in mockserver/simulation/hashing.py and write the digests anew with `.venv/bin/python -m "
    "tests.products.golden`; "
    "if not, find what moved them (the code, numpy, fixtures/names.json)."
)


@pytest.fixture(scope="module", name="found")
def computed() -> dict[str, Any]:
    return golden.digests()


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("what", sorted(KEPT["plain"]))
def test_numbers_of_a_world_do_not_change(found: dict[str, Any], world: str, what: str) -> None:
    assert found[world][what] == KEPT[world][what], MOVED.format(what=what)


def test_pool_of_names_does_not_change(found: dict[str, Any]) -> None:
    assert found["names"] == KEPT["names"], MOVED.format(what="names")


def test_digests_have_the_current_data_version() -> None:
    assert KEPT["data_version"] == hashing.DATA_VERSION, (
        "DATA_VERSION was raised; write the digests anew with `.venv/bin/python -m tests.products.golden`"
    )


def test_digests_cover_the_same_things_in_all_worlds(found: dict[str, Any]) -> None:
    assert found.keys() == KEPT.keys() == {"data_version", "names", *WORLDS}
    assert all(each[world].keys() == KEPT["plain"].keys() for each in (found, KEPT) for world in WORLDS)


def test_worlds_share_no_digest() -> None:
    digests = [digest for world in WORLDS for digest in KEPT[world].values()]
    assert len(set(digests)) == len(digests)
