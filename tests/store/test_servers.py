"""What three servers with one store promise: what one counts, changes or journals, all others count, have and show."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import pytest
from flask import Flask

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.conftest import SETTINGS
from tests.contract.random_use import LIMITED, PATH, PLAIN, ask, control

pytestmark = pytest.mark.memory("the tests have servers with a store of their own")

SEEDED = f"mock-{LIMITED.name}-acme"
BURST = 20
OTHER = next(vendor for vendor in PLAIN if vendor is not LIMITED)


def turns(servers: list[Flask], number: int) -> list[Flask]:
    """The servers in turn, as a balancer has them."""
    return list(islice(cycle(servers), number))


def statuses(servers: list[Flask], number: int, token: str = SEEDED) -> list[int]:
    """The statuses of some requests, one at each server in turn."""
    return [ask(each, PATH, token).status_code for each in turns(servers, number)]


def at_once(servers: list[Flask], number: int, target: str = PATH, token: str = SEEDED) -> Counter[int]:
    """How often each status comes, when many clients send requests at the same time."""
    with ThreadPoolExecutor(12) as threads:
        sent = threads.map(lambda app: ask(app, target, token).status_code, turns(servers, number))
    return Counter(sent)


def entries(app: Flask, sandbox: str = "default") -> Any:
    """The journal of a sandbox, as a server has it."""
    return control(app, "GET", f"/sandboxes/{sandbox}/requests")["requests"]


def made(app: Flask, **body: Any) -> tuple[str, str]:
    """The id of a new sandbox, and its token."""
    sandbox = control(app, "POST", "/sandboxes", body)
    return sandbox["id"], sandbox["tokens"][LIMITED.name]["token"]


def test_servers_share_a_limit(servers: list[Flask]) -> None:
    assert statuses(servers, BURST + 3) == [200] * BURST + [429] * 3
    for each in servers:
        [bucket] = control(each, "GET", "/limits")[LIMITED.name]["buckets"]
        assert bucket["remaining"] == 0


@pytest.mark.parametrize("cached", [False, True], ids=["first time", "cached"])
def test_no_request_too_many_passes_at_the_same_time(servers: list[Flask], cached: bool) -> None:  # noqa: FBT001
    if cached:
        statuses(servers, 6)
        control(servers[0], "PUT", "/limits", {})
    assert at_once(servers, 60) == {200: BURST, 429: 40}


def test_empty_bucket_fills_for_every_server(servers: list[Flask]) -> None:
    statuses(servers, BURST)
    control(servers[1], "POST", "/clock/advance", {"seconds": 6})
    assert statuses(servers, 3) == [200, 429, 429]


def test_rule_fires_exactly_as_often_as_it_may(servers: list[Flask]) -> None:
    control(servers[0], "PUT", "/limits", {LIMITED.name: "off"})
    control(servers[1], "POST", "/faults", {"effect": {"status": 503}, "skip": 7, "times": 5})
    assert at_once(servers, 60) == {200: 55, 503: 5}
    assert [control(each, "GET", "/faults")["rules"][0]["hits"] for each in servers] == [5, 5, 5]


def test_first_rule_that_fires_counts_alone(servers: list[Flask]) -> None:
    rules = [{"effect": {"status": 500}, "times": 1}, {"effect": {"status": 502}, "times": 2}]
    control(servers[2], "PUT", "/faults", {"rules": rules})
    assert statuses(servers, 4) == [500, 502, 502, 200]


def test_steps_follow_each_other_from_server_to_server(servers: list[Flask]) -> None:
    rule = {"steps": [{"rate_limited": True}, "pass", {"status": 503}], "then": "repeat"}
    control(servers[0], "POST", "/faults", rule)
    assert statuses(servers, 7) == [429, 200, 503, 429, 200, 503, 429]


@pytest.mark.parametrize("share_by", ["request", "client"])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_share_is_drawn_as_by_one_server(servers: list[Flask], share_by: str, phase: str) -> None:
    one = create_app(SETTINGS)
    rule = {"effect": {"status": 503}, "share": 0.3, "share_by": share_by, "phase": phase, "skip": 2}
    for app in (one, servers[0]):
        control(app, "PUT", "/limits", {LIMITED.name: "off"})
        control(app, "POST", "/faults", rule)
    alone = statuses([one], 150)
    assert statuses(servers, 150) == alone
    assert {200, 503} == set(alone) or share_by == "client"


def test_rule_is_in_force_by_the_time_in_the_sandbox(servers: list[Flask]) -> None:
    rule = {"effect": {"status": 503}, "from": "2025-10-21T11:00:00Z", "until": "2025-10-21T12:00:00Z"}
    control(servers[0], "POST", "/faults", rule)
    found = []
    for hour in (0, 1, 1):
        control(servers[1], "POST", "/clock/advance", {"hours": hour})
        found.append(statuses(servers, 3))
    assert found == [[200] * 3, [503] * 3, [200] * 3]


@pytest.mark.parametrize(
    ("effect", "left"),
    [({"status": 503}, []), ({"malformed_json": True}, []), ({"headers": {"X-Note": "1"}}, [17])],
    ids=["an error", "a corrupted body", "a header"],
)
def test_effects_spend_what_they_spend_at_one_server(servers: list[Flask], effect: Any, left: list[int]) -> None:
    control(servers[0], "POST", "/faults", {"effect": effect})
    statuses(servers, 3)
    buckets = control(servers[1], "GET", "/limits")[LIMITED.name]["buckets"]
    assert [each["remaining"] for each in buckets] == left


def test_frozen_clock_is_seen_with_the_next_request(servers: list[Flask]) -> None:
    for day in range(1, 10):
        control(servers[day % 3], "PUT", "/clock", {"now": f"2025-03-0{day}T00:00:00Z", "frozen": True})
        dates = {ask(each, PATH, SEEDED).headers["Date"] for each in servers}
        assert dates == {ask(servers[0], PATH, SEEDED).headers["Date"]}
        assert f"0{day} Mar 2025 00:00:00 GMT" in dates.pop()
        control(servers[0], "PUT", "/limits", {})


def test_running_clock_never_shows_less_than_was_set(servers: list[Flask]) -> None:
    for app in servers:
        control(app, "PUT", "/clock", {"now": "2025-03-01T00:00:00Z"})
        assert "01 Mar 2025" in ask(servers[0], PATH, SEEDED).headers["Date"]


def test_revoked_token_opens_nothing_anywhere(servers: list[Flask]) -> None:
    assert statuses(servers, 3) == [200, 200, 200]
    control(servers[0], "DELETE", f"/tokens/{LIMITED.name}-seeded")
    assert statuses(servers, 3) == [401, 401, 401]
    assert [entry["refusal"] for entry in entries(servers[1])[-3:]] == ["unauthenticated"] * 3


def test_new_token_opens_its_sandbox_everywhere(servers: list[Flask]) -> None:
    token = control(servers[0], "POST", "/tokens", {"vendor": LIMITED.name, "permission": "granted"})
    assert statuses(servers, 3, token["token"]) == [200, 200, 200]
    assert [each["id"] for each in control(servers[2], "GET", "/tokens")["tokens"]].count(token["id"]) == 1


def test_forbidden_token_is_refused_and_spends_nothing(servers: list[Flask]) -> None:
    control(servers[0], "POST", "/faults", {"effect": {"status": 503}})
    assert statuses(servers, 3, f"{SEEDED}-forbidden") == [403, 403, 403]
    assert control(servers[0], "GET", "/faults")["rules"][0]["hits"] == 0
    assert control(servers[0], "GET", "/limits")[LIMITED.name]["buckets"] == []


def test_sandbox_is_there_for_all_until_it_is_deleted(servers: list[Flask]) -> None:
    sandbox, token = made(servers[0])
    assert statuses(servers, 3, token) == [200, 200, 200]
    assert [each["id"] for each in control(servers[1], "GET", "/sandboxes")["sandboxes"]] == ["default", sandbox]
    control(servers[2], "DELETE", f"/sandboxes/{sandbox}")
    assert statuses(servers, 3, token) == [401, 401, 401]
    assert control(servers[0], "GET", f"/sandboxes/{sandbox}")["status"] == 404
    assert [each["id"] for each in control(servers[1], "GET", "/sandboxes")["sandboxes"]] == ["default"]


def test_sandboxes_end_with_their_time_to_live(servers: list[Flask]) -> None:
    sandbox, token = made(servers[0], ttl_seconds=3)
    assert ask(servers[1], PATH, token).status_code == 200
    while ask(servers[1], PATH, token).status_code != 401:
        pass
    assert control(servers[2], "GET", f"/sandboxes/{sandbox}")["status"] == 404
    assert statuses(servers, 3, token) == [401, 401, 401]


def test_maximum_counts_the_sandboxes_of_all_servers(shared: Settings) -> None:
    servers = [create_app(replace(shared, sandboxes_maximum=2)) for _ in range(2)]
    sandbox, _ = made(servers[0], ttl_seconds=3)
    made(servers[1])
    assert control(servers[1], "POST", "/sandboxes", {})["status"] == 409
    while control(servers[0], "GET", f"/sandboxes/{sandbox}").get("status") != 404:
        pass
    made(servers[1])


def test_journal_has_the_requests_of_all_in_order(servers: list[Flask]) -> None:
    control(servers[0], "PUT", "/limits", {LIMITED.name: "off"})
    at_once(servers, 90)
    journals = [entries(each) for each in servers]
    assert journals[0] == journals[1] == journals[2]
    assert [each["id"] for each in journals[0]] == list(range(1, 91))
    assert {(each["status"], each["outcome"]) for each in journals[0]} == {(200, "answered")}


def test_journal_keeps_the_newest(shared: Settings) -> None:
    servers = [create_app(replace(shared, journal_size=5)) for _ in range(2)]
    statuses(servers, 12)
    assert [each["id"] for each in entries(servers[0])] == [8, 9, 10, 11, 12]


def test_emptied_journal_begins_anew(servers: list[Flask]) -> None:
    statuses(servers, 4)
    control(servers[1], "DELETE", "/requests")
    assert entries(servers[0]) == []
    statuses(servers, 2)
    assert [each["id"] for each in entries(servers[2])] == [1, 2]


def test_journal_shows_no_credentials(servers: list[Flask]) -> None:
    secret = "a-secret-of-the-client"
    ask(servers[0], f"{PATH}?token={secret}&start_date={SEEDED}", SEEDED, Cookie=f"session={secret}")
    ask(servers[0], PATH, secret, "POST")
    text = str(control(servers[1], "GET", "/requests?include=headers,body"))
    assert secret not in text
    assert SEEDED not in text


def test_policy_holds_for_all(servers: list[Flask]) -> None:
    statuses(servers, 3)
    control(servers[0], "PUT", "/policy", {LIMITED.name: {"publication_hour": 20}})
    found = [control(each, "GET", "/policy")[LIMITED.name]["publication_hour"]["value"] for each in servers]
    assert found == [20, 20, 20]
    bodies = {ask(each, PATH, SEEDED).data for each in servers}
    assert len(bodies) == 1


def test_changes_at_the_same_time_are_all_made(servers: list[Flask]) -> None:
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda app: control(app, "POST", "/clock/advance", {"seconds": 1}), turns(servers, 30)))
    assert control(servers[0], "GET", "/clock")["now"] == "2025-10-21T10:30:30Z"


def test_reset_restores_a_sandbox_for_all(servers: list[Flask]) -> None:
    control(servers[0], "POST", "/faults", {"effect": {"status": 503}})
    control(servers[1], "PUT", "/clock", {"now": "2024-01-01T00:00:00Z", "frozen": True})
    statuses(servers, 3)
    control(servers[2], "POST", "/reset", {})
    assert [control(each, "GET", "/faults")["rules"] for each in servers] == [[], [], []]
    assert {control(each, "GET", "/clock")["now"] for each in servers} == {"2025-10-21T10:30:00Z"}
    assert statuses(servers, 3) == [200, 200, 200]
    assert [each["id"] for each in entries(servers[0])] == [1, 2, 3]


def test_change_of_a_deleted_sandbox_changes_nothing(servers: list[Flask]) -> None:
    sandbox, _ = made(servers[0])
    registry = servers[0].extensions["mockserver.gateway"]
    found = registry.find(sandbox)
    control(servers[1], "DELETE", f"/sandboxes/{sandbox}")
    registry.change(found, lambda changed: changed.set_limits({}))
    assert registry.find(sandbox) is None
