"""A file of a tenant as Springdoc writes it, made by hand, with names that only descriptions and enums explain."""

from functools import cache
from pathlib import Path

from mockserver.learning import policy_text
from mockserver.learning.findings import Findings
from tests.learning.conftest import learned

FILE = Path(__file__).with_name("springdoc.yaml")


@cache
def found() -> Findings:
    """What the file says."""
    return learned("jetbrains-ide", FILE.read_bytes())


def test_names_are_found_by_what_descriptions_say_and_by_enums_behind_references() -> None:
    expected = {
        "items": "c",
        "date": "d",
        "enabledUsers": "n1",
        "activeUsers": "n2",
        "suggestions": "s1",
        "acceptances": "s2",
        "invocations": "s3",
        "tool": "f",
        "userId": "u",
        "userName": "v",
        "userEmail": "w",
        "id": "k",
        "name": "b",
        "email": "e",
    }
    assert {name: other for name, (other, _) in found().names.items()} == expected


def test_names_that_two_fields_can_have_are_listed_and_not_guessed() -> None:
    text = FILE.read_text(encoding="utf-8").replace("Acceptances of what was", "Suggestions that were")
    open_names = learned("jetbrains-ide", text.encode()).open_names
    candidates = {name: {other for other, _ in each} for name, each in open_names.items()}
    assert candidates == {"suggestions": {"s1", "s2"}, "acceptances": {"s1", "s2"}}


def test_every_operation_is_read_through_wrappers_and_arrays_on_top() -> None:
    (reading,) = found().readings
    assert (len(reading.operations), reading.lacking, reading.unclear) == (7, [], {})
    around = [what.partition(":")[0] for what, _ in found().extra if "inside another object or array" in what]
    assert around == ["getUsersAdoption", "getMetrics", "getMetricsByFeature", "getMetricsTotals", "getProfiles"]


def test_values_in_another_case_are_unknown_and_name_the_field() -> None:
    assert "the field items[].tool has the value JUNIE" in policy_text.policy(found())
