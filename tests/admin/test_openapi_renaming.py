"""Renamed response fields: the new names are used everywhere, in answers and in the OpenAPI file."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mockserver import app, resources, vendors
from mockserver.admin import openapi
from mockserver.gateway import switches
from mockserver.gateway.switches import Grade
from mockserver.validation import yaml_text
from tests.admin.driver import Admin
from tests.conftest import SETTINGS

NAMES = switches.names(
    "names",
    "users",
    "user_email",
    "metrics",
    kept=("pagination",),
    grade=Grade.ASSUMED,
    description="What things are called.",
)
RENAMED = {"users": "people", "metrics": "users"}
FILE = resources.openapi() / "augment.yaml"
ACTIVITY = "/analytics/v0/user-activity?start_date=2025-10-01&end_date=2025-10-07&page_size=2"


@pytest.fixture
def renamable(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Admin]:
    """The control plane of an app whose vendor takes other names; settings may be changed."""
    served = tuple(
        replace(each, switches=(*each.switches, NAMES)) if each.name == "augment" else each
        for each in vendors.discover()
    )
    monkeypatch.setattr(vendors, "discover", lambda: served)
    return lambda **changes: Admin(app.create_app(replace(SETTINGS, **changes)), {"Host": "localhost"})


def activity(admin: Admin) -> Any:
    """An answer of the vendor."""
    got = admin.app.test_client().get(ACTIVITY, headers={"Authorization": "Bearer mock-augment-acme"})
    assert got.status_code == 200
    return got.get_json()


def test_switch_lists_the_renamable_names(renamable: Callable[..., Admin]) -> None:
    assert renamable().get("/policy")["augment"]["names"] == {
        "value": {},
        "default": {},
        "options": ["users", "user_email", "metrics"],
        "grade": "A",
        "evidence": "assumed",
        "description": "What things are called.",
    }


@pytest.mark.parametrize("sent", [RENAMED, "metrics=users,users=people"], ids=["a mapping", "a text"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_new_names_are_shown_and_take_effect_at_once(
    renamable: Callable[..., Admin], method: str, sent: object
) -> None:
    admin = renamable()
    assert list(activity(admin)["users"][0]) == ["user_email", "active_days", "metrics"]
    shown = admin.done(method, "/policy", {"augment": {"names": sent}})["augment"]["names"]
    assert (shown["value"], shown["default"]) == (RENAMED, {})
    assert list(activity(admin)["people"][0]) == ["user_email", "active_days", "users"]


def test_put_resets_names_and_patch_keeps_them(renamable: Callable[..., Admin]) -> None:
    admin = renamable(policy=(("augment.names", "users=people"),))
    assert "people" in activity(admin)
    admin.done("PATCH", "/policy", {"augment": {"last_cursor": "null"}})
    assert "people" in activity(admin)
    admin.done("PATCH", "/policy", {"augment": {"names": {"user_email": "mail"}}})
    assert "mail" in activity(admin)["users"][0]
    admin.done("PUT", "/policy", {})
    assert "people" in activity(admin)
    admin.done("PUT", "/policy", {"augment": {"names": {}}})
    assert "users" in activity(admin)


BAD: dict[str, tuple[object, str]] = {
    "an unknown name": ({"user": "x"}, "names: there is no response name 'user' (did you mean 'users'?); there are: "),
    "two alike": ({"users": "x", "metrics": "x"}, "names would call 'users' and 'metrics' alike, 'x': "),
    "one like a documented one": ({"users": "pagination"}, "names would call 'users' and 'pagination' alike"),
    "an empty name": ({"users": ""}, "names cannot call 'users' '': a name is text of 1 to 100 printable characters"),
    "a blank name": (
        {"users": " "},
        "names cannot call 'users' ' ': a name is text of 1 to 100 printable characters, not only",
    ),
    "a number": ({"users": 1.5}, "names cannot call 'users' "),
    "a list": (["users"], "names cannot be ['users']; it takes a mapping"),
    "null": (None, "names cannot be None; it takes a mapping"),
    "a word": ("people", "names cannot be 'people': it takes old=new"),
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(("sent", "rule"), BAD.values(), ids=BAD)
def test_bad_names_are_refused_by_path_and_change_nothing(
    renamable: Callable[..., Admin], method: str, sent: object, rule: str
) -> None:
    admin = renamable(policy=(("augment.names", "users=people"),))
    errors = admin.refused(method, "/policy", {"augment": {"names": sent}}).errors
    assert list(errors) == ["augment.names"]
    assert errors["augment.names"][0].startswith(rule)
    assert admin.get("/policy")["augment"]["names"]["value"] == {"users": "people"}


def test_repeated_name_in_a_body_is_refused(renamable: Callable[..., Admin]) -> None:
    refusal = renamable().refused("PUT", "/policy", b'{"augment": {"names": {"users": "a", "users": "b"}}}')
    assert "the field 'users' is repeated" in refusal.detail


def test_reset_restores_the_names(renamable: Callable[..., Admin]) -> None:
    admin = renamable()
    admin.done("PUT", "/policy", {"augment": {"names": RENAMED}})
    admin.done("POST", "/reset", {"only": ["policy"]})
    assert "users" in activity(admin)


def test_served_openapi_file_uses_the_names_in_force(renamable: Callable[..., Admin]) -> None:
    admin = renamable()
    assert admin.send("GET", "/openapi/augment.yaml").body == FILE.read_bytes()
    admin.done("PUT", "/policy", {"augment": {"names": RENAMED}})
    served = yaml_text.load_bundled(admin.send("GET", "/openapi/augment.yaml").body)
    page = served["components"]["schemas"]["UserActivityAnswer"]
    assert next(iter(page["properties"])) == "people"
    assert "people" in page["required"]
    assert "users" not in page["required"]
    example = served["paths"]["/analytics/v0/user-activity"]["get"]["responses"]["200"]["content"]["application/json"]
    assert "users" in example["examples"]["documented"]["value"]["people"][0]
    admin.done("PUT", "/policy", {})
    assert admin.send("GET", "/openapi/augment.yaml").body == FILE.read_bytes()


def test_other_openapi_files_are_unchanged(renamable: Callable[..., Admin]) -> None:
    admin = renamable(policy=(("augment.names", "users=people"),))
    for name in ("tabnine", "admin"):
        assert admin.send("GET", f"/openapi/{name}.yaml").body == (resources.openapi() / f"{name}.yaml").read_bytes()


def _keys(part: Any) -> Any:
    """A document with its mappings as pairs, whose order counts."""
    if isinstance(part, dict):
        return [(key, _keys(value)) for key, value in part.items()]
    return [_keys(each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("name", [*(vendor.name for vendor in vendors.discover()), "admin"])
def test_renamed_file_differs_in_names_only(name: str) -> None:
    shipped = (resources.openapi() / f"{name}.yaml").read_bytes()
    written = openapi.rename_text(shipped, {"no such name": "x"})
    assert written != shipped
    assert _keys(yaml_text.load_bundled(written)) == _keys(yaml_text.load_bundled(shipped))


PARTS: dict[str, tuple[object, object]] = {
    "properties": ({"properties": {"a": {"type": "a"}, "c": {}}}, {"properties": {"b": {"type": "a"}, "c": {}}}),
    "a property called properties": (
        {"properties": {"properties": {"properties": {"a": {}}}}},
        {"properties": {"properties": {"properties": {"b": {}}}}},
    ),
    "what is required": ({"required": ["c", "a"]}, {"required": ["c", "b"]}),
    "a parameter that is required": ({"name": "a", "required": True}, {"name": "a", "required": True}),
    "a property called required": ({"properties": {"required": {}}}, {"properties": {"required": {}}}),
    "an example": ({"example": [{"a": "a"}]}, {"example": [{"b": "a"}]}),
    "examples of a schema": ({"examples": [{"a": 1}]}, {"examples": [{"b": 1}]}),
    "examples by name": ({"examples": {"a": {"value": {"a": 1}}}}, {"examples": {"a": {"value": {"b": 1}}}}),
    "a default": ({"default": {"a": 1}}, {"default": {"b": 1}}),
    "a pointer": (
        {"parameters": {"a": "$response.body#/rows/0/a"}},
        {"parameters": {"a": "$response.body#/rows/0/b"}},
    ),
    "a reference to a property": (
        {"$ref": "#/components/schemas/a/properties/a"},
        {"$ref": "#/components/schemas/a/properties/b"},
    ),
    "inside of lists": ({"allOf": [{"properties": {"a": {}}}]}, {"allOf": [{"properties": {"b": {}}}]}),
    "prose and paths": ({"/a": {"description": "a", "tags": ["a"]}}, {"/a": {"description": "a", "tags": ["a"]}}),
}


def test_new_name_is_escaped_in_pointers() -> None:
    assert openapi.rename("$response.body#/a", {"a": "x/y~z"}) == "$response.body#/x~1y~0z"


@pytest.mark.parametrize(("part", "called"), PARTS.values(), ids=PARTS)
def test_only_data_is_renamed(part: object, called: object) -> None:
    assert openapi.rename(part, {"a": "b"}) == called


def _properties(part: Any) -> set[str]:
    """The names of all properties that a part of a document describes."""
    if isinstance(part, dict):
        own = set(part["properties"]) if isinstance(part.get("properties"), dict) else set()
        return own.union(*map(_properties, part.values()))
    return set().union(*map(_properties, part)) if isinstance(part, list) else set()


def _reached(document: Any, part: Any, seen: set[str]) -> set[str]:
    """The names of all properties in a part and in whatever it refers to."""
    found = _properties(part)
    for pointer in set(_references(part)) - seen:
        seen.add(pointer)
        target = document
        for step in pointer.split("/")[1:]:
            target = target[step.replace("~1", "/").replace("~0", "~")]
        found |= _reached(document, target, seen)
    return found


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [each for value in part.values() for each in _references(value)]
    return [each for value in part for each in _references(value)] if isinstance(part, list) else []


@pytest.mark.parametrize("vendor", vendors.discover(), ids=lambda vendor: vendor.name)
def test_renamable_names_are_in_the_file_and_not_in_errors(vendor: Any) -> None:
    """Refusals keep their names, so a name that stood in both would be renamed in the file alone."""
    document = yaml_text.load_bundled((resources.openapi() / vendor.openapi).read_bytes())
    renamable = {name for each in vendor.switches if isinstance(each, switches.Renaming) for name in each.options}
    assert renamable <= _properties(document)
    responses = [
        response
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
        for status, response in operation.get("responses", {}).items()
        if status >= "400"
    ]
    assert not renamable & _reached(document, responses, set())
