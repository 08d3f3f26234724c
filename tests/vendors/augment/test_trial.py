"""Promises about Augment and its OpenAPI file, tried by schemathesis with valid and invalid data."""

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from mockserver import resources
from tests.contract import trial
from tests.contract.client import Client
from tests.contract.trial import Outcome

FILE = resources.openapi() / "augment.yaml"
NEWEST = date(2025, 10, 20)
OLDEST = date(2023, 10, 20)
DAYS = 90
RESOURCE = "BUDGET_RESOURCE_CREDITS_CONSUMED"


def amend(query: dict[str, Any]) -> None:
    """Make good data good by the rules that a schema cannot state; what the schema itself forbids is left as it is."""
    _amend_dates(query)
    _amend_cursor(query)


def amend_body(body: dict[str, Any]) -> None:
    """The same for a body; a schema does not know who belongs to the organization either, nor what it is billed in."""
    _amend_dates(body)
    _amend_cursor(body)
    for holder in (body, body.get("filters")):
        if isinstance(holder, dict) and isinstance(holder.get("user_emails"), list) and holder["user_emails"]:
            holder["user_emails"] = ["ada@acme.example"]
    if isinstance(body.get("resource"), str):
        body["resource"] = RESOURCE
    if isinstance(body.get("overrides"), list):
        body["overrides"] = [_amended_row(row) for row in body["overrides"][:1]]


def _amended_row(row: dict[str, Any]) -> dict[str, Any]:
    limit = {"config": {"limit": "5"}} if "config" in row else {}
    return {**row, "user_email": "ada@acme.example", "resource": RESOURCE, **limit}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _amend_dates(query: dict[str, Any]) -> None:
    """A schema knows what a date is, but neither today nor the lookback, nor that a range ends after it starts."""
    found = {name: day for name in ("date", "start_date", "end_date") if (day := _day(query.get(name))) is not None}
    within = {name: date.fromordinal(OLDEST.toordinal() + day.toordinal() % 732) for name, day in found.items()}
    if {"start_date", "end_date"} <= within.keys():
        first, last = sorted((within["start_date"], within["end_date"]))
        within |= {"start_date": max(first, date.fromordinal(last.toordinal() - DAYS + 1)), "end_date": last}
    query.update({name: day.isoformat() for name, day in within.items()})


def _amend_cursor(query: dict[str, Any]) -> None:
    """A schema knows what base64 looks like, but not that a cursor is one that the server gave.

    A link cannot say either that it is to be followed while has_more is true: after the last page the walk begins anew.
    """
    cursor = query.get("cursor")
    if cursor == "":
        del query["cursor"]
    if isinstance(cursor, str) and len(cursor) >= 4 and _is_base64(cursor) and not _is_cursor(cursor):
        query["cursor"] = "eyJsYXN0X2lkIjoidXNlcjMifQ=="


def _is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True))
    except ValueError:
        return False


def _is_cursor(text: str) -> bool:
    try:
        return isinstance(json.loads(b64decode(text))["last_id"], str)
    except (ValueError, TypeError, KeyError):
        return False


def _tried(client: Client, examples: int) -> Outcome:
    return trial.run(client.app, FILE, "mock-augment-acme", amend, examples, amend_body=amend_body)


def test_checks_pass_in_every_phase_without_limits(augment_of: Callable[..., Client]) -> None:
    outcome = _tried(augment_of(), 20)
    assert outcome.failures == []
    assert outcome.answered == {200, 400, 401, 405}
    assert outcome.seen("FUZZING") >= {200, 400, 401}
    assert outcome.seen("COVERAGE") >= {200, 400, 401, 405}
    assert 200 in outcome.seen("STATEFUL_TESTING")


def test_limits_add_only_documented_429s(augment_of: Callable[..., Client]) -> None:
    """The frozen clock never gives a request back, so that everything after the burst is refused."""
    outcome = _tried(augment_of(limits="documented"), 5)
    assert outcome.failures == []
    assert outcome.answered <= {200, 400, 401, 405, 429}
    assert sum(count for (_, status), count in outcome.statuses.items() if status == 429) > 20


def test_too_lenient_server_is_detected(augment_of: Callable[..., Client]) -> None:
    """The trial is no better than its eyes: a switch that lets bad sizes pass must not get through it."""
    lenient = augment_of().switched(page_size_over_maximum="clamp")
    assert any("negative_data_rejection" in failure for failure in _tried(lenient, 5).failures)


AMENDED = {
    "a day in another age": ({"date": "4289-10-10"}, True),
    "a forged cursor": ({"cursor": "0000"}, True),
    "a cursor of the server's": ({"cursor": "eyJsYXN0X2lkIjoidXNlcjUwIn0="}, False),
    "a day that does not exist": ({"date": "2025-02-30"}, False),
    "no day": ({"date": ["2025-02-01"]}, False),
    "no base64": ({"cursor": "!!!!"}, False),
    "the cursor of a last page": ({"cursor": ""}, True),
}


@pytest.mark.parametrize(("query", "changed"), AMENDED.values(), ids=AMENDED)
def test_only_allowed_queries_are_amended(query: dict[str, Any], *, changed: bool) -> None:
    amended = dict(query)
    amend(amended)
    assert (amended != query) is changed
