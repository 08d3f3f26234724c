"""Captured answers: what their shapes tell, and that nothing but shapes ever leaves them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.app import create_app
from mockserver.gateway.switches import Renaming
from mockserver.learning import findings, policy_text, sample_reading
from mockserver.learning.errors import LearnError
from mockserver.learning.findings import Findings
from mockserver.settings import Settings
from tests.cli.conftest import write
from tests.conftest import SETTINGS
from tests.learning.conftest import SERVED, ours
from tests.learning.parrots import sampled

ID = "7f6c2a34-0d0e-4c3e-9a5b-2f1d7a3e9c10"
RANGE = "fromDate=2025-10-01&toDate=2025-10-14"
IDE, METRICS = "/api/analytics/ai", "/api/analytics/ai/effectiveness/metrics"
CONSOLE = "/metrics/api/v1/adoption"
READ: dict[str, dict[str, str]] = {
    "jetbrains-ide": {
        "getUsersAdoption": f"{IDE}/users-adoption?{RANGE}&groupBy=WEEK",
        "getMetrics": f"{METRICS}?{RANGE}",
        "getMetricsByFeature": f"{METRICS}-by-feature?{RANGE}&groupBy=MONTH",
        "getMetricsTotals": f"{METRICS}/totals?{RANGE}",
        "getUsersPaged": f"{METRICS}/users.paged?{RANGE}&limit=3",
        "getUsers": "/api/v1/users?limit=1000",
        "getProfiles": "/api/v1/profiles",
    },
    "jetbrains-console": {
        "getUsersAdoptionV1": f"{CONSOLE}/users-adoption/group-by/date?{RANGE}&groupBy=week",
        "getLimitHitsV1": f"{CONSOLE}/limit-hits/group-by/date?{RANGE}&groupBy=week",
        "getQuotaConsumptionV1": f"{CONSOLE}/quota-consumption/group-by/date?{RANGE}&groupBy=week",
    },
}
TELLABLE = {
    "jetbrains-ide": {"items", "date", "tool", "userId", "userName", "userEmail", "id", "name", "email"},
    "jetbrains-console": {"data", "date", "total", "usersHitLimit", "peakDailyUsers"},
}
"""The fields that shapes alone tell apart: numbers beside numbers are alike."""


def captured(app: Flask, vendor: str, path: str) -> bytes:
    """An answer of our own server."""
    client = app.test_client()
    token = f"mock-{vendor}-acme"
    if vendor == "jetbrains-console":
        form = {"grant_type": "client_credentials"}
        token = client.post("/api/rest/oauth2/token", data=form, auth=(token, "mock-secret")).get_json()["access_token"]
    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    content: bytes = answer.data
    return content


def learned(vendor: str, samples: list[str]) -> Findings:
    """What samples say of a vendor."""
    known = ours(vendor)
    return findings.learn(known, [sample_reading.read(known, samples)])


@pytest.mark.parametrize("vendor", READ)
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_samples_of_our_own_server_settle_what_shapes_tell_and_nothing_else(
    vendor: str, data: st.DataObject, tmp_path: Path
) -> None:
    (renaming,) = (each for each in SERVED[vendor].switches if isinstance(each, Renaming))
    fields = [str(name) for name in renaming.options]
    opaque = st.from_regex(r"[xyz][a-z]{1,3}q", fullmatch=True)
    renamed = dict(
        zip(fields, data.draw(st.lists(opaque, min_size=len(fields), max_size=len(fields), unique=True)), strict=True)
    )
    cursor, form = data.draw(st.sampled_from(["null", "absent"])), data.draw(st.sampled_from(["number", "string"]))
    option = ("last_cursor", cursor) if vendor == "jetbrains-ide" else ("credits_form", form)
    policy = ((f"{vendor}.names", json.dumps(renamed)), (f"{vendor}.{option[0]}", option[1]))
    app = create_app(Settings(now=SETTINGS.now, freeze=True, limits="off", policy=policy))
    samples = [
        str(tmp_path / f"{name}.json")
        for name, path in READ[vendor].items()
        if (tmp_path / f"{name}.json").write_bytes(captured(app, vendor, path))
    ]
    found = learned(vendor, samples)
    assert [name for name, _ in found.readings[0].operations] == [*READ[vendor]]
    assert {name: other for name, (other, _) in found.names.items()} == {
        name: renamed[name] for name in fields if name in TELLABLE[vendor]
    }
    for name in set(fields) - TELLABLE[vendor]:
        assert renamed[name] in {other for other, _ in found.open_names[name]} or found.open_names[name] == ()
    assert {name: str(each) for name, (each, _) in found.options.items()} == (
        dict([option]) if vendor == "jetbrains-ide" else {}
    )


@pytest.mark.parametrize("vendor", READ)
def test_samples_with_our_names_confirm_all_of_them(app: Flask, vendor: str, tmp_path: Path) -> None:
    samples = []
    for name, path in READ[vendor].items():
        (tmp_path / name).write_bytes(captured(app, vendor, path))
        samples.append(str(tmp_path / name))
    found = learned(vendor, samples)
    assert all(name == other for name, (other, _) in found.names.items())
    assert (found.open_names, found.refused_names, found.unknown_fields) == ({}, {}, 0)


DIGITS = {
    "one length": (["2025-10-01T00:00:00.123456789Z"], None),
    "two lengths": (["2025-10-01T00:00:00.123456789Z", "2025-10-01T00:00:00.123456Z"], "as_needed"),
    "milliseconds": (["2025-10-01T00:00:00.123Z"], "as_needed"),
}


@pytest.mark.parametrize(("timestamps", "expected"), DIGITS.values(), ids=DIGITS)
def test_digits_of_timestamps_tell_an_option_or_leave_it_open(
    tmp_path: Path, timestamps: list[str], expected: str | None
) -> None:
    samples = []
    for number, each in enumerate(timestamps):
        body = {"daily_active_user_counts": [], "metadata": {"generated_at": each, "total_days": 7}}
        path = write(tmp_path / f"{number}.json", json.dumps(body))
        samples.append(f"getDauCount={path}")
    options = learned("augment", samples).options
    assert {name: str(option) for name, (option, _) in options.items()} == (
        {"generated_at_digits": expected} if expected else {}
    )


def page(**metrics: Any) -> Any:
    """A page of costs."""
    return {
        "data_points": [{"start_date": "2025-10-01", "end_date": "2025-10-01", "cost_metrics": metrics}],
        "pagination": {"has_more": False, "next_cursor": ""},
        "metadata": {},
    }


NUMBERS = {
    "text": (["9007199254740993"], {"large_numbers": "text", "last_cursor": "empty"}),
    "large": ([2**53], {"large_numbers": "number", "last_cursor": "empty"}),
    "small": ([5], {"last_cursor": "empty"}),
}


@pytest.mark.parametrize(("values", "expected"), NUMBERS.values(), ids=NUMBERS)
def test_large_numbers_and_empty_cursors_are_shapes(
    tmp_path: Path, values: list[Any], expected: dict[str, str]
) -> None:
    path = write(tmp_path / "a.json", json.dumps(page(input_tokens=values[0])))
    options = learned("augment", [f"queryCostAnalytics={path}"]).options
    assert {name: str(option) for name, (option, _) in options.items()} == expected


def usage(*models: int, cost: Any = None, model: str = "gpt") -> Any:
    """Usage of an agent."""
    bucket = {"totalCost": cost, "modelBreakdown": [{"model": model}]}
    buckets = [{"agent": {"messages": 1, **({"models": []} if each else {})}, "ides": "a,b"} for each in models]
    return {"usage": {"granularity": "all", "data": buckets or [bucket]}}


TABNINE: dict[str, tuple[str, Any, dict[str, str]]] = {
    "models now and then": ("getUserUsageV2", usage(1, 0), {"v2_models": "all_only", "v2_dimensions": "list"}),
    "models every time": ("getUserUsageV2", usage(1, 1), {"v2_dimensions": "list"}),
    "four decimals": (
        "getUserAgentUsage",
        usage(cost=1.2345),
        {"cost_decimals": "4", "agent_usage_model": "name", "agent_usage_sections": "first"},
    ),
    "two decimals": (
        "getUserAgentUsage",
        usage(cost=1.25, model=ID),
        {"agent_usage_model": "uuid", "agent_usage_sections": "first"},
    ),
}


@pytest.mark.parametrize(("operation", "body", "expected"), TABNINE.values(), ids=TABNINE)
def test_presence_and_decimals_are_shapes(tmp_path: Path, operation: str, body: Any, expected: dict[str, str]) -> None:
    path = write(tmp_path / "a.json", json.dumps(body))
    options = learned("tabnine", [f"{operation}={path}"]).options
    assert {name: str(option) for name, (option, _) in options.items()} == expected


def test_sample_that_could_be_of_several_operations_must_be_stated(tmp_path: Path) -> None:
    empty = write(tmp_path / "a.json", '{"rows": []}')
    with pytest.raises(
        LearnError, match=r"^sample 1 could be of get /zoo/v1/parrots or get /zoo/v1/keepers; state which"
    ):
        sampled([str(empty)])
    other = write(tmp_path / "b.json", f'{{"id": "{ID}", "born": "2025-10-01", "weight": 1, "length": 2}}')
    found = sampled([str(empty), str(other)])
    assert [name for name, _ in found.readings[0].operations] == ["get /zoo/v1/parrots/{id}"]
    expected = "\n# sample 1 is not used; it could be get /zoo/v1/parrots or get /zoo/v1/keepers\n"
    assert expected in policy_text.policy(found)


def test_sample_of_no_operation_is_an_error_that_lists_them(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '["no", "answer"]')
    with pytest.raises(LearnError) as caught:
        sampled([str(path)])
    assert str(caught.value).startswith("the samples have no answer of parrots; if they are, state of which operation")
    assert "there are: get /zoo/v1/parrots, get /zoo/v1/keepers, " in str(caught.value)
    ok = write(tmp_path / "b.json", f'{{"id": "{ID}", "born": "2025-10-01", "weight": 1, "length": 2}}')
    assert "\n# sample 1 is not used; it could be of no operation\n" in policy_text.policy(
        sampled([str(path), str(ok)])
    )


def entry(path: str, body: Any, status: int = 200, **content: Any) -> Any:
    """An entry of a HAR file."""
    text = {"text": json.dumps(body), **content} if body is not None else content
    request = {"method": "GET", "url": f"https://tenant.example{path}?key=1"}
    headers = [{"name": "X-Grumpy", "value": "1"}] if status == 429 else []
    return {"request": request, "response": {"status": status, "headers": headers, "content": text}}


def har(tmp_path: Path, *entries: Any) -> str:
    """A HAR file."""
    return str(write(tmp_path / "a.har", json.dumps({"log": {"entries": entries}})))


KEEPERS = {"rows": [{"keeper": "Ada", "mail": "ada@example.com"}]}


def test_operations_of_a_har_file_are_found_by_their_paths(tmp_path: Path) -> None:
    parrot = {"id": ID, "born": "2025-10-01", "weight": 1, "length": 2}
    encoded = base64.b64encode(json.dumps(KEEPERS).encode()).decode()
    path = har(
        tmp_path,
        entry("/ext/zoo/v1/keepers", None, text=encoded, encoding="base64"),
        entry("/zoo/v1/parrots/7", parrot),
        entry("/zoo/v1/parrots/7/weight", {"weight": 1}),
        entry("/zoo/v1/parrots", {"rows": [parrot]}, status=429),
        entry("/other", {"secret": 1}),
        {"request": {"method": "GET", "url": "http://[broken"}},
    )
    found = sampled([path])
    assert [name for name, _ in found.readings[0].operations] == [
        *("get /zoo/v1/keepers", "get /zoo/v1/parrots/{id}", "get /zoo/v1/parrots/{id}/weight", "get /zoo/v1/parrots"),
    ]
    assert found.names["mail"] == ("mail", "sample 1, entry 1")
    assert found.options["mood"][0] == "grumpy"


def test_operations_of_a_har_file_may_be_below_another_prefix_that_several_share(tmp_path: Path) -> None:
    parrot = {"id": ID, "born": "2025-10-01", "weight": 1, "length": 2}
    paths = {"/tenant/keepers": KEEPERS, "/tenant/parrots": {"rows": [parrot]}, "/else/parrots/7/weight": {"weight": 1}}
    found = sampled([har(tmp_path, *(entry(path, body) for path, body in paths.items()))])
    assert [name for name, _ in found.readings[0].operations] == ["get /zoo/v1/keepers", "get /zoo/v1/parrots"]


@pytest.mark.parametrize("content", [{}, {"text": 5}, {"text": "{"}, {"text": "ä", "encoding": "base64"}])
def test_body_in_a_har_file_that_cannot_be_read_says_nothing(tmp_path: Path, content: Any) -> None:
    found = sampled([har(tmp_path, entry("/zoo/v1/keepers", None, **content))])
    assert (found.names, [name for name, _ in found.readings[0].operations]) == ({}, ["get /zoo/v1/keepers"])


@pytest.mark.parametrize(
    "people",
    [
        pytest.param({"canaryann": 3, "canarybob": 4}, id="of one type"),
        pytest.param({"canaryann": 3, "canarybob": "none"}, id="of two types"),
    ],
)
def test_keys_that_may_be_data_are_not_shown(tmp_path: Path, people: Any) -> None:
    path = write(tmp_path / "a.json", json.dumps({"rows": [], "sum": people}))
    text = policy_text.policy(sampled([f"get /zoo/v1/parrots={path}"]))
    assert "canary" not in text
    assert "#   names.weight: fields whose names are not shown, because they may be data\n" in text


def test_name_of_the_only_field_needs_a_second_operation(tmp_path: Path) -> None:
    one = write(tmp_path / "a.json", json.dumps({"canary": [{"keeper": "Ada", "mail": "ada@example.com"}]}))
    found = sampled([f"get /zoo/v1/keepers={one}"])
    assert "canary" not in policy_text.policy(found)
    parrot = {"id": ID, "born": "2025-10-01", "weight": 1, "length": 2}
    two = write(tmp_path / "b.json", json.dumps({"canary": [parrot]}))
    found = sampled([f"get /zoo/v1/keepers={one}", f"get /zoo/v1/parrots={two}"])
    assert found.names["rows"] == ("canary", "sample 1")
