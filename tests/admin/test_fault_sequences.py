"""Fault rules with a sequence, a period or a share of clients: shown as given, in force, and refused with reasons."""

from typing import Any

import pytest

from tests.admin.driver import Admin
from tests.admin.test_faults import EFFECT, FIELDS, RULE, SPAN, served, shown

pytestmark = pytest.mark.usefixtures("undescribed")

LIMITED, DOWN = {"rate_limited": True}, {"status": 503}
FROM, UNTIL = "2025-10-22T02:00:00Z", "2025-10-22T02:10:00Z"
TIMESTAMP = "must be a date and a time that exist, with a time zone, as in 2025-10-21T10:30:00Z"


GOOD: dict[str, dict[str, Any]] = {
    "a sequence": {"steps": [LIMITED, "pass", {"delay_seconds": 0.5, "html": 502}], "then": "repeat"},
    "a sequence with everything": {
        "vendor": "tabnine",
        "query": {"limit": "5"},
        "from": FROM,
        "until": UNTIL,
        "times": 9,
        "skip": 1,
        "share": 0.5,
        "share_by": "client",
        "phase": "after",
        "steps": [DOWN],
        "then": "last",
    },
    "the longest sequence": {"steps": [*(["pass"] * 99), DOWN], "then": "pass"},
    "a start alone": {"from": FROM, "effect": DOWN},
    "as many times as steps": {"steps": [DOWN, "pass"], "then": "pass", "times": 2},
    "more times than steps that repeat": {"steps": [DOWN, "pass"], "then": "repeat", "times": 3},
    "an end alone": {"until": UNTIL, "effect": DOWN},
}


@pytest.mark.parametrize("rule", GOOD.values(), ids=GOOD)
def test_rule_is_shown_as_given(admin: Admin, rule: dict[str, Any]) -> None:
    assert admin.send("POST", "/faults", rule).json == shown(rule)
    assert admin.done("PUT", "/faults", {"rules": [rule]}) == {"rules": [shown(rule, 2)]}


def test_defaults_are_shown_where_they_matter(admin: Admin) -> None:
    rule = {"steps": [DOWN], "from": "2025-10-22T04:00:00+02:00", "share": 0.5, "share_by": "request"}
    assert admin.send("POST", "/faults", rule).json == shown(
        {"steps": [DOWN], "then": "pass", "from": FROM, "share": 0.5}
    )


def test_requests_get_the_steps_in_turn(admin: Admin) -> None:
    admin.done("PUT", "/faults", {"rules": [{"vendor": "augment", "steps": [LIMITED, LIMITED, "pass", {"html": 502}]}]})
    assert [admin.vendor() for _ in range(6)] == [429, 429, 200, 502, 200, 200]
    assert admin.get("/faults")["rules"][0]["hits"] == 4
    steps = [f"fault-1 step {number}" for number in (1, 2, 3, 4)]
    assert [entry["fault"] for entry in admin.get("/requests")["requests"]] == [*steps, None, None]


def test_reset_begins_the_sequence_again(admin: Admin) -> None:
    sandbox = admin.send("POST", "/sandboxes", {"faults": [{"steps": [DOWN, "pass", LIMITED], "then": "repeat"}]}).json
    token = sandbox["tokens"]["augment"]["token"]
    for _ in range(2):
        assert [admin.vendor(token=token) for _ in range(4)] == [503, 200, 429, 503]
        admin.done("POST", f"/sandboxes/{sandbox['id']}/reset", {"only": ["faults"]})


@pytest.mark.parametrize("frozen", [True, False])
def test_rule_is_in_force_between_two_times_of_the_clock(admin: Admin, frozen: bool) -> None:  # noqa: FBT001
    """Also while the answer is cached, and also when the clock is moved back."""
    admin.send("POST", "/faults", {"vendor": "augment", "from": FROM, "until": UNTIL, "effect": {"html": 502}})
    times = ("01:59:58", "02:00:00", "02:09:00", "02:10:00", "02:05:00", "01:00:00")
    statuses = []
    for time in times:
        admin.done("PUT", "/clock", {"now": f"2025-10-22T{time}Z", "frozen": frozen})
        statuses.append([admin.vendor() for _ in range(3)])
    assert statuses == [[200] * 3, [502] * 3, [502] * 3, [200] * 3, [502] * 3, [200] * 3]


def test_overview_counts_no_rule_that_is_over_or_spent(admin: Admin) -> None:
    def faults() -> int:
        return int(next(each["faults"] for each in admin.get("/overview")["vendors"] if each["name"] == "augment"))

    admin.done("PUT", "/faults", {"rules": [{**RULE, "until": UNTIL}, {"vendor": "augment", "steps": [DOWN]}]})
    assert faults() == 2
    admin.done("PUT", "/clock", {"now": UNTIL, "frozen": True})
    assert faults() == 1
    assert admin.vendor() == 503
    assert faults() == 0


