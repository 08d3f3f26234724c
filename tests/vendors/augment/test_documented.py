"""The documentation's own examples are reproduced exactly, except where the page contradicts itself.

Where it does, and what is served instead, stands beside each example in fixtures/documented/augment.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from mockserver import resources
from tests.contract.client import Client

EXAMPLES = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((resources.fixtures() / "documented" / "augment").glob("*.json"))
}


@pytest.fixture
def documented(opened: Callable[[str], Client]) -> Iterator[Client]:
    """A client at the organization of the documentation."""
    client = opened("documented")
    client.sandbox.reset()
    yield client
    client.sandbox.reset()


def _place(body: Any, pointer: str) -> tuple[Any, str | int]:
    """What holds the value at a JSON pointer, and under which key."""
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body, int(last) if isinstance(body, list) else last


def _changed(printed: Any, served: Any, change: dict[str, Any]) -> None:
    """Change the printed answer as the example describes, and check what is left open."""
    expected, key = _place(printed, change["at"])
    there, _ = _place(served, change["at"])
    if change["op"] in {"replace", "add"}:
        assert (key in expected) is (change["op"] == "replace")
        expected[key] = change["value"]
    elif change["op"] == "continue":
        begun = expected[key]
        assert len(there[key]) == change["length"]
        expected[key] = begun + there[key][len(begun) :]
    else:
        assert there[key] != expected[key]
        expected[key] = there[key]


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_documented_example_is_reproduced_exactly(documented: Client, example: Any) -> None:
    answer = documented.at(example["clock"]).get(
        example["request"]["path"].removeprefix(documented.mount), example["request"]["query"]
    )
    expected = deepcopy(example["printed"])
    for change in example["served"]:
        _changed(expected, answer.json, change)
    assert (answer.status, answer.json) == (example["status"], expected)


@pytest.mark.parametrize("example", [one for one in EXAMPLES.values() if one["status"] == 200])
def test_example_differs_only_in_rows_and_key_order(documented: Client, example: Any) -> None:
    """A client that reads by position sees the keys in the documented order."""
    request = example["request"]
    body = documented.at(example["clock"]).get(request["path"].removeprefix(documented.mount), request["query"]).json
    assert list(body) == list(example["printed"])
    assert list(body["metadata"]) == list(example["printed"]["metadata"])


@pytest.mark.parametrize("name", [name for name, one in EXAMPLES.items() if "next_request" in one])
def test_documented_request_for_the_next_page_works(documented: Client, name: str) -> None:
    request = EXAMPLES[name]["next_request"]
    first = EXAMPLES[name]["request"]["query"]
    path = request["path"].removeprefix(documented.mount)
    page = documented.at(EXAMPLES[name]["clock"]).got(path, **request["query"])
    rows = documented.paginate(path, **first)
    found = page["users" if "users" in page else "records"]
    assert found
    assert any(rows[index : index + len(found)] == found for index in range(1, len(rows)))


def test_dau_page_ends_with_the_documented_cursor(documented: Client) -> None:
    page = documented.got("/dau", date="2025-10-15", page_size=50)
    assert page["pagination"] == {"next_cursor": "eyJsYXN0X2lkIjoidXNlcjUwIn0=", "has_more": True}
    assert len(documented.paginate("/dau", date="2025-10-15", page_size=50)) == 100


def test_every_documented_endpoint_has_an_example() -> None:
    assert {example["operation"] for example in EXAMPLES.values()} == {
        "getDauCount",
        "getDau",
        "getDailyUsage",
        "getUserActivity",
        "getDailyUserActivityByEditorLanguage",
    }
