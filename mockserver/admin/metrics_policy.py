"""What the definition of the metrics leaves open, as switches of a group that belongs to no vendor.

Data only; acting on it is the job of `metrics`.
"""

from enum import StrEnum
from typing import Final

from mockserver.gateway.switches import AnySwitch, Grade, switch
from mockserver.simulation.metrics_events import DimensionEvents

NAME: Final = "metrics"


class UnseenLines(StrEnum):
    """Lines that no API shows."""

    HIDDEN = "hidden"
    COUNTED = "counted"


class Subteams(StrEnum):
    """Members of a team's subteams."""

    WITHOUT = "without"
    WITH = "with"


class EmptyBuckets(StrEnum):
    """A bucket in which nothing happened."""

    ZEROS = "zeros"
    OMITTED = "omitted"


class PartialBuckets(StrEnum):
    """A bucket that the range cuts."""

    CLIPPED = "clipped"
    OMITTED = "omitted"


DIMENSION_EVENTS: Final = switch(
    "dimension_events",
    DimensionEvents,
    grade=Grade.ASSUMED,
    description="What an AI interaction is: anything that was shown, asked or written (the definition: a single "
    "minimal interaction qualifies), or only what somebody took, or asked by hand: accepted completions, "
    "no pipeline's messages, no agent's lines of which nobody tells that they were kept.",
)
UNSEEN_LINES: Final = switch(
    "unseen_lines",
    UnseenLines,
    grade=Grade.ASSUMED,
    description="Lines written with JetBrains AI: they are in no API, so that a client cannot count them, or they "
    "count.",
)
SUBTEAMS: Final = switch(
    "subteams",
    Subteams,
    grade=Grade.ASSUMED,
    description="Whom a team's metric counts: the members that Tabnine lists for the team alone, or its subteams' too.",
)
EMPTY_BUCKETS: Final = switch(
    "empty_buckets",
    EmptyBuckets,
    grade=Grade.ASSUMED,
    description="A bucket in which nothing happened, in the future too: it counts as zero in the average, or not at "
    "all.",
)
PARTIAL_BUCKETS: Final = switch(
    "partial_buckets",
    PartialBuckets,
    grade=Grade.ASSUMED,
    description="A week or month of which the range has only a part: that part counts as one bucket, or is left out.",
)

SWITCHES: Final[tuple[AnySwitch, ...]] = (
    DIMENSION_EVENTS,
    UNSEEN_LINES,
    SUBTEAMS,
    EMPTY_BUCKETS,
    PARTIAL_BUCKETS,
)
