"""The policy: every switch is shown with its evidence, and can be set."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver import startup_policy, vendors
from mockserver.app import create_app
from tests.admin.driver import Admin
from tests.conftest import SETTINGS


def values(policy: dict[str, Any]) -> dict[str, Any]:
    """The values in force, by the vendor and the switch."""
    return {
        f"{vendor}.{name}": switch["value"] for vendor, switches in policy.items() for name, switch in switches.items()
    }


KNOWN = startup_policy.all_switches(vendors.discover())
DEFAULTS = {
    f"{group}.{switch.name}": switch.to_json(switch.default) for group, known in KNOWN.items() for switch in known
}


def test_every_switch_is_listed_with_its_evidence(admin: Admin) -> None:
    shown = admin.get("/policy")
    assert list(shown) == [*KNOWN]
    assert "metrics" in shown
    for group, known in KNOWN.items():
        assert list(shown[group]) == [switch.name for switch in known]
        for switch in known:
            assert shown[group][switch.name] == {
                "value": switch.to_json(switch.default),
                "default": switch.to_json(switch.default),
                "options": list(switch.options),
                "grade": switch.grade.value,
                "evidence": switch.grade.name.lower(),
                "description": switch.description,
            }


def test_new_value_is_shown_and_takes_effect_at_once(admin: Admin) -> None:
    path_with_limit = "/analytics/v0/dau-count?limit=1"
    assert admin.vendor(path_with_limit) == 400
    shown = admin.done("PUT", "/policy", {"augment": {"unknown_parameters": "ignore"}})
    assert values(shown) == {**DEFAULTS, "augment.unknown_parameters": "ignore"}
    assert values(admin.get("/policy")) == values(shown)
    assert admin.vendor(path_with_limit) == 200


def test_put_resets_omitted_values_and_patch_keeps_them(admin: Admin) -> None:
    admin.done("PUT", "/policy", {"augment": {"last_cursor": "null"}})
    patched = admin.done("PATCH", "/policy", {"augment": {"publication_hour": 5}})
    assert values(patched) == {**DEFAULTS, "augment.last_cursor": "null", "augment.publication_hour": 5}
    assert values(admin.done("PATCH", "/policy", {})) == values(patched)
    assert values(admin.done("PUT", "/policy", {"augment": {"publication_hour": 6}})) == {
        **DEFAULTS,
        "augment.publication_hour": 6,
    }
    assert values(admin.done("PUT", "/policy", {})) == DEFAULTS


def test_put_restores_initial_values_not_defaults() -> None:
    settings = replace(SETTINGS, policy=(("augment.last_cursor", "absent"),))
    admin = Admin(create_app(settings), {"Host": "localhost"})
    admin.done("PUT", "/policy", {"augment": {"last_cursor": "null"}})
    assert values(admin.done("PUT", "/policy", {})) == {**DEFAULTS, "augment.last_cursor": "absent"}
    assert admin.get("/policy")["augment"]["last_cursor"]["default"] == "empty"


def test_number_may_be_text_and_is_shown_as_number(admin: Admin) -> None:
    assert values(admin.done("PUT", "/policy", {"augment": {"publication_hour": "7"}}))["augment.publication_hour"] == 7


CURSOR = "last_cursor cannot be {}; it takes one of: empty, null, absent"

BAD: dict[str, tuple[object, dict[str, str]]] = {
    "an unknown vendor": (
        {"augmnet": {}},
        {"augmnet": "there is no vendor 'augmnet' (did you mean 'augment'?); there are: augment"},
    ),
    "an unknown switch": (
        {"augment": {"last_cursr": "null"}},
        {"augment.last_cursr": "there is no switch 'last_cursr' (did you mean 'last_cursor'?); there are: "},
    ),
    "an unknown value": ({"augment": {"last_cursor": "nil"}}, {"augment.last_cursor": CURSOR.format("'nil'")}),
    "null instead of 'null'": ({"augment": {"last_cursor": None}}, {"augment.last_cursor": CURSOR.format("None")}),
    "a list": ({"augment": {"last_cursor": ["null"]}}, {"augment.last_cursor": CURSOR.format("['null']")}),
    "an object": ({"augment": {"last_cursor": {}}}, {"augment.last_cursor": CURSOR.format("{}")}),
    "a boolean for a number": (
        {"augment": {"publication_hour": True}},
        {"augment.publication_hour": "publication_hour cannot be True; it takes one of: 0, 1, 2, "},
    ),
    "an hour out of range": (
        {"augment": {"publication_hour": 24}},
        {"augment.publication_hour": "publication_hour cannot be 24; it takes one of: 0, 1, 2, "},
    ),
    "a list of switches": ({"augment": ["last_cursor"]}, {"augment": "must be an object of switches and their values"}),
    "no switches": ({"augment": None}, {"augment": "must not be null"}),
    "two at once": (
        {"augment": {"last_cursor": "nil", "retry_after": "no"}},
        {
            "augment.last_cursor": CURSOR.format("'nil'"),
            "augment.retry_after": "retry_after cannot be 'no'; it takes one of: off, seconds",
        },
    ),
    "a good one beside a bad one": (
        {"augment": {"last_cursor": "null", "retry_after": "no"}},
        {"augment.retry_after": "retry_after cannot be 'no'; it takes one of: off, seconds"},
    ),
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(("sent", "errors"), BAD.values(), ids=BAD)
def test_bad_policy_is_refused_by_path_and_changes_nothing(
    admin: Admin, method: str, sent: object, errors: dict[str, str]
) -> None:
    found = admin.refused(method, "/policy", sent).errors
    assert list(found) == list(errors)
    assert all(found[path][0].startswith(rule) for path, rule in errors.items())
    assert values(admin.get("/policy")) == DEFAULTS
