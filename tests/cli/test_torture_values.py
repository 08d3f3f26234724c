"""The values that a command reports: how the file is read, and what is expected of each."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mockserver.cli.torture import values
from mockserver.cli.torture.values import ValuesError
from mockserver.client import Client, in_process

WEEK = "from=2025-10-06&to=2025-10-12"


@pytest.fixture
def client(app: Flask) -> Client:
    """A client of the app."""
    return Client("http://localhost", transport=in_process(app))


def test_command_that_writes_no_file_has_no_values(tmp_path: Path) -> None:
    assert values.read(tmp_path / "none") == {}


def test_file_is_a_json_object(tmp_path: Path) -> None:
    (tmp_path / "values").write_text('{"users": 42, "days": [1, 2.5]}', encoding="utf-8")
    assert values.read(tmp_path / "values") == {"users": 42, "days": [1, 2.5]}


def test_nan_is_text_that_differs_from_every_number(tmp_path: Path) -> None:
    (tmp_path / "values").write_text('{"users": NaN}', encoding="utf-8")
    found = values.read(tmp_path / "values")
    assert found == {"users": "NaN"}
    assert values.differences(found, {"users": 42.5}) == ['users: "NaN", expected 42.5']


WRONG = {
    "text": (b"users: 42", "is not JSON: Expecting value"),
    "nothing": (b"", "is not JSON: Expecting value"),
    "a list": (b"[42]", "must have a JSON object with a value by each name"),
    "Latin-1": ('{"Müller": 1}'.encode("latin-1"), "is not UTF-8"),
}


@pytest.mark.parametrize(("content", "problem"), WRONG.values(), ids=WRONG)
def test_any_other_file_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "values").write_bytes(content)
    with pytest.raises(ValuesError, match=rf"^the file in MOCKSERVER_VALUES_FILE {problem}"):
        values.read(tmp_path / "values")


def test_server_knows_the_values_of_metrics_and_of_nothing_else(client: Client) -> None:
    metric = client.metrics.get("ai-active-users", **{"from": "2025-10-06", "to": "2025-10-12"})
    given: dict[str, Any] = {f"ai-active-users?{WEEK}": 0, f"ai-active-users?{WEEK}&bucket=day": [], "users": 7}
    assert values.expected(given, client) == {
        f"ai-active-users?{WEEK}": metric["headline"],
        f"ai-active-users?{WEEK}&bucket=day": [point["value"] for point in metric["points"]],
    }


REFUSED = {
    "an unknown metric": (f"ai-users?{WEEK}", "ai-active-users"),
    "an unknown parameter": (f"ai-active-users?{WEEK}&teem=x", "teem"),
    "no range": ("ai-active-users?vendor=x", "from"),
}


@pytest.mark.parametrize(("name", "rule"), REFUSED.values(), ids=REFUSED)
def test_metric_that_the_server_refuses_is_named_with_the_rule(client: Client, name: str, rule: str) -> None:
    with pytest.raises(ValuesError) as error:
        values.expected({name: 1}, client)
    assert str(error.value).startswith(f"{name} in the file in MOCKSERVER_VALUES_FILE: ")
    assert rule in str(error.value)[len(name) :]


COMPARED: dict[str, tuple[Any, Any, bool]] = {
    "the same number": (42, 42, True),
    "another number": (41, 42, False),
    "a whole number and the same with a fraction": (42, 42.0, True),
    "an average that is not rounded": (10.666666, 10.67, True),
    "another average": (10.65, 10.67, False),
    "a number as text": ("42", 42, False),
    "true for one": (True, 1, False),
    "nothing": (None, 42, False),
    "a list": ([1, 2.004], [1, 2], True),
    "a shorter list": ([1], [1, 2], False),
    "a longer list": ([1, 2, 3], [1, 2], False),
    "another list": ([1, 3], [1, 2], False),
    "a text": ("ada", "ada", True),
}


@pytest.mark.parametrize(("value", "wanted", "same"), COMPARED.values(), ids=COMPARED)
def test_values_are_compared(value: Any, wanted: Any, *, same: bool) -> None:
    assert (values.differences({"some": value}, {"some": wanted}) == []) is same


def test_differences_are_lines_with_both_values() -> None:
    found = values.differences({"users": 41, "days": [1] * 40, "more": 3}, {"users": 42.0, "days": [], "lines": 7})
    assert found == [
        "users: 41, expected 42",
        f"days: {str([1] * 40)[:59]}…, expected []",
        "lines: missing, expected 7",
    ]
