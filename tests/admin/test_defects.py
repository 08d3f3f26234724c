"""Defects: they are listed, armed by name, and never left behind in a cached answer."""

from typing import Any

import pytest

from mockserver import vendors
from tests.admin.driver import Admin
from tests.contract.watch import Watch

IN_PAGES = {"cursor-repeats", "cursor-on-empty-page", "row-on-two-pages"}
COUNTS = "/analytics/v0/dau-count?start_date=2025-10-13&end_date=2025-10-14"


def armed(shown: dict[str, Any]) -> list[str]:
    """The names of what is armed."""
    names: list[str] = shown["armed"]
    return names


def counts(admin: Admin) -> list[int | None]:
    """What Augment counts on two days."""
    got = admin.app.test_client().get(COUNTS, headers={"Authorization": "Bearer mock-augment-acme"})
    return [row["user_count"] for row in got.get_json()["daily_active_user_counts"]]


def test_defects_are_listed_with_existing_operations(admin: Admin) -> None:
    served = vendors.discover()
    operations = {vendor.name: {route.operation for route in vendor.routes} for vendor in served}
    shown = admin.get("/defects")["known"]
    own = [each["name"] for each in shown if not each["takes_at"] and each["name"] not in IN_PAGES]
    assert own == [each.name for vendor in served for each in vendor.defects]
    assert all(set(each["operations"]) <= operations[each["vendor"]] and each["description"] for each in shown)


def test_vendors_share_only_the_names_of_defects_in_pages_and_fields(admin: Admin) -> None:
    known = admin.get("/defects")["known"]
    own = [each["name"] for each in known if not each["takes_at"] and each["name"] not in IN_PAGES]
    assert len(set(own)) == len(own)
    assert len({(each["vendor"], each["name"]) for each in known}) == len(known)


def test_put_arms_the_named_defects_only(admin: Admin) -> None:
    assert armed(admin.get("/defects")) == []
    assert armed(admin.done("PUT", "/defects", {"armed": ["ghost", "lost-row", "ghost"]})) == ["ghost", "lost-row"]
    assert armed(admin.done("PUT", "/defects", {"armed": ["ghost"]})) == ["ghost"]
    assert armed(admin.done("PUT", "/defects", {})) == []


def test_defect_changes_answers_only_while_armed(admin: Admin) -> None:
    sound = counts(admin)
    admin.done("PUT", "/defects", {"armed": ["dau-count-off-by-one"]})
    assert [counts(admin), counts(admin)] == 2 * [[(sound[0] or 0) + 1, sound[1]]]
    admin.done("PUT", "/defects", {"armed": ["ghost"]})
    assert counts(admin) == sound
    admin.done("PUT", "/defects", {})
    assert counts(admin) == sound


def test_unknown_defect_is_refused_and_arms_nothing(admin: Admin) -> None:
    errors = admin.refused("PUT", "/defects", {"armed": ["ghost", "ghosts"]}).errors
    assert errors["armed.1"][0].startswith(
        "there is no defect 'ghosts' (did you mean 'ghost'?); there are: dau-count-off-by-one, "
    )
    assert armed(admin.get("/defects")) == []


FIELD = {"name": "field-null", "at": "daily_active_user_counts[].user_count"}


def test_defect_in_a_field_is_armed_at_its_path_and_shown_with_it(admin: Admin, watch: Watch) -> None:
    sound = counts(admin)
    state = admin.done("PUT", "/defects", {"armed": ["ghost", FIELD, FIELD]})
    assert state["armed"] == [FIELD, "ghost"]
    assert counts(admin) == [None, None]
    state = admin.done("PUT", "/defects", {"armed": [{**FIELD, "at": "daily_active_user_counts[1].user_count"}]})
    assert counts(admin) == [sound[0], None]
    assert admin.done("PUT", "/defects", {"armed": state["armed"]})["armed"] == state["armed"]
    admin.done("PUT", "/defects", {})
    assert counts(admin) == sound
    assert watch.take(), "null is no count"


def test_defect_in_a_field_has_a_default_at_each_operation(admin: Admin) -> None:
    known = {(each["vendor"], each["name"]): each for each in admin.get("/defects")["known"]}
    default = known["augment", "field-null"]
    assert default["takes_at"]
    assert default["defaults"]["getDauCount"] == "daily_active_user_counts[0].date"
    assert default["operations"] == [*default["defaults"]]
    assert (known["tabnine", "ghost"]["takes_at"], known["tabnine", "ghost"]["defaults"]) == (False, {})
    assert ("jetbrains-console", "cursor-repeats") not in known


@pytest.mark.parametrize(
    ("armed_defect", "field", "text"),
    [
        pytest.param({"name": "field-null", "at": "x"}, "armed.0.at", "no answer of any vendor has 'x'", id="path"),
        pytest.param({"name": "field-nul"}, "armed.0.name", "did you mean 'field-null'?", id="name"),
        pytest.param({"name": "ghost", "at": "$"}, "armed.0.at", "ghost is not in one field", id="no field"),
        pytest.param({"at": "$"}, "armed.0.name", "must be given", id="no name"),
        pytest.param({"name": "ghost", "path": "$"}, "armed.0.path", "there is no field 'path'", id="unknown member"),
        pytest.param(5, "armed.0", "must be the name of a defect, or an object such as {", id="a number"),
        pytest.param(
            {"name": "ghost", "vendor": "tabnin"}, "armed.0.vendor", "(did you mean 'tabnine'?)", id="unknown vendor"
        ),
        pytest.param(
            {"name": "ghost", "vendor": "augment"}, "armed.0.vendor", "these have: tabnine", id="another vendor"
        ),
        pytest.param(
            {"name": "field-null", "operation": "getDua"}, "armed.0.operation", "'getDau'?", id="unknown operation"
        ),
        pytest.param(
            {"name": "field-null", "vendor": "tabnine", "operation": "getDau"},
            "armed.0.operation",
            "'getDau' belongs to augment; tabnine has: ",
            id="another vendor's operation",
        ),
        pytest.param(
            {"name": "field-null", "at": "$", "names": "both"},
            "armed.0.names",
            'must be "documented" or "served"',
            id="unknown names",
        ),
    ],
)
def test_defect_that_cannot_be_armed_is_refused(admin: Admin, armed_defect: object, field: str, text: str) -> None:
    errors = admin.refused("PUT", "/defects", {"armed": [armed_defect]}).errors
    assert list(errors) == [field]
    assert text in errors[field][0]


