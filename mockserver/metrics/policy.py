"""What the definition of the metrics leaves open, as a group of switches that belongs to no vendor."""

from dataclasses import dataclass
from typing import Final

from mockserver.gateway.switches import Grade, Switch, Values, switch
from mockserver.products.metric_events import DimensionEvents

NAME: Final = "metrics"

SWITCHES: Final[tuple[Switch, ...]] = (
    switch(
        "dimension_events",
        DimensionEvents.BROAD.value,
        DimensionEvents.STRICT.value,
        grade=Grade.ASSUMED,
        description="What an AI interaction is: anything shown, requested or written (the definition: a single minimal "
        "interaction qualifies), or only what somebody accepted or requested by hand: accepted completions, but no "
        "messages of pipelines and no lines of agents that may not have been kept.",
    ),
    switch(
        "unseen_lines",
        "hidden",
        "counted",
        grade=Grade.ASSUMED,
        description="Lines that AI wrote and that no API shows: they do not count, because a client cannot know them, "
        "or they count.",
    ),
    switch(
        "subteams",
        "without",
        "with",
        grade=Grade.ASSUMED,
        description="Whom a team's metric counts: the people listed in the team alone, or those of its subteams too.",
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


@dataclass(frozen=True, slots=True)
class Definition:
    """How the metrics are computed, by the switches in force."""

    events: DimensionEvents
    all_lines: bool
    with_subteams: bool
    averages_zeros: bool
    clips_buckets: bool


def definition(values: Values) -> Definition:
    """The definition in force."""
    return Definition(
        events=DimensionEvents(str(values["dimension_events"])),
        all_lines=values["unseen_lines"] == "counted",
        with_subteams=values["subteams"] == "with",
        averages_zeros=values["empty_buckets"] == "zeros",
        clips_buckets=values["partial_buckets"] == "clipped",
    )
