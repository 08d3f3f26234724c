"""Tests of the Console's invariants: amounts in text are numbers too."""

from mockserver.client import Client
from tests.audit.conftest import client, url  # noqa: F401 (fixtures)
from tests.contract.audits import audit
from tests.contract.watch import Watch


def test_negative_amount_in_text_is_found(client: Client, watch: Watch) -> None:  # noqa: F811 (a fixture)
    client.policy.update({"jetbrains-console": {"credits_form": "string"}})
    result = audit(client, "negative-credits", groups=("jetbrains-console",))["console-nothing-negative"]
    assert result.outcome == "failed"
    assert result.detail.startswith("builtInQuota of ")
    assert watch.take()
