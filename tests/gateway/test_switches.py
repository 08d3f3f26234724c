"""Promises about switches: a default among the options, strict parsing, errors that list what exists."""

from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gateway import switches
from mockserver.gateway.switches import AnySwitch, Grade, SwitchError, Switches


class Mood(StrEnum):
    """How it speaks."""

    CHEERFUL = "cheerful"
    GRUMPY = "grumpy"


MOOD = switches.switch("mood", Mood, grade=Grade.ASSUMED, description="How it speaks.")
HOUR = switches.Switch("hour", tuple(range(24)), default=2, grade=Grade.DOCUMENTED, description="When it wakes.")
BOTH = (MOOD, HOUR)
NAMES = switches.names(
    "names", "items", "date", "tool", kept=("nextCursor",), grade=Grade.ASSUMED, description="What things are called."
)
NO_MOODS: tuple[object, ...] = ("", "Grumpy", None, ["grumpy"])
NO_HOURS: tuple[object, ...] = (True, False, 24, -1, "02", 1.5, {})


def test_first_option_is_the_default() -> None:
    assert (MOOD.default, MOOD.options) == ("cheerful", ("cheerful", "grumpy"))


def test_every_switch_has_a_default() -> None:
    assert switches.defaults(BOTH) == {"mood": "cheerful", "hour": 2}


@pytest.mark.parametrize(
    ("switch", "value", "read"),
    [(MOOD, "grumpy", Mood.GRUMPY), (MOOD, Mood.GRUMPY, Mood.GRUMPY), (HOUR, 0, 0), (HOUR, "0", 0), (HOUR, "23", 23)],
)
def test_option_is_read_from_itself_or_its_text(switch: AnySwitch, value: object, read: object) -> None:
    found = switch.read(value)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("switch", "value"),
    [
        *((MOOD, value) for value in NO_MOODS),
        *((HOUR, value) for value in NO_HOURS),
    ],
    ids=repr,
)
def test_any_other_value_is_refused_with_the_options(switch: AnySwitch, value: object) -> None:
    with pytest.raises(SwitchError) as caught:
        switch.read(value)
    assert str(caught.value).startswith(f"{switch.name} cannot be {value!r}; it takes one of: ")
    assert str(caught.value).endswith("cheerful, grumpy" if switch is MOOD else "22, 23")


def test_only_given_values_are_parsed() -> None:
    assert switches.parse(BOTH, {"hour": "7"}) == {"hour": 7}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("moood", "there is no switch 'moood' (did you mean 'mood'?); there are: mood, hour"),
        ("xyz", "there is no switch 'xyz'; there are: mood, hour"),
    ],
)
def test_unknown_switch_is_refused_with_a_suggestion(name: str, message: str) -> None:
    with pytest.raises(SwitchError) as caught:
        switches.parse(BOTH, {name: "x"})
    assert str(caught.value) == message


MOMENT = switches.timestamp_switch(
    "cutoff", "2026-05-01T00:00:00Z", "2025-10-01T00:00:00Z", grade=Grade.ASSUMED, description="When it ends."
)
SAME = ("2026-05-01T12:30:00Z", "2026-05-01T14:30:00+02:00", datetime(2026, 5, 1, 12, 30, tzinfo=UTC))
NO_MOMENTS = ("", "soon", "2026-05-01", "2026-05-01T00:00:00", "2026-05-01T00:00:00.5Z", "0001-01-01T00:00:00+02:00", 5)


@pytest.mark.parametrize("value", SAME, ids=str)
def test_timestamp_is_read_in_utc(value: object) -> None:
    assert MOMENT.read(value) == "2026-05-01T12:30:00Z"


@pytest.mark.parametrize("value", NO_MOMENTS, ids=repr)
def test_other_value_of_a_timestamp_switch_is_refused_with_the_rule(value: object) -> None:
    with pytest.raises(SwitchError, match="it takes a timestamp in whole seconds with its time zone, as in 2026"):
        MOMENT.read(value)


def test_by_default_no_field_is_renamed() -> None:
    assert (NAMES.to_json(NAMES.default), NAMES.options) == ({}, ("items", "date", "tool"))


RENAMINGS: dict[str, tuple[object, dict[str, str]]] = {
    "none": ({}, {}),
    "a mapping": ({"items": "rows"}, {"items": "rows"}),
    "a text of pairs": ("items=rows", {"items": "rows"}),
    "pairs with space around them": ("date = day, items = rows", {"items": "rows", "date": "day"}),
    "a new name with an equals sign": ("items=a=b", {"items": "a=b"}),
    "JSON": (' {"items": "rows", "tool": "a, b"}', {"items": "rows", "tool": "a, b"}),
    "JSON without anything": ("{}", {}),
    "two that swap": ({"items": "date", "date": "items"}, {"items": "date", "date": "items"}),
    "three in a ring": ("items=date,date=tool,tool=items", {"items": "date", "date": "tool", "tool": "items"}),
    "a name that is given up": ({"items": "date", "date": "day"}, {"items": "date", "date": "day"}),
    "a name that keeps its own": ({"items": "items", "date": "day"}, {"date": "day"}),
    "letters of any script": ({"items": "строки 行"}, {"items": "строки 行"}),
    "the shortest and the longest": ({"items": "x", "date": "y" * 100}, {"items": "x", "date": "y" * 100}),
}


