"""Fault rules: what is armed is shown and in force, and an impossible rule is refused with the reason."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver import vendors
from mockserver.gateway import socket_features
from tests.admin.driver import Admin, Answer

pytestmark = pytest.mark.usefixtures("undescribed")

DOWN = {"status": 503}
RULE: dict[str, Any] = {"vendor": "augment", "effect": DOWN}
SERVED = {socket_features.IS_GONE: bool}
EVERYWHERE = ", ".join(vendor.name for vendor in vendors.discover())


def shown(rule: Mapping[str, Any], number: int = 1, hits: int = 0) -> dict[str, Any]:
    """A rule as the answer has it."""
    return {"phase": "before", **rule, "id": f"fault-{number}", "hits": hits}


def test_no_fault_is_armed_initially(admin: Admin) -> None:
    assert admin.get("/faults") == {"rules": []}


GOOD: dict[str, dict[str, Any]] = {
    "an effect alone": {"effect": DOWN},
    "everything": {
        "vendor": "tabnine",
        "operation": "getTeamUsers",
        "path": "/api/v1/team/*/users",
        "query": {"limit": "5", "offset": "0"},
        "times": 3,
        "skip": 2,
        "share": 0.25,
        "phase": "after",
        "effect": {
            "status": 599,
            "code": "X",
            "message": "Gone.",
            "headers": {"Retry-After": "3"},
            "delay_seconds": 0.5,
        },
    },
    "an operation without its vendor": {"operation": "getDau", "effect": DOWN},
    "a share of all": {"share": 1, "effect": DOWN},
    "the smallest share": {"share": 0.000000001, "effect": DOWN},
    "the longest delay": {"effect": {"delay_seconds": 3600}},
    "a page": {"effect": {"html": 200, "headers": {"X-Cache": "MISS"}}},
    "the vendor's 429, malformed": {"effect": {"rate_limited": True, "malformed_json": True}},
    "an unrouted path": {"path": "/analytics/v0/nowhere", "effect": DOWN},
    "a path of any vendor": {"path": "*", "effect": DOWN},
    "a path by the start of a mount": {"path": "/analytics*", "effect": DOWN},
    "the mount itself": {"path": "/analytics/v0", "effect": DOWN},
    "a path below the second mount": {"vendor": "jetbrains-console", "path": "/api/rest/oauth2/token", "effect": DOWN},
    "an operation at its path": {"operation": "getDau", "path": "/analytics/v0/dau", "effect": DOWN},
    "an operation at one of its paths": {"operation": "getTeam", "path": "/api/v1/team/a-b", "effect": DOWN},
}


@pytest.mark.parametrize("rule", GOOD.values(), ids=GOOD)
def test_rule_is_shown_as_given(admin: Admin, rule: dict[str, Any]) -> None:
    created = admin.send("POST", "/faults", rule)
    assert (created.status, created.json, created.headers["Location"]) == (201, shown(rule), "/_mock/faults/fault-1")
    assert admin.get("/faults") == {"rules": [shown(rule)]}
    assert admin.done("PUT", "/faults", {"rules": [rule]}) == {"rules": [shown(rule, 2)]}


def served(admin: Admin, rule: Mapping[str, Any]) -> Answer:
    """The answer to arming a rule at a server that can do everything to its socket."""
    sent = {**admin.headers, "Content-Type": "application/json"}
    return admin.sent("POST", "/_mock/faults", json.dumps(rule).encode(), sent, SERVED)


SOCKET: dict[str, dict[str, Any]] = {
    "reset": {"reset": True},
    "reset after a while": {"reset": True, "delay_seconds": 2},
    "truncate_bytes": {"truncate_bytes": 0},
    "stall_seconds": {"stall_seconds": 0.1, "after_bytes": 0},
    "truncate_bytes of a failure": {"status": 500, "truncate_bytes": 3},
    "stall_seconds and truncate_bytes": {"stall_seconds": 1, "after_bytes": 10, "truncate_bytes": 10},
    "chunked": {"chunked": True, "cut_after_bytes": 0},
    "close_idle": {"close_idle": True, "headers": {"X-A": "b"}},
    "drip_seconds": {"drip_seconds": 0.5},
    "short_length": {"short_length": 1},
    "chunked and close_idle": {"chunked": True, "close_idle": True},
    "truncate_bytes of a compressed body": {"gzip": True, "truncate_bytes": 10},
}


@pytest.mark.in_process("the test declares what the server's sockets can do")
@pytest.mark.parametrize("effect", SOCKET.values(), ids=SOCKET)
def test_socket_effects_are_armed_on_a_capable_server(admin: Admin, effect: dict[str, Any]) -> None:
    answer = served(admin, {"effect": effect})
    assert (answer.status, answer.json) == (201, shown({"effect": effect}))


@pytest.mark.in_process("the test declares what the server's sockets can do")
@pytest.mark.parametrize(("named", "effect"), SOCKET.items(), ids=SOCKET)
def test_socket_effects_are_refused_in_process(admin: Admin, named: str, effect: dict[str, Any]) -> None:
    names = " and ".join(each for each in named.split() if "_" in each or each in {"reset", "chunked"})
    for method, content in (("POST", {"effect": effect}), ("PUT", {"rules": [RULE, {"effect": effect}]})):
        message = admin.refused(method, "/faults", content, status=409).detail
        assert message.startswith(
            f"{names} needs a socket, and the app is called without a server; ask one that `mockserver"
        )
    assert admin.get("/faults") == {"rules": []}


def test_rule_shows_its_hits_and_a_spent_one_stays(admin: Admin) -> None:
    admin.send("POST", "/faults", {**RULE, "times": 2, "skip": 1})
    assert [admin.vendor() for _ in range(5)] == [200, 503, 503, 200, 200]
    assert admin.get("/faults")["rules"][0]["hits"] == 2
    assert [entry["fault"] for entry in admin.get("/requests")["requests"]] == [None, "fault-1", "fault-1", None, None]


def test_new_rules_come_last_and_the_first_match_fires(admin: Admin) -> None:
    admin.done("PUT", "/faults", {"rules": [{**RULE, "times": 1}]})
    admin.send("POST", "/faults", {**RULE, "effect": {"html": 502}})
    assert [admin.vendor() for _ in range(2)] == [503, 502]


def test_put_replaces_all_rules(admin: Admin) -> None:
    for sent, rules in (({"rules": [RULE, RULE]}, [shown(RULE), shown(RULE, 2)]), ({"rules": []}, []), ({}, [])):
        assert admin.done("PUT", "/faults", sent) == {"rules": rules}


def test_rule_is_disarmed_by_id(admin: Admin) -> None:
    admin.done("PUT", "/faults", {"rules": [RULE, RULE]})
    assert admin.send("DELETE", "/faults/fault-1").status == 204
    assert admin.get("/faults") == {"rules": [shown(RULE, 2)]}
    assert admin.refused("DELETE", "/faults/fault-1", status=404).detail == (
        "there is no fault 'fault-1'; there are: fault-2"
    )
    admin.send("DELETE", "/faults/fault-2")
    assert admin.refused("DELETE", "/faults/x", status=404).detail == "there is no fault 'x'; there are: none"


def test_reset_disarms_and_repeats_the_share(admin: Admin) -> None:
    drawn = []
    for _ in range(2):
        admin.send("POST", "/faults", {**RULE, "share": 0.5})
        drawn.append([admin.vendor() for _ in range(30)])
        assert admin.done("POST", "/reset")["reset"].count("faults") == 1
    assert drawn[0] == drawn[1]
    assert {*drawn[0]} == {200, 503}
    assert admin.get("/faults") == {"rules": []}


def test_sandboxes_have_separate_faults(admin: Admin) -> None:
    made = admin.send("POST", "/sandboxes", {}).json
    created = admin.send("POST", f"/sandboxes/{made['id']}/faults", RULE)
    assert (created.status, created.headers["Location"]) == (201, f"/_mock/sandboxes/{made['id']}/faults/fault-1")
    assert admin.get("/faults") == {"rules": []}
    assert (admin.vendor(), admin.vendor(token=made["tokens"]["augment"]["token"])) == (200, 503)
    assert admin.send("DELETE", f"/sandboxes/{made['id']}/faults/fault-1").status == 204


def test_rule_may_concern_an_unknown_path_of_a_shared_root(admin: Admin) -> None:
    """A request with a token of the vendor's belongs to it there."""
    rule = {"vendor": "jetbrains-ide", "path": "/api/v1/nowhere", "effect": DOWN}
    assert "is below no mount" in admin.refused("POST", "/faults", {**rule, "vendor": "augment"}).errors["path"][0]
    assert admin.send("POST", "/faults", rule).status == 201
    assert admin.vendor("/api/v1/nowhere", "mock-jetbrains-ide-acme") == DOWN["status"]
    assert admin.vendor("/api/v1/nowhere", "mock-tabnine-acme") == 404


