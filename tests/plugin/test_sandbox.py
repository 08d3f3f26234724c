"""Promises about what a test can do with its sandbox, each part shown by what a client then meets."""

from datetime import UTC, date, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from mockserver.pytest_plugin.errors import MockserverRefused
from mockserver.pytest_plugin.sandboxes import Sandbox
from mockserver.pytest_plugin.servers import Server
from mockserver.pytest_plugin.tokens import Client
from tests.contract.watch import Watch

pytestmark = pytest.mark.in_process("a sandbox that is in the process is what is tested")

DAU = "/analytics/v0/dau"
TEAMS = "/api/v1/organization/teams"
IDE = "/api/analytics/ai/users-adoption?fromDate=2025-09-01&toDate=2025-09-30&groupBy=MONTH"
CONSOLE = "/metrics/api/v1/adoption/users-adoption/group-by/date?fromDate=2025-09-01&toDate=2025-10-20&groupBy=month"
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def asked(world: Sandbox, path: str = DAU, vendor: str = "augment", *, forbidden: bool = False) -> TestResponse:
    """What a client of a vendor gets."""
    return world.app.test_client().get(path, headers=world.headers(vendor, forbidden=forbidden))


VENDORS = [("augment", DAU), ("tabnine", TEAMS), ("jetbrains_ide", IDE), ("jetbrains-console", CONSOLE)]


@pytest.mark.parametrize(("vendor", "path"), VENDORS)
def test_its_tokens_open_every_vendor(world: Sandbox, vendor: str, path: str) -> None:
    assert asked(world, path, vendor).status_code == 200
    assert asked(world, path, vendor, forbidden=True).status_code == 403


def test_a_token_is_its_own_text(world: Sandbox) -> None:
    tokens = world.tokens
    assert tokens.augment == f"mock-augment-{world.id}"
    assert tokens.tabnine.forbidden == f"mock-tabnine-{world.id}-forbidden"
    assert tokens["jetbrains_ide"] is tokens.jetbrains_ide


def test_a_client_of_the_console_has_credentials_and_gets_access_tokens(world: Sandbox) -> None:
    client = world.tokens.jetbrains_console
    assert (client.client_id, client.client_secret) == (f"mock-jetbrains-console-{world.id}", "mock-secret")
    assert client.access_token().startswith(client.client_id)
    assert client.forbidden is not None
    assert client.forbidden.forbidden is None
    world.requests.assert_made(vendor="jetbrains_console", operation="createToken", status=200, count=1)


def test_an_access_token_that_is_refused_says_why(world: Sandbox) -> None:
    held = world.tokens.jetbrains_console
    with pytest.raises(MockserverRefused, match=r"401: no access token for .*the secret is not this client's"):
        Client(held.client_id, "wrong", held.exchange).access_token()


def test_a_vendor_has_tokens_or_clients_and_not_the_other(world: Sandbox) -> None:
    with pytest.raises(KeyError, match="there is no vendor 'augmint'; there are: augment, jetbrains-console"):
        world.tokens["augmint"]
    turned = type(world.tokens)(
        {
            "augment": {
                "client_id": "a",
                "client_secret": "b",
                "forbidden_client_id": "c",
                "forbidden_client_secret": "",
            },
            "jetbrains-console": {"token": "a", "forbidden": "b"},
        },
        world.tokens.jetbrains_console.exchange,
    )
    with pytest.raises(TypeError, match="augment has no token but a client"):
        _ = turned.augment
    with pytest.raises(TypeError, match="jetbrains-console has no client but a token"):
        _ = turned.jetbrains_console


def test_the_clock_is_set_moved_and_stopped(world: Sandbox) -> None:
    assert (world.clock.now, world.clock.frozen) == (NOW, True)
    assert world.clock.advance(timedelta(days=1, seconds=30), hours=2, minutes=0.5) == NOW + timedelta(
        days=1, hours=2, minutes=1
    )
    world.clock.set("2026-11-05T01:59:00Z")
    assert (world.clock.now, world.clock.frozen) == (datetime(2026, 11, 5, 1, 59, tzinfo=UTC), True)
    assert asked(world).get_json()["users"] == []
    world.clock.advance(minutes=1)
    assert asked(world).get_json()["users"] != []


def test_the_clock_runs_and_freezes_where_it_stands(world: Sandbox) -> None:
    world.clock.run()
    assert world.clock.frozen is False
    world.clock.freeze()
    assert str(world.clock.frozen) == "True"
    assert NOW <= world.clock.now < NOW + timedelta(minutes=1)
    world.clock.freeze(at=NOW)
    assert world.clock.now == NOW


def test_limits_are_set_and_lifted_by_vendor(world: Sandbox) -> None:
    world.limits.set(augment={"per_minute": 1, "burst": 1}, jetbrains_ide={"per_minute": 2, "burst": 3})
    assert [asked(world).status_code for _ in range(2)] == [200, 429]
    assert world.limits.shown()["jetbrains-ide"]["burst"] == 3
    world.limits.off("augment")
    assert [world.limits.shown()[name]["setting"] for name in ("augment", "jetbrains-ide")] == ["off", "custom"]
    world.limits.documented()
    assert {limit["setting"] for limit in world.limits.shown().values()} == {"documented"}
    world.limits.off()
    assert {limit["setting"] for limit in world.limits.shown().values()} == {"off"}


