"""Which field of another API is which of ours: what names, descriptions and shapes tell, and what stays open."""

import copy
from typing import Any

import pytest

from mockserver.learning import policy_text
from mockserver.learning.findings import Findings
from tests.learning.parrots import KEEPER, PARROT, SUM, learned, ours, page

LIST, KEEPERS, ONE = "/zoo/v1/parrots", "/zoo/v1/keepers", "/zoo/v1/parrots/{name}"


def renamed(schema: Any, **names: str) -> Any:
    """A schema with new names of fields, at its top, and without descriptions of them."""
    made = copy.deepcopy(schema)
    made["properties"] = {names.get(name, name): each for name, each in made["properties"].items()}
    made["required"] = [names.get(name, name) for name in made["required"]]
    for each in made["properties"].values():
        each.pop("description", None)
    return made


def names(found: Findings) -> dict[str, str]:
    """The settled names."""
    return {name: other for name, (other, _) in found.names.items()}


def candidates(found: Findings) -> dict[str, list[str]]:
    """The open names with their candidates."""
    return {name: [other for other, _ in each] for name, each in found.open_names.items()}


def test_words_of_names_tell_fields_apart() -> None:
    row = renamed(PARROT, born="dayOfHatching", weight="gramsWeighed", length="mmBeakToTail", id="parrotId")
    found = learned({ONE: row})
    expected = {"born": "dayOfHatching", "weight": "gramsWeighed", "length": "mmBeakToTail", "id": "parrotId"}
    assert names(found) == expected
    place = "#/paths/~1zoo~1v1~1parrots~1{name}/get/responses/200/content/application~1json/schema/properties"
    assert found.names["born"][1] == f"{place}/dayOfHatching"


def test_opaque_names_are_told_by_format_and_the_rest_stays_open() -> None:
    found = learned({ONE: renamed(PARROT, born="b1", weight="q1", length="q2", id="k1")})
    assert names(found) == {"born": "b1", "id": "k1"}
    assert candidates(found) == {"weight": ["q1", "q2"], "length": ["q1", "q2"]}
    text = policy_text.policy(found)
    assert '#   names.weight: "q1" (#/paths/' in text
    assert "/properties/q2)\n" in text


def test_candidates_of_a_file_are_shown_even_if_nothing_else_is_known() -> None:
    found = learned({ONE: {"type": "object", "properties": {"q1": {"type": "integer"}, "q2": {"type": "integer"}}}})
    assert candidates(found) == {"weight": ["q1", "q2"], "length": ["q1", "q2"]}


def test_name_that_cannot_be_printed_is_escaped() -> None:
    found = learned({ONE: renamed(PARROT, born="b\ud800", weight="q\n1", length="q2", id="k1")})
    text = policy_text.policy(found)
    assert text.encode()
    assert "names cannot call 'born' 'b\\ud800'" in text
    assert '#   names.weight: "q\\n1" (#/paths/' in text


def test_field_that_says_something_else_is_no_partner_by_elimination() -> None:
    row = {
        "type": "object",
        "properties": {
            "born": {"type": "string", "format": "date"},
            "weight": {"type": "integer"},
            "errors": {"type": "integer"},
            "id": {"type": "string"},
        },
    }
    found = learned({ONE: row})
    assert names(found) == {"born": "born", "weight": "weight", "id": "id"}
    assert candidates(found) == {"length": ["errors"]}


def test_two_swapped_names_are_told_by_their_descriptions() -> None:
    row = copy.deepcopy(PARROT)
    row["properties"]["weight"], row["properties"]["length"] = row["properties"]["length"], row["properties"]["weight"]
    assert names(learned({ONE: row})) == {"born": "born", "id": "id", "weight": "length", "length": "weight"}


def test_name_of_one_answer_is_known_in_all_others() -> None:
    opaque = renamed(PARROT, weight="q1", length="q2")
    row = copy.deepcopy(opaque)
    row["properties"]["q1"]["description"] = "Grams that it weighs."
    row["properties"]["q2"]["description"] = "Millimeters from beak to tail."
    sums = renamed(SUM, weight="q1", length="q2")
    found = learned({LIST: page(opaque, next={"type": "string"}, sum=sums), ONE: row})
    assert (found.names["weight"][0], found.names["length"][0], found.open_names) == ("q1", "q2", {})


