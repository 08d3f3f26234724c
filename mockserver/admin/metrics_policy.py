"""What the definition of the metrics leaves open, as named switches of a group that is no vendor's.

Data only: acting on any of it stays out (`metrics`). The grades are as everywhere: A is assumed.
"""

from typing import Final

from mockserver.gateway.switches import Grade, Switch, switch
from mockserver.simulation.metrics_events import DimensionEvents

NAME: Final = "metrics"

SWITCHES: Final[tuple[Switch, ...]] = (
    switch(
        "dimension_events",
        DimensionEvents.BROAD.value,
        DimensionEvents.STRICT.value,
        grade=Grade.ASSUMED,
        description="What an AI interaction is: anything that was shown, asked or written (the definition: a "
        "single minimal "
        "interaction qualifies), or only what somebody took, or asked by hand: accepted completions, no pipeline's "
        "messages, no agent's lines of which nobody tells that they were kept.",
    ),
    switch(
        "unseen_lines",
        "hidden",
        "counted",
        grade=Grade.ASSUMED,
        description="Lines written with JetBrains AI: they are in no API, so that a client cannot count them, "
        "or they count.",
    ),
    switch(
        "subteams",
        "without",
        "with",
        grade=Grade.ASSUMED,
        description="Whom a team's metric counts: the members that Tabnine lists for the team alone, or its "
        "subteams' too.",
    ),
    switch(
        "empty_buckets",
        "zeros",
        "omitted",
        grade=Grade.ASSUMED,
        description="A bucket in which nothing happened, in the future too: it counts as zero in the average, "
        "or not at all.",
    ),
    switch(
        "partial_buckets",
        "clipped",
        "omitted",
        grade=Grade.ASSUMED,
        description="A week or month of which the range has only a part: that part counts as one bucket, or is "
        "left out.",
    ),
)
