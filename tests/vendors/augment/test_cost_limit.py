"""The limit of credits and costs, apart from that of all other endpoints (contract, section 9, limits)."""

import pytest

from mockserver.gateway.limits import LimitMode
from tests.contract.client import Client
from tests.vendors.augment.test_budgets import CREDITS as BUDGETS


@pytest.fixture
def limited(augment: Client) -> Client:
    """A client with full buckets under both limits."""
    augment.at("2025-10-21T10:30:00Z").sandbox.set_limits(
        dict.fromkeys(("augment", "augment.cost"), LimitMode.DOCUMENTED)
    )
    return augment


def spent(client: Client, name: str) -> int:
    """How many requests are spent under a limit."""
    burst = client.sandbox.allowance(name)
    return sum(burst.burst - each.remaining for each in client.sandbox.buckets(name)) if burst else 0


def test_credits_and_costs_share_a_bucket_of_their_own(limited: Client) -> None:
    statuses = [limited.get("/credit-usage-by-user").status for _ in range(15)]
    statuses += [limited.post("/cost-analytics", {}).status for _ in range(15)]
    assert statuses == [200] * 30
    assert limited.post("/cost-analytics", {}).code == "ResourceExhausted"
    assert limited.get("/credit-usage-by-user").status == 429
    assert (spent(limited, "augment"), spent(limited, "augment.cost")) == (0, 30)
    assert limited.at("2025-10-21T10:30:02Z").get("/credit-usage-by-user").status == 200
    assert limited.get("/dau").status == 200


def test_refusals_cost_one_in_the_class_of_their_path(limited: Client) -> None:
    limited.post("/cost-analytics", b"x")
    limited.get("/cost-analytics")
    limited.get("/credit-usage-by-user", "page_size=0")
    assert (spent(limited, "augment"), spent(limited, "augment.cost")) == (0, 3)


def test_budgets_count_with_the_other_endpoints(limited: Client) -> None:
    limited.post("/get-user-budget-overrides", BUDGETS)
    limited.post("/set-user-budget-overrides", {})
    assert (spent(limited, "augment"), spent(limited, "augment.cost")) == (2, 0)


def test_token_that_may_only_read_spends_nothing_on_a_refused_write(limited: Client) -> None:
    readonly = limited.bearing("Bearer mock-augment-acme-readonly")
    assert readonly.post("/set-user-budget-overrides", {}).status == 403
    assert spent(limited, "augment") == 0
