"""The vendors' observations: each is about an option that exists, and a test shows each, in files and in samples."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import vendors
from mockserver.gateway.switches import AnySwitch, Option
from mockserver.learning import findings, sample_reading
from mockserver.learning.observation import Observation, Source
from tests.cli.conftest import write
from tests.learning.conftest import SERVED, document, learned, ours
from tests.learning.options import OPEN, SHOWN, parameters

OBSERVED: dict[str, tuple[Observation, ...]] = dict(vendors.exported("learning", "OBSERVATIONS"))
ID = "7f6c2a34-0d0e-4c3e-9a5b-2f1d7a3e9c10"

COSTS, DAU = ("POST", "/analytics/v0/cost-analytics"), ("GET", "/analytics/v0/dau")
USERS = ("GET", "/api/v1/users")
CREDITS = ("GET", "/metrics/api/v2/adoption/quota-consumption/group-by/date")
USAGE, USAGE_V2 = ("GET", "/api/v1/user/usage"), ("GET", "/api/v2/user/usage")
AGENT, TEAMS = ("GET", "/api/v1/user/agent-usage"), ("GET", "/api/v1/organization/teams")
ORGANIZATION, MEMBERS = ("GET", "/api/v1/organization"), ("GET", "/api/v1/organization/users")
ONE_TEAM = ("GET", f"/api/v1/team/{ID}")
TEAM = {"id": ID, "name": "a"}


def bucket(**parts: Any) -> Any:
    """Usage with one bucket."""
    return {"organizationId": ID, "usage": {"granularity": "all", "data": [{"activeUsers": 1, **parts}]}}


def spring(**more: Any) -> Any:
    """An error of Spring Boot."""
    return {"timestamp": "2026-01-05T10:00:00.000+00:00", "status": 400, "error": "Bad Request", "path": "/", **more}


def costs(**metrics: Any) -> Any:
    """A data point."""
    return {"data_points": [{"cost_metrics": metrics}]}


SAMPLES: dict[str, list[tuple[tuple[str, str], int, Any, dict[str, str]]]] = {
    "augment": [
        (DAU, 200, {"pagination": {"has_more": False, "next_cursor": None}}, {"last_cursor": "null"}),
        (DAU, 200, {"pagination": {"has_more": False, "next_cursor": ""}}, {"last_cursor": "empty"}),
        (DAU, 200, {"pagination": {"has_more": False}}, {"last_cursor": "absent"}),
        (DAU, 200, {"metadata": {"generated_at": "2026-01-05T10:00:00.123Z"}}, {"generated_at_digits": "as_needed"}),
        (DAU, 200, {"metadata": {"generated_at": "2026-01-05T10:00:00Z"}}, {}),
        (COSTS, 200, costs(input_tokens="9007199254740993"), {"large_numbers": "text"}),
        (COSTS, 200, costs(input_tokens=2**53), {"large_numbers": "number"}),
        (COSTS, 200, costs(input_tokens=7), {}),
        (DAU, 429, {"error": {}}, {"retry_after": "seconds"}),
        (COSTS, 200, costs(input_tokens="many"), {}),
    ],
    "jetbrains-console": [
        (CREDITS, 200, {"data": [], "total": {"builtInQuota": 12.5}}, {"credits_form": "number"}),
        (CREDITS, 200, {"data": [], "total": {"builtInQuota": "12.50"}}, {"credits_form": "string"}),
        (CREDITS, 200, {"data": [], "total": {"builtInQuota": "none"}}, {}),
    ],
    "jetbrains-ide": [
        (USERS, 400, spring(message="no"), {"error_message": "shown"}),
        (USERS, 400, spring(), {"error_message": "hidden"}),
        (USERS, 400, spring(message=""), {}),
        (USERS, 400, spring(message=None), {}),
        (USERS, 502, {"message": "a gateway's"}, {}),
        (USERS, 200, {"items": [], "nextCursor": None}, {"last_cursor": "null"}),
        (USERS, 200, {"items": []}, {"last_cursor": "absent"}),
        (USERS, 200, {"items": [], "nextCursor": "YQ=="}, {}),
    ],
    "tabnine": [
        (USAGE, 200, bucket(agent={}, agentChat={}), {"usage_sections": "full", "v1_agent_split": "present"}),
        (USAGE, 200, bucket(chat={}), {"usage_sections": "first", "v1_agent_split": "absent"}),
        (USAGE_V2, 200, bucket(ides="a,b"), {"v2_dimensions": "list"}),
        (USAGE_V2, 200, bucket(chat={}), {}),
        (USAGE_V2, 200, bucket(ides=None), {}),
        (AGENT, 200, bucket(agentTypeBreakdown=[]), {"agent_usage_sections": "full"}),
        (AGENT, 200, bucket(totalCost=1.2345), {"agent_usage_sections": "first", "cost_decimals": "4"}),
        (AGENT, 200, bucket(totalCost=1.5, agentTypeBreakdown=[]), {"agent_usage_sections": "full"}),
        (
            AGENT,
            200,
            bucket(modelBreakdown=[{"model": ID}], agentTypeBreakdown=[]),
            {"agent_usage_sections": "full", "agent_usage_model": "uuid"},
        ),
        (
            AGENT,
            200,
            bucket(modelBreakdown=[{"model": "a"}], agentTypeBreakdown=[]),
            {"agent_usage_sections": "full", "agent_usage_model": "name"},
        ),
        (MEMBERS, 200, {"data": [{"id": ID, "team": None}]}, {"user_rows": "later"}),
        (MEMBERS, 200, {"data": [{"id": ID}]}, {"user_rows": "first"}),
        (ORGANIZATION, 200, {"id": ID, "oauthEnabled": False}, {"later_fields": "present"}),
        (ORGANIZATION, 200, {"id": ID, "name": "a"}, {"later_fields": "absent"}),
        (TEAMS, 200, {"data": [], "meta": {"count": 0, "next": None}}, {"last_next": "null"}),
        (TEAMS, 200, {"data": [], "meta": {"count": 0}}, {"last_next": "absent"}),
        (TEAMS, 403, {"error": {"status": 403}}, {"forbidden_everywhere": "yes", "error_shape": "nested"}),
        (TEAMS, 403, "a gateway's", {}),
        (ONE_TEAM, 403, {"error": {"status": 403}}, {"error_shape": "nested"}),
        (AGENT, 200, bucket(agentTypeBreakdown="none"), {}),
        (AGENT, 200, {"usage": {"granularity": "all", "data": [{"what": 1}]}}, {}),
        (USAGE, 403, {"error": "FORBIDDEN", "requestId": "a"}, {"error_shape": "flat"}),
        (USAGE, 403, {"error": "FORBIDDEN"}, {}),
    ],
}
"""Captured answers, and the options that each shows."""


def possible(vendor: str, source: Source) -> set[tuple[str, str]]:
    """The options that a source can show."""
    return {(each.switch.name, str(each.option)) for each in OBSERVED[vendor] if each.is_possible_in(source)}


def har(path: Path, request: tuple[str, str], status: int, body: Any, *waits: str | None) -> str:
    """A HAR file with an answer for each value of its header, None for an answer without."""
    sent = {"method": request[0], "url": f"https://tenant.example{request[1]}"}
    entries = []
    for wait in waits or ("6",):
        headers = [] if wait is None else [{"name": "Retry-After", "value": wait}]
        answer = {"status": status, "headers": headers, "content": {"text": json.dumps(body)}}
        entries.append({"request": sent, "response": answer})
    return str(write(path, json.dumps({"log": {"entries": entries}})))


@pytest.mark.parametrize(
    ("vendor", "request_", "status", "body", "expected"),
    [(vendor, *each) for vendor, samples in SAMPLES.items() for each in samples],
)
def test_sample_shows_these_options_and_no_other(
    tmp_path: Path, vendor: str, request_: tuple[str, str], status: int, body: Any, expected: dict[str, str]
) -> None:
    known = ours(vendor)
    found = findings.learn(known, [sample_reading.read(known, [har(tmp_path / "a.har", request_, status, body)])])
    assert {name: str(option) for name, (option, _) in found.options.items()} == expected


@pytest.mark.parametrize(
    ("waits", "is_seconds"),
    [
        (["6"], True),
        (["6", "120"], True),
        (["Wed, 21 Oct 2025 07:28:00 GMT"], False),
        (["6", "Wed, 21 Oct 2025 07:28:00 GMT"], False),
        (["6", None], False),
        (["1.5"], False),
        (["-1"], False),
        (["1761031680"], False),
        (["2025-10-21T07:28:00Z"], False),
        (["6s"], False),
        ([""], False),
    ],
)
def test_header_is_whole_seconds_only_if_every_value_is(
    tmp_path: Path, waits: list[str | None], *, is_seconds: bool
) -> None:
    known = ours("augment")
    reading = sample_reading.read(known, [har(tmp_path / "a.har", DAU, 429, {"error": {}}, *waits)])
    assert ("retry_after" in findings.learn(known, [reading]).options) is is_seconds


def test_header_of_one_operation_that_is_no_seconds_leaves_that_of_all_open(tmp_path: Path) -> None:
    known = ours("augment")
    samples = [
        har(tmp_path / "a.har", DAU, 429, {"error": {}}, "6"),
        har(tmp_path / "b.har", COSTS, 429, {"error": {}}, "Wed, 21 Oct 2025 07:28:00 GMT"),
    ]
    assert findings.learn(known, [sample_reading.read(known, samples)]).options == {}


@pytest.mark.parametrize("vendor", OBSERVED)
def test_our_own_file_settles_only_what_the_simulator_does_by_default(vendor: str) -> None:
    defaults = {each.name: each.default for each in SERVED[vendor].switches}
    found = learned(vendor, json.dumps(document(vendor)).encode()).options
    assert {name: option for name, (option, _) in found.items()} == {name: defaults[name] for name in found}


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"minimum": 0}, "everything"),
        ({"minimum": 0, "exclusiveMinimum": True}, "reject"),
        ({"minimum": 0, "exclusiveMinimum": False}, "everything"),
        ({"exclusiveMinimum": 0}, "reject"),
        ({"minimum": "0"}, None),
    ],
)
def test_smallest_value_may_be_exclusive(limits: dict[str, Any], expected: str | None) -> None:
    made = document("tabnine")
    for each in parameters(made, "limit", "getOrganizationUsers", "getTeamUsers"):
        each["schema"] = {"type": "integer", **limits}
    found = learned("tabnine", json.dumps(made).encode()).options.get("zero_limit")
    assert (found and str(found[0])) == expected


@pytest.mark.parametrize("vendor", OBSERVED)
def test_every_option_that_samples_can_show_is_shown_by_one(vendor: str) -> None:
    shown = {pair for _, _, _, expected in SAMPLES[vendor] for pair in expected.items()}
    several = {("v2_models", "all_only")} if vendor == "tabnine" else set()  # It takes two answers: see test_samples.
    assert shown | several == possible(vendor, Source.SAMPLE)


@pytest.mark.parametrize("vendor", OBSERVED)
def test_every_option_that_files_can_show_is_shown_by_one(vendor: str) -> None:
    shown = {(switch, option) for switch, options in SHOWN[vendor].items() for option in options}
    assert shown == possible(vendor, Source.FILE)


@pytest.mark.parametrize("vendor", OBSERVED)
def test_observations_are_about_options_that_exist(vendor: str) -> None:
    switches: dict[str, AnySwitch] = {each.name: each for each in SERVED[vendor].switches}
    for each in OBSERVED[vendor]:
        option: Option = each.switch.read(each.option)
        assert switches[each.switch.name] is each.switch
        assert option in each.switch.options


@pytest.mark.parametrize(
    ("vendor", "switch", "option"),
    [
        (vendor, switch, option)
        for vendor, switches in OPEN.items()
        for switch, options in switches.items()
        for option in options
    ],
)
def test_option_that_a_file_cannot_show_is_left_open(vendor: str, switch: str, option: str) -> None:
    made = document(vendor)
    OPEN[vendor][switch][option](made)
    found = learned(vendor, json.dumps(made).encode())
    assert switch not in found.options
    assert switch in {*found.silent, *found.contradictions}


def test_every_vendor_with_switches_has_observations() -> None:
    assert [*OBSERVED] == [*SERVED]
