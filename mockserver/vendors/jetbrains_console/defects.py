"""Defects that can be armed in the Console's answers; `gateway.defects` has the changes that every vendor uses."""

from typing import Any

from mockserver.gateway.defects import MONTHS, Change, Defect, each, exceed, increment, negative, set_to, when_spaced

_ADOPTION = ("getUsersAdoptionV1", "getUsersAdoptionV2")
_HITS = ("getLimitHitsV1", "getLimitHitsV2")
_CREDITS = ("getQuotaConsumptionV1", "getQuotaConsumptionV2")


def _all_active(row: Any) -> None:
    row["activeUsers"] = row["enabledUsers"]


def _increment_credits(*paths: str) -> Change:
    def change(body: Any) -> None:
        for path in paths:
            for name in ("builtInQuota", "totalCredits"):
                increment(name, path)(body)

    return change


def _zero_credits(body: Any) -> None:
    for path in ("data", "total"):
        set_to(0, path, "builtInQuota", "topUpCredits", "totalCredits")(body)


DEFECTS = (
    Defect("credits-gap", _CREDITS, "The total of credits is one more than its parts.",
           increment("builtInQuota", "total")),
    Defect("peak-above-unique", _HITS, "More people hit their limit on one day than in the range.",
           exceed("peakDailyUsers", "usersHitLimit", "total")),
    Defect("versions-differ", _HITS[:1], "The first version counts one person more.",
           increment("usersHitLimit", "total")),
    Defect("console-active-above-enabled", _ADOPTION, "More people are active than have AI.",
           exceed("activeUsers", "enabledUsers", "data", "total")),
    Defect("everyone-active", _ADOPTION, "Everybody who has AI spends credits each day.", each("data", _all_active)),
    Defect("month-of-credits-gap", _CREDITS, "A month has one credit more than its days.",
           when_spaced("data", "date", *MONTHS, _increment_credits("data"))),
    Defect("credit-too-many", _CREDITS, "Any selection of people spent one credit more.",
           _increment_credits("data", "total")),
    Defect("month-without-spenders", _ADOPTION, "In a month nobody is active, though on its days some are.",
           when_spaced("data", "date", *MONTHS, set_to(0, "data", "activeUsers"))),
    Defect("credits-hidden", _CREDITS, "Nobody spends credits.", _zero_credits),
    Defect("negative-credits", _CREDITS, "The built-in quota that was spent is below 0.",
           negative("builtInQuota", "data")),
)  # fmt: skip