def test_at_most_a_thousand_rules_can_be_armed(admin: Admin) -> None:
    small = {"effect": DOWN}
    assert len(admin.done("PUT", "/faults", {"rules": [small] * 1000})["rules"]) == 1000
    message = admin.refused("POST", "/faults", small, status=409).detail
    assert message == "1000 rules are armed, which is the maximum; DELETE some, spent ones first"
    assert admin.refused("PUT", "/faults", {"rules": [small] * 1001}).errors == {
        "rules": ["there can be at most 1000 rules"]
    }
    admin.refused("PUT", "/faults", {"rules": [small] * 10_000}, status=413)
    assert len(admin.get("/faults")["rules"]) == 1000


AUGMENT = ", ".join(
    route.operation for vendor in vendors.discover() for route in vendor.routes if vendor.name == "augment"
)
SPAN = "must be a number above 0, up to {}, with at most 9 digits after the point"
NEGATIVE = "must be a number that is not negative"
TIMES = "must be a whole number from 1 to 1000000"
BYTES = "must be a whole number from 0 to 1000000000"
TEXT = "must be text of 1 to 1000 printable characters"
TRUE = "must be true; leave it out otherwise"
ACTING = (
    "status, html, rate_limited, reset, headers, delay_seconds, truncate_bytes, stall_seconds, malformed_json, "
    "chunked, gzip, close_idle, byte_order_mark, drip_seconds, retry_after_date, short_length, json_nan, "
    "json_duplicate_key"
)
FIELDS = (
    "vendor, operation, path, query, request_headers, from, until, times, skip, share, share_by, phase, effect, "
    "steps, then"
)
EFFECT = (
    "status, code, message, empty, error, headers, html, rate_limited, reset, delay_seconds, gzip, chunked, "
    "cut_after_bytes, truncate_bytes, short_length, stall_seconds, after_bytes, malformed_json, json_nan, "
    "json_duplicate_key, close_idle, byte_order_mark, drip_seconds, retry_after_date"
)
VALUE = "must be text of 1 to 1000 printable characters of Latin-1, without spaces at its ends"
ONE = "cannot go with {}: only one of status, html, rate_limited, reset can replace the answer"

