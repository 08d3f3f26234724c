"""Requests to IDE Services: its operations, switches and defects, and rejected requests."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from mockserver.vendors.jetbrains_ide import policy
from tests.digests.requests import (
    BAD_COUNTS,
    BAD_DAYS,
    CLIENTS,
    ClockChange,
    Item,
    Material,
    Read,
    Request,
    Scene,
    each,
    gets,
    varied,
)

_MOUNT = "/api/analytics/ai"
_ADOPTION = f"{_MOUNT}/users-adoption"
_METRICS = f"{_MOUNT}/effectiveness/metrics"
_FEATURES, _TOTALS, _USERS = f"{_METRICS}-by-feature", f"{_METRICS}/totals", f"{_METRICS}/users.paged"
_LISTED_USERS, _PROFILES = "/api/v1/users", "/api/v1/profiles"
_WEEK = "fromDate=2025-09-10&toDate=2025-09-16"
_YEAR = "fromDate=2024-10-20&toDate=2025-10-21"
_FUTURE = "fromDate=2025-10-13&toDate=2026-01-31"
_NOBODY = "00000000-0000-4000-8000-000000000000"

_TARGETS = (
    *(f"{_ADOPTION}?groupBy={group}&{_YEAR}" for group in ("WEEK", "MONTH", "YEAR")),
    f"{_ADOPTION}?groupBy=DAY&{_WEEK}",
    f"{_ADOPTION}?groupBy=MONTH&{_FUTURE}",
    f"{_ADOPTION}?groupBy=WEEK&profileId=Default&{_YEAR}",
    f"{_ADOPTION}?groupBy=DAY&profileId=nobody&{_WEEK}",
    *(f"{path}?groupBy={group}&{_YEAR}" for path in (_METRICS, _FEATURES) for group in ("WEEK", "MONTH", "YEAR")),
    *(f"{path}?{_WEEK}" for path in (_METRICS, _FEATURES, _TOTALS, _USERS)),
    *(f"{path}?{_FUTURE}" for path in (_TOTALS, _USERS)),
    *(f"{path}?tool=junie,claude_code&{_WEEK}" for path in (_METRICS, _FEATURES, _TOTALS, _USERS)),
    *(f"{_TOTALS}?tool={tool}&{_YEAR}" for tool in ("aia", "claude_code", "code_completion", "junie", "nes")),
    f"{_USERS}?{_WEEK}&limit=3",
    f"{_USERS}?{_WEEK}&limit=3&{{next}}",
    f"{_USERS}?{_WEEK}&{{next}}&limit=5",
    f"{_USERS}?{_WEEK}&limit=3&sortOrder=DESC",
    f"{_USERS}?{_WEEK}&limit=3&sortOrder=DESC&{{next}}",
    f"{_USERS}?{_WEEK}&limit=200&query={{personId}},{{otherPersonId}}",
    f"{_USERS}?{_WEEK}&limit=1000&tool=nes",
    f"{_USERS}?{_WEEK}&query={_NOBODY}",
    f"{_ADOPTION}?groupBy=WEEK&profileId={{profileId}}&{_YEAR}",
    f"{_ADOPTION}?groupBy=DAY&profileId={_NOBODY}&{_WEEK}",
    f"{_TOTALS}?tool=junie,%20nes&{_WEEK}",
    _LISTED_USERS,
    f"{_LISTED_USERS}?limit=3",
    f"{_LISTED_USERS}?limit=3&{{next}}",
    f"{_LISTED_USERS}?limit=1000",
    _PROFILES,
)

_LONG = "fromDate=1990-01-01&toDate=2025-10-21"
_BATTERY: tuple[Item, ...] = (
    *gets(
        (
            f"{_ADOPTION}?groupBy=WEEK&fromDate=2022-12-20&toDate=2023-03-01",
            f"{_ADOPTION}?groupBy=DAY&{_LONG}",
            f"{_METRICS}?{_WEEK}",
            f"{_FEATURES}?fromDate=2025-09-13&toDate=2025-09-14",
            f"{_TOTALS}?{_YEAR}&tool=junie&tool=nes",
            f"{_TOTALS}?{_WEEK}&tool=",
            f"{_USERS}?{_WEEK}&limit=4",
            f"{_USERS}?{_YEAR}&limit=4&{{next}}",
            f"{_USERS}?fromDate=2025-09-10&toDate=2025-09-10&limit=1000",
        )
    ),
    Request(f"{_TOTALS}?{_WEEK}", token="Automation mock-jetbrains-ide-{organization}"),
    ClockChange("2026-01-15T12:00:00Z"),
    Request(f"{_METRICS}?groupBy=WEEK&fromDate=2025-11-24&toDate=2025-12-21"),
    *gets(
        (
            f"{_LISTED_USERS}?limit=2",
            f"{_LISTED_USERS}?limit=1000",
            _PROFILES,
            f"{_ADOPTION}?groupBy=DAY&profileId={{profileId}}&{_WEEK}",
            f"{_ADOPTION}?groupBy=DAY&profileId=Default&{_WEEK}",
            f"{_TOTALS}?tool=junie,%20nes&{_WEEK}",
            f"{_USERS}?query=%09{{personId}}%20&limit=3&{_WEEK}",
            f"{_FEATURES}?groupBy=MONTH&{_WEEK}",
            f"{_TOTALS}?tool=codex&{_WEEK}",
            f"{_USERS}?tool=code_completion,codex,junie&limit=1000&{_WEEK}",
        )
    ),
    Request(_LISTED_USERS, "POST"),
    Request(f"{_PROFILES}/x/users", "PUT"),
)

_SWITCHES: dict[str, tuple[Any, ...]] = {
    "names": (
        {"items": "rows"},
        {"date": "day", "userId": "id", "userName": "name", "userEmail": "mail"},
        {"suggestions": "acceptances", "acceptances": "suggestions", "invocations": "Aufrufe ü", "tool": "t"},
        {"enabledUsers": "activeUsers", "activeUsers": "enabledUsers"},
        {},
    ),
}
"""Options to try, where they are not all of a switch's options."""

