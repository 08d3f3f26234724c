"""Promises about the types of switches: the type checker knows each switch's options.

Every `type: ignore` below stands on a mistake that mypy must find; mypy reports an ignore that nothing needs, so these
lines fail the static checks as soon as a mistake goes unnoticed.
"""

from enum import StrEnum
from typing import assert_never, assert_type

import pytest

from mockserver.gateway.switches import Grade, Switch, Switches, switch


class Weather(StrEnum):
    """What a bird flies in."""

    SUN = "sun"
    RAIN = "rain"


class Season(StrEnum):
    """When a bird flies."""

    SUMMER = "summer"
    WINTER = "winter"


WEATHER = switch("weather", Weather, grade=Grade.ASSUMED, description="What it flies in.")
HOUR = Switch("hour", tuple(range(24)), default=2, grade=Grade.ASSUMED, description="When it wakes.")
IN_FORCE = Switches({"weather": Weather.RAIN, "hour": 7})


def test_option_has_the_type_of_its_switch() -> None:
    assert assert_type(IN_FORCE[WEATHER], Weather) is Weather.RAIN
    assert assert_type(IN_FORCE[HOUR], int) == 7


def test_misspelt_option_is_a_type_error() -> None:
    with pytest.raises(AttributeError):
        _ = IN_FORCE[WEATHER] is Weather.SNOW  # type: ignore[attr-defined]


def test_option_of_another_switch_is_a_type_error() -> None:
    assert IN_FORCE[WEATHER] is not Season.SUMMER  # type: ignore[comparison-overlap]


def test_misspelt_name_is_a_type_error() -> None:
    with pytest.raises(AttributeError):
        _ = IN_FORCE["weather"]  # type: ignore[index]


def test_forgotten_option_is_a_type_error() -> None:
    def pack(weather: Weather) -> str:
        match weather:
            case Weather.SUN:
                return "hat"
            case other:
                assert_never(other)  # type: ignore[arg-type]

    with pytest.raises(AssertionError):
        pack(IN_FORCE[WEATHER])
