"""IDE Services' charts have the numbers of its API."""

from collections.abc import Callable

import pytest

from tests.charts import reading
from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries

PERIODS = (("2025-09-21", "2025-10-20"), ("2025-02-12", "2025-10-22"), ("2024-12-30", "2025-01-05"))
BUCKETS = ("day", "week", "month", "year")


@pytest.mark.parametrize("organization", reading.ORGANIZATIONS)
@pytest.mark.parametrize("bucket", BUCKETS)
def test_users_are_those_of_users_adoption(opened: Callable[[str], Client], organization: str, bucket: str) -> None:
    client = opened(organization)
    for first, last in PERIODS:
        shown = reading.chart(client.app, "jetbrains-ide-active-users", from_=first, to=last, bucket=bucket)
        items = queries.items(client, queries.ADOPTION, first, last, groupBy=bucket.upper())
        assert reading.numbers(shown) == {
            (item["date"],): {name: item[name] for name in ("activeUsers", "enabledUsers")} for item in items
        }


@pytest.mark.parametrize("organization", reading.ORGANIZATIONS)
@pytest.mark.parametrize("bucket", BUCKETS)
def test_activity_is_that_of_each_tool(opened: Callable[[str], Client], organization: str, bucket: str) -> None:
    client = opened(organization)
    for first, last in PERIODS[:: 2 if organization == "hooli" else 1]:
        shown = reading.chart(client.app, "jetbrains-ide-activity-by-tool", from_=first, to=last, bucket=bucket)
        items = queries.items(client, queries.BY_FEATURE, first, last, groupBy=bucket.upper())
        assert reading.numbers(shown) == {
            (item["date"], item["tool"]): {name: item[name] for name in queries.MEASURES} for item in items
        }


def test_renamed_fields_change_no_number(jetbrains_ide: Client) -> None:
    plain = reading.chart(jetbrains_ide.app, "jetbrains-ide-activity-by-tool")
    names = {"items": "rows", "date": "day", "tool": "product", "suggestions": "acceptances", "acceptances": "taken"}
    jetbrains_ide.sandbox.set_policy({"jetbrains-ide": {"names": names}})  # type: ignore[dict-item]
    assert reading.chart(jetbrains_ide.app, "jetbrains-ide-activity-by-tool") == plain


def test_omitted_row_of_a_tool_is_a_row_of_nulls(jetbrains_ide: Client) -> None:
    zeros = reading.numbers(reading.chart(jetbrains_ide.app, "jetbrains-ide-activity-by-tool"))
    jetbrains_ide.switched(empty_buckets="omitted")
    omitted = reading.numbers(reading.chart(jetbrains_ide.app, "jetbrains-ide-activity-by-tool"))
    assert zeros.keys() == omitted.keys()
    silent = {key for key, row in zeros.items() if not any(row.values())}
    assert silent
    assert {key for key, row in omitted.items() if set(row.values()) == {None}} == silent
