"""Tests of the Console's invariants: amounts in text are numbers too."""

import pytest

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


@pytest.mark.parametrize("empty_buckets", ["zeros", "omitted"])
@pytest.mark.parametrize("principals", ["people", "people_and_service_accounts"])
def test_versions_agree_about_people(client: Client, watch: Watch, principals: str, empty_buckets: str) -> None:  # noqa: F811 (a fixture)
    client.policy.update({"jetbrains-console": {"v2_principals": principals, "empty_buckets": empty_buckets}})
    result = audit(client, groups=("jetbrains-console",))["console-versions-agree"]
    assert result.outcome == "passed", result.detail
    assert not watch.take()
