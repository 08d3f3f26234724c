"""The client of Tabnine: pages by offset, and ranges with an exclusive end."""

from datetime import date

import pytest
from analytics_mockserver.pytest_plugin import SandboxFixture

from usage_clients import Tabnine

pytestmark = pytest.mark.mockserver(organization="acme", now="2026-11-03T10:00:00Z", frozen=True)

FRIDAY, MONDAY = date(2026, 10, 30), date(2026, 11, 2)


@pytest.mark.parametrize("last_next", ["absent", "null"])
def test_the_pages_make_up_the_list(sandbox: SandboxFixture, tabnine: Tabnine, last_next: str) -> None:
    sandbox.policy.set("tabnine", last_next=last_next)
    tabnine.PAGE = 25
    ids = [user["id"] for user in tabnine.users()]
    assert len(ids) == len(set(ids)) > 50
    sandbox.requests.assert_made(operation="getOrganizationUsers", query={"limit": 25}, count=3)


def test_the_last_day_of_a_range_is_included(sandbox: SandboxFixture, tabnine: Tabnine) -> None:
    users = tabnine.daily_active_users(FRIDAY, MONDAY)
    expected = sandbox.metric("ai-active-users", FRIDAY, MONDAY, vendors=["tabnine"])
    assert {day.isoformat(): count for day, count in users.items()} == {
        point["date"]: point["value"] for point in expected["points"]
    }
    assert users[MONDAY] > 0
