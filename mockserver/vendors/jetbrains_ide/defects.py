"""Which inconsistencies can be armed in IDE Services' answers, by the contract's names.

How each is made stays out, but for what only this vendor has (`gateway.defects` has the rest).
"""

from typing import Any

from mockserver.gateway.defects import Defect, above, first, more, swapped


def _readdressed(row: Any) -> None:
    row["userEmail"] = f"x{row['userEmail']}"


DEFECTS = (
    Defect("feature-gap", ("getMetricsByFeature",), "One tool has one suggestion too many.",
           more("suggestions", "items")),
    Defect("totals-off-by-one", ("getMetricsTotals",), "The totals have one invocation too many.",
           more("invocations")),
    Defect("acceptances-above-suggestions", ("getMetrics",), "More was accepted than suggested.",
           above("acceptances", "suggestions", "items")),
    Defect("active-above-enabled", ("getUsersAdoption",), "More people are active than have AI.",
           above("activeUsers", "enabledUsers", "items")),
    Defect("rows-swapped", ("getUsersPaged",), "The first two rows of a page have changed places.", swapped("items")),
    Defect("email-mismatch", ("getUsersPaged",), "A person of each page has another address.",
           first("items", _readdressed)),
)  # fmt: skip
