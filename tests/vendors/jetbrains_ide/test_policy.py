"""IDE Services' data against the contract: mount, authentication, limits and switches."""

import pytest

from mockserver.gateway.switches import Option, SwitchError
from mockserver.vendors.jetbrains_ide import policy, vendor
from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries

CONTRACT: dict[str, tuple[str, tuple[Option, ...]]] = {
    "error_message": ("I", ("shown", "hidden")),
    "schemes": ("O", ("both", "bearer", "automation")),
    "default_group_by": ("A", ("DAY", "NONE")),
    "last_cursor": ("A", ("null", "absent")),
    "empty_buckets": ("A", ("zeros", "omitted")),
    "release_dates": ("A", ("ignored", "honest")),
}
OURS: dict[str, tuple[str, tuple[Option, ...]]] = {
    "old_assistant": ("A", ("all_but_junie", "everything")),
    "foreign_cursor": ("A", ("reject", "continue")),
    "longest_range": ("A", ("history", "reject")),
    "repeated_parameters": ("A", ("reject", "accept")),
    "empty_parameters": ("A", ("reject", "ignore")),
}
LATER: dict[str, tuple[str, tuple[Option, ...]]] = {
    "list_blanks": ("A", ("trim", "reject")),
    "codex_tool": ("A", ("absent", "codex")),
    "profile_ids": ("A", ("uuid", "both")),
    "unserved": ("A", ("not_implemented", "not_found")),
}
DECLARED = CONTRACT | OURS | LATER
SWITCHES = {each.name: each for each in policy.SWITCHES}


def test_switches_are_the_expected_ones() -> None:
    assert list(SWITCHES) == [*DECLARED, "names"]


@pytest.mark.parametrize("name", DECLARED)
def test_switch_has_the_expected_grade_options_and_default(name: str) -> None:
    grade, choices = DECLARED[name]
    found = SWITCHES[name]
    assert (found.grade, found.options, found.default) == (grade, choices, choices[0])


MOUNTS = ("/api/analytics/ai", "/api/v1/users", "/api/v1/profiles", "/api/usage-analytics", "/api/plugins")


def test_mounts_and_schemes_are_documented_without_a_limit() -> None:
    served = vendor()
    assert (served.name, served.mounts) == ("jetbrains-ide", MOUNTS)
    assert served.schemes == ("Bearer", "Automation")
    assert served.allowance is None
    assert len(served.routes) == 7
    assert {route.methods for route in served.routes} == {("GET",)}


def _keys(body: object) -> set[str]:
    if isinstance(body, dict):
        return {*body, *(key for value in body.values() for key in _keys(value))}
    return {key for each in body for key in _keys(each)} if isinstance(body, list) else set()


def _all_keys(client: Client) -> set[str]:
    paths = {**queries.EVERYTHING, **queries.LISTS}
    return {key for path, query in paths.items() for key in _keys(client.got(path, **query))}


def test_every_undocumented_field_can_be_renamed(jetbrains_ide: Client) -> None:
    assert _all_keys(jetbrains_ide) == {*policy.RENAMABLE, "nextCursor"}
    assert SWITCHES["names"].options == policy.RENAMABLE
    called = {name: f"their-{name}" for name in policy.RENAMABLE}
    jetbrains_ide.switched(names=SWITCHES["names"].read(called))
    assert _all_keys(jetbrains_ide) == {*called.values(), "nextCursor"}


def test_fields_of_different_bodies_may_get_the_same_name(jetbrains_ide: Client) -> None:
    jetbrains_ide.switched(names=SWITCHES["names"].read({"userId": "id", "userName": "name", "userEmail": "email"}))
    [row] = jetbrains_ide.got(queries.USERS, **queries.SEPTEMBER, limit=1)["items"]
    [user] = jetbrains_ide.got(queries.LISTED_USERS, limit=1)["items"]
    assert (list(row)[:3], list(user)) == (["id", "name", "email"], ["id", "name", "email"])


@pytest.mark.parametrize("called", [{"id": "name"}, {"email": "items"}, {"userId": "tool"}])
def test_fields_of_one_body_must_have_distinct_names(called: dict[str, str]) -> None:
    with pytest.raises(SwitchError, match="names must stay distinct"):
        SWITCHES["names"].read(called)