_ON_ADOPTION = (f"{_ADOPTION}?groupBy=DAY&{_WEEK}", f"{_ADOPTION}?groupBy=MONTH&{_YEAR}")
_ON_METRICS = (*(f"{_METRICS}?groupBy={group}&{_YEAR}" for group in ("WEEK", "MONTH")), f"{_METRICS}?{_WEEK}")
_ON_FEATURES = (f"{_FEATURES}?{_WEEK}", f"{_FEATURES}?groupBy=MONTH&{_YEAR}")
_ON_USERS = (f"{_USERS}?{_WEEK}&limit=3", f"{_USERS}?{_WEEK}&limit=3&{{next}}", f"{_USERS}?{_WEEK}&limit=1000")

_DEFECTS = {
    "feature-gap": _ON_FEATURES,
    "totals-off-by-one": (f"{_TOTALS}?{_WEEK}", f"{_TOTALS}?{_YEAR}"),
    "acceptances-above-suggestions": _ON_METRICS,
    "active-above-enabled": _ON_ADOPTION,
    "rows-swapped": _ON_USERS,
    "email-mismatch": _ON_USERS,
    "row-without-anything": _ON_USERS,
    "active-users-lost": _ON_ADOPTION,
    "month-without-users": _ON_ADOPTION,
    "week-begins-on-tuesday": _ON_METRICS,
    "first-user-missing": (_LISTED_USERS, f"{_LISTED_USERS}?limit=3"),
    "last-profile-missing": (_PROFILES,),
    "row-lost-between-pages": _ON_USERS,
    "cursor-leads-back": _ON_USERS,
    "negative-suggestions": _ON_FEATURES,
}

_PATHS = (f"{_ADOPTION}?groupBy=DAY&{_WEEK}", f"{_METRICS}?{_WEEK}", f"{_TOTALS}?{_WEEK}", f"{_USERS}?{_WEEK}&limit=2")
_BAD_CURSORS = ("", "x", "bm9uZQ==", "eyJhZnRlciI6WzBdfQ==", "eyJhZnRlciI6WzAsNzM5NTI1LDExXX0=", "%00", "e" * 400)
_FAULTY = [
    *each(
        *(varied(target, name, BAD_DAYS) for target in _PATHS[::2] for name in ("fromDate", "toDate")),
        varied(_PATHS[3], "fromDate", BAD_DAYS),
        *(
            varied(target, "groupBy", ("", "day", "HOUR", "NONE", "DAY,WEEK", "x" * 300))
            for target in (_PATHS[0], _PATHS[1], f"{_FEATURES}?{_WEEK}")
        ),
        *(
            varied(target, "tool", ("", "junie,", ",", "JUNIE", "other", "junie,junie", "x" * 300))
            for target in (*_PATHS[1:], f"{_FEATURES}?{_WEEK}")
        ),
        varied(_PATHS[0], "profileId", ("", "Contractors", "nobody", "%00", "x" * 300)),
        varied(_PATHS[3], "query", ("", "x", f"{_NOBODY},", f"{_NOBODY},{_NOBODY}", "ada@acme.example", "x" * 300)),
        varied(_PATHS[3], "cursor", _BAD_CURSORS),
        varied(_PATHS[3], "limit", (*BAD_COUNTS, "1000", "1001")),
        varied(_PATHS[3], "sortOrder", ("", "asc", "DESC", "UP")),
        varied(_PATHS[0], "profileId", (_NOBODY, f"%20{_NOBODY}", _NOBODY.replace("-", ""))),
        varied(_LISTED_USERS, "limit", (*BAD_COUNTS, "1000", "1001")),
        varied(_LISTED_USERS, "cursor", _BAD_CURSORS),
        iter((f"{_PROFILES}?limit=0&cursor=x", f"{_LISTED_USERS}?odd=1")),
    ),
    *gets(
        (
            *(target.partition("?")[0] for target in _PATHS),
            f"{_TOTALS}?fromDate=2025-09-16&toDate=2025-09-10",
            f"{_METRICS}?{_LONG}",
            f"{_METRICS}?groupBy=WEEK&{_LONG}",
            f"{_TOTALS}?fromDate=0001-01-01&toDate=9999-12-31",
            f"{_TOTALS}?{_WEEK}&odd=1",
            f"{_TOTALS}?fromdate=2025-09-10&toDate=x&tool=x",
            f"{_USERS}?{_WEEK}&limit=2",
            f"{_USERS}?{_WEEK}&limit=2&sortOrder=DESC&{{next}}",
            f"{_USERS}?{_WEEK}&limit=2&tool=nes&{{next}}",
            f"{_USERS}?{_WEEK}&limit=2&query={{personId}}&{{next}}",
            f"{_USERS}?{_WEEK}&limit=9&{{next}}",
            f"{_USERS}?{_WEEK}&%ff=%fe",
        )
    ),
]