BAD: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "no effect": (
        {},
        {"effect": ['must be given, or steps in its place: what happens to the request, as in {"status": 503}']},
    ),
    "an effect that is text": ({"effect": "reset"}, {"effect": ["must be an object"]}),
    "an effect that is a list": ({"effect": [DOWN]}, {"effect": ["must be an object"]}),
    "an effect that is null": ({"effect": None}, {"effect": ["must not be null"]}),
    "an empty effect": ({"effect": {}}, {"effect": [f"has no effect; give at least one of: {ACTING}"]}),
    "a misspelt field": (
        {"vendro": "augment", "effect": DOWN},
        {"vendro": [f"there is no field 'vendro' (did you mean 'vendor'?); there are: {FIELDS}"]},
    ),
    "a misspelt effect": (
        {"effect": {"statsu": 500}},
        {"effect.statsu": [f"there is no field 'statsu' (did you mean 'status'?); there are: {EFFECT}"]},
    ),
    "an unknown vendor": (
        {"vendor": "augmnet", "effect": DOWN},
        {"vendor": [f"there is no vendor 'augmnet' (did you mean 'augment'?); there are: {EVERYWHERE}"]},
    ),
    "a vendor that is a number": ({"vendor": 5, "effect": DOWN}, {"vendor": ["Not a valid string."]}),
    "an unknown operation": (
        {"vendor": "augment", "operation": "getDua", "effect": DOWN},
        {"operation": [f"there is no operation 'getDua' (did you mean 'getDau'?); there are: {AUGMENT}"]},
    ),
    "another vendor's operation": (
        {"vendor": "augment", "operation": "getTeams", "effect": DOWN},
        {"operation": [f"'getTeams' belongs to tabnine; augment has: {AUGMENT}"]},
    ),
    "a path below no mount": (
        {"vendor": "augment", "path": "/api/v1/organization", "effect": DOWN},
        {"path": ["is below no mount, so no request can match it; the mounts are: /analytics/v0"]},
    ),
    "a path beside a mount": (
        {"vendor": "augment", "path": "/analytics/v0x*", "effect": DOWN},
        {"path": ["is below no mount, so no request can match it; the mounts are: /analytics/v0"]},
    ),
    "the start of a mount without a star": (
        {"vendor": "augment", "path": "/analytics", "effect": DOWN},
        {"path": ["is below no mount, so no request can match it; the mounts are: /analytics/v0"]},
    ),
    "the path of another operation": (
        {"operation": "getDau", "path": "/analytics/v0/dau-count", "effect": DOWN},
        {"path": ["is not a path of getDau, which is at /analytics/v0/dau"]},
    ),
    "a pattern that no path of the operation has": (
        {"operation": "getTeam", "path": "/api/v1/team/*/users", "effect": DOWN},
        {"path": ["is not a path of getTeam, which is at /api/v1/team/{teamId}"]},
    ),
    "an empty path": ({"path": "", "effect": DOWN}, {"path": [TEXT]}),
    "a query that is text": (
        {"query": "a=b", "effect": DOWN},
        {"query": ["must be an object of parameters and their values"]},
    ),
    "a query with a boolean": (
        {"query": {"a": True, "b": 1, "c": 1.5}, "effect": DOWN},
        {"query.a": ["must be text, or a whole number"], "query.c": ["must be text, or a whole number"]},
    ),
    "zero times": (
        {"times": 0, "effect": DOWN},
        {"times": ["0 would never let the rule fire; it must be a whole number from 1 to 1000000"]},
    ),
    "negative times": ({"times": -1, "effect": DOWN}, {"times": [TIMES]}),
    "times as text": ({"times": "3", "effect": DOWN}, {"times": [TIMES]}),
    "times as a boolean": ({"times": False, "effect": DOWN}, {"times": [TIMES]}),
    "a negative skip": (
        {"skip": -1, "effect": DOWN},
        {"skip": ["must be a whole number from 0 to 1000000"]},
    ),
    "a share of zero": ({"share": 0, "effect": DOWN}, {"share": ["0 has no effect; it must be above 0, up to 1"]}),
    "a share of more than all": ({"share": 1.5, "effect": DOWN}, {"share": [SPAN.format(1)]}),
    "a share too fine to draw": ({"share": 1e-10, "effect": DOWN}, {"share": [SPAN.format(1)]}),
    "a negative share": ({"share": -0.5, "effect": DOWN}, {"share": [NEGATIVE]}),
    "a share as text": ({"share": "0.5", "effect": DOWN}, {"share": [NEGATIVE]}),
    "a share as a boolean": ({"share": False, "effect": DOWN}, {"share": [NEGATIVE]}),
    "an unknown phase": ({"phase": "during", "effect": DOWN}, {"phase": ['must be "before" or "after"']}),
    "a status that ends no request": (
        {"effect": {"status": 199}},
        {"effect.status": ["must be a whole number from 200 to 599"]},
    ),
    "a page status without a body": (
        {"effect": {"html": 204}},
        {"effect.html": ["cannot be 204, which allows no body; a gateway answers 502, 503 or 504"]},
    ),
    "an empty message": ({"effect": {**DOWN, "message": ""}}, {"effect.message": [TEXT]}),
    "a message on two lines": ({"effect": {**DOWN, "message": "a\nb"}}, {"effect.message": [TEXT]}),
    "a code as a number": ({"effect": {**DOWN, "code": 5}}, {"effect.code": [TEXT]}),
    "a code without a status": (
        {"effect": {"html": 502, "code": "x", "message": "y"}},
        {
            "effect.code": ["belongs to status, which is not given"],
            "effect.message": ["belongs to status, which is not given"],
        },
    ),
    "headers as a list": (
        {"effect": {**DOWN, "headers": []}},
        {"effect.headers": ["must be an object of header names and their values"]},
    ),
    "invalid headers": (
        {"effect": {**DOWN, "headers": {"a b": "c", "Content-Length": "5", "X-A": "a\r\nb", "X-B": 5, "X-C": ""}}},
        {
            "effect.headers.a b": ["is not a header name"],
            "effect.headers.Content-Length": ["is set by the server only: it describes how the answer is sent"],
            "effect.headers.X-A": [VALUE],
            "effect.headers.X-B": [VALUE],
            "effect.headers.X-C": [VALUE],
        },
    ),
    "a delay of zero": (
        {"effect": {"delay_seconds": 0}},
        {"effect.delay_seconds": ["0 has no effect; it must be above 0, up to 3600"]},
    ),
    "a negative delay": ({"effect": {"delay_seconds": -1}}, {"effect.delay_seconds": [NEGATIVE]}),
    "a delay of more than an hour": (
        {"effect": {"delay_seconds": 3600.5}},
        {"effect.delay_seconds": [SPAN.format(3600)]},
    ),
    "a reset of false": ({"effect": {"reset": False}}, {"effect.reset": [TRUE]}),
    "a reset by number": ({"effect": {"reset": 1}}, {"effect.reset": [TRUE]}),
    "two answers": (
        {"effect": {"status": 500, "html": 502, "reset": True}},
        {"effect.html": [ONE.format("status")], "effect.reset": [ONE.format("status")]},
    ),
    "a reset with a body": (
        {"effect": {"reset": True, "truncate_bytes": 5, "malformed_json": True}},
        {
            "effect.truncate_bytes": ["cannot go with reset, which sends no answer"],
            "effect.malformed_json": ["cannot go with reset, which sends no answer"],
        },
    ),
    "a malformed page": (
        {"effect": {"html": 502, "malformed_json": True}},
        {"effect.malformed_json": ["cannot go with html, which is not JSON"]},
    ),
    "a negative count of bytes": ({"effect": {"truncate_bytes": -1}}, {"effect.truncate_bytes": [BYTES]}),
    "a stall without a position": (
        {"effect": {"stall_seconds": 1}},
        {"effect.after_bytes": ["must be given beside stall_seconds"]},
    ),
    "a position without a stall": (
        {"effect": {"status": 500, "after_bytes": 1}},
        {"effect.stall_seconds": ["must be given beside after_bytes"]},
    ),
    "a stall beyond the end": (
        {"effect": {"stall_seconds": 1, "after_bytes": 6, "truncate_bytes": 5}},
        {"effect.after_bytes": ["is beyond truncate_bytes, where the body ends"]},
    ),
}


@pytest.mark.parametrize(("rule", "errors"), BAD.values(), ids=BAD)
def test_bad_rule_is_refused_by_path_and_arms_nothing(
    admin: Admin, rule: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    assert admin.refused("POST", "/faults", rule).errors == errors
    behind = {f"rules.1.{name}": message for name, message in errors.items()}
    assert admin.refused("PUT", "/faults", {"rules": [RULE, rule]}).errors == behind
    assert admin.get("/faults") == {"rules": []}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"rules": RULE}, {"rules": ["Not a valid list."]}),
        ({"rules": [5]}, {"rules.0": ["must be an object"]}),
        ({"rules": None}, {"rules": ["must not be null"]}),
        ({"rule": []}, {"rule": ["there is no field 'rule' (did you mean 'rules'?); there are: rules"]}),
    ],
)
def test_rules_must_be_a_list_of_objects(admin: Admin, sent: object, errors: object) -> None:
    assert admin.refused("PUT", "/faults", sent).errors == errors
