"""Tokens: those that open a sandbox are listed, more can be created, and a revoked one opens nothing."""

from typing import Any

import pytest

from mockserver.admin import admin_context
from mockserver.gateway.tokens import Grant
from tests.admin.driver import Admin, Answer

PLAIN = ["augment", "tabnine", "jetbrains-ide"]
CONSOLE = "jetbrains-console"
REPORT = "/metrics/api/v1/adoption/users-adoption/group-by/date?fromDate=2025-09-01&toDate=2025-09-30&groupBy=month"
PATHS = {
    "augment": "/analytics/v0/dau-count",
    "tabnine": "/api/v1/organization",
    "jetbrains-ide": "/api/analytics/ai/users-adoption?fromDate=2025-09-01&toDate=2025-09-30&groupBy=MONTH",
}


def _tokens(admin: Admin, below: str = "") -> dict[str, dict[str, Any]]:
    return {token["id"]: token for token in admin.get(f"{below}/tokens")["tokens"]}


def _new(admin: Admin, vendor: str = "augment", permission: str = "granted", below: str = "") -> Any:
    answer = admin.send("POST", f"{below}/tokens", {"vendor": vendor, "permission": permission})
    assert answer.status == 201, answer.body
    return answer.json


def _signed_in(admin: Admin, client_id: str, client_secret: str) -> Answer:
    got = admin.app.test_client().post(
        "/api/rest/oauth2/token", auth=(client_id, client_secret), data={"grant_type": "client_credentials"}
    )
    return Answer(got.status_code, got.headers, got.data)


def test_tokens_of_the_default_sandbox_are_listed_and_open_it(admin: Admin) -> None:
    tokens = _tokens(admin)
    assert tokens["augment-seeded"] == {
        "id": "augment-seeded",
        "vendor": "augment",
        "permission": "granted",
        "token": "mock-augment-acme",
        "scheme": "Bearer",
    }
    assert tokens["augment-seeded-forbidden"]["permission"] == "forbidden"
    assert tokens["augment-seeded-readonly"]["permission"] == "readonly"
    assert admin.vendor(token=tokens["augment-seeded-readonly"]["token"]) == 200
    assert admin.vendor(token=tokens["augment-seeded"]["token"]) == 200
    assert admin.vendor(token=tokens["augment-seeded-forbidden"]["token"]) == 403


def test_client_is_listed_with_secret_and_groups(admin: Admin) -> None:
    with admin.app.app_context():
        state = admin_context.context().registry
    bound = Grant("bound", "augment", "client", permitted=True, secret="hush", groups=("Platform", "Web"))
    state.make("default", state.default.config, [*state.default.grants.values(), bound])
    tokens = _tokens(admin)
    assert tokens["bound"] == {
        "id": "bound",
        "vendor": "augment",
        "permission": "granted",
        "token": "client",
        "scheme": "Bearer",
        "client_id": "client",
        "client_secret": "hush",
        "groups": ["Platform", "Web"],
    }
    assert not {"client_id", "client_secret", "groups"} & set(tokens["augment-seeded"])


@pytest.mark.parametrize("vendor", PLAIN)
@pytest.mark.parametrize(("permission", "status"), [("granted", 200), ("forbidden", 403)])
@pytest.mark.parametrize("below", ["", "/sandboxes/default"], ids=["short form", "long form"])
def test_new_token_opens_the_sandbox_and_is_listed(
    admin: Admin, vendor: str, permission: str, status: int, below: str
) -> None:
    made = _new(admin, vendor, permission, below)
    assert (made["vendor"], made["permission"]) == (vendor, permission)
    assert admin.vendor(PATHS[vendor], made["token"]) == status
    assert _tokens(admin, below)[made["id"]] == made
    for other in {*PLAIN} - {vendor}:
        assert admin.vendor(PATHS[other], made["token"]) == 401


@pytest.mark.parametrize(("permission", "status"), [("granted", 200), ("forbidden", 403)])
def test_new_token_of_an_exchange_is_a_client_with_secret(admin: Admin, permission: str, status: int) -> None:
    made = _new(admin, CONSOLE, permission)
    access = _signed_in(admin, made["client_id"], made["client_secret"]).json["access_token"]
    assert admin.vendor(REPORT, access) == status
    assert made["token"] == made["client_id"]
    assert _signed_in(admin, made["client_id"], "another").status == 401