def test_switches_are_set_and_the_others_stay(world: Sandbox) -> None:
    world.policy.set("augment", last_cursor="null")
    world.policy.set("augment", retry_after="seconds")
    assert asked(world).get_json()["pagination"]["next_cursor"] is None
    world.policy.set("jetbrains_ide", names={"items": "rows"})
    assert (world.policy.values("augment")["retry_after"], world.policy.values("jetbrains_ide")["names"]) == (
        "seconds",
        {"items": "rows"},
    )


def test_what_a_client_should_have_computed_is_told(world: Sandbox) -> None:
    world.clock.set("2025-10-21T10:30:00Z", frozen=True)
    range_ = date(2025, 9, 1), "2025-09-30"
    whole = world.metric("ai-active-users", *range_, bucket="week")
    assert [point["date"] for point in whole["points"]][:2] == ["2025-09-01", "2025-09-08"]
    some = world.metric(
        "ai-active-users", *range_, vendors=["jetbrains_ide"], team="Engines", dimension="coding-agents"
    )
    assert [each["vendor"] for each in some["counted"]] == ["jetbrains-ide"]
    assert (some["team"]["name"], some["dimension"], len(some["points"])) == ("Engines", "coding-agents", 30)
    with pytest.raises(MockserverRefused, match="did you mean 'ai-active-users'"):
        world.metric("ai-active-user", *range_)


def test_faults_are_added_listed_and_cleared(world: Sandbox) -> None:
    armed = world.faults.add(vendor="jetbrains_ide", status=503, message="down", times=1)
    world.faults.add(operation="getDau", query={"page_size": "3"}, rate_limited=True)
    assert (armed.hits, armed.rule["vendor"], armed.rule["effect"]["status"]) == (0, "jetbrains-ide", 503)
    statuses = [asked(world, IDE, "jetbrains-ide").status_code for _ in range(2)]
    assert (statuses, asked(world, f"{DAU}?page_size=3").status_code) == ([503, 200], 429)
    assert [fault.hits for fault in world.faults.list()] == [1, 1]
    world.faults.remove(armed)
    assert [fault.rule.get("operation") for fault in world.faults.list()] == ["getDau"]
    world.faults.clear()
    assert (list(world.faults.list()), asked(world, f"{DAU}?page_size=3").status_code) == ([], 200)


def test_what_it_was_made_with_is_disarmed_and_comes_back_with_a_reset(within: Server) -> None:
    down = {"operation": "getDau", "effect": {"status": 503}}
    with within.sandbox(now=NOW, frozen=True, faults=[down], defects=["lost-row"]) as made:
        assert (asked(made).status_code, len(made.faults.list())) == (503, 1)
        made.faults.clear()
        assert (asked(made).status_code, list(made.faults.list())) == (200, [])
        made.reset("faults", "defects")
        assert (asked(made).status_code, [fault.hits for fault in made.faults.list()]) == (503, [1])


def test_a_fault_that_cannot_be_is_refused_with_the_reason(world: Sandbox) -> None:
    with pytest.raises(MockserverRefused, match=r"400: .*getDoo.*getDau") as unknown:
        world.faults.add(operation="getDoo", status=503)
    assert unknown.value.status == 400
    with pytest.raises(MockserverRefused, match="409: reset needs a socket"):
        world.faults.add(reset=True)


def test_a_reset_is_of_everything_or_of_parts(world: Sandbox) -> None:
    asked(world)
    world.clock.set("2026-10-01T00:00:00Z")
    world.policy.set("augment", last_cursor="null")
    world.reset("clock", "journal")
    assert (world.clock.now, len(world.requests), world.policy.values("augment")["last_cursor"]) == (NOW, 0, "null")
    world.reset()
    assert world.policy.values("augment")["last_cursor"] == "empty"


def test_a_sandbox_says_what_it_is(within: Server) -> None:
    with within.sandbox(organization="initech", seed=9) as made:
        assert repr(made) == f"<sandbox {made.id} of initech at http://localhost>"
        assert (made.organization, made.seed) == ("initech", 9)


def test_two_sandboxes_do_not_see_each_other(world: Sandbox, within: Server) -> None:
    with within.sandbox(limits={"augment": "off"}, policy={"augment": {"last_cursor": "null"}}) as other:
        asked(other)
        assert (len(world.requests), len(other.requests)) == (0, 1)
        assert asked(world).get_json()["pagination"]["next_cursor"] == ""


def test_a_sandbox_ends_with_its_block(within: Server, watch: Watch) -> None:
    with within.sandbox() as made:
        headers = made.headers("augment")
    assert made.app.test_client().get(DAU, headers=headers).status_code == 401
    assert watch.take() == []
    within.forget(made)
