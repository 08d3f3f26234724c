"""Which inconsistencies can be armed in Tabnine's answers, by the contract's names.

How each is made stays out, but for what only this vendor has (`gateway.defects` has the rest).
"""

from typing import Any

from mockserver.gateway.defects import Defect, above, each, more

_BUCKETS = "usage.data"


def _stale(body: Any) -> None:
    for month in body[-1:]:
        month["active"] += 1


def _left(row: Any) -> None:
    row["deactivatedAt"] = row["deactivatedAt"] or "2020-01-01T00:00:00Z"


DEFECTS = (
    Defect("team-too-large", ("getTeams",), "A team counts one user more than it lists.", more("usersCount", "data")),
    Defect("user-usage-gap", ("getUserUsage",), "A user has one completion more than counted elsewhere.",
           more("codeCompletions.completions", _BUCKETS)),
    Defect("team-usage-gap", ("getTeamUsage",), "A team has one interaction more than its users.",
           more("chat.interactions", _BUCKETS)),
    Defect("buckets-gap", ("getOrganizationUsage",), "One bucket of an answer has one line too many.",
           more("chat.lines", _BUCKETS)),
    Defect("useful-above-interactions", ("getOrganizationUsage",), "More answers were of use than given.",
           above("chat.usefulChatInteractions", "chat.interactions", _BUCKETS)),
    Defect("utilization-off-by-one", ("getOrganizationAccountUtilizations",),
           "The latest month has one active account too many.", _stale),
    Defect("ghost", ("getOrganizationUsers",), "People who are at work left long ago.", each("data", _left)),
)  # fmt: skip
