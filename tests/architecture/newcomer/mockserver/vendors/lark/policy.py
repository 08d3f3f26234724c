"""Lark's mount, authentication, limit, page sizes and switches. Data only."""

from enum import StrEnum
from typing import Final

from mockserver.gateway import pipeline
from mockserver.gateway.limits import Allowance
from mockserver.gateway.switches import AnySwitch, Grade, switch

NAME: Final = "lark"
TITLE: Final = "Lark Reports API"
MOUNTS: Final = ("/lark/v2",)
SCHEMES: Final = ("Bearer",)
SAMPLE_PATH: Final = "/lark/v2/days?from=2025-10-01&to=2025-10-20"
STAGES: Final = (pipeline.authenticate, pipeline.permit, pipeline.fault, pipeline.limit)
ALLOWANCE: Final = Allowance(per_minute=60, burst=60)
PAGE_DEFAULT: Final = 20
PAGE_MAXIMUM: Final = 100


class SilentRange(StrEnum):
    """The answer for a range without any songs."""

    NO_CONTENT = "no_content"
    EMPTY_LIST = "empty_list"


SILENT_RANGE: Final = switch(
    "silent_range",
    SilentRange,
    grade=Grade.ASSUMED,
    description="A range without any songs: a 204, or an empty list. Undocumented.",
)


class UnknownParameters(StrEnum):
    """What happens to a parameter that the endpoint does not have."""

    REJECT = "reject"
    IGNORE = "ignore"


UNKNOWN_PARAMETERS: Final = switch(
    "unknown_parameters",
    UnknownParameters,
    grade=Grade.ASSUMED,
    description="A parameter that the endpoint does not have: a 400, or ignored. Undocumented.",
)

SWITCHES: Final[tuple[AnySwitch, ...]] = (SILENT_RANGE, UNKNOWN_PARAMETERS)
