"""Which inconsistencies can be armed in the Console's answers, by the contract's names.

How each is made stays out, but for what only this vendor has (`gateway.defects` has the rest).
"""

from typing import Any

from mockserver.gateway.defects import Defect, above, each, more

_ADOPTION = ("getUsersAdoptionV1", "getUsersAdoptionV2")
_HITS = ("getLimitHitsV1", "getLimitHitsV2")
_CREDITS = ("getQuotaConsumptionV1", "getQuotaConsumptionV2")


def _everyone(row: Any) -> None:
    row["activeUsers"] = row["enabledUsers"]


DEFECTS = (
    Defect("credits-gap", _CREDITS, "The total of credits is one more than its parts.", more("builtInQuota", "total")),
    Defect("peak-above-unique", _HITS, "More people hit their limit on one day than in the range.",
           above("peakDailyUsers", "usersHitLimit", "total")),
    Defect("versions-differ", _HITS[:1], "The first version counts one person more.",
           more("usersHitLimit", "total")),
    Defect("console-active-above-enabled", _ADOPTION, "More people are active than have AI.",
           above("activeUsers", "enabledUsers", "data", "total")),
    Defect("everyone-active", _ADOPTION, "Everybody who has AI spends credits each day.", each("data", _everyone)),
)  # fmt: skip
