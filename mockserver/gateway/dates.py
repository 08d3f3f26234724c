"""The Date header of the vendors' answers: the time of the sandbox's clock, unless a switch says otherwise."""

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from werkzeug.http import http_date

from mockserver.gateway.switches import AnySwitch, Grade, switch
from mockserver.simulation.clock import Clock

if TYPE_CHECKING:
    from mockserver.gateway.sandbox import Policy

NAME: Final = "server"
"""The group of the switches that are about the HTTP server and not about one vendor."""

HEADER: Final = "Date"


class DateHeader(StrEnum):
    """Whose time the Date header has."""

    SANDBOX = "sandbox"
    SERVER = "server"


DATE_HEADER: Final = switch(
    "date_header",
    DateHeader,
    grade=Grade.ASSUMED,
    description="The Date header of the vendors' answers: the time of the sandbox's clock, as a live service shows the "
    "time at which it answers, or the time of the machine, as in the answers of /_mock.",
)

SWITCHES: Final[tuple[AnySwitch, ...]] = (DATE_HEADER,)


def is_of_sandbox(policy: "Policy") -> bool:
    """Whether the Date header has the time of the sandbox's clock."""
    return policy.switches[NAME][DATE_HEADER] is DateHeader.SANDBOX


def of(clock: Clock) -> str:
    """The time that a clock shows, as the header has it."""
    return text(clock.now_ns() // 10**9)


@lru_cache(64)
def text(second: int) -> str:
    """A time, in seconds since 1970, as the header has it."""
    return http_date(second)
