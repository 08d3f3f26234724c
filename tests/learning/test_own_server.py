"""Captured answers of our own server under random options of all switches: what they settle is what is in force."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.app import create_app
from mockserver.gateway.switches import Renaming, TimestampSwitch
from mockserver.learning import findings, sample_reading
from mockserver.settings import Settings
from tests.conftest import SETTINGS
from tests.learning.conftest import SERVED, ours
from tests.learning.test_samples import READ, har

RANGE = "from=2025-10-01T00:00:00Z&to=2025-10-08T00:00:00Z"
ALWAYS_SEEN = {
    "augment": {"last_cursor"},
    "jetbrains-ide": {"error_message"},
    "tabnine": {"usage_sections", "v1_agent_split", "user_rows", "later_fields", "error_shape", "last_next"},
}
"""What these answers always show."""


def paths(app: Flask, vendor: str, headers: dict[str, str]) -> list[str]:
    """Requests to many operations of a vendor, some of which are refused."""
    if vendor == "augment":
        root = "/analytics/v0"
        return [
            *(
                f"{root}/dau-count",
                f"{root}/dau?page_size=250",
                f"{root}/daily-usage",
                f"{root}/user-activity?page_size=100",
            ),
            *(f"{root}/dau?cursor=!", f"{root}/credit-usage-by-user?page_size=500"),
        ]
    if vendor == "jetbrains-ide":
        return [*READ[vendor].values(), "/api/v1/users?limit=none"]
    root = "/api/v1"
    get = app.test_client().get
    organization = get(f"{root}/organization", headers=headers).get_json()["id"]
    listed = get(f"{root}/organization/users?offset=0&limit=1000&teamMember=true&active=true", headers=headers)
    user = listed.get_json()["data"][0]["id"]
    usage = f"organizationId={organization}&{RANGE}"
    return [
        *(f"{root}/organization", f"{root}/organization/teams?limit=1000", f"{root}/license"),
        f"{root}/organization/users?offset=0&limit=1000&teamMember=true&active=true",
        *(f"{root}/organization/usage?{usage}&granularity={each}" for each in ("daily", "all", "hourly")),
        *(f"/api/v2/user/usage?{usage}&userId={user}&granularity={each}" for each in ("daily", "all")),
        f"{root}/organization/agent-usage?{usage}&granularity=all",
        f"{root}/user/usage?{usage}&userId={user}&granularity=weekly",
    ]


def captured(vendor: str, policy: tuple[tuple[str, str], ...]) -> list[Any]:
    """The entries of a HAR file of a server with these options."""
    app = create_app(Settings(now=SETTINGS.now, freeze=True, limits="off", policy=policy))
    headers = {"Authorization": f"Bearer mock-{vendor}-acme"}
    entries = []
    for path in paths(app, vendor, headers):
        answer = app.test_client().get(path, headers=headers)
        named = [{"name": name, "value": value} for name, value in answer.headers]
        response = {"status": answer.status_code, "headers": named, "content": {"text": answer.get_data(as_text=True)}}
        entries.append({"request": {"method": "GET", "url": f"https://a.example{path}"}, "response": response})
    return entries


@pytest.mark.parametrize("vendor", ALWAYS_SEEN)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_settled_option_is_the_one_in_force(vendor: str, data: st.DataObject, tmp_path: Path) -> None:
    switches = [each for each in SERVED[vendor].switches if not isinstance(each, Renaming | TimestampSwitch)]
    chosen = {each.name: str(data.draw(st.sampled_from(each.options), each.name)) for each in switches}
    policy = tuple((f"{vendor}.{name}", option) for name, option in chosen.items())
    known = ours(vendor)
    found = findings.learn(known, [sample_reading.read(known, [har(tmp_path, *captured(vendor, policy))])])
    settled = {name: str(option) for name, (option, _) in found.options.items()}
    assert settled == {name: chosen[name] for name in settled}
    assert settled.keys() >= ALWAYS_SEEN[vendor]
