"""Tabnine's mount, authentication and settings, and a switch for every choice that its documentation leaves open.

Data only; the other rooms act on it.
"""

from enum import StrEnum
from typing import Any, Final

from mockserver.gateway import pipeline
from mockserver.gateway.switches import Grade, declared, switch

NAME: Final = "tabnine"
TITLE: Final = "Tabnine Usage Metrics API"
MOUNTS: Final = ("/api/v1",)
SCHEMES: Final = ("Bearer",)
SAMPLE_PATH: Final = "/api/v1/organization"

STAGES: Final = (pipeline.authenticate, pipeline.permit, pipeline.fault, pipeline.limit)
"""Before the view: 401, 403, and 429 where a limit was set (none is documented)."""

FORBIDDEN_OPERATIONS: Final = frozenset(("getTeamUsage", "getUser", "getUserUsage"))
"""The operations for which the page documents a 403 for a token that is not an Admin's."""

MONTHS_DEFAULT: Final = 12
BUCKETS_MAXIMUM: Final = 4000
"""The most buckets of one answer, unless `longest_range` leaves out those before and after the history."""

GRANULARITIES: Final = {"all": 10_000 * 366 * 86_400, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 31 * 86_400}
"""The documented granularities, and the most seconds that a bucket of each has."""

PUBLIC_KEY: Final = """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqiPzvOTmZBPWYh0JOfu2
Sl7yjqtCXQw1OtuZYHvSx17T/r3wyrUkbrugEGmQF1Kql6k1XBE+zejUIehwbVkJ
s3UrP7ylvt0K5syG5dFrwQDjO71QLgiqMwEkgzpW4RsE3yfgadlaQ9Ypw8u9nuCj
9tKR+eOgdVynAq6WtZsHYjOm1uQ9H6oI5ytP6GQmOwkqtT9z3gzwPoTXV8AueCtx
8gS8OFRK4cyvyYB/AbzIi0SgpHtFb6hmtIqhmDrqahnMkFHBTaO3J1xShgEjasM8
csW5yycNAXqcdTNpmdS20PKnyU9xQP99V9BRvaWQXux7Zita6+pzt7ufBc8CMFS7
swIDAQAB
-----END PUBLIC KEY-----
"""
"""A real RSA key, made once for this; its private half was never kept."""

SETTINGS: Final[dict[str, Any]] = {
    "samlEnabled": True,
    "smtpConfigured": True,
    "usernamePasswordEnabled": False,
    "planType": "Enterprise",
}
LICENSE: Final[dict[str, Any]] = {"features": ["completions", "chat", "instruct", "agent"], "settings": {}}


ForbiddenEverywhere = StrEnum("ForbiddenEverywhere", ["YES", "NO"])
FORBIDDEN_EVERYWHERE: Final = switch(
    "forbidden_everywhere",
    ForbiddenEverywhere,
    grade=Grade.ASSUMED,
    description="A token that is not an Admin's: 403 at every endpoint, or only at the three where the page says so "
    "(team usage, user info, user usage) and 401 at the others.",
)
ErrorShape = StrEnum("ErrorShape", ["NESTED", "FLAT"])
ERROR_SHAPE: Final = switch(
    "error_shape",
    ErrorShape,
    grade=Grade.OBSERVED,
    description="An error's body: everything inside `error`, as the live service answers, or flat, as the vendor's "
    "later file has it.",
)
ForeignOrganization = StrEnum("ForeignOrganization", {"STATUS_401": "401", "STATUS_403": "403", "STATUS_404": "404"})
FOREIGN_ORGANIZATION: Final = switch(
    "foreign_organization",
    ForeignOrganization,
    grade=Grade.ASSUMED,
    description="The status when organizationId is not the token's organization. The page does not tell.",
)
LastNext = StrEnum("LastNext", ["ABSENT", "NULL"])
LAST_NEXT: Final = switch(
    "last_next",
    LastNext,
    grade=Grade.DOCUMENTED,
    description="`meta.next` on the last page: no key, or null. Both are documented.",
)
ZeroLimit = StrEnum("ZeroLimit", ["EVERYTHING", "REJECT"])
ZERO_LIMIT: Final = switch(
    "zero_limit",
    ZeroLimit,
    grade=Grade.ASSUMED,
    description="limit=0 on the user lists: everything, as on the teams list, or a 400.",
)
Subseconds = StrEnum("Subseconds", ["ACCEPT", "REJECT"])
SUBSECONDS: Final = switch(
    "subseconds",
    Subseconds,
    grade=Grade.ASSUMED,
    description="A fraction of a second in from and to: accepted, or a 400.",
)
EmptyBuckets = StrEnum("EmptyBuckets", ["ZEROS", "OMITTED"])
EMPTY_BUCKETS: Final = switch(
    "empty_buckets",
    EmptyBuckets,
    grade=Grade.ASSUMED,
    description="A day, week or month without any activity: a bucket of zeros, or no bucket.",
)
UsageSections = StrEnum("UsageSections", ["FULL", "FIRST"])
USAGE_SECTIONS: Final = switch(
    "usage_sections",
    UsageSections,
    grade=Grade.DOCUMENTED,
    description="The sections of a bucket: all four of the later file, or codeCompletions and chat alone.",
)
StrictUserFilters = StrEnum("StrictUserFilters", ["NO", "YES"])
STRICT_USER_FILTERS: Final = switch(
    "strict_user_filters",
    StrictUserFilters,
    grade=Grade.DOCUMENTED,
    description="teamMember and active on the users list: optional, as the later file has it and every client does, "
    "or required, as the page marks them.",
)
LongestRange = StrEnum("LongestRange", ["REJECT", "HISTORY"])
LONGEST_RANGE: Final = switch(
    "longest_range",
    LongestRange,
    grade=Grade.ASSUMED,
    description="A range of more than 4,000 buckets: a 400, or an answer without the buckets before the "
    "organization's first day and after the present. No limit is documented.",
)

SWITCHES: Final = declared(globals())
