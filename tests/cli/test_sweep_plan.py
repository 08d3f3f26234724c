"""The plan of a sweep: one switch at a time, every other option, and only undocumented switches unless named."""

from enum import StrEnum

import click
import pytest

from mockserver import vendors
from mockserver.cli.sweep import plan
from mockserver.cli.sweep.plan import Plan
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
HOUR = switches.Switch("hour", (2, 0, 1), default=2, grade=Grade.DOCUMENTED, description="An hour.")
SHAPE = switches.switch("shape", Shape, grade=Grade.OBSERVED, description="A shape.")
NAMES = switches.names("names", "items", "date", grade=Grade.ASSUMED, description="What things are called.")
KNOWN: dict[str, tuple[AnySwitch, ...]] = {"one": (OPEN, HOUR), "two": (SHAPE, NAMES)}
BASELINE = {name: Switches(switches.defaults(known)) for name, known in KNOWN.items()}


def planned(*names: str, of: tuple[str, ...] = (), baseline: dict[str, Switches] | None = None) -> Plan:
    """The plan for some switches and vendors."""
    return plan.plan(KNOWN, {**BASELINE, **(baseline or {})}, of, names)


def texts(plan: Plan) -> list[str]:
    """The variations of a plan as text."""
    return [str(variation) for variation in plan.variations]


def test_every_other_option_of_undocumented_switches_is_tried() -> None:
    assert texts(planned()) == ["one.open=b", "one.open=c", "two.shape=nested"]


def test_left_out_switches_have_a_reason() -> None:
    assert planned().left_out == {
        "one.hour": "its default is documented; --switch one.hour tries the others",
        "two.names": "it takes any names, so its options cannot be listed; try some with --switch two.names=old=new",
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


@pytest.mark.parametrize(("of", "names", "found"), PICKED.values(), ids=PICKED)
def test_vendor_and_switch_flags_add_up(of: tuple[str, ...], names: tuple[str, ...], found: list[str]) -> None:
    assert texts(planned(*names, of=of)) == found


def test_named_switch_is_not_listed_as_left_out() -> None:
    assert planned("one.hour=0", of=("one",)).left_out == {}


def test_option_of_the_baseline_is_not_a_variation() -> None:
    changed = planned(baseline={"one": Switches({"open": Letter.B, "hour": 2})})
    assert texts(changed)[:2] == ["one.open=a", "one.open=c"]
    assert [variation.baseline for variation in changed.variations][:2] == ["b", "b"]


WRONG = {
    "no vendor": ("three.open", "there is no vendor 'three'; there are: one, two"),
    "no switch": ("one.opn", "there is no switch 'opn' (did you mean 'open'?); there are: open, hour"),
    "no dot": ("open", "it must be vendor.switch; `mockserver switches` lists all of them"),
    "no such value": ("one.open=d", "open cannot be 'd'; it takes one of: a, b, c"),
    "an empty value": ("one.open=", "open cannot be ''; it takes one of: a, b, c"),
    "the value that it has": ("one.open=a", "the baseline has a already; name another option, or none"),
    "a renaming without names": ("two.names", "it takes any names, so its options cannot be listed"),
}


@pytest.mark.parametrize(("name", "message"), WRONG.values(), ids=WRONG)
def test_unknown_names_are_refused_with_the_known_ones(name: str, message: str) -> None:
    with pytest.raises(click.UsageError) as error:
        planned(name)
    assert str(error.value).startswith(f"--switch {name.partition('=')[0]}: {message}")


def test_unknown_vendor_is_refused() -> None:
    with pytest.raises(
        click.UsageError, match=r"^--vendor: there is no vendor 'tow' \(did you mean 'two'\?\); there are"
    ):
        planned(of=("tow",))


def test_every_vendor_has_undocumented_variations() -> None:
    known = {vendor.name: vendor.switches for vendor in vendors.discover()}
    whole = plan.plan(known, {name: Switches(switches.defaults(each)) for name, each in known.items()}, (), ())
    assert {variation.vendor for variation in whole.variations} == set(known)
    assert Grade.DOCUMENTED not in {variation.switch.grade for variation in whole.variations}
    assert len(whole.variations) == sum(
        len(each.options) - 1
        for of_vendor in known.values()
        for each in of_vendor
        if each.grade is not Grade.DOCUMENTED and not isinstance(each, Renaming)
    )