def _placeholders(read: Read) -> Mapping[str, str]:
    """Return the id and the quoted address of the first person listed and of the last."""
    people = read(f"{_USERS}?fromDate=2025-09-01&toDate=2025-09-03&limit=30")["items"] or [{}]
    first, last = people[0], people[-1]
    return {
        "personId": first.get("userId", _NOBODY),
        "otherPersonId": last.get("userId", _NOBODY),
        "personEmail": quote(first.get("userEmail", "nobody@acme.example")),
        "otherPersonEmail": quote(last.get("userEmail", "nobody@acme.example")),
        "profileId": read(_PROFILES)["items"][-1]["id"],
    }


MATERIAL = Material(
    name="jetbrains-ide",
    operations={
        "getUsersAdoption": _PATHS[0],
        "getMetrics": _PATHS[1],
        "getMetricsByFeature": f"{_FEATURES}?{_WEEK}",
        "getMetricsTotals": _PATHS[2],
        "getUsers": f"{_LISTED_USERS}?limit=1000",
        "getProfiles": _PROFILES,
        "getUsersPaged": f"{_USERS}?{_WEEK}&limit=3",
    },
    targets=_TARGETS,
    cheap=(
        f"{_USERS}?fromDate=2025-10-20&toDate=2025-10-22&limit=3",
        f"{_USERS}?fromDate=2025-10-20&toDate=2025-10-22&limit=3&{{next}}",
    ),
    battery=_BATTERY,
    switches=_SWITCHES,
    defects=_DEFECTS,
    faulty=_FAULTY,
    placeholders=_placeholders,
    strange=(
        _MOUNT,
        f"{_MOUNT}/",
        f"{_MOUNT}/nowhere",
        f"{_ADOPTION}/",
        f"{_MOUNT}//users-adoption",
        f"{_MOUNT}/effectiveness//metrics",
        f"{_MOUNT}/Users-Adoption",
        f"{_MOUNT}/effectiveness",
        f"{_METRICS}/users",
        f"{_METRICS}/users.paged.json",
        f"{_MOUNT}/Gr%C3%B6%C3%9Fe",
        f"{_MOUNT}/%ff",
        f"{_MOUNT}/{'deep/' * 20}",
        "/api/v1",
        "/api/v1/nowhere",
        f"{_LISTED_USERS}/",
        f"{_LISTED_USERS}/{_NOBODY}",
        f"{_PROFILES}/x",
    ),
)


def scenes() -> Iterator[Scene]:
    """Yield scenes with clients that are too old, and with all schemes for each option of their switch."""
    for value in policy.OLD_ASSISTANT.options:
        chosen = {"jetbrains-ide": {"old_assistant": value}}
        settings = {"organization_file": CLIENTS}
        items = gets((*_PATHS, f"{_FEATURES}?{_YEAR}&groupBy=MONTH", f"{_USERS}?{_WEEK}&limit=100"))
        name = f"jetbrains-ide old clients {value}"
        yield Scene(name, "jetbrains-ide", items, CLIENTS.stem, policy=chosen, settings=settings)
    tokens = tuple(
        f"{scheme} {token}"
        for scheme in ("Bearer", "Automation", "automation", "Basic")
        for token in ("mock-jetbrains-ide-{organization}", "mock-jetbrains-ide-{organization}-forbidden", "nobody")
    )
    for schemes in policy.ACCEPTED_SCHEMES.options:
        items = [Request(f"{_TOTALS}?{_WEEK}", token=token) for token in tokens]
        yield Scene(
            f"jetbrains-ide by scheme {schemes}", "jetbrains-ide", items, policy={"jetbrains-ide": {"schemes": schemes}}
        )
