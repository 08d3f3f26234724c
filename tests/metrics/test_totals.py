"""Totals of one vendor: equal to what a client adds up over the pages of the endpoints, under every switch."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from tests.admin.driver import Admin
from tests.charts.reading import HOST
from tests.contract.client import Client

MONTH = ("2025-09-21", "2025-10-20")
RANGES = (MONTH, ("2025-10-18", "2025-10-21"), ("2025-10-20", "2025-10-20"))
MODEL = "COST_ANALYTICS_GROUP_BY_RESOURCE"


@pytest.fixture
def opened(augment_of: Callable[..., Client]) -> Callable[[str], Client]:
    """A client of Augment at an organization, in a sandbox that tests may change."""
    return augment_of


def total(client: Client, name: str, first: str, last: str, query: str = "") -> Any:
    """A total of the client's sandbox."""
    return Admin(client.app, HOST).get(f"/totals/{name}?from={first}&to={last}{query}")


def every_part(client: Client, name: str, first: str, last: str) -> dict[str, str]:
    """All parts of a total, in pages of seven."""
    found: list[Any] = []
    after = ""
    while True:
        page = total(client, name, first, last, f"&limit=7{after}")
        found += page["parts"]
        if page["next"] is None:
            break
        assert page["next"] == page["parts"][-1]["label"]
        after = f"&after={quote(page['next'])}"
    assert page["count"] == len(found)
    return {each["label"]: each["value"] for each in found}


def credits_by_user(client: Client, first: str, last: str) -> dict[str, str]:
    """What a client adds up over the pages of credit-usage-by-user, day by day and model by model."""
    found: Counter[str] = Counter()
    days = {"start_date": first, "end_date": last, "by_date": "true", "by_model": "true"}
    for row in client.paginate("/credit-usage-by-user", **days):
        found[row.get("user_email") or row["service_account_name"]] += row["credits_consumed"]
    return {user: str(value) for user, value in found.items()}


def cost_points(client: Client, first: str, last: str, **body: Any) -> list[Any]:
    """The data points of every page of cost-analytics, day by day, as a client sends for them."""
    sent = {"start_date": first, "end_date": last, "granularity": "COST_ANALYTICS_TIME_GRANULARITY_DAY", **body}
    found: list[Any] = []
    while True:
        page = client.posted("/cost-analytics", **sent, page_size=5)
        found += page["data_points"]
        if not page["pagination"]["has_more"]:
            return found
        sent["cursor"] = page["pagination"]["next_cursor"]


def cost_by_resource(client: Client, first: str, last: str) -> dict[str, Decimal]:
    """What a client adds up over these pages for each resource."""
    found: dict[str, Decimal] = {}
    for point in cost_points(client, first, last, group_by_keys=[MODEL]):
        name = point["group_by_values"]["resource_display_name"]
        found[name] = found.get(name, Decimal(0)) + Decimal(point["cost_metrics"]["billed_amount_usd"])
    return found


@pytest.mark.parametrize("organization", ["acme", "initech", "documented", "empty"])
@pytest.mark.parametrize("period", RANGES)
def test_credits_are_what_the_pages_add_up_to(
    opened: Callable[[str], Client], organization: str, period: tuple[str, str]
) -> None:
    client = opened(organization)
    expected = credits_by_user(client, *period)
    assert every_part(client, "augment-credits", *period) == expected
    shown = total(client, "augment-credits", *period)
    assert shown["sum"] == str(sum(map(int, expected.values())))
    assert bool(expected) == (organization != "empty")


@pytest.mark.parametrize("switches", [{}, {"billed_identity": "loose"}, {"compute_rows": "full"}])
@pytest.mark.parametrize("organization", ["acme", "globex", "empty"])
def test_cost_is_what_the_pages_add_up_to(
    opened: Callable[[str], Client], organization: str, switches: dict[str, str]
) -> None:
    client = opened(organization).switched(**switches)
    expected = cost_by_resource(client, *MONTH)
    found = every_part(client, "augment-cost", *MONTH)
    assert {name: Decimal(value) for name, value in found.items()} == expected
    assert Decimal(total(client, "augment-cost", *MONTH)["sum"]) == sum(expected.values())
    ungrouped = [Decimal(point["cost_metrics"]["billed_amount_usd"]) for point in cost_points(client, *MONTH)]
    assert sum(ungrouped) == sum(expected.values())


def test_cost_of_today_counts_where_the_api_shows_it(opened: Callable[[str], Client]) -> None:
    client, days = opened("acme").at("2025-10-21T20:00:00Z"), ("2025-10-20", "2025-10-21")
    plain = total(client, "augment-cost", *days)
    assert (plain["since"], plain["through"]) == ("2025-10-20", "2025-10-20")
    client.switched(cost_today="partial")
    shown = total(client, "augment-cost", *days)
    assert (shown["through"], shown["unit"]) == ("2025-10-21", "USD")
    assert Decimal(shown["sum"]) == sum(cost_by_resource(client, *days).values()) > Decimal(plain["sum"])


def test_only_days_that_the_api_shows_count(opened: Callable[[str], Client]) -> None:
    client = opened("acme").at("2025-10-21T01:00:00Z")
    assert total(client, "augment-cost", "2025-10-20", "2025-10-25")["through"] is None
    assert total(client, "augment-cost", "2025-10-20", "2025-10-25")["sum"] == "0"
    shown = total(client, "augment-credits", "2023-09-01", "2025-10-25")
    assert (shown["from"], shown["since"], shown["through"]) == ("2023-09-01", "2023-10-20", "2025-10-20")
    future = total(client, "augment-credits", "2025-11-01", "2025-11-02")
    assert (future["since"], future["sum"], future["parts"]) == (None, "0", [])


def test_totals_are_listed_with_their_vendor_and_unit(opened: Callable[[str], Client]) -> None:
    listed = Admin(opened("acme").app, HOST).get("/totals")["totals"]
    shown = [(each["name"], each["vendor"], each["unit"], each["label"]) for each in listed]
    assert shown == [("augment-credits", "augment", "credits", "user"), ("augment-cost", "augment", "USD", "resource")]


@pytest.mark.parametrize(
    ("path", "status", "rule"),
    [
        ("augment-credit?from=2025-10-01&to=2025-10-02", 404, "augment-credits"),
        ("augment-credits?from=2025-10-02&to=2025-10-01", 400, "must not be before from, which is 2025-10-02"),
        ("augment-credits?from=2020-10-02&to=2025-10-01", 400, "a range can have at most 1096 days"),
        ("augment-credits?from=2025-10-01", 400, "to"),
        ("augment-credits?from=2025-10-01&to=2025-10-02&limit=1001", 400, "from 1 to 1000"),
        ("augment-credits?from=2025-10-01&to=2025-10-02&after=nobody", 400, "must be the label of a part"),
        ("augment-credits?from=2025-10-01&to=2025-10-02&team=x", 400, "team"),
    ],
)
def test_refusal_names_the_rule(opened: Callable[[str], Client], path: str, status: int, rule: str) -> None:
    refused = Admin(opened("acme").app, HOST).send("GET", f"/totals/{path}")
    assert refused.status == status
    assert rule in str(refused.json)


def test_totals_leave_no_trace(opened: Callable[[str], Client]) -> None:
    client = opened("acme")
    total(client, "augment-credits", *MONTH)
    admin = Admin(client.app, HOST)
    assert admin.get("/requests") == {"requests": []}
    assert admin.get("/limits")["augment.cost"]["buckets"] == []