@pytest.mark.parametrize(("given", "mapping"), RENAMINGS.values(), ids=RENAMINGS)
def test_renaming_is_read_from_a_mapping_or_text(given: object, mapping: dict[str, str]) -> None:
    value = NAMES.read(given)
    assert NAMES.to_json(value) == mapping
    assert NAMES.read(value) == value


def test_same_renaming_is_the_same_option_in_any_form() -> None:
    given = ({"date": "day", "items": "rows"}, {"items": "rows", "date": "day", "tool": "tool"}, "date=day,items=rows")
    assert len({NAMES.read(each) for each in given}) == 1


NEITHER = "it takes old=new,older=newer, or a JSON object"
RULE = "a name is text of 1 to 100 printable characters, not only spaces"
BAD_RENAMINGS: dict[str, tuple[object, str]] = {
    "an unknown name": (
        {"itms": "rows"},
        "names: there is no response name 'itms' (did you mean 'items'?); there are: items, date, tool",
    ),
    "a name that is no text": ({5: "rows"}, "names: there is no response name '5'; there are: items, date, tool"),
    "a documented name": (
        {"nextCursor": "next"},
        "names cannot rename 'nextCursor': it is documented, and never changes",
    ),
    "two alike": (
        {"items": "x", "date": "x"},
        "names would call 'items' and 'date' alike, 'x': names must stay distinct (two may be swapped)",
    ),
    "one like another that stays": (
        {"items": "tool"},
        "names would call 'items' and 'tool' alike, 'tool': names must stay distinct (two may be swapped)",
    ),
    "one like a documented one": (
        "items=nextCursor",
        "names would call 'items' and 'nextCursor' alike, 'nextCursor': names must stay distinct (two may be swapped)",
    ),
    "an empty name": ({"items": ""}, f"names cannot call 'items' '': {RULE}"),
    "a blank name": ({"items": " "}, f"names cannot call 'items' ' ': {RULE}"),
    "a name of a space beyond ASCII": ({"items": "\u2003"}, "names cannot call 'items' '\\u2003'"),
    "a name too long": ({"items": "x" * 101}, f"names cannot call 'items' '{'x' * 101}': {RULE}"),
    "a line break": ({"items": "a\nb"}, f"names cannot call 'items' 'a\\nb': {RULE}"),
    "half a pair": ({"items": "\ud800"}, f"names cannot call 'items' '\\ud800': {RULE}"),
    "a number for a name": ({"items": 5}, f"names cannot call 'items' 5: {RULE}"),
    "nothing for a name": ('{"items": null}', f"names cannot call 'items' None: {RULE}"),
    "a mapping for a name": ({"items": {"a": "b"}}, f"names cannot call 'items' {{'a': 'b'}}: {RULE}"),
    "a word": ("rows", f"names cannot be 'rows': {NEITHER}"),
    "no text at all": ("", f"names cannot be '': {NEITHER}"),
    "a pair and a word": ("items=rows,date", f"names cannot be 'items=rows,date': {NEITHER}"),
    "a pair that stands twice": ("items=a,items=b", "names cannot be 'items=a,items=b': 'items' is there 2 times"),
    "a member that stands twice": ('{"items": "a", "items": "b"}', "'items' is there 2 times"),
    "JSON cut short": ('{"items"', """names cannot be '{"items"': Expecting ':' delimiter"""),
    "JSON beyond all depth": ('{"items":' * 100_000, "it is nested too deeply"),
    "a number": (5, "names cannot be 5; it takes a mapping of response names to others, as in {"),
    "a truth value": (True, "names cannot be True; it takes a mapping"),
    "nothing": (None, "names cannot be None; it takes a mapping"),
    "a list": ([["items", "rows"]], "names cannot be [['items', 'rows']]; it takes a mapping"),
}


@pytest.mark.parametrize(("given", "taught"), BAD_RENAMINGS.values(), ids=BAD_RENAMINGS)
def test_invalid_renaming_is_refused_with_the_rule(given: object, taught: str) -> None:
    with pytest.raises(SwitchError) as caught:
        NAMES.read(given)
    assert taught in str(caught.value)
    assert len(str(caught.value)) < 400


