"""Budgets: what is written is seen at once, as a whole or not at all (contract, sections 9.3 and 9.4)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver.gateway.faults import FaultEffect, FaultPhase, FaultRule
from tests.contract.client import Client

GET, SET = "/get-user-budget-overrides", "/set-user-budget-overrides"
CREDITS = {"resource": "BUDGET_RESOURCE_CREDITS_CONSUMED", "period": "BUDGET_PERIOD_MONTHLY"}
DOLLARS = {"resource": "BUDGET_RESOURCE_USD_COST", "period": "BUDGET_PERIOD_MONTHLY"}
ADA, MAREK, GUSTAV, INES = (f"{name}@acme.example" for name in ("ada", "marek", "gustav", "ines"))
SEEDED = {ADA: "250000", MAREK: "40000", GUSTAV: "100000"}


def row(email: str, limit: str | None, unit: dict[str, str] = CREDITS) -> dict[str, Any]:
    """A budget to set or, without a limit, to remove."""
    return {"user_email": email, **unit, **({} if limit is None else {"config": {"limit": limit}})}


def limits(client: Client, unit: dict[str, str] = CREDITS, **body: Any) -> dict[str, str]:
    """The limits that stand, by address."""
    overrides = client.posted(GET, **unit, **body)["overrides"]
    assert all({key: each[key] for key in unit} == unit for each in overrides)
    return {each["user_email"]: each["config"]["limit"] for each in overrides}


def test_only_people_with_a_budget_are_listed(augment: Client) -> None:
    assert limits(augment) == SEEDED
    assert [*limits(augment)] == [ADA, MAREK, GUSTAV]
    assert limits(augment, user_emails=[INES, "GUSTAV@acme.example"]) == {GUSTAV: "100000"}
    assert limits(augment, user_emails=[INES]) == {}


def test_nobody_has_a_budget_before_joining(augment: Client) -> None:
    augment.at("2022-01-02T12:00:00Z")
    assert limits(augment) == {}
    assert augment.post(GET, {**CREDITS, "user_emails": [ADA]}).status == 400
    augment.at("2022-01-03T12:00:00Z")
    assert limits(augment) == SEEDED


def test_organization_can_be_billed_in_dollars(augment_of_globex: Client) -> None:
    assert limits(augment_of_globex, DOLLARS) == {"root@globex.example": "500", "max@globex.example": "149.50"}
    answer = augment_of_globex.post(GET, CREDITS)
    rule = "resource must be BUDGET_RESOURCE_USD_COST: that is what this organization is billed in"
    assert (answer.status, answer.message) == (400, rule)


def test_organization_without_budgets_has_none(augment_of: Callable[..., Client]) -> None:
    assert limits(augment_of("empty")) == {}


def test_write_is_seen_at_once(augment: Client) -> None:
    for limit in ("1", "2", "0"):
        written = augment.posted(SET, overrides=[row(ADA, limit), row(INES, limit)])
        assert written == {"overrides": [row(ADA, limit), row(INES, limit)]}
        assert limits(augment) == {**SEEDED, ADA: limit, INES: limit}


def test_row_without_config_is_removed(augment: Client) -> None:
    written = augment.posted(SET, overrides=[row(MAREK, None), row(ADA, "7"), row(INES, None)])
    assert written == {"overrides": [row(ADA, "7")]}
    assert limits(augment) == {ADA: "7", GUSTAV: "100000"}


def test_address_is_compared_in_any_case_and_answered_as_it_is(augment: Client) -> None:
    assert augment.posted(SET, overrides=[row("Ada@ACME.example", "9")]) == {"overrides": [row(ADA, "9")]}


BAD_ROWS = {
    "an unknown address": (
        row("who@acme.example", "1"),
        "overrides.1: user_email(s) not found on this organization: who@acme.example",
    ),
    "a service account": (row("ci-bot", "1"), "overrides.1: user_email(s) not found on this organization: ci-bot"),
    "the other resource": (
        row(MAREK, "1", DOLLARS),
        "overrides.1.resource must be BUDGET_RESOURCE_CREDITS_CONSUMED: that is what this organization is billed in",
    ),
    "an unknown resource": (
        {**row(MAREK, "1"), "resource": "CREDITS"},
        "overrides.1.resource must be one of BUDGET_RESOURCE_CREDITS_CONSUMED, BUDGET_RESOURCE_USD_COST, not 'CREDITS'",
    ),
    "an unknown period": (
        {**row(MAREK, "1"), "period": "WEEK"},
        "overrides.1.period must be one of BUDGET_PERIOD_MONTHLY, not 'WEEK'",
    ),
    "no period": ({"user_email": MAREK, "resource": CREDITS["resource"]}, "overrides.1.period must be given"),
    "no limit": ({**row(MAREK, "1"), "config": {}}, "overrides.1.config.limit must be given"),
    "no config": ({**row(MAREK, "1"), "config": None}, "overrides.1.config must not be null"),
    "a number": ({**row(MAREK, "1"), "config": {"limit": 5}}, "overrides.1.config.limit must be text"),
    "an unknown field": (
        {**row(MAREK, "1"), "config": {"limit": "5", "unit": "x"}},
        "overrides.1.config: there is no field 'unit'; there are: limit",
    ),
    "a person twice": (row("ADA@acme.example", "2"), "overrides.1: ADA@acme.example is in the list twice"),
    "no object": ("x", "overrides.1 must be an object"),
    "null": (None, "overrides.1 must not be null"),
    "an unknown field of the row": (
        {**row(MAREK, "1"), "limit": "1"},
        "overrides.1: there is no field 'limit'; there are: user_email, resource, period, config",
    ),
}


@pytest.mark.parametrize(("bad", "message"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_one_bad_row_writes_nothing(augment: Client, bad: Any, message: str) -> None:
    answer = augment.post(SET, {"overrides": [row(ADA, "1"), bad, row(INES, "3")]})
    assert (answer.status, answer.code, answer.message) == (400, "InvalidArgument", message)
    assert limits(augment) == SEEDED


@pytest.mark.parametrize("limit", ["", "-1", "+1", "1e3", "0x1", "1.5", "1.0", " 1", "01", "½", "٣", "NaN", "1" * 39])
def test_limit_of_credits_is_a_whole_number(augment: Client, limit: str) -> None:
    answer = augment.post(SET, {"overrides": [row(ADA, limit)]})
    rule = (
        "overrides.0.config.limit must be a whole number of credits as text, of at most 38 digits without leading "
        'zeros, as in "5000", not '
    )
    assert answer.status == 400
    assert answer.message.startswith(rule)


@pytest.mark.parametrize("limit", ["0", "9" * 38])
def test_limit_of_credits_can_be_huge(augment: Client, limit: str) -> None:
    assert augment.posted(SET, overrides=[row(ADA, limit)])["overrides"] == [row(ADA, limit)]


@pytest.mark.parametrize(
    ("limit", "status"), [("0.01", 200), ("1." + "0" * 12, 200), ("1.", 400), (".5", 400), ("1,5", 400)]
)
def test_limit_of_dollars_has_a_fraction(augment_of_globex: Client, limit: str, status: int) -> None:
    body = {"overrides": [row("root@globex.example", limit, DOLLARS)]}
    assert augment_of_globex.post(SET, body).status == status


BAD_BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "overrides must be given"),
    "no list": ({"overrides": {}}, "overrides must be a list of 1 to 1000 rows"),
    "an empty list": ({"overrides": []}, "overrides must be a list of 1 to 1000 rows"),
    "an unknown field": ({"overrides": [row(ADA, "1")], "dry": True}, "there is no field 'dry'; there are: overrides"),
}


@pytest.mark.parametrize(("body", "message"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_bad_body_is_refused_with_the_rule(augment: Client, body: dict[str, Any], message: str) -> None:
    answer = augment.post(SET, body)
    assert (answer.status, answer.message) == (400, message)


@pytest.mark.parametrize("missing", ["resource", "period"])
def test_resource_and_period_are_required(augment: Client, missing: str) -> None:
    body = {name: value for name, value in CREDITS.items() if name != missing}
    assert augment.post(GET, body).message == f"{missing} must be given"


def test_empty_list_of_addresses_is_refused(augment: Client) -> None:
    answer = augment.post(GET, {**CREDITS, "user_emails": []})
    assert answer.message == "user_emails must be a list of at least one address; leave it out for everybody"


def test_body_has_a_maximum(augment_of_globex: Client) -> None:
    """Of 1000 rows, and of 256 kB."""
    records = augment_of_globex.paginate(
        "/user-activity", start_date="2025-08-01", end_date="2025-10-20", page_size=100
    )
    people = [each["user_email"] for each in records if "user_email" in each]
    rows = [row(email, "5", DOLLARS) for email in people[:1001]]
    assert len(rows) == 1001
    assert augment_of_globex.post(SET, {"overrides": rows}).message == "overrides must be a list of 1 to 1000 rows"
    assert len(augment_of_globex.posted(SET, overrides=rows[:1000])["overrides"]) == 1000
    whole = json.dumps({"overrides": rows[:1000]}, separators=(",", ":")).encode()
    assert 64 * 1024 < len(whole) < 256 * 1024
    assert augment_of_globex.post(SET, whole.ljust(256 * 1024)).status == 200
    assert augment_of_globex.post(SET, whole.ljust(256 * 1024 + 1)).status == 400


def test_token_that_may_only_read_cannot_write(augment: Client) -> None:
    readonly = augment.bearing("Bearer mock-augment-acme-readonly")
    assert limits(readonly) == SEEDED
    assert readonly.get("/dau").status == 200
    for body in ({"overrides": [row(ADA, "1")]}, {}):
        answer = readonly.post(SET, body)
        assert (answer.status, answer.code) == (403, "PermissionDenied")
        assert answer.message == "the token is valid, but it allows reading only"
    assert readonly.send("GET", SET).status == 405
    assert limits(augment) == SEEDED


def test_reset_restores_the_budgets_of_the_file(augment: Client) -> None:
    augment.posted(SET, overrides=[row(ADA, None)])
    augment.sandbox.reset(["journal", "policy"])
    assert ADA not in limits(augment)
    augment.sandbox.reset(["memory"])
    assert limits(augment) == SEEDED


def test_each_sandbox_has_its_own_budgets(augment: Client) -> None:
    other = augment.state.make_sandbox(augment.sandbox.config)
    token = next(grant.token for grant in other.grants.values() if grant.id == "augment-seeded")
    client = augment.bearing(f"Bearer {token}")
    client.posted(SET, overrides=[row(ADA, "1")])
    assert (limits(client)[ADA], limits(augment)) == ("1", SEEDED)
    augment.state.delete(other)
    assert client.post(GET, CREDITS).status == 401


@pytest.mark.parametrize(("phase", "written"), [(FaultPhase.BEFORE, SEEDED), (FaultPhase.AFTER, {**SEEDED, ADA: "1"})])
def test_fault_comes_before_or_after_the_write(augment: Client, phase: FaultPhase, written: dict[str, str]) -> None:
    rule = FaultRule(FaultEffect(status=500), operation="setUserBudgetOverrides", phase=phase)
    augment.sandbox.faults.reset((rule,))
    assert augment.post(SET, {"overrides": [row(ADA, "1")]}).status == 500
    assert limits(augment) == written


def test_writes_of_many_threads_are_seen_whole(augment: Client) -> None:
    """Each write sets three budgets alike, and each reader sees three alike, so that none is lost or torn."""
    people = [ADA, MAREK, INES]
    augment.posted(SET, overrides=[row(email, "0") for email in people])

    def write(number: int) -> set[str]:
        limit = str(number)
        written = augment.posted(SET, overrides=[row(email, limit) for email in people])["overrides"]
        assert {each["config"]["limit"] for each in written} == {limit}
        return set(limits(augment, user_emails=people).values())

    with ThreadPoolExecutor(16) as threads:
        seen = list(threads.map(write, range(1, 65)))
    assert all(len(each) == 1 for each in seen)


def test_removals_of_many_threads_are_all_kept(augment_of_globex: Client) -> None:
    """Threads that write different people lose nothing of each other."""
    records = augment_of_globex.got("/user-activity", page_size=64)["users"]
    people = [each["user_email"] for each in records]

    def write(email: str) -> None:
        augment_of_globex.posted(SET, overrides=[row(email, "12", DOLLARS)])

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(write, people))
    assert {*people} <= {*limits(augment_of_globex, DOLLARS)}
