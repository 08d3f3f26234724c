"""Trials are found in what a server offers, and selected by patterns."""

import json
from collections.abc import Mapping

import click
import pytest
from flask import Flask

from mockserver.app import profiles
from mockserver.cli.torture import trials
from mockserver.cli.torture.trials import Kind, Trial
from mockserver.client import Client, Response, in_process


@pytest.fixture
def client(app: Flask) -> Client:
    """A client of the app."""
    return Client("http://localhost", transport=in_process(app))


def answering(answers: Mapping[str, object]) -> Client:
    """A client of a control plane that has these answers, by path."""
    whole = {
        "/_mock/profiles": {"profiles": []},
        "/_mock/cases": {"cases": []},
        "/_mock/policy": {},
        "/_mock/defects": {"known": []},
        "/_mock/health": {"vendors": ["one", "two"]},
        **answers,
    }

    def send(_method: str, target: str, _headers: Mapping[str, str], _body: bytes) -> Response:
        return Response(200, {"content-type": "application/json"}, json.dumps(whole[target]).encode())

    return Client("http://localhost", transport=send)


def test_every_defect_of_the_server_is_a_trial(client: Client) -> None:
    known = client.defects.get()["known"]
    found = [each for each in trials.find(client) if each.kind is Kind.DEFECT]
    assert {(vendor, operation, each.short) for each in found for vendor, operation in each.targets} == {
        (each["vendor"], operation, each["name"]) for each in known for operation in each["operations"]
    }
    assert all(each.sandbox == {"defects": [each.short]} and each.description.endswith(".") for each in found)


def test_defect_that_several_vendors_have_is_one_trial() -> None:
    same = {"name": "row-lost", "description": "A row is lost."}
    known = [{**same, "vendor": vendor, "operations": [f"list{vendor}"]} for vendor in ("one", "two")]
    (found,) = trials.find(answering({"/_mock/defects": {"known": known}}))
    assert (found.name, found.vendors) == ("defect.row-lost", ("one", "two"))
    assert found.targets == {("one", "listone"), ("two", "listtwo")}


def test_every_case_with_faults_is_a_trial(client: Client) -> None:
    with_faults = {each["id"]: each for each in client.cases() if each["sandbox"].get("faults")}
    found = {each.short: each for each in trials.find(client) if each.kind is Kind.CASE}
    assert found.keys() == with_faults.keys()
    assert all(each.has_faults for each in found.values())
    assert all(each.sandbox == {"faults": with_faults[name]["sandbox"]["faults"]} for name, each in found.items())
    assert (found["C410"].vendors, found["C054"].vendors) == ((), (with_faults["C054"]["vendor"],))


def test_trial_has_the_longest_delay_of_its_faults(client: Client) -> None:
    found = {each.name: each.delay_seconds for each in trials.find(client) if each.has_faults}
    assert {name: seconds for name, seconds in found.items() if seconds} == {"profile.slow": 6, "case.C454": 2}


def test_every_other_option_of_restatement_is_a_trial() -> None:
    restatement = {"value": "off", "options": ["off", "late_rows", "corrections"]}
    policy = {"one": {"other": {"value": "a", "options": ["a", "b"]}}, "two": {"restatement": restatement}}
    found = trials.find(answering({"/_mock/policy": policy}))
    assert [each.name for each in found] == [
        "switch.two.restatement=late_rows",
        "switch.two.restatement=corrections",
    ]
    assert found[0].sandbox == {"policy": {"two": {"restatement": "late_rows"}}}
    assert (found[0].description, found[0].vendors) == ("Published days are restated: late rows.", ("two",))


def test_every_profile_is_a_trial_for_all_vendors(app: Flask) -> None:
    found = {each.short: each for each in trials.of_server(app) if each.kind is Kind.PROFILE}
    assert {name: each.description for name, each in found.items()} == {
        each.name: each.description for each in profiles().profiles
    }
    flaky = found["flaky"]
    assert (flaky.name, flaky.sandbox, flaky.has_faults) == ("profile.flaky", {"profile": "flaky"}, True)
    assert (flaky.vendors, flaky.concerns([("one", "list")])) == ((), True)