TOGETHER: dict[str, tuple[tuple[object, ...], dict[str, str]]] = {
    "one": (("items=rows",), {"items": "rows"}),
    "two": (("items=rows", "tool=feature"), {"items": "rows", "tool": "feature"}),
    "of the same name the last": (("items=rows,date=day", "items=list"), {"items": "list", "date": "day"}),
    "two that swap, each of which alone would collide": (
        ("items=date", "date=items"),
        {"items": "date", "date": "items"},
    ),
    "in any form": (
        ('{"items": "rows"}', {"tool": "feature"}, "date=day"),
        {"items": "rows", "tool": "feature", "date": "day"},
    ),
    "a name that gets its own back": (("items=rows,date=day", "items=items"), {"date": "day"}),
}


@pytest.mark.parametrize(("given", "mapping"), TOGETHER.values(), ids=TOGETHER)
def test_repeated_renamings_are_combined(given: tuple[object, ...], mapping: dict[str, str]) -> None:
    found = switches.parse((NAMES,), {"names": given})
    assert NAMES.to_json(found["names"]) == mapping


@pytest.mark.parametrize("given", [("items=x", "date=x"), ("items=x", "date"), ("itms=x", "items=x"), (5, "items=x")])
def test_repeated_renamings_are_refused_together(given: tuple[object, ...]) -> None:
    with pytest.raises(SwitchError, match="names"):
        NAMES.read(*given)


def test_long_value_is_shortened_in_its_refusal() -> None:
    with pytest.raises(SwitchError) as caught:
        MOOD.read({"value": "cheerful", "description": "x" * 1000})
    assert str(caught.value).startswith("mood cannot be {'value': 'cheerful', 'description': 'xxx")
    assert len(str(caught.value)) < 160


def test_last_of_repeated_values_counts_and_all_must_be_valid() -> None:
    assert switches.parse(BOTH, {"hour": (3, "4")}) == {"hour": 4}
    with pytest.raises(SwitchError, match="it takes one of: cheerful, grumpy"):
        MOOD.read("sad", "grumpy")


def test_renamed_fields_come_from_any_renaming_switch() -> None:
    every = (*BOTH, NAMES)
    plain = switches.defaults(every)
    renaming = Switches(plain | {"names": NAMES.read("items=rows")})
    assert Switches(plain).renamed_fields(every) == {}
    assert renaming.renamed_fields(every) == {"items": "rows"}
    assert renaming.renamed_fields(BOTH) == {}


def test_switch_is_the_key_to_its_option() -> None:
    in_force = Switches(switches.parse(BOTH, {"mood": "grumpy", "hour": "7"}))
    assert in_force[MOOD] is Mood.GRUMPY
    assert in_force[HOUR] == 7


def test_what_depends_on_the_options_is_made_once() -> None:
    in_force, other = Switches({"mood": Mood.GRUMPY}), Switches({"mood": Mood.CHEERFUL})
    made: list[Switches] = []

    def part(switches: Switches) -> list[Mood]:
        made.append(switches)
        return [switches[MOOD]]

    assert in_force.of(part) is in_force.of(part)
    assert (in_force.of(part), other.of(part)) == ([Mood.GRUMPY], [Mood.CHEERFUL])
    assert made == [in_force, other]
    assert in_force == Switches({"mood": Mood.GRUMPY}), "what was made does not count"


def test_equal_options_make_equal_switches() -> None:
    one, same, other = (Switches({"mood": mood}) for mood in (Mood.GRUMPY, "grumpy", Mood.CHEERFUL))
    assert one == same
    assert one != other


@given(st.permutations(("items", "date", "tool", "nextCursor")))
def test_renamable_fields_can_be_swapped(order: list[str]) -> None:
    mapping = dict(zip(("items", "date", "tool", "nextCursor"), order, strict=True))
    if mapping.pop("nextCursor") == "nextCursor":
        assert NAMES.to_json(NAMES.read(mapping)) == {old: new for old, new in mapping.items() if old != new}
    else:
        with pytest.raises(SwitchError, match="alike, 'nextCursor'"):
            NAMES.read(mapping)


def test_fields_without_a_common_group_may_get_the_same_name() -> None:
    groups = (("items", "date", "userId"), ("items", "id"))
    renaming = switches.names(
        "names",
        "items",
        "date",
        "userId",
        "id",
        kept=("next",),
        groups=groups,
        grade=Grade.ASSUMED,
        description="Names.",
    )
    assert renaming.read({"userId": "id"}) == '{"userId": "id"}'
    assert renaming.read({"id": "date"}) == '{"id": "date"}'
    for mapping in ({"userId": "date"}, {"id": "items"}, {"items": "id"}, {"id": "next"}, {"date": "next"}):
        with pytest.raises(SwitchError, match="names must stay distinct"):
            renaming.read(mapping)