def test_new_token_is_at_its_location(admin: Admin) -> None:
    answer = admin.send("POST", "/tokens", {"vendor": "augment", "permission": "granted"})
    location = answer.headers["Location"].removeprefix("/_mock")
    assert admin.send("DELETE", location).status == 204
    assert admin.vendor(token=answer.json["token"]) == 401


@pytest.mark.parametrize("below", ["", "/sandboxes/default"], ids=["short form", "long form"])
@pytest.mark.parametrize("vendor", PLAIN)
def test_revoked_token_and_its_id_are_unknown_at_once(admin: Admin, vendor: str, below: str) -> None:
    kept, revoked = _new(admin, vendor), _new(admin, vendor)
    assert admin.send("DELETE", f"{below}/tokens/{revoked['id']}").status == 204
    assert [admin.vendor(PATHS[vendor], each["token"]) for each in (kept, revoked)] == [200, 401]
    assert revoked["id"] not in _tokens(admin)
    admin.refused("DELETE", f"{below}/tokens/{revoked['id']}", status=404)


def test_access_token_of_a_revoked_client_opens_nothing(admin: Admin) -> None:
    made = _new(admin, CONSOLE)
    access = _signed_in(admin, made["client_id"], made["client_secret"]).json["access_token"]
    assert admin.vendor(REPORT, access) == 200
    admin.send("DELETE", f"/tokens/{made['id']}")
    assert admin.vendor(REPORT, access) == 401
    assert _signed_in(admin, made["client_id"], made["client_secret"]).status == 401


def test_reset_does_not_restore_revoked_tokens(admin: Admin) -> None:
    admin.send("DELETE", "/tokens/augment-seeded")
    admin.done("POST", "/reset")
    assert admin.vendor() == 401
    assert admin.get("/sandboxes/default")["tokens"]["augment"] == {
        "token": None,
        "forbidden": "mock-augment-acme-forbidden",
        "readonly": "mock-augment-acme-readonly",
    }


def test_tokens_are_unique(admin: Admin) -> None:
    first = _new(admin)
    admin.send("DELETE", f"/tokens/{first['id']}")
    second = _new(admin)
    assert {first["id"], first["token"]}.isdisjoint({second["id"], second["token"]})


def test_token_is_revoked_only_in_its_own_sandbox(admin: Admin) -> None:
    made = admin.send("POST", "/sandboxes", {}).json
    admin.send("DELETE", f"/sandboxes/{made['id']}/tokens/augment-seeded")
    assert admin.vendor(token=made["tokens"]["augment"]["token"]) == 401
    assert admin.vendor() == 200


BODIES: dict[str, tuple[Any, dict[str, str]]] = {
    "nothing": ({}, {"vendor": "must be given", "permission": "must be given"}),
    "an unknown vendor": (
        {"vendor": "agment", "permission": "granted"},
        {"vendor": "there is no vendor 'agment' (did you mean 'augment'?)"},
    ),
    "a vendor that is not text": ({"vendor": 7, "permission": "granted"}, {"vendor": "must be the name of a vendor"}),
    "another permission": (
        {"vendor": "augment", "permission": "admin"},
        {"permission": "must be one of: granted, forbidden"},
    ),
    "a permission that is not text": (
        {"vendor": "augment", "permission": True},
        {"permission": "must be one of: granted, forbidden"},
    ),
    "an unknown field": (
        {"vendor": "augment", "permission": "granted", "secret": "s"},
        {"secret": "there is no field 'secret'"},
    ),
}


@pytest.mark.parametrize(("sent", "expected"), BODIES.values(), ids=BODIES)
def test_bad_body_is_refused_by_field_and_makes_nothing(admin: Admin, sent: Any, expected: dict[str, str]) -> None:
    before = _tokens(admin)
    errors = admin.refused("POST", "/tokens", sent).errors
    assert set(errors) == set(expected)
    assert all(errors[field][0].startswith(rule) for field, rule in expected.items())
    assert _tokens(admin) == before


def test_unknown_token_is_404_with_the_known_ones(admin: Admin) -> None:
    message = admin.refused("DELETE", "/tokens/augment-seded", status=404).detail
    assert message.startswith("there is no token 'augment-seded' (did you mean 'augment-seeded'?); there are: ")


def test_new_tokens_never_reach_the_journal(admin: Admin) -> None:
    made = _new(admin)
    admin.vendor(f"/analytics/v0/dau-count?page={made['token']}", made["token"])
    admin.vendor(f"/analytics/v0/{made['token']}", made["token"])
    journal = str(admin.get("/requests"))
    assert made["token"] not in journal
    assert journal.count("[redacted]") == 2
