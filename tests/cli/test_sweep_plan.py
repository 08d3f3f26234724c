"""Promises about what a sweep tries: one switch at a time, every other value, and only what is open unless named."""

from enum import StrEnum

import pytest

from mockserver import vendors
from mockserver.cli.sweep import plan
from mockserver.cli.sweep.plan import Plan, PlanError
from mockserver.gateway import switches
from mockserver.gateway.switches import AnySwitch, Grade, Renaming, Switches


class Letter(StrEnum):
    """One of three."""

    A = "a"
    B = "b"
    C = "c"


class Shape(StrEnum):
    """A shape."""

    FLAT = "flat"
    NESTED = "nested"


OPEN = switches.switch("open", Letter, grade=Grade.ASSUMED, description="One of three.")
HOUR = switches.integer_switch("hour", (2, 0, 1), default=2, grade=Grade.DOCUMENTED, description="An hour.")
SHAPE = switches.switch("shape", Shape, grade=Grade.OBSERVED, description="A shape.")
NAMES = switches.names("names", "items", "date", grade=Grade.ASSUMED, description="What things are called.")
KNOWN: dict[str, tuple[AnySwitch, ...]] = {"one": (OPEN, HOUR), "two": (SHAPE, NAMES)}
USUAL = {name: Switches(switches.defaults(known)) for name, known in KNOWN.items()}


def planned(*asked: str, of: tuple[str, ...] = (), usual: dict[str, Switches] | None = None) -> Plan:
    """The plan for some switches and vendors."""
    return plan.plan(KNOWN, {**USUAL, **(usual or {})}, of, asked)


def written(plan: Plan) -> list[str]:
    """The readings of a plan, written."""
    return [str(reading) for reading in plan.readings]


def test_every_other_choice_of_every_open_switch_is_tried_once() -> None:
    assert written(planned()) == ["one.open=b", "one.open=c", "two.shape=nested"]


def test_what_is_left_out_says_why() -> None:
    assert {str(each): each.why for each in planned().left_out} == {
        "one.hour": "its default is documented; --switch one.hour tries the others",
        "two.names": "any names may be given, so there is no list of readings; try some with "
        "--switch two.names=old=new",
    }


PICKED = {
    "one vendor": (("two",), (), ["two.shape=nested"]),
    "a vendor twice": (("two", "two"), (), ["two.shape=nested"]),
    "one switch": ((), ("two.shape",), ["two.shape=nested"]),
    "a documented switch": ((), ("one.hour",), ["one.hour=0", "one.hour=1"]),
    "one value": ((), ("one.open=c",), ["one.open=c"]),
    "a number": ((), ("one.hour=1",), ["one.hour=1"]),
    "a renaming": ((), ("two.names=items=rows,date=day",), ['two.names={"items": "rows", "date": "day"}']),
    "a vendor and a switch of another": (("two",), ("one.hour=0",), ["two.shape=nested", "one.hour=0"]),
    "a vendor and a switch of its own": (("one",), ("one.open=b",), ["one.open=b", "one.open=c"]),
}


@pytest.mark.parametrize(("of", "asked", "found"), PICKED.values(), ids=PICKED)
def test_vendors_and_switches_pick_together(of: tuple[str, ...], asked: tuple[str, ...], found: list[str]) -> None:
    assert written(planned(*asked, of=of)) == found


def test_what_is_asked_for_is_not_told_as_left_out() -> None:
    assert planned("one.hour=0", of=("one",)).left_out == ()


def test_what_the_server_starts_with_is_no_reading() -> None:
    changed = planned(usual={"one": Switches({"open": Letter.B, "hour": 2})})
    assert written(changed)[:2] == ["one.open=a", "one.open=c"]
    assert [reading.usual for reading in changed.readings][:2] == ["b", "b"]


WRONG = {
    "no vendor": ("three.open", "there is no vendor 'three'; there are: one, two"),
    "no switch": ("one.opn", "there is no switch 'opn' (did you mean 'open'?); there are: open, hour"),
    "no dot": ("open", "it takes vendor.switch; `mockserver switches` lists all of them"),
    "no such value": ("one.open=d", "open cannot be 'd'; it takes one of: a, b, c"),
    "an empty value": ("one.open=", "open cannot be ''; it takes one of: a, b, c"),
    "the value that it has": ("one.open=a", "a is what the baseline has already; name another value, or none"),
    "a renaming without names": ("two.names", "any names may be given, so there is no list of readings"),
}


@pytest.mark.parametrize(("asked", "said"), WRONG.values(), ids=WRONG)
def test_what_there_is_not_is_refused_with_what_there_is(asked: str, said: str) -> None:
    with pytest.raises(PlanError) as refusal:
        planned(asked)
    assert str(refusal.value).startswith(f"--switch {asked.partition('=')[0]}: {said}")


def test_a_vendor_that_there_is_not_is_refused() -> None:
    with pytest.raises(PlanError, match=r"^--vendor: there is no vendor 'tow' \(did you mean 'two'\?\); there are"):
        planned(of=("tow",))


def test_every_served_vendor_has_readings_and_none_is_documented() -> None:
    known = {vendor.name: vendor.switches for vendor in vendors.discover()}
    whole = plan.plan(known, {name: Switches(switches.defaults(each)) for name, each in known.items()}, (), ())
    assert {reading.vendor for reading in whole.readings} == set(known)
    assert Grade.DOCUMENTED not in {reading.switch.grade for reading in whole.readings}
    assert len(whole.readings) == sum(
        len(each.options) - 1
        for of_vendor in known.values()
        for each in of_vendor
        if each.grade is not Grade.DOCUMENTED and not isinstance(each, Renaming)
    )
