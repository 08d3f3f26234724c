"""Switches for what the definition of the metrics leaves open; they belong to no vendor."""

from enum import StrEnum
from typing import Final

from mockserver.gateway.switches import AnySwitch, Grade, switch
from mockserver.products.metric_events import DimensionEvents

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
    """A bucket that is only partly in the range."""

    CLIPPED = "clipped"
    OMITTED = "omitted"


DIMENSION_EVENTS: Final = switch(
    "dimension_events",
    DimensionEvents,
    grade=Grade.ASSUMED,
    description="What an AI interaction is: anything shown, requested or written (the definition: a single minimal "
    "interaction qualifies), or only what somebody accepted or requested by hand: accepted completions, but no "
    "messages of pipelines and no lines of agents that may not have been kept.",
)
UNSEEN_LINES: Final = switch(
    "unseen_lines",
    UnseenLines,
    grade=Grade.ASSUMED,
    description="Lines that AI wrote and that no API shows: they do not count, because a client cannot know them, "
    "or they count.",
)
SUBTEAMS: Final = switch(
    "subteams",
    Subteams,
    grade=Grade.ASSUMED,
    description="Whom a team's metric counts: the people listed in the team alone, or those of its subteams too.",
)
EMPTY_BUCKETS: Final = switch(
    "empty_buckets",
    EmptyBuckets,
    grade=Grade.ASSUMED,
    description="A bucket in which nothing happened, in the future too: it counts as zero in the average, "
    "or not at all.",
)
PARTIAL_BUCKETS: Final = switch(
    "partial_buckets",
    PartialBuckets,
    grade=Grade.ASSUMED,
    description="A week or month of which the range has only a part: that part counts as one bucket, or is left out.",
)

SWITCHES: Final[tuple[AnySwitch, ...]] = (DIMENSION_EVENTS, UNSEEN_LINES, SUBTEAMS, EMPTY_BUCKETS, PARTIAL_BUCKETS)
