"""Our operations in another file: below any prefix, with other parameters, and what the file has besides."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.learning import endpoints, policy_text
from mockserver.learning.api import Api, Endpoint
from mockserver.learning.document import Document
from mockserver.learning.errors import LearnError
from tests.learning import parrots
from tests.learning.conftest import document as vendor_document
from tests.learning.conftest import learned as learned_of_vendor
from tests.learning.parrots import ANSWERS, KEEPER, PARROT, learned, learned_of, operation, page

LIST, KEEPERS, ONE, WEIGHT = ANSWERS


def matched(*theirs: str, ours: tuple[str, ...] = tuple(ANSWERS)) -> dict[str, str]:
    """The path of the partner of each of our paths; GET all."""
    found = endpoints.match(
        [Endpoint("get", path, "") for path in ours], [Endpoint("get", path, "") for path in theirs]
    )
    return {one.path: other.path for one, other in found.found.items()}


PATHS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "the same": ((LIST, ONE), {LIST: LIST, ONE: ONE}),
    "below a prefix": (("/api/ext/v2/zoo/v1/keepers",), {KEEPERS: "/api/ext/v2/zoo/v1/keepers"}),
    "another name of a variable": (("/zoo/v1/parrots/{parrot_id}",), {ONE: "/zoo/v1/parrots/{parrot_id}"}),
    "a variable of another form": (("/zoo/v1/parrots/:id/",), {ONE: "/zoo/v1/parrots/:id/"}),
    "another prefix for two": (("/ext/parrots", "/ext/keepers"), {LIST: "/ext/parrots", KEEPERS: "/ext/keepers"}),
    "another prefix for one": (("/ext/keepers", "/zoo/v1/parrots"), {LIST: LIST}),
    "nothing": (("/zoo/v1/cages", "/zoo"), {}),
    "the prefix that more have": (
        ("/a/zoo/v1/parrots", "/b/zoo/v1/parrots", "/b/zoo/v1/keepers"),
        {LIST: "/b/zoo/v1/parrots", KEEPERS: "/b/zoo/v1/keepers"},
    ),
}


@pytest.mark.parametrize(("theirs", "expected"), PATHS.values(), ids=PATHS)
def test_operations_are_found_by_the_ends_of_their_paths(theirs: tuple[str, ...], expected: dict[str, str]) -> None:
    assert matched(*theirs) == expected


def test_nearest_paths_have_a_step_in_common_or_are_the_first_ones() -> None:
    ours = [Endpoint("get", path, "") for path in ANSWERS]
    theirs = [Endpoint("get", f"/other/{number}", "") for number in range(9)]
    assert endpoints.nearest(ours, theirs, maximum=2) == ["GET /other/0", "GET /other/1"]
    assert endpoints.nearest(ours, [*theirs, Endpoint("get", "/v1/parrot", "")]) == ["GET /v1/parrot"]


def test_operation_with_another_method_is_another_one() -> None:
    found = endpoints.match([Endpoint("get", LIST, "")], [Endpoint("post", LIST, "")])
    assert (found.found, found.ambiguous) == ({}, {})


def test_operation_with_several_partners_is_left_out_and_named() -> None:
    content = parrots.document({f"/a{LIST}": page(PARROT), f"/b{LIST}": page(PARROT), KEEPERS: page(KEEPER)})
    found = learned_of(content)
    assert [name for name, _ in found.readings[0].operations] == [f"get {KEEPERS}"]
    text = policy_text.policy(found)
    assert f"\n# get {LIST} is not used; it could be GET /a{LIST} or GET /b{LIST}\n" in text
    assert f"\n# Not in the OpenAPI file: get {ONE}, get {WEIGHT}\n" in text


@pytest.mark.parametrize(
    ("server", "found"),
    [
        ({"servers": [{"url": "https://a.example/zoo/v1/"}]}, True),
        ({"servers": [{"url": "/zoo/v1"}]}, True),
        ({"servers": [{"url": "http://[broken"}]}, False),
        ({"servers": "none"}, False),
    ],
)
def test_path_of_the_server_is_part_of_every_path(server: Any, *, found: bool) -> None:
    content = {**parrots.document({"/keepers": page(KEEPER)}), **server}
    try:
        assert bool(learned_of(content).names) is found
    except LearnError:
        assert not found


def test_base_path_of_swagger_is_part_of_every_path() -> None:
    answer = {"200": {"schema": page(KEEPER)}, "204": {"description": "nothing"}}
    content = {"swagger": "2.0", "basePath": "/zoo/v1", "paths": {"/keepers": {"get": {"responses": answer}}}}
    assert [*learned_of(content).names] == ["rows", "keeper", "mail"]


def test_answer_is_read_in_any_type_of_media_and_json_first() -> None:
    for media in (["*/*"], ["text/csv", "application/json"], ["application/hal+json", "application/xml"]):
        chosen = next((each for each in media if "json" in each), media[0])
        content = {each: {"schema": page(KEEPER) if each == chosen else {"type": "string"}} for each in media}
        paths = {KEEPERS: {"get": {"responses": {"200": {"content": content}}}}}
        assert [*learned_of({"openapi": "3.0.0", "paths": paths}).names] == ["rows", "keeper", "mail"]


@pytest.mark.parametrize("status", ["201", "2XX", "default"])
def test_answer_may_have_another_status_than_200(status: str) -> None:
    content = parrots.document({KEEPERS: page(KEEPER)})
    responses = content["paths"][KEEPERS]["get"]["responses"]
    responses[status] = responses.pop("200")
    assert [*learned_of(content).names] == ["rows", "keeper", "mail"]
    responses["200"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    assert learned_of(content).names == {}


def test_operation_without_a_schema_is_found_and_says_nothing() -> None:
    paths: Any = {KEEPERS: {"get": {"responses": {"200": {"content": {"application/json": {}}}}}}}
    found = learned_of({"openapi": "3.0.0", "paths": paths})
    assert (found.names, found.options, len(found.readings[0].operations)) == ({}, {}, 1)
    assert policy_text.policy(found).splitlines()[2] == "parrots: {}"


def test_what_only_the_file_has_is_listed_with_its_place() -> None:
    content = parrots.document({KEEPERS: page(KEEPER, more={"type": "string"}), "/cages": page(KEEPER)})
    content["paths"][KEEPERS]["get"]["parameters"] = [
        {"name": "cage", "in": "query", "schema": {"type": "string"}},
        {"name": "X-Key", "in": "header", "schema": {"type": "string"}},
    ]
    found = learned_of(content)
    place = "#/paths/~1zoo~1v1~1keepers/get"
    assert found.extra == [
        (f"get {KEEPERS}: the field more", f"{place}/responses/200/content/application~1json/schema/properties/more"),
        (f"get {KEEPERS}: the parameter cage", f"{place}/parameters/0/schema"),
        ("GET /cages", "#/paths/~1cages/get"),
    ]
    assert "\nUnknown to the simulator: 3 (listed at the end of the policy)." in "\n".join(policy_text.summary(found))


def test_very_many_unknown_operations_are_counted() -> None:
    content = parrots.document({KEEPERS: page(KEEPER), **{f"/other/{n}": {} for n in range(205)}})
    text = policy_text.policy(learned_of(content))
    assert ("\n#   GET /other/199 (" in text, "/other/200" in text) == (True, False)
    assert "\n#   and 5 more\n" in text


def test_place_cannot_end_a_comment() -> None:
    content = parrots.document({KEEPERS: page(KEEPER, **{"a\nb: c\u2028": {"type": "string"}})})
    text = policy_text.policy(learned_of(content))
    assert "the field a\\nb: c\\u2028 (" in text
    assert [line for line in text.splitlines() if line.startswith("b")] == []


def test_unknown_value_of_an_enum_is_listed() -> None:
    made = vendor_document("jetbrains-ide")
    made["components"]["schemas"]["Tool"]["enum"].append("codex_cli")
    extra = learned_of_vendor("jetbrains-ide", json.dumps(made).encode()).extra
    assert ("getMetrics: the parameter tool has the value codex_cli", "#/components/parameters/Tool/schema") in extra
    made["components"]["schemas"]["ToolTold"]["enum"].append("codex_cli")
    extra = learned_of_vendor("jetbrains-ide", json.dumps(made).encode()).extra
    place = "#/components/schemas/FeatureMetricsAnswer/properties/items/items/properties/tool"
    assert ("getMetricsByFeature: the field items[].tool has the value codex_cli", place) in extra


def test_conditions_name_the_place_that_shows_them() -> None:
    grumpy = {
        "content": {"application/json": {"schema": {"required": ["grumpy"], "properties": {"error": {}, "grumpy": {}}}}}
    }
    for status, answer, place in (
        ("418", {}, "418"),
        ("429", {"headers": {"x-grumpy": {}}}, "429/headers/x-grumpy"),
        ("default", grumpy, "default/content/application~1json/schema/properties/grumpy"),
    ):
        content = parrots.document({KEEPERS: page(KEEPER)})
        content["paths"][KEEPERS]["get"]["responses"][status] = answer
        expected = ("grumpy", f"#/paths/~1zoo~1v1~1keepers/get/responses/{place}")
        assert learned_of(content).options == {"mood": expected}


def test_switch_that_is_seen_both_ways_is_left_open() -> None:
    row = {**PARROT, "required": ["mood"]}
    content = parrots.document({ONE: row, KEEPERS: page(KEEPER)})
    content["paths"][KEEPERS]["get"]["responses"]["418"] = {}
    found = learned_of(content)
    assert found.options == {}
    assert '\n#   mood: "cheerful" (#/paths/' in policy_text.policy(found)
    assert ') or "grumpy" (#/paths/~1zoo~1v1~1keepers/get/responses/418)\n' in policy_text.policy(found)
    assert "\n# Never in a file or an answer: hunger\n" in policy_text.policy(found)


def test_optional_field_and_field_of_an_object_that_requires_none_say_nothing() -> None:
    for required in (["id"], None):
        row = {**PARROT, "required": required}
        assert learned({ONE: row}).options == {}


def test_path_that_cannot_be_printed_is_escaped_in_an_error() -> None:
    with pytest.raises(LearnError) as caught:
        learned({"/zoo/\ud800\nb": {}})
    assert str(caught.value).endswith("the nearest that it has: GET /zoo/\\ud800\\nb")


def test_reference_to_another_file_matters_only_where_it_is_needed() -> None:
    content = parrots.document({KEEPERS: page(KEEPER), "/cages": {"$ref": "common.yaml#/Cage"}})
    assert learned_of(content).names
    content["paths"][KEEPERS] = {"get": operation(KEEPERS, {"$ref": "common.yaml#/Keeper"})}
    with pytest.raises(LearnError, match=r"the reference 'common\.yaml#/Keeper' at #/paths/~1zoo~1v1~1keepers/get/"):
        learned_of(content)


def outcome(content: Any) -> str:
    """The policy that a document makes, or why there is none."""
    try:
        return policy_text.policy(learned_of(content))
    except LearnError as error:
        return str(error)


JUNK = st.sampled_from([None, True, 3, "text", [], {}, [1], {"a": 1}, {"$ref": "#/paths"}, {"$ref": 5}])


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    for key in [*node] if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places(node[key])


@settings(max_examples=60)
@given(data=st.data())
def test_damaged_file_is_read_or_refused_and_never_fails(data: st.DataObject) -> None:
    content = parrots.document(ANSWERS, components={"securitySchemes": {"a": {"type": "http", "scheme": "bearer"}}})
    content = json.loads(json.dumps(content))
    content["paths"][LIST]["get"]["parameters"] = [{"name": "a", "in": "query", "schema": {"enum": ["b"]}}]
    for _ in range(2):
        every = [*places(content)]
        container, key = every[data.draw(st.integers(0, len(every) - 1))]
        container[key] = copy.deepcopy(data.draw(JUNK))
    assert "\n" not in outcome(content).rstrip("\n") or outcome(content).startswith("# Made by ")


def test_schemes_are_those_of_http() -> None:
    schemes = {"a": {"type": "http", "scheme": "Bearer"}, "b": {"type": "apiKey"}, "c": "none"}
    content = parrots.document({}, components={"securitySchemes": schemes}) | {"paths": {"/a": {}}}
    found = Api(Document(json.dumps(content).encode(), "a.json")).schemes()
    assert found == {"bearer": "#/components/securitySchemes/a"}


def test_policy_of_a_vendor_without_renames_has_only_options() -> None:
    content = json.dumps(vendor_document("augment")).encode()
    text = policy_text.policy(learned_of_vendor("augment", content))
    assert '\naugment:\n  large_numbers: "text"  # #/components/schemas/' in text
    assert "names" not in text.partition("# Not settled")[0]


def test_vendor_whose_every_switch_can_be_shown_has_no_line_about_others() -> None:
    known = replace(parrots.ours(), switches=(parrots.MOOD, parrots.NAMES))
    text = policy_text.policy(learned_of(parrots.document({KEEPERS: page(KEEPER)}), known))
    assert "Never in a file" not in text
    assert '#   mood: "cheerful" or "grumpy"; nothing shows which' in text
