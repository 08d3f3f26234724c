"""Holds switches to their promises: a default among the choices, values read strictly, errors that name what exists.

Which switches a vendor has stays out.
"""

import pytest

from mockserver.gateway import switches
from mockserver.gateway.switches import Grade, Switch, SwitchError

MOOD = switches.switch("mood", "cheerful", "grumpy", grade=Grade.ASSUMED, says="How it speaks.")
HOUR = Switch("hour", tuple(range(24)), 2, Grade.DOCUMENTED, "When it wakes.")
BOTH = (MOOD, HOUR)
NO_MOODS: tuple[object, ...] = ("", "Grumpy", None, ["grumpy"])
NO_HOURS: tuple[object, ...] = (True, False, 24, -1, "02", 1.5, {})


def test_the_first_choice_is_the_default() -> None:
    assert (MOOD.default, MOOD.choices) == ("cheerful", ("cheerful", "grumpy"))


def test_every_switch_has_a_value_from_the_beginning() -> None:
    assert switches.defaults(BOTH) == {"mood": "cheerful", "hour": 2}


@pytest.mark.parametrize(
    ("switch", "value", "read"),
    [(MOOD, "grumpy", "grumpy"), (HOUR, 0, 0), (HOUR, "0", 0), (HOUR, "23", 23)],
)
def test_a_choice_is_read_as_it_is_or_as_its_text(switch: Switch, value: object, read: object) -> None:
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
def test_any_other_value_is_refused_with_the_choices(switch: Switch, value: object) -> None:
    with pytest.raises(SwitchError) as caught:
        switch.read(value)
    assert str(caught.value).startswith(f"{switch.name} cannot be {value!r}; it takes one of: ")
    assert str(caught.value).endswith("cheerful, grumpy" if switch is MOOD else "22, 23")


def test_stated_values_are_read_and_the_others_left_out() -> None:
    assert switches.read(BOTH, {"hour": "7"}) == {"hour": 7}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("moood", "there is no switch 'moood' (did you mean 'mood'?); there are: mood, hour"),
        ("xyz", "there is no switch 'xyz'; there are: mood, hour"),
    ],
)
def test_an_unknown_switch_is_refused_with_the_nearest_and_all_names(name: str, message: str) -> None:
    with pytest.raises(SwitchError) as caught:
        switches.read(BOTH, {name: "x"})
    assert str(caught.value) == message


def test_where_there_are_none_at_all_the_message_says_so() -> None:
    assert switches.unknown("vendor", "x", []) == "there is no vendor 'x'; there are: none"