def test_trials_of_a_server_are_those_that_its_control_plane_offers(app: Flask, client: Client) -> None:
    assert trials.of_server(app) == trials.find(client)


def made(kind: Kind, short: str, *vendors: str) -> Trial:
    """A trial."""
    return Trial(kind, short, "It does something.", {}, frozenset({(None, None)}), vendors)


KNOWN = [
    made(Kind.CASE, "C001"),
    made(Kind.CASE, "C002", "one"),
    made(Kind.DEFECT, "row-lost", "one", "two"),
    made(Kind.DEFECT, "row-twice", "two"),
]
SELECTED: dict[str, tuple[dict[str, tuple[str, ...]], list[str]]] = {
    "everything": ({}, ["C001", "C002", "row-lost", "row-twice"]),
    "a vendor, and what concerns all": ({"vendors": ("one",)}, ["C001", "C002", "row-lost"]),
    "two vendors": ({"vendors": ("one", "two")}, ["C001", "C002", "row-lost", "row-twice"]),
    "a kind": ({"only": ("defect.*",)}, ["row-lost", "row-twice"]),
    "a name without its kind": ({"only": ("row-lost",)}, ["row-lost"]),
    "two patterns": ({"only": ("row-lost", "case.C001")}, ["C001", "row-lost"]),
    "all but one": ({"skip": ("*lost",)}, ["C001", "C002", "row-twice"]),
    "both": ({"only": ("row-*",), "skip": ("*twice",)}, ["row-lost"]),
    "all three": ({"vendors": ("two",), "only": ("row-*",), "skip": ("*twice",)}, ["row-lost"]),
}


@pytest.mark.parametrize(("flags", "found"), SELECTED.values(), ids=SELECTED)
def test_flags_select_trials(flags: dict[str, tuple[str, ...]], found: list[str]) -> None:
    given = {"vendors": (), "only": (), "skip": (), **flags}
    assert [each.short for each in trials.select(KNOWN, given["vendors"], given["only"], given["skip"])] == found


def test_defect_of_several_vendors_is_armed_at_the_selected_ones_only() -> None:
    same = {"name": "row-lost", "description": "A row is lost."}
    known = [{**same, "vendor": vendor, "operations": [f"list-{vendor}"]} for vendor in ("one", "two", "three")]
    found = trials.find(answering({"/_mock/defects": {"known": known}}))
    (one,) = trials.select(found, ("one", "three"), (), ())
    assert one.sandbox == {"defects": [{"name": "row-lost", "vendor": vendor} for vendor in ("one", "three")]}
    assert (one.vendors, one.name) == (("one", "three"), "defect.row-lost")
    assert one.targets == {("one", "list-one"), ("three", "list-three")}
    assert trials.select(found, ("one", "two", "three"), (), ()) == found


@pytest.mark.parametrize("flag", ["only", "skip"])
def test_pattern_without_a_trial_is_refused(flag: str) -> None:
    given: dict[str, tuple[str, ...]] = {"only": (), "skip": (), flag: ("row-lots",)}
    rule = rf"^--{flag}: there is no trial 'row-lots' \(did you mean 'row-lost'\?\); `mockserver torture --list` lists"
    with pytest.raises(click.UsageError, match=rule):
        trials.select(KNOWN, (), given["only"], given["skip"])


TARGETS = {
    "the same": (("one", "list"), True),
    "another operation": (("one", "get"), False),
    "another vendor": (("two", "list"), False),
    "any operation of a vendor": (("one", None), True),
    "any vendor": ((None, "list"), True),
    "anything": ((None, None), True),
}


@pytest.mark.parametrize(("target", "concerned"), TARGETS.values(), ids=TARGETS)
def test_trial_concerns_the_requests_that_it_can_change(
    target: tuple[str | None, str | None], *, concerned: bool
) -> None:
    trial = Trial(Kind.DEFECT, "some", "It does something.", {}, frozenset({target}))
    assert trial.concerns([("one", "list")]) is concerned
    assert not trial.concerns([])
