"""Defects: they are listed, armed by name, and never left behind in a cached answer."""

from typing import Any

from mockserver import vendors
from tests.admin.driver import Admin

COUNTS = "/analytics/v0/dau-count?start_date=2025-10-13&end_date=2025-10-14"


def armed(shown: dict[str, Any]) -> list[str]:
    """The names of what is armed."""
    names: list[str] = shown["armed"]
    return names


def counts(admin: Admin) -> list[int]:
    """What Augment counts on two days."""
    got = admin.app.test_client().get(COUNTS, headers={"Authorization": "Bearer mock-augment-acme"})
    return [row["user_count"] for row in got.get_json()["daily_active_user_counts"]]


def test_defects_are_listed_with_existing_operations(admin: Admin) -> None:
    served = vendors.discover()
    operations = {vendor.name: {route.operation for route in vendor.routes} for vendor in served}
    shown = admin.get("/defects")["known"]
    assert [each["name"] for each in shown] == [each.name for vendor in served for each in vendor.defects]
    assert all(set(each["operations"]) <= operations[each["vendor"]] and each["description"] for each in shown)


def test_defect_names_are_unique_across_vendors(admin: Admin) -> None:
    names = [each["name"] for each in admin.get("/defects")["known"]]
    assert len(set(names)) == len(names)


def test_put_arms_the_named_defects_only(admin: Admin) -> None:
    assert armed(admin.get("/defects")) == []
    assert armed(admin.done("PUT", "/defects", {"armed": ["ghost", "lost-row", "ghost"]})) == ["ghost", "lost-row"]
    assert armed(admin.done("PUT", "/defects", {"armed": ["ghost"]})) == ["ghost"]
    assert armed(admin.done("PUT", "/defects", {})) == []


def test_defect_changes_answers_only_while_armed(admin: Admin) -> None:
    sound = counts(admin)
    admin.done("PUT", "/defects", {"armed": ["dau-count-off-by-one"]})
    assert [counts(admin), counts(admin)] == 2 * [[sound[0] + 1, sound[1]]]
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