def test_defect_is_armed_at_one_vendor_and_at_one_operation(admin: Admin) -> None:
    placed = [
        {"name": "cursor-repeats", "vendor": "tabnine"},
        {"name": "field-null", "operation": "getDauCount"},
        {"name": "field-null", "vendor": "augment", "operation": "getDauCount", "at": FIELD["at"]},
    ]
    assert admin.done("PUT", "/defects", {"armed": placed[::-1]})["armed"] == placed
    shown = {vendor["name"]: vendor["defects"] for vendor in admin.get("/overview")["vendors"]}
    assert {name: armed for name, armed in shown.items() if armed} == {
        "augment": ["field-null"],
        "tabnine": ["cursor-repeats"],
    }
    assert admin.done("PUT", "/defects", {"armed": admin.get("/defects")["armed"]})["armed"] == placed


NAMES = {"jetbrains-ide": {"names": {"userEmail": "mail"}}}


def test_path_takes_the_name_under_which_a_field_is_served(admin: Admin) -> None:
    served = {"name": "field-null", "at": "items[].mail"}
    documented = {"name": "field-null", "at": "items[].userEmail"}
    assert "no answer" in admin.refused("PUT", "/defects", {"armed": [served]}).errors["armed.0.at"][0]
    admin.done("PATCH", "/policy", NAMES)
    assert admin.done("PUT", "/defects", {"armed": [served]})["armed"] == [documented]
    made = admin.refused("POST", "/sandboxes", {"defects": [served], "policy": NAMES}, status=201)
    assert admin.get(f"/sandboxes/{made.json['id']}/defects")["armed"] == [documented]
    assert admin.refused("POST", "/sandboxes", {"defects": [served]}).errors.keys() == {"defects.0.at"}


def test_ambiguous_path_is_refused_with_the_candidates(admin: Admin) -> None:
    swapped = {"jetbrains-ide": {"names": {"userEmail": "userId", "userId": "userEmail"}}}
    admin.done("PATCH", "/policy", swapped)
    placed = {"name": "field-null", "at": "items[].userEmail"}
    rule = admin.refused("PUT", "/defects", {"armed": [placed]}).errors["armed.0.at"][0]
    assert "items[].userEmail in " in rule
    assert "items[].userId in " in rule
    shown = admin.done("PUT", "/defects", {"armed": [{**placed, "names": "served"}]})["armed"]
    assert shown == [{"name": "field-null", "at": "items[].userId", "names": "documented"}]
    assert admin.done("PUT", "/defects", {"armed": shown})["armed"] == shown


def test_number_of_armed_defects_is_limited(admin: Admin) -> None:
    errors = admin.refused("PUT", "/defects", {"armed": ["ghost"] * 201}).errors
    assert errors == {"armed": ["at most 200 defects can be armed at a time, not 201"]}


def test_sandbox_is_made_and_reset_with_defects_at_paths(admin: Admin) -> None:
    made = admin.refused("POST", "/sandboxes", {"defects": ["ghost", FIELD]}, status=201)
    path = f"/sandboxes/{made.json['id']}"
    for verb, resource in (("PUT", "/defects"), ("POST", "/reset")):
        admin.done("PUT", f"{path}/defects", {"armed": []})
        admin.done(verb, path + resource, {})
        assert admin.get(f"{path}/defects")["armed"] == [FIELD, "ghost"]
    assert admin.refused("POST", "/sandboxes", {"defects": [{**FIELD, "at": "x"}]}).errors.keys() == {"defects.0.at"}


def test_journal_names_the_defects_that_changed_an_answer(admin: Admin, watch: Watch) -> None:
    for armed_defects in ([], ["ghost"], ["dau-count-off-by-one", FIELD]):
        admin.done("PUT", "/defects", {"armed": armed_defects})
        for _ in range(3):  # The first answer is computed, the second one cached, and the third one on the fast path.
            counts(admin)
    shown = [entry["defects"] for entry in admin.get("/requests")["requests"]]
    assert shown == [*[[]] * 6, *[["dau-count-off-by-one", "field-null"]] * 3]
    assert watch.take(), "null is no count"


def test_overview_names_an_armed_defect_once_at_each_vendor_that_has_it(admin: Admin) -> None:
    places = [{"name": "field-null", "at": f"users[{index}].user_email"} for index in range(2)]
    admin.done("PUT", "/defects", {"armed": ["cursor-repeats", "ghost", *places]})
    shown = {vendor["name"]: vendor["defects"] for vendor in admin.get("/overview")["vendors"]}
    assert shown == {
        "augment": ["cursor-repeats", "field-null"],
        "jetbrains-console": [],
        "jetbrains-ide": ["cursor-repeats"],
        "tabnine": ["cursor-repeats", "ghost"],
    }
