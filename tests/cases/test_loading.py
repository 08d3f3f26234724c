"""Tests of files of cases: what is loaded from them, and how errors are reported."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.cases import loading
from mockserver.cases.loading import CaseError
from mockserver.cases.records import Catalogue, UnknownCase
from tests.cases.sending import GOOD


def read(folder: Path, *cases: Any, name: str = "augment") -> Catalogue:
    """The catalogue of a folder with these cases in a file."""
    (folder / f"{name}.yaml").write_text(
        yaml.safe_dump(json.loads(json.dumps(cases)), allow_unicode=True), encoding="utf-8"
    )
    return loading.load(folder)


def refused(folder: Path, **changes: Any) -> str:
    """The error for a valid case with these fields changed; None removes one."""
    changed = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(CaseError) as error:
        read(folder, changed)
    return str(error.value)


def step(**changes: Any) -> list[dict[str, Any]]:
    """The steps of the valid case, with fields of its one step changed."""
    return [{name: value for name, value in {**GOOD["steps"][0], **changes}.items() if value is not None}]


def test_case_has_the_fields_of_the_file(tmp_path: Path) -> None:
    (case,) = read(tmp_path, GOOD).cases
    assert (case.id, case.vendor, case.grade, case.organization, case.needs) == ("C001", "augment", "D", "acme", None)
    (one,) = case.steps
    assert (one.method, one.target, one.path) == ("GET", "/analytics/v0/dau?page_size=2", "/analytics/v0/dau")
    assert (one.bearer, one.times, one.mock, one.expect.status) == ("granted", 1, False, 200)


def test_cases_of_all_files_are_ordered_by_id(tmp_path: Path) -> None:
    read(tmp_path, {**GOOD, "id": "C009"}, {**GOOD, "id": "C002"})
    found = read(tmp_path, {**GOOD, "id": "C005", "vendor": "tabnine"}, name="tabnine")
    assert [case.id for case in found.cases] == ["C002", "C005", "C009"]
    assert found.vendors == ["augment", "tabnine"]


def test_yaml_words_and_dates_are_text(tmp_path: Path) -> None:
    text = yaml.safe_dump([GOOD]).replace("now: '2025-10-21T10:30:00Z'", "now: 2025-10-21T10:30:00Z, limits: off")
    text = text.replace("frozen: true", "frozen: true\n    limits: {augment: off}\n    day: 2025-10-21\n    share: 0.5")
    text = text.replace(", limits: off", "")
    (tmp_path / "augment.yaml").write_text(text, encoding="utf-8")
    (case,) = loading.load(tmp_path).cases
    assert case.setup["limits"] == {"augment": "off"}
    assert (case.setup["now"], case.setup["day"]) == ("2025-10-21T10:30:00Z", "2025-10-21")
    assert (case.setup["frozen"], str(case.body["share"])) == (True, "0.5")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "C1"}, "augment.yaml: C1: id: must be C and three digits"),
        ({"title": None}, "C001: title: must be given"),
        ({"vendor": "tabnine"}, "C001: vendor: must be 'augment', like the name of the file"),
        ({"grade": "X"}, "C001: grade: Must be one of: D, O, I, A."),
        ({"colour": "red"}, "C001: colour: there is no field 'colour'; there are: id, title"),
        ({"steps": []}, "C001: steps: Shorter than minimum length 1."),
        ({"steps": step(expects={})}, "C001: steps[0].expects: there is no field 'expects' (did you mean 'expect'?)"),
        ({"steps": step(request=None)}, "C001: steps[0]: a step has either a request (to a vendor) or a mock"),
        ({"steps": step(mock="GET /clock")}, "C001: steps[0]: a step has either a request"),
        ({"steps": step(request="FETCH /x")}, "C001: steps[0].request: must be a method and a path"),
        ({"steps": step(request="GET x")}, "C001: steps[0].request: must be a method and a path"),
        ({"steps": step(times=0)}, "C001: steps[0].times: "),
        ({"steps": step(keep={"Cursor": "a"})}, "C001: steps[0].keep.Cursor.key: must be letters a to z and _"),
        ({"steps": step(expect={"body": []})}, "C001: steps[0].expect.body: must be a mapping of paths"),
        ({"steps": step(expect={"body": {"a": {"is": 1}}})}, "steps[0].expect.body: a: there is no matcher 'is'"),
        ({"steps": step(expect={"text": {"is": 1}})}, "steps[0].expect.text: $: there is no matcher 'is'"),
        ({"steps": step(expect={"headers": []})}, "steps[0].expect.headers: must be a mapping"),
        ({"steps": step(expect={"cut": False})}, "steps[0].expect.cut: "),
        ({"steps": step(expect=[])}, "C001: steps[0].expect: must be a mapping"),
        (
            {"steps": step(request="GET /a?cursor={cursor}")},
            "C001: steps[0]: no earlier step keeps 'cursor'; kept so far: nothing",
        ),
        ({"steps": step(headers={"X": "{one}"})}, "C001: steps[0]: no earlier step keeps 'one'"),
        ({"steps": step(body={"a": ["{one}"]})}, "C001: steps[0]: no earlier step keeps 'one'"),
        (
            {"steps": step(expect={"body": {"a": {"every": {"kept": "one"}}}})},
            "C001: steps[0]: no earlier step keeps 'one'",
        ),
    ],
)
def test_error_names_file_case_and_field(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    assert message in refused(tmp_path, **changes)


def test_braces_take_kept_and_built_in_names(tmp_path: Path) -> None:
    later = {"request": "GET /a?cursor={cursor}", "as": "Bearer {granted}", "form": "a={secret}{sandbox}"}
    compared = {"expect": {"body": {"a": {"kept": "cursor"}}, "headers": {"X": "present", "Y": "absent", "Z": "1"}}}
    (case,) = read(tmp_path, {**GOOD, "steps": [*GOOD["steps"], {**later, **compared}]}).cases
    assert case.steps[1].expect.headers == {"X": {"present": True}, "Y": {"absent": True}, "Z": "1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- id: [", "augment.yaml: line 2, column 1: not YAML: "),
        ("- {id: C001, id: C002}", "the key is repeated, on line 1 and on line 1"),
        ("id: C001", "augment.yaml: must be a list of cases, each beginning with `- id: C001`"),
        ("- C001", "augment.yaml: case 1: must be a mapping"),
    ],
)
def test_file_without_a_list_of_cases_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "augment.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as error:
        loading.load(tmp_path)
    assert message in str(error.value)


def test_ids_are_unique(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="C001 is the id of more than one case"):
        read(tmp_path, GOOD, {**GOOD, "title": "Another"})


def test_unknown_id_is_refused_with_suggestions(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD, {**GOOD, "id": "C317"})
    assert found.find("C317").id == "C317"
    with pytest.raises(UnknownCase, match=r"there is no case 'c317' \(did you mean C317\?\); `mockserver cases` lists"):
        found.find("c317")
    for short in ("317", "c317"):
        with pytest.raises(UnknownCase, match=r"did you mean C317\?"):
            found.find(short)
    with pytest.raises(UnknownCase, match=r"there is no case 'C17' \(did you mean C017\?\)"):
        read(tmp_path, {**GOOD, "id": "C017"}, {**GOOD, "id": "C117"}).find("C17")
    with pytest.raises(UnknownCase, match=r"there is no case 'x'; `mockserver cases` lists the 2 there are"):
        found.find("x")


@pytest.mark.parametrize(
    ("effect", "needs"),
    [
        *(({"status": 503}, None), ({"gzip": True}, None)),
        *(({name: value}, "socket") for name, value in (("truncate_bytes", 5), ("reset", True), ("chunked", True))),
        ({"close_idle": True}, "socket"),
    ],
)
def test_needs_follow_from_the_faults(tmp_path: Path, effect: dict[str, Any], needs: str | None) -> None:
    rules = [{"vendor": "augment", "effect": effect}]
    armed = {"mock": "PUT /faults", "body": {"rules": rules}}
    (case,) = read(tmp_path, {**GOOD, "setup": {**GOOD["setup"], "faults": rules}}).cases
    (later,) = read(tmp_path, {**GOOD, "steps": [armed, *GOOD["steps"]]}).cases
    assert (case.needs, later.needs) == (needs, needs)
