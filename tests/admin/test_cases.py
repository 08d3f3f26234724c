"""Cases: each is described with commands for this server, and makes a sandbox."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.settings import Settings, SettingsError
from mockserver.simulation import clock
from tests.admin.driver import Admin
from tests.admin.sandboxes import made, send
from tests.cases.sending import CATALOGUE

pytestmark = pytest.mark.usefixtures("undescribed")

HOST = {"Host": "127.0.0.1:8080"}
DAU = "/analytics/v0/dau"
RULE = {"operation": "getDau", "times": 1, "effect": {"status": 503}}

# What these tests rely on: C001 is acme one minute before its data arrive, C021 initech with limits off and a switch
# set, C054 a failure, C059 a connection that is cut, C061 a defect.


def of(**changes: Any) -> Admin:
    """A client of the control plane of a server with other settings."""
    return Admin(create_app(replace(Settings(), **changes)), HOST)


def default(admin: Admin) -> Any:
    """The first sandbox, as the control plane describes it."""
    return admin.get("/sandboxes/default")


def test_cases_are_listed_and_filtered_by_vendor(admin: Admin) -> None:
    assert [case["id"] for case in admin.get("/cases")["cases"]] == [case.id for case in CATALOGUE.cases]
    listed = admin.get("/cases?vendor=cross-vendor")["cases"]
    assert [case["id"] for case in listed] == [case.id for case in CATALOGUE.cases if case.vendor == "cross-vendor"]


def test_case_has_commands_for_this_server(admin: Admin) -> None:
    shown = Admin(admin.app, {"Host": "localhost:99"}).get("/cases/C001")
    assert (shown["id"], shown["vendor"], shown["needs"]) == ("C001", "augment", None)
    assert shown["serve"] == "mockserver serve --case C001"
    assert "http://localhost:99/analytics/v0/dau?page_size=3" in shown["curl"][0]
    assert "http://localhost:99/_mock/sandboxes |" in shown["curl_in_sandbox"][0]
    assert made(admin, **shown["sandbox"])["now"] == "2025-10-21T01:59:00Z"


def test_unknown_case_is_refused_with_a_suggestion(admin: Admin) -> None:
    assert admin.refused("GET", "/cases/C0001", status=404).detail.startswith(
        "there is no case 'C0001' (did you mean C"
    )
    message = admin.refused("GET", "/cases?vendor=augmet").errors["vendor"][0]
    assert message.startswith("there is no vendor with cases 'augmet' (did you mean 'augment'?)")
    assert "(did you mean C001" in admin.refused("POST", "/sandboxes", {"case": "c001"}).errors["case"][0]
    message = admin.refused("POST", "/sandboxes", {"case": 1}).errors["case"][0]
    assert message == "must be the id of a case, as in C001"


def test_sandbox_from_a_case_ignores_the_servers_flags() -> None:
    admin = of(organization="globex", limits="off", policy=(("augment.publication_hour", "6"),), case="C061")
    sandbox = made(admin, case="C001")
    assert (sandbox["organization"], sandbox["seed"], sandbox["frozen"]) == ("acme", 1, True)
    assert admin.get(f"/sandboxes/{sandbox['id']}/limits")["augment"]["setting"] == "documented"
    assert admin.get(f"/sandboxes/{sandbox['id']}/policy")["augment"]["publication_hour"]["value"] == 2
    assert admin.get(f"/sandboxes/{sandbox['id']}/defects")["armed"] == []


def test_body_fields_win_over_the_case(admin: Admin) -> None:
    given = {"now": "2025-10-21T02:00:00Z", "seed": 9, "limits": {"tabnine": "off"}, "ttl_seconds": 60}
    policy = {"augment": {"last_cursor": "null"}, "tabnine": {"last_next": "null"}}
    sandbox = made(admin, case="C021", **given, policy=policy, faults=[RULE], defects=["ghost"])
    prefix = f"/sandboxes/{sandbox['id']}"
    assert (sandbox["organization"], sandbox["seed"], sandbox["now"]) == ("initech", 9, "2025-10-21T02:00:00Z")
    limits = admin.get(f"{prefix}/limits")
    assert (limits["augment"]["setting"], limits["tabnine"]["setting"]) == ("off", "off")
    values = admin.get(f"{prefix}/policy")
    assert values["augment"]["page_size_over_maximum"]["value"] == "clamp"
    assert (values["augment"]["last_cursor"]["value"], values["tabnine"]["last_next"]["value"]) == ("null", "null")
    assert [rule["operation"] for rule in admin.get(f"{prefix}/faults")["rules"]] == ["getDau"]
    assert admin.get(f"{prefix}/defects")["armed"] == ["ghost"]


def test_bad_field_is_refused_beside_a_case_too(admin: Admin) -> None:
    assert "limits" in admin.refused("POST", "/sandboxes", {"case": "C021", "limits": "off"}).errors


def test_reset_restores_initial_faults_and_defects(admin: Admin) -> None:
    sandbox = made(admin, now="2025-10-21T10:30:00Z", faults=[RULE], defects=["ghost", "lost-row"])
    prefix = f"/sandboxes/{sandbox['id']}"
    assert [send(admin, sandbox, DAU)[0] for _ in range(2)] == [503, 200]
    admin.done("PUT", f"{prefix}/defects", {"armed": []})
    admin.done("POST", f"{prefix}/reset", {"only": ["faults"]})
    assert admin.get(f"{prefix}/faults")["rules"][0]["hits"] == 0
    assert send(admin, sandbox, DAU)[0] == 503
    admin.done("POST", f"{prefix}/reset")
    armed = admin.get(f"{prefix}/defects")["armed"]
    assert (send(admin, sandbox, DAU)[0], armed) == (503, ["ghost", "lost-row"])


def test_empty_put_restores_them_and_empty_list_disarms(admin: Admin) -> None:
    prefix = f"/sandboxes/{made(admin, faults=[RULE], defects=['ghost'])['id']}"
    assert admin.done("PUT", f"{prefix}/faults", {"rules": []}) == {"rules": []}
    assert len(admin.done("PUT", f"{prefix}/faults", {})["rules"]) == 1
    shown = admin.done("PUT", f"{prefix}/defects", {"armed": []}), admin.done("PUT", f"{prefix}/defects", {})
    assert [one["armed"] for one in shown] == [[], ["ghost"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"faults": [{"operation": "getDua", "effect": {"status": 503}}]}, "faults.0.operation"),
        ({"faults": [{"effect": {}}]}, "faults.0.effect"),
        ({"faults": {}}, "faults"),
        ({"defects": ["ghosts"]}, "defects.0"),
    ],
)
def test_faults_and_defects_of_a_new_sandbox_are_validated(admin: Admin, body: dict[str, Any], field: str) -> None:
    assert field in admin.refused("POST", "/sandboxes", body).errors


@pytest.mark.in_process("there is a socket that can be cut in the other mode")
def test_unsupported_fault_makes_no_sandbox(admin: Admin) -> None:
    assert admin.refused("POST", "/sandboxes", {"case": "C059"}, status=409).detail.startswith("reset needs a socket")


def test_server_starts_with_a_case() -> None:
    first = default(of(case="C001"))
    assert (first["organization"], first["now"], first["frozen"]) == ("acme", "2025-10-21T01:59:00Z", True)
    assert first["tokens"]["augment"]["token"] == "mock-augment-acme"
    admin = of(case="C054")
    assert [admin.vendor(DAU) for _ in range(3)] == [503, 503, 200]
    admin.done("POST", "/reset")
    assert admin.vendor(DAU) == 503
    assert of(case="C061").get("/defects")["armed"] == ["duplicate-row"]


def test_other_sandboxes_are_made_like_the_default_one() -> None:
    admin = of(case="C054")
    assert send(admin, made(admin), DAU)[0] == 503


LATER = datetime(2025, 11, 4, tzinfo=UTC)

WINNING: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"now": LATER}, {"organization": "initech", "now": "2025-11-04T00:00:00Z", "frozen": True}),
    ({"now": clock.parse("2025-11-04T00:00:00.123456789Z")}, {"now": "2025-11-04T00:00:00.123456789Z"}),
    ({"freeze": True}, {"now": "2025-10-21T10:30:00Z", "frozen": True}),
    ({"now": LATER, "freeze": True}, {"now": "2025-11-04T00:00:00Z", "frozen": True}),
    ({"over_case": frozenset({"freeze"})}, {"frozen": False}),
    ({"organization": "globex"}, {"organization": "globex", "seed": 2}),
    ({"over_case": frozenset({"organization"})}, {"organization": "acme", "seed": 1}),
]


@pytest.mark.parametrize(("flags", "expected"), WINNING)
def test_flags_win_over_the_case(flags: dict[str, Any], expected: dict[str, Any]) -> None:
    first = default(of(case="C021", **flags))
    assert {name: first[name] for name in expected} == expected


def test_limit_and_switch_flags_win_too() -> None:
    admin = of(case="C021", over_case=frozenset({"limits"}), policy=(("augment.page_size_over_maximum", "reject"),))
    assert admin.get("/limits")["augment"]["setting"] == "documented"
    assert admin.get("/policy")["augment"]["page_size_over_maximum"]["value"] == "reject"
    assert of(case="C021").get("/policy")["augment"]["page_size_over_maximum"]["value"] == "clamp"


def test_unknown_case_starts_no_server() -> None:
    with pytest.raises(SettingsError, match=r"there is no case 'C1'"):
        of(case="C1")


def test_case_that_cuts_connections_starts_a_server() -> None:
    assert of(case="C059").get("/faults")["rules"][0]["effect"] == {"reset": True}