def test_field_with_two_names_is_left_open() -> None:
    row = renamed(PARROT, weight="grams")
    found = learned({ONE: row, LIST: page(renamed(PARROT, weight="gramsWeighed"))})
    assert "weight" not in names(found)
    assert set(candidates(found)["weight"]) == {"grams", "gramsWeighed"}


def test_names_that_the_simulator_cannot_have_together_are_only_listed() -> None:
    row = {
        "type": "object",
        "properties": {
            "length": {"type": "integer", "description": "Grams that it weighs."},
            "q1": {"type": "string", "format": "date"},
        },
    }
    found = learned({ONE: row})
    assert names(found) == {"born": "q1"}
    text = policy_text.policy(found)
    assert "\nparrots:\n  mood: " in text
    assert '\n  names:\n    born: "q1"' in text
    assert "#   names would call 'weight' and 'length' alike, 'length': names must stay distinct" in text
    assert '#   names.weight: "length" (#/paths/' in text


@pytest.mark.parametrize("depth", [1, 2])
def test_answer_may_be_inside_other_objects(depth: int) -> None:
    schema: Any = page(PARROT, next={"type": "string"}, sum=SUM)
    for _ in range(depth):
        schema = {"type": "object", "properties": {"took": {"type": "integer"}, "payload": schema}}
    found = learned({LIST: schema})
    assert names(found)["rows"] == "rows"
    assert found.extra[0] == (
        "get /zoo/v1/parrots: the answer is inside another object or array, or has none around it",
        "#/paths/~1zoo~1v1~1parrots/get/responses/200/content/application~1json/schema" + "/properties/payload" * depth,
    )


def test_answer_may_be_an_array_without_the_object_around() -> None:
    found = learned({KEEPERS: {"type": "array", "items": renamed(KEEPER, keeper="who", mail="address")}})
    assert names(found) == {"keeper": "who", "mail": "address"}
    assert "the answer is inside another object or array, or has none around it" in found.extra[0][0]


def test_page_of_a_framework_has_fields_that_the_simulator_has_not() -> None:
    schema = page(KEEPER, totalElements={"type": "integer"}, pageable={"type": "object"}, last={"type": "boolean"})
    schema["properties"]["content"] = schema["properties"].pop("rows")
    found = learned({KEEPERS: schema})
    assert names(found)["rows"] == "content"
    assert [what for what, _ in found.extra] == [
        f"get {KEEPERS}: the field {name}" for name in ("totalElements", "pageable", "last")
    ]


def test_schema_that_ends_in_itself_is_compared_as_far_as_it_goes() -> None:
    node = {"type": "object", "properties": {"rows": {"type": "array", "items": {"$ref": "#/components/schemas/N"}}}}
    found = learned({KEEPERS: {"$ref": "#/components/schemas/N"}}, components={"schemas": {"N": node}})
    assert names(found) == {"rows": "rows"}


def test_deep_answers_are_compared_to_a_bound() -> None:
    deep: Any = {"type": "object", "properties": {"a": {"type": "string"}}}
    for _ in range(20):
        deep = {"type": "object", "properties": {"a": deep}}
    assert learned({"/zoo/deep": deep}, ours({"/zoo/deep": deep})).extra == []


def test_one_name_that_cannot_be_set_leaves_the_others_settled() -> None:
    row = copy.deepcopy(PARROT)
    row["properties"]["n" * 101] = row["properties"].pop("weight")
    row["required"] = ["id", "born", "length"]
    found = learned({ONE: row})
    assert {*found.refused_names} == {"weight"}
    assert names(found).items() >= {"id": "id", "born": "born", "length": "length"}.items()
    text = policy_text.policy(found)
    assert f'#   names.weight: "{"n" * 101}"' in text
    assert '    length: "length"' in text