def test_share_of_clients_is_drawn_by_token_and_user_agent(admin: Admin) -> None:
    """A client has the same answer each time; another User-Agent is another client."""
    admin.send("POST", "/faults", {"vendor": "augment", "share": 0.5, "share_by": "client", "effect": DOWN})

    def status(agent: str) -> int:
        headers = {"Authorization": "Bearer mock-augment-acme", "User-Agent": agent}
        return admin.app.test_client().get("/analytics/v0/dau-count", headers=headers).status_code

    agents = [f"client/{number}" for number in range(20)]
    first = [status(agent) for agent in agents]
    assert {*first} == {200, 503}
    assert [status(agent) for agent in agents] == first


@pytest.mark.in_process("the test declares what the server's sockets can do")
def test_step_that_needs_a_socket_is_refused_without_one(admin: Admin) -> None:
    rule = {"steps": [DOWN, "pass", {"reset": True}, {"truncate_bytes": 3}]}
    assert admin.refused("POST", "/faults", rule, status=409).detail.startswith("reset and truncate_bytes needs a")
    assert admin.refused("POST", "/sandboxes", {"faults": [rule]}, status=409).detail.startswith("reset and truncate")
    assert served(admin, rule).json == shown({**rule, "then": "pass"})


STEPS = "must have 1 to 100 steps, each an effect or the word pass"
STEP = 'must be an effect (an object), or "pass" for the genuine answer'

BAD: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "an effect and steps": (
        {"effect": DOWN, "steps": [DOWN]},
        {"steps": ["cannot go with effect: a rule has either one effect or a sequence of steps"]},
    ),
    "no steps": ({"steps": []}, {"steps": [STEPS]}),
    "too many steps": ({"steps": [DOWN] * 101}, {"steps": [STEPS]}),
    "steps that are null": ({"steps": None}, {"steps": ["must not be null"]}),
    "steps that are text": ({"steps": "429"}, {"steps": ['must be a list of effects and "pass"']}),
    "a step that is another word": ({"steps": [DOWN, "ok"]}, {"steps.1": [STEP]}),
    "a step that is a status": ({"steps": [503, DOWN]}, {"steps.0": [STEP]}),
    "a step that is null": ({"steps": [None, DOWN]}, {"steps.0": ["must not be null"]}),
    "a misspelt step": (
        {"steps": [DOWN, {"statsu": 500}]},
        {"steps.1.statsu": [f"there is no field 'statsu' (did you mean 'status'?); there are: {EFFECT}"]},
    ),
    "a bad effect in a step": (
        {"steps": [DOWN, {"delay_seconds": 4000}]},
        {"steps.1.delay_seconds": [SPAN.format(3600)]},
    ),
    "steps that only pass": (
        {"steps": ["pass", "pass"]},
        {"steps": ['have no effect: at least one must be something else than "pass"']},
    ),
    "an unknown end": ({"steps": [DOWN], "then": "stop"}, {"then": ['must be "repeat", "pass" or "last"']}),
    "an end without steps": ({"effect": DOWN, "then": "last"}, {"then": ["belongs to steps, which is not given"]}),
    "more times than steps": (
        {"steps": [DOWN, "pass"], "times": 3},
        {
            "times": [
                'is more than the number of steps (2), after which the rule is spent, unless then is "repeat" or "last"'
            ]
        },
    ),
    "a kind of share without a share": (
        {"effect": DOWN, "share_by": "client"},
        {"share_by": ["belongs to share, which is not given"]},
    ),
    "an unknown kind of share": (
        {"effect": DOWN, "share": 0.5, "share_by": "token"},
        {"share_by": ['must be "request" or "client"']},
    ),
    "times that are not": (
        {"effect": DOWN, "from": "02:00", "until": 5},
        {"from": [TIMESTAMP], "until": [TIMESTAMP]},
    ),
    "a period without length": (
        {"effect": DOWN, "from": FROM, "until": FROM},
        {"until": ["must be later than from: the rule is in force from `from` until before `until`"]},
    ),
    "a start by its name in Python": (
        {"effect": DOWN, "since": FROM},
        {"since": [f"there is no field 'since'; there are: {FIELDS}"]},
    ),
}


@pytest.mark.parametrize(("rule", "errors"), BAD.values(), ids=BAD)
def test_bad_rule_is_refused_by_path_and_arms_nothing(
    admin: Admin, rule: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    assert admin.refused("POST", "/faults", rule).errors == errors
    behind = {f"faults.1.{name}": message for name, message in errors.items()}
    assert admin.refused("POST", "/sandboxes", {"faults": [RULE, rule]}).errors == behind
    assert admin.get("/faults") == {"rules": []}
