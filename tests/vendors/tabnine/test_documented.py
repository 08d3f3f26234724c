"""What is known of real answers comes back digit for digit (contract, sections 2 and 5).

What is known, and what the mock adds to it, stands in fixtures/documented/tabnine.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from mockserver import resources
from tests.contract import oracle
from tests.contract.client import Answer, Client
from tests.vendors.tabnine import queries

EXAMPLES = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((resources.fixtures() / "documented" / "tabnine").glob("*.json"))
}
every_example = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)


@pytest.fixture
def documented(opened: Callable[[str], Client]) -> Iterator[Client]:
    """A client at the organization of the documentation."""
    client = opened("documented")
    client.sandbox.reset()
    yield client
    client.sandbox.reset()


def _filled(value: Any, client: Client) -> Any:
    return queries.organization(client) if value == "{organizationId}" else value


def _get(client: Client, example: Any) -> Answer:
    request = example["request"]
    query = {name: _filled(value, client) for name, value in request["query"].items()}
    client.switched(**example.get("policy", {}))
    return client.at(example["clock"]).get(request["path"].removeprefix(client.mount), query)


def _added(body: Any, pointer: str, value: Any) -> None:
    """Set a value at an empty JSON pointer, or append it to a list."""
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        body = body[int(step)] if isinstance(body, list) else body[step]
    if isinstance(body, list):
        assert int(last) == len(body)
        body.append(value)
    else:
        assert last not in body
        body[last] = value


@every_example
def test_documented_example_is_reproduced_exactly(documented: Client, example: Any) -> None:
    answer = _get(documented, example)
    expected = deepcopy(example["printed"])
    for change in example["served"]:
        assert change["op"] == "add"
        _added(expected, change["at"], _filled(change["value"], documented))
    assert (answer.status, answer.json) == (example["status"], expected)


def test_documented_numbers_are_the_same_at_every_granularity(documented: Client) -> None:
    request = EXAMPLES["organization-usage"]["request"]["query"]
    for granularity in ("daily", "weekly", "monthly"):
        result = queries.buckets(documented, request["from"], request["to"], granularity)
        whole = queries.bucket(documented, request["from"], request["to"])
        assert queries.added(result) == queries.added([whole])


def test_openapi_file_has_the_same_example(documented: Client) -> None:
    """openapi/tabnine.yaml has the example too; only the id of the organization differs."""
    file = oracle.read(resources.openapi() / "tabnine.yaml")
    at = "#/paths/~1api~1v1~1organization~1usage/get/responses/200/content/application~1json/examples/documented/value"
    result = _get(documented, EXAMPLES["organization-usage"]).json
    assert result == {**file.at(at), "organizationId": queries.organization(documented)}


TEAMS = [("FE team", 6, False), ("Default Team", 0, True), ("QA Team", 2, False), ("Backend team", 5, False)]


def test_published_teams_come_in_their_order(documented: Client) -> None:
    body = documented.switched(team_order="created").got("/organization/teams")
    assert [(row["name"], row["usersCount"], row["isDefaultTeam"]) for row in body["data"]] == TEAMS
    assert body["meta"] == {"count": 4, "total": 4}


def test_published_license_and_settings_are_served(documented: Client) -> None:
    assert documented.got("/license") == {
        "license": {
            "exp": 1895529600,
            "iat": 1735806729,
            "seats": 2000,
            "seatsCap": 22000,
            "audience": "idp-new",
            "features": ["chat", "chat_models", "local_retrieval", "remote_indexing", "jira_integration"],
            "settings": {"chatModel": {"type": "Private"}},
        }
    }
    body = documented.got("/organization")
    assert {name: body[name] for name in body if name not in {"id", "name", "domains"}} == {
        "publicKey": "-----BEGIN PUBLIC KEY-----\nMIICIXXXXXXAAQ==\n-----END PUBLIC KEY-----\n",
        "samlEnabled": False,
        "smtpConfigured": True,
        "usernamePasswordEnabled": True,
        "planType": "Enterprise",
    }


def test_usage_outside_the_documented_months_is_zero(documented: Client) -> None:
    documented.at("2026-06-01T00:00:00Z")
    for start, end in (("2022-01-01", "2025-09-01"), ("2025-10-01", "2026-03-01"), ("2026-04-01", "2026-06-01")):
        result = queries.bucket(documented, f"{start}T00:00:00Z", f"{end}T00:00:00Z")
        assert queries.added([result]) == {}
