"""Reset: everything, or what is named, is restored, and nothing else is touched."""

from typing import Any

import pytest

from mockserver.gateway import sandbox
from tests.admin.driver import Admin

ALL = ["clock", "limits", "policy", "faults", "journal", "defects", "memory"]
BUDGET = {"resource": "BUDGET_RESOURCE_CREDITS_CONSUMED", "period": "BUDGET_PERIOD_MONTHLY"}
NUMBERS = {"per_minute": 60, "burst": 2}


@pytest.fixture
def moved(admin: Admin) -> Admin:
    """A client of a sandbox of which every part was changed."""
    admin.done("PUT", "/clock", {"now": "2026-01-01T12:00:00Z", "frozen": True})
    admin.done("PUT", "/limits", {"augment": NUMBERS})
    admin.done("PUT", "/policy", {"augment": {"last_cursor": "null"}})
    admin.done("PUT", "/faults", {"rules": [{"vendor": "tabnine", "effect": {"status": 503}}]})
    admin.done("PUT", "/defects", {"armed": ["ghost"]})
    budgets(admin, "set", {"overrides": [{"user_email": "ada@acme.example", **BUDGET}]})
    return admin


def budgets(admin: Admin, verb: str, body: object) -> list[Any]:
    """What a vendor's clients have written, after reading or writing it."""
    client = admin.app.test_client()
    path, headers = f"/analytics/v0/{verb}-user-budget-overrides", {"Authorization": "Bearer mock-augment-acme"}
    answer = client.post(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["overrides"])


def changed(admin: Admin) -> set[str]:
    """The parts that are not as they were made."""
    differs = {
        "clock": admin.get("/clock")["now"] != "2025-10-21T10:30:00Z",
        "limits": admin.get("/limits")["augment"]["setting"] != "off",
        "policy": admin.get("/policy")["augment"]["last_cursor"]["value"] != "empty",
        "faults": bool(admin.get("/faults")["rules"]),
        "journal": any("set" in each["path"] for each in admin.get("/requests")["requests"]),
        "defects": bool(admin.get("/defects")["armed"]),
        "memory": len(budgets(admin, "get", BUDGET)) != 3,
    }
    return {part for part, differ in differs.items() if differ}


def test_every_part_can_be_changed(moved: Admin) -> None:
    assert changed(moved) == {*ALL}


PARTS: dict[str, tuple[Any, list[str]]] = {
    "no body": (None, [*sandbox.RESETTABLE]),
    "an empty object": ({}, [*sandbox.RESETTABLE]),
    "the clock": ({"only": ["clock"]}, ["clock"]),
    "the limits": ({"only": ["limits"]}, ["limits"]),
    "the policy": ({"only": ["policy"]}, ["policy"]),
    "the faults": ({"only": ["faults"]}, ["faults"]),
    "the defects": ({"only": ["defects"]}, ["defects"]),
    "the memory": ({"only": ["memory"]}, ["memory"]),
    "the journal": ({"only": ["journal"]}, ["journal"]),
    "two, one of them twice": ({"only": ["journal", "clock", "journal"]}, ["clock", "journal"]),
}


@pytest.mark.parametrize(("sent", "parts"), PARTS.values(), ids=PARTS)
def test_reset_restores_the_named_parts(moved: Admin, sent: object, parts: list[str]) -> None:
    assert moved.done("POST", "/reset", sent) == {"reset": parts}
    assert changed(moved) == {*ALL} - set(parts)


def test_reset_fills_the_buckets(moved: Admin) -> None:
    assert [moved.vendor() for _ in range(2)] == [200, 429]
    moved.done("POST", "/reset", {"only": ["limits"]})
    moved.done("PUT", "/limits", {"augment": NUMBERS})
    assert moved.vendor() == 200


NAMED = "there is no part {!r}; there are: clock, limits, policy, faults, journal, defects, audits, memory"

BAD: dict[str, tuple[Any, dict[str, list[str]]]] = {
    "an unknown part": ({"only": ["clock", "clok"]}, {"only.1": [NAMED.format("clok")]}),
    "no part": ({"only": []}, {"only": ["name at least one part, or leave `only` out to reset everything"]}),
    "text": ({"only": "clock"}, {"only": ["Not a valid list."]}),
    "a list in the list": ({"only": [["clock"]]}, {"only.0": ["Not a valid string."]}),
    "null": ({"only": None}, {"only": ["must not be null"]}),
    "a misspelt field": (
        {"onyl": ["clock"]},
        {"onyl": ["there is no field 'onyl' (did you mean 'only'?); there are: only"]},
    ),
}


@pytest.mark.parametrize(("sent", "errors"), BAD.values(), ids=BAD)
def test_bad_reset_is_refused_and_resets_nothing(moved: Admin, sent: object, errors: object) -> None:
    assert moved.refused("POST", "/reset", sent).errors == errors
    assert changed(moved) == {*ALL}
