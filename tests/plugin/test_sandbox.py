"""The attributes of a sandbox: each has the promised effect on a client's requests."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from analytics_mockserver.pytest_plugin import (
    ClientCredentials,
    MockserverFixture,
    MockserverRefused,
    SandboxFixture,
    Token,
)
from mockserver import vendors
from mockserver.gateway.vendor import Vendor
from tests.contract.watch import Watch

pytestmark = pytest.mark.in_process("these tests are about a sandbox in this process")

DAU = "/analytics/v0/dau"
IDE = "/api/analytics/ai/users-adoption?fromDate=2025-09-01&toDate=2025-09-30&groupBy=MONTH"
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def get(sandbox: SandboxFixture, path: str = DAU, vendor: str = "augment", *, forbidden: bool = False) -> TestResponse:
    """The response to a GET request by a client of a vendor."""
    return sandbox.app.test_client().get(path, headers=sandbox.headers(vendor, forbidden=forbidden))


@pytest.mark.parametrize("vendor", vendors.discover(), ids=lambda vendor: vendor.name)
def test_tokens_open_every_vendor(sandbox: SandboxFixture, vendor: Vendor) -> None:
    assert get(sandbox, vendor.sample_path, vendor.name).status_code == 200
    assert get(sandbox, vendor.sample_path, vendor.name.replace("-", "_"), forbidden=True).status_code == 403


def test_token_is_a_string(sandbox: SandboxFixture) -> None:
    tokens = sandbox.tokens
    assert tokens.augment == f"mock-augment-{sandbox.id}"
    assert tokens.tabnine.forbidden == f"mock-tabnine-{sandbox.id}-forbidden"
    assert (tokens.tabnine.readonly, tokens.augment.readonly) == (None, f"mock-augment-{sandbox.id}-readonly")
    assert tokens["jetbrains_ide"] is tokens["jetbrains-ide"] is tokens.jetbrains_ide
    assert isinstance(tokens.jetbrains_ide, Token)


def test_credentials_are_exchanged_for_an_access_token(sandbox: SandboxFixture) -> None:
    client = sandbox.tokens["jetbrains-console"]
    assert isinstance(client, ClientCredentials)
    assert (client.client_id, client.client_secret) == (f"mock-jetbrains-console-{sandbox.id}", "mock-secret")
    assert client.access_token().startswith(client.client_id)
    assert client.forbidden is not None
    assert client.forbidden.forbidden is None
    sandbox.requests.assert_made(vendor="jetbrains_console", operation="createToken", status=200, count=1)


def test_refused_exchange_gives_the_reason(sandbox: SandboxFixture) -> None:
    credentials = sandbox.tokens.jetbrains_console
    with pytest.raises(MockserverRefused, match=r"401: no access token for .*the secret is not this client's"):
        replace(credentials, client_secret="wrong").access_token()


def test_unknown_vendor_is_reported_with_the_known_ones(sandbox: SandboxFixture) -> None:
    message = r"there is no vendor 'augmint' \(did you mean 'augment'\?\); there are: augment, jetbrains-console"
    with pytest.raises(KeyError, match=message):
        sandbox.tokens["augmint"]
    with pytest.raises(AttributeError, match=message):
        _ = sandbox.tokens.augmint
    assert not hasattr(sandbox.tokens, "_augment")


def test_clock_can_be_set_and_advanced(sandbox: SandboxFixture) -> None:
    assert (sandbox.clock.now, sandbox.clock.frozen) == (NOW, True)
    assert sandbox.clock.advance(timedelta(days=1, seconds=30), hours=2, minutes=0.5) == NOW + timedelta(
        days=1, hours=2, minutes=1
    )
    sandbox.clock.set("2026-11-05T01:59:00Z")
    assert (sandbox.clock.now, sandbox.clock.frozen) == (datetime(2026, 11, 5, 1, 59, tzinfo=UTC), True)
    assert get(sandbox).get_json()["users"] == []
    sandbox.clock.advance(minutes=1)
    assert get(sandbox).get_json()["users"] != []


def test_clock_can_run_and_freeze(sandbox: SandboxFixture) -> None:
    sandbox.clock.run()
    assert sandbox.clock.frozen is False
    sandbox.clock.freeze()
    assert str(sandbox.clock.frozen) == "True"
    assert NOW <= sandbox.clock.now < NOW + timedelta(minutes=1)
    sandbox.clock.freeze(at=NOW)
    assert sandbox.clock.now == NOW


def test_limits_are_set_by_vendor(sandbox: SandboxFixture) -> None:
    sandbox.limits.set(augment={"per_minute": 1, "burst": 1}, jetbrains_ide={"per_minute": 2, "burst": 3})
    assert [get(sandbox).status_code for _ in range(2)] == [200, 429]
    assert sandbox.limits.values()["jetbrains-ide"]["burst"] == 3
    sandbox.limits.off("augment")
    assert [sandbox.limits.values()[name]["setting"] for name in ("augment", "jetbrains-ide")] == ["off", "custom"]
    sandbox.limits.documented()
    assert {limit["setting"] for limit in sandbox.limits.values().values()} == {"documented"}
    sandbox.limits.off("augment")
    of_augment = {
        name: limit["setting"] for name, limit in sandbox.limits.values().items() if name.startswith("augment")
    }
    assert of_augment == {"augment": "off", "augment.cost": "off"}
    sandbox.limits.set(**{"augment.cost": {"per_minute": 5, "burst": 6}})
    assert sandbox.limits.values()["augment.cost"]["burst"] == 6
    sandbox.limits.off()
    assert {limit["setting"] for limit in sandbox.limits.values().values()} == {"off"}


def test_setting_a_switch_keeps_the_others(sandbox: SandboxFixture) -> None:
    sandbox.policy.set("augment", last_cursor="null")
    sandbox.policy.set("augment", retry_after="seconds")
    assert get(sandbox).get_json()["pagination"]["next_cursor"] is None
    sandbox.policy.set("jetbrains_ide", names={"items": "rows"})
    assert (sandbox.policy.values("augment")["retry_after"], sandbox.policy.values("jetbrains_ide")["names"]) == (
        "seconds",
        {"items": "rows"},
    )


def test_metric_has_the_expected_values(sandbox: SandboxFixture) -> None:
    sandbox.clock.set("2025-10-21T10:30:00Z", frozen=True)
    range_ = date(2025, 9, 1), "2025-09-30"
    whole = sandbox.metric("ai-active-users", *range_, bucket="week")
    assert [point["date"] for point in whole["points"]][:2] == ["2025-09-01", "2025-09-08"]
    some = sandbox.metric(
        "ai-active-users", *range_, vendors=["jetbrains_ide"], team="Engines", dimension="coding-agents"
    )
    assert [each["vendor"] for each in some["counted"]] == ["jetbrains-ide"]
    assert (some["team"]["name"], some["dimension"], len(some["points"])) == ("Engines", "coding-agents", 30)
    with pytest.raises(MockserverRefused, match="did you mean 'ai-active-users'"):
        sandbox.metric("ai-active-user", *range_)


def test_metric_has_the_final_values_of_restated_days(sandbox: SandboxFixture) -> None:
    sandbox.clock.set("2025-10-21T10:30:00Z", frozen=True)
    sandbox.policy.set("augment", restatement="late_rows")
    day = "2025-10-20", "2025-10-20"
    shown, final = (
        sandbox.metric("ai-active-users", *day, vendors=["augment"], final=each)["sum"] for each in (False, True)
    )
    assert shown < final


@pytest.mark.usefixtures("undescribed")
def test_faults_can_be_added_listed_and_cleared(sandbox: SandboxFixture) -> None:
    armed = sandbox.faults.add(vendor="jetbrains_ide", status=503, message="down", times=1)
    sandbox.faults.add(operation="getDau", query={"page_size": "3"}, rate_limited=True)
    assert (armed.hits, armed.rule["vendor"], armed.rule["effect"]["status"]) == (0, "jetbrains-ide", 503)
    statuses = [get(sandbox, IDE, "jetbrains-ide").status_code for _ in range(2)]
    assert (statuses, get(sandbox, f"{DAU}?page_size=3").status_code) == ([503, 200], 429)
    assert [fault.hits for fault in sandbox.faults.list()] == [1, 1]
    sandbox.faults.remove(armed)
    assert [fault.rule.get("operation") for fault in sandbox.faults.list()] == ["getDau"]
    sandbox.faults.clear()
    assert (list(sandbox.faults.list()), get(sandbox, f"{DAU}?page_size=3").status_code) == ([], 200)


@pytest.mark.usefixtures("undescribed")
def test_faults_can_change_an_answer(sandbox: SandboxFixture) -> None:
    whole = get(sandbox).data
    sandbox.faults.add(gzip=True, headers={"X-RateLimit-Remaining": "3"}, times=1)
    sandbox.faults.add(status=204, empty=True, times=1)
    sandbox.faults.add(status=200, error=True, message="down", times=1)
    first, second, third = (get(sandbox) for _ in range(3))
    assert (gzip.decompress(first.data), first.headers["X-RateLimit-Remaining"]) == (whole, "3")
    assert (second.status_code, second.data) == (204, b"")
    assert (third.status_code, third.get_json()["error"]["message"]) == (200, "down")
    with pytest.raises(MockserverRefused, match="409: close_idle needs a socket"):
        sandbox.faults.add(close_idle=True)


@pytest.mark.usefixtures("undescribed")
def test_sequence_of_faults_can_be_added(sandbox: SandboxFixture) -> None:
    armed = sandbox.faults.add(
        operation="getDau",
        steps=[{"rate_limited": True}, "pass", {"status": 503, "message": "down"}],
        then="repeat",
        from_=NOW - timedelta(days=1),
        until="2199-01-01T00:00:00Z",
        times=4,
    )
    sandbox.clock.set(NOW)
    assert [get(sandbox).status_code for _ in range(6)] == [429, 200, 503, 429, 200, 200]
    (listed,) = sandbox.faults.list()
    assert (listed.id, listed.hits, listed.rule["from"]) == (armed.id, 4, "2026-11-01T10:00:00Z")
    assert (
        listed.rule["steps"]
        == armed.rule["steps"]
        == [
            {"rate_limited": True},
            "pass",
            {"status": 503, "message": "down"},
        ]
    )
    assert sandbox.requests[1].fault == "fault-1 step 2"


def test_effect_beside_a_sequence_is_refused(sandbox: SandboxFixture) -> None:
    with pytest.raises(MockserverRefused, match="steps: cannot go with effect"):
        sandbox.faults.add(steps=["pass"], status=503)


@pytest.mark.usefixtures("undescribed")
def test_share_of_clients_is_passed_on(sandbox: SandboxFixture) -> None:
    rule = sandbox.faults.add(status=503, share=1, share_by="client").rule
    assert (rule["share"], rule["share_by"]) == (1, "client")
    assert get(sandbox).status_code == 503


@pytest.mark.usefixtures("undescribed")
def test_reset_restores_faults_that_were_cleared(in_process_server: MockserverFixture) -> None:
    down = {"operation": "getDau", "effect": {"status": 503}}
    with in_process_server.sandbox(now=NOW, frozen=True, faults=[down], defects=["lost-row"]) as created:
        assert (get(created).status_code, len(created.faults.list())) == (503, 1)
        created.faults.clear()
        assert (get(created).status_code, list(created.faults.list())) == (200, [])
        created.reset("faults", "defects")
        assert (get(created).status_code, [fault.hits for fault in created.faults.list()]) == (503, [1])


@pytest.mark.usefixtures("undescribed")
def test_defects_are_armed_listed_cleared_and_named_in_the_requests(sandbox: SandboxFixture) -> None:
    placed = {"name": "field-null", "at": "users[0].user_email"}
    sandbox.defects.arm("field-null", at=placed["at"])
    assert sandbox.defects.list() == [placed]
    assert json.loads(get(sandbox).data)["users"][0] == {"user_email": None}
    assert sandbox.requests[-1].defects == ("field-null",)
    assert str(sandbox.requests[-1]).endswith("-> 200 (with field-null)")
    sandbox.defects.arm("cursor-repeats", vendor="jetbrains_ide")
    assert sandbox.defects.list() == [{"name": "cursor-repeats", "vendor": "jetbrains-ide"}]
    sandbox.defects.arm("field-null", operation="getDau")
    assert sandbox.defects.list() == [{"name": "field-null", "operation": "getDau"}]
    sandbox.defects.arm(["lost-row", placed])
    assert sandbox.defects.list() == [placed, "lost-row"]
    with pytest.raises(MockserverRefused, match="no answer of any vendor has 'mail'"):
        sandbox.defects.arm("field-null", at="mail")
    sandbox.defects.clear()
    assert sandbox.defects.list() == []
    assert json.loads(get(sandbox).data)["users"][0]["user_email"]
    assert not sandbox.requests[-1].defects


@pytest.mark.usefixtures("undescribed")
def test_sandbox_is_created_with_a_defect_at_a_path(in_process_server: MockserverFixture) -> None:
    placed = {"name": "field-missing", "at": "users[0].user_email"}
    with in_process_server.sandbox(now=NOW, frozen=True, defects=[placed]) as created:
        assert json.loads(get(created).data)["users"][0] == {}
        created.defects.clear()
        created.reset("defects")
        assert created.defects.list() == [placed]


def test_impossible_fault_is_refused_with_the_reason(sandbox: SandboxFixture) -> None:
    with pytest.raises(MockserverRefused, match=r"400: .*getDoo.*getDau") as refused:
        sandbox.faults.add(operation="getDoo", status=503)
    assert refused.value.status == 400
    with pytest.raises(MockserverRefused, match="409: reset needs a socket"):
        sandbox.faults.add(reset=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"statu": 503}, r"no argument 'statu' \(did you mean 'status'\?\); there are: .*status.*vendor.*operation"),
        ({"status": 503, "effect": {"status": 503}}, "no argument 'effect'"),
    ],
)
def test_unknown_argument_of_a_fault_is_rejected(
    sandbox: SandboxFixture, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        sandbox.faults.add(**arguments)
    assert list(sandbox.faults.list()) == []


def test_reset_restores_everything_or_the_given_parts(sandbox: SandboxFixture) -> None:
    get(sandbox)
    sandbox.clock.set("2026-10-01T00:00:00Z")
    sandbox.policy.set("augment", last_cursor="null")
    sandbox.reset("clock", "journal")
    assert (sandbox.clock.now, len(sandbox.requests), sandbox.policy.values("augment")["last_cursor"]) == (
        NOW,
        0,
        "null",
    )
    sandbox.reset()
    assert sandbox.policy.values("augment")["last_cursor"] == "empty"


def test_sandbox_has_a_readable_repr(in_process_server: MockserverFixture) -> None:
    with in_process_server.sandbox(organization="initech", seed=9) as created:
        assert repr(created) == f"<sandbox {created.id} of initech at http://localhost>"
        assert (created.organization, created.seed) == ("initech", 9)


def test_sandboxes_are_isolated_from_each_other(sandbox: SandboxFixture, in_process_server: MockserverFixture) -> None:
    with in_process_server.sandbox(limits={"augment": "off"}, policy={"augment": {"last_cursor": "null"}}) as other:
        get(other)
        assert (len(sandbox.requests), len(other.requests)) == (0, 1)
        assert get(sandbox).get_json()["pagination"]["next_cursor"] == ""


def test_sandbox_is_deleted_at_the_end_of_its_block(in_process_server: MockserverFixture, watch: Watch) -> None:
    with in_process_server.sandbox() as created:
        headers = created.headers("augment")
    assert created.app.test_client().get(DAU, headers=headers).status_code == 401
    assert watch.take() == []
    in_process_server.delete_sandbox(created)
