"""The refusals of agent usage against the contract: their order, their texts, and the switches of each."""

import pytest

from tests.contract.client import Client
from tests.vendors.tabnine import queries

PATH = "/organization/agent-usage"
SPAN = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-31T00:00:00Z", "granularity": "all"}
FORBIDDEN = "Bearer mock-tabnine-acme-forbidden"


def test_refusals_come_in_the_observed_order(tabnine: Client) -> None:
    own = {"organizationId": queries.organization(tabnine)}
    steps = [
        (tabnine.bearing("Bearer nobody"), {}, 401, "Unauthorized: Invalid token."),
        (tabnine.bearing(FORBIDDEN), {}, 403, None),
        (tabnine, {}, 401, "Unauthorized: Invalid organization."),
        (tabnine, {"organizationId": "another"}, 401, "Unauthorized: Invalid organization."),
        (tabnine, own, 500, "Error trying to get team agent usage"),
        (tabnine, {**own, "from": "x", "to": "y"}, 400, "Validation Error"),
        (tabnine, {**own, **SPAN}, 400, "Validation Error"),
        (tabnine, {**own, **SPAN, "teamId": "nobody"}, 403, "Forbidden: there is no team 'nobody'"),
    ]
    for client, query, status, message in steps:
        answer = client.get("/team/agent-usage", query)
        assert answer.status == status
        assert message is None or answer.json["error"]["message"] == message


def test_missing_organization_is_401_or_400(tabnine: Client) -> None:
    assert tabnine.switched(foreign_organization="404").get(PATH, SPAN).status == 401
    answer = tabnine.switched(missing_organization="400").get(PATH, SPAN)
    assert (answer.status, answer.faults) == (400, ["organizationId: Required"])


@pytest.mark.parametrize("kind", ["organization", "team", "user"])
@pytest.mark.parametrize("missing", ["from", "to"])
def test_missing_range_is_500_or_400(tabnine: Client, kind: str, missing: str) -> None:
    query = {**SPAN, "startDate": "2026-03-01", "teamId": "x", "userId": "x"}
    query |= {"organizationId": queries.organization(tabnine)}
    del query[missing]
    answer = tabnine.get(f"/{kind}/agent-usage", query)
    assert answer.json == {"error": {"message": f"Error trying to get {kind} agent usage", "status": 500}}
    flat = tabnine.switched(error_shape="flat").get(f"/{kind}/agent-usage", query)
    assert (flat.status, flat.json["error"]) == (500, "INTERNAL_SERVER_ERROR")
    answer = tabnine.switched(missing_range="400").get(f"/{kind}/agent-usage", query)
    assert (answer.status, answer.faults) == (400, [f"{missing}: Required"])


MALFORMED = {
    "a fraction": "2026-03-01T00:00:00.5Z",
    "an offset": "2026-03-01T00:00:00%2B00:00",
    "lower case": "2026-03-01t00:00:00z",
    "a date": "2026-03-01",
    "no such day": "2026-02-30T00:00:00Z",
    "nothing": "",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_only_whole_seconds_are_accepted_unless_lenient(tabnine: Client, text: str) -> None:
    query = f"organizationId={queries.organization(tabnine)}&granularity=all&from={text}&to=2026-03-31T00:00:00Z"
    answer = tabnine.switched(date_only="accept").get(PATH, query)
    assert answer.status == 400
    assert answer.faults[0].startswith("from: Invalid datetime")
    lenient = tabnine.switched(agent_usage_datetime="lenient", date_only="accept").get(PATH, query)
    older = tabnine.get("/organization/usage", query)
    assert lenient.status == older.status
    assert older.status == 200 or lenient.faults == older.faults


def test_granularity_is_required_or_optional(tabnine: Client) -> None:
    query = {"organizationId": queries.organization(tabnine), "from": SPAN["from"], "to": SPAN["to"]}
    answer = tabnine.get(PATH, query)
    assert (answer.status, answer.faults) == (400, ["granularity: Required"])
    tabnine.switched(agent_usage_granularity="optional")
    assert tabnine.got(PATH, **query) == tabnine.got(PATH, **query, granularity="all")
    assert tabnine.get(PATH, {**query, "granularity": "x"}).status == 400


@pytest.mark.parametrize("status", [403, 500])
def test_agent_usage_without_license_is_403_or_500(unlicensed: Client, status: int) -> None:
    unlicensed.switched(agent_unlicensed=str(status), error_shape="flat", forbidden_everywhere="no")
    answer = unlicensed.get(PATH)
    assert answer.status == status
    assert answer.json == {
        "error": "FEATURE_NOT_AVAILABLE",
        "message": "The Agent feature is not included in your account's license.",
    }
    assert unlicensed.bearing("Bearer nobody").get(PATH).status == 401


def test_nobody_uses_an_agent_without_a_license(unlicensed: Client) -> None:
    bucket = queries.bucket(unlicensed, "2024-01-01T00:00:00Z", "2025-10-01T00:00:00Z")
    assert bucket["chat"]["interactions"] > 0
    assert set(bucket["agent"].values()) == {0}
