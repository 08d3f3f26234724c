"""Requests to the Console: its reports, switches and defects, and rejected requests.

`token_scenes` has the requests to the token endpoint.
"""

from collections.abc import Iterator
from typing import Any

from mockserver.vendors.jetbrains_console import policy
from tests.digests.requests import (
    BAD_DAYS,
    GROUPS,
    MOMENTS,
    NOW,
    ClockChange,
    Item,
    Material,
    Request,
    Scene,
    each,
    gets,
    varied,
)
from tests.vendors.jetbrains_console import token_scenes

_MOUNT = "/metrics/api"
_KINDS = {
    "getUsersAdoption": "users-adoption",
    "getLimitHits": "limit-hits",
    "getQuotaConsumption": "quota-consumption",
}
_OPERATIONS = {
    f"{operation}{version.upper()}": f"{_MOUNT}/{version}/adoption/{kind}/group-by/date"
    for version in ("v1", "v2")
    for operation, kind in _KINDS.items()
}
_ADOPTION, _HITS, _CREDITS = (_OPERATIONS[f"{operation}V1"] for operation in _KINDS)
_NEW_CREDITS = _OPERATIONS["getQuotaConsumptionV2"]
_WEEK = "fromDate=2025-09-10&toDate=2025-09-16"
_YEAR = "fromDate=2024-10-20&toDate=2025-10-21"
_FUTURE = "fromDate=2025-10-13&toDate=2026-01-31"
_LONG = "fromDate=1990-01-01&toDate=2025-10-21"
_PEOPLE = "{personId},{otherPersonId}"
_ACCOUNT = "8000203b-dd63-4b10-82d4-63dbb6284069"
"""The id of acme's ci-bot."""
_NOBODY = "00000000-0000-4000-8000-000000000000"

_TARGETS = (
    *(f"{path}?{_WEEK}" for path in _OPERATIONS.values()),
    *(
        f"{path}?{_YEAR}&groupBy={group}"
        for path in (_ADOPTION, _HITS, _CREDITS)
        for group in ("week", "month", "year")
    ),
    *(f"{path}?{_FUTURE}&groupBy=month" for path in _OPERATIONS.values()),
    *(f"{path}?{_WEEK}&ide=IU,PY" for path in (_ADOPTION, _HITS, _CREDITS)),
    *(f"{path}?{_YEAR}&groupBy=month&userIds={_PEOPLE}" for path in (_ADOPTION, _HITS, _CREDITS)),
    *(f"{path}?{_YEAR}&groupBy=month&userEmails={{personEmail}}" for path in (_ADOPTION, _HITS, _CREDITS)),
    f"{_ADOPTION}?{_YEAR}&groupBy=year&userEmails={{personEmail}}&userEmails={{otherPersonEmail}}&ide=IU&ide=GO,RD",
    f"{_CREDITS}?{_YEAR}&groupBy=year&userEmails={{personEmail}}&userIds={{otherPersonId}}",
    *(f"{_CREDITS}?{_YEAR}&groupBy=year&ide={code}" for code in ("WS", "CL", "PS", "RM", "DB")),
)

_BATTERY: tuple[Item, ...] = (
    *gets(
        (
            f"{_ADOPTION}?{_WEEK}&groupBy=month",
            f"{_ADOPTION}?{_LONG}",
            f"{_ADOPTION}?fromDate=2022-12-20&toDate=2023-02-01&groupBy=WEEK",
            f"{_HITS}?{_WEEK}&limit=5",
            f"{_HITS}?{_FUTURE}&groupBy=week",
            f"{_CREDITS}?{_WEEK}",
            f"{_CREDITS}?{_WEEK}&ide=iu,",
            f"{_CREDITS}?{_WEEK}&ide=IU,PY",
            f"{_NEW_CREDITS}?{_WEEK}&userIds={{personId}}&userIds=nobody",
            f"{_NEW_CREDITS}?{_WEEK}&userEmails=",
        )
    ),
    Request(
        "/api/rest/oauth2/token",
        "POST",
        "Basic {basic}",
        "grant_type=client_credentials",
        (("Content-Type", "application/x-www-form-urlencoded"),),
    ),
    ClockChange("2025-10-21T10:31:00Z"),
    Request(f"{_HITS}?{_WEEK}&groupBy=week"),
    ClockChange("2025-10-21T10:41:00Z"),
    Request(f"{_HITS}?{_WEEK}&groupBy=week"),
)

_SWITCHES: dict[str, tuple[Any, ...]] = {
    "names": (
        {"data": "items"},
        {"date": "day", "total": "sum", "usersHitLimit": "hits"},
        {"enabledUsers": "activeUsers", "activeUsers": "enabledUsers", "peakDailyUsers": "Höchststand"},
        {"builtInQuota": "totalCredits", "totalCredits": "builtInQuota", "topUpCredits": "t"},
        {},
    ),
}
"""Options to try, where they are not all of a switch's options."""


def _targets_of(operation: str) -> tuple[str, ...]:
    first, second = (_OPERATIONS[f"{operation}{version}"] for version in ("V1", "V2"))
    return (f"{first}?{_WEEK}", f"{second}?{_WEEK}&groupBy=month", f"{first}?{_YEAR}&groupBy=month&ide=IU")


_ON_ADOPTION, _ON_HITS, _ON_CREDITS = (_targets_of(operation) for operation in _KINDS)
_OF_ONE = f"{_CREDITS}?{_YEAR}&groupBy=month&userIds={{personId}}"

_DEFECTS = {
    "credits-gap": _ON_CREDITS,
    "peak-above-unique": _ON_HITS,
    "versions-differ": _ON_HITS,
    "console-active-above-enabled": _ON_ADOPTION,
    "everyone-active": _ON_ADOPTION,
    "month-of-credits-gap": _ON_CREDITS,
    "credit-too-many": (*_ON_CREDITS, _OF_ONE),
    "month-without-spenders": _ON_ADOPTION,
    "credits-hidden": _ON_CREDITS,
    "negative-credits": _ON_CREDITS,
}

_FAULTY = [
    *each(
        *(
            varied(f"{path}?{_WEEK}", name, BAD_DAYS)
            for path in (_ADOPTION, _CREDITS)
            for name in ("fromDate", "toDate")
        ),
        varied(f"{_HITS}?{_WEEK}", "groupBy", ("", "DAY", "hour", "day,week", "x" * 300)),
        varied(f"{_NEW_CREDITS}?{_WEEK}", "groupBy", ("", "Month", "none")),
        varied(f"{_HITS}?{_WEEK}", "ide", ("", "iu", "XX", "IU,", "IU,IU", ",", "x" * 300)),
        varied(f"{_NEW_CREDITS}?{_WEEK}", "userIds", ("", "x", f"{_NOBODY},", _NOBODY, "x" * 300, "%00")),
        varied(f"{_ADOPTION}?{_WEEK}", "userEmails", ("", "x", "nobody@acme.example,", "%F0%9F%9A%80", "x" * 300)),
    ),
    *gets(
        (
            *_OPERATIONS.values(),
            f"{_ADOPTION}?fromDate=2025-09-16&toDate=2025-09-10",
            f"{_ADOPTION}?{_LONG}&groupBy=day",
            f"{_ADOPTION}?{_LONG}&groupBy=week",
            f"{_HITS}?fromDate=0001-01-01&toDate=9999-12-31&groupBy=year",
            f"{_HITS}?{_WEEK}&groupby=day",
            f"{_HITS}?{_WEEK}&a=1&b=2&c=3&d=4&e=5",
            f"{_HITS}?fromDate=x&toDate=x&groupBy=x&ide=x&odd={'x' * 300}",
            f"{_HITS}?{_WEEK}&%ff=%fe",
        )
    ),
]

MATERIAL = Material(
    name="jetbrains-console",
    operations={operation: f"{path}?{_WEEK}&groupBy=week" for operation, path in _OPERATIONS.items()},
    targets=_TARGETS,
    cheap=(f"{_HITS}?fromDate=2025-10-20&toDate=2025-10-22&userIds={{personId}}",),
    battery=_BATTERY,
    switches=_SWITCHES,
    defects=_DEFECTS,
    faulty=_FAULTY,
    strange=(
        _MOUNT,
        f"{_MOUNT}/",
        f"{_MOUNT}/v1",
        f"{_MOUNT}/v3/adoption/limit-hits/group-by/date",
        f"{_MOUNT}/v1/adoption/nowhere/group-by/date",
        f"{_MOUNT}/v1/adoption/limit-hits/group-by/user",
        f"{_HITS}/",
        f"{_MOUNT}//v1/adoption/limit-hits/group-by/date",
        f"{_MOUNT}/V1/adoption/limit-hits/group-by/date",
        f"{_MOUNT}/Gr%C3%B6%C3%9Fe%ff",
        f"{_MOUNT}/{'deep/' * 20}",
        "/api/rest/oauth2",
        "/api/rest/oauth2/",
        "/api/rest/oauth2/token/",
        "/api/rest/oauth2//token",
        "/api/rest/oauth2/nowhere",
    ),
)


def scenes() -> Iterator[Scene]:
    """Yield scenes with a role that is limited to groups, and those of the token endpoint."""
    targets = [f"{path}?{query}" for path in _OPERATIONS.values() for query in (_WEEK, f"{_YEAR}&groupBy=month")]
    targets += [f"{_CREDITS}?{_YEAR}&groupBy=year&userIds={_PEOPLE}", f"{_ADOPTION}?{_WEEK}&ide=IU"]
    items = [Request(target, token=GROUPS) for target in targets]
    for moment in (NOW, MOMENTS[-1]):
        yield Scene(f"jetbrains-console groups at {moment}", "jetbrains-console", items, now=moment)
    yield from token_scenes.scenes()
    yield from _principals()


def _principals() -> Iterator[Scene]:
    """Yield scenes with service accounts, credits of thirty days, and paths that are not simulated."""
    of_v2 = [path for operation, path in _OPERATIONS.items() if operation.endswith("V2")]
    counted = gets([f"{path}?{query}" for path in of_v2 for query in (_WEEK, f"{_YEAR}&groupBy=month")])
    spent = gets([f"{path}?{_YEAR}&groupBy={group}" for path in (_HITS, _CREDITS) for group in ("day", "month")])
    filtered = gets(
        [
            f"{path}?{_YEAR}&groupBy=month&{query}"
            for path in of_v2
            for query in (
                f"principalIds={_ACCOUNT}",
                f"principalIds={_ACCOUNT},{_PEOPLE}",
                f"principalIds={_PEOPLE}&ide=IU",
                f"principalIds={_ACCOUNT}&ide=IU",
                f"principalIds={_NOBODY},x",
                f"userIds={_ACCOUNT}",
            )
        ]
    )
    refused = gets([f"{_NEW_CREDITS}?{_WEEK}&principalIds=", f"{_CREDITS}?{_WEEK}&principalIds={_ACCOUNT}"])
    name = MATERIAL.name
    chosen: dict[str, Any]
    for organization in ("acme", "globex", "initech", "documented", "empty"):
        for option in policy.V2_PRINCIPALS.options:
            chosen = {name: {policy.V2_PRINCIPALS.name: option}}
            yield Scene(f"{name} {option} of {organization}", name, counted, organization, policy=chosen)
        chosen = {name: {policy.QUOTA_PERIOD.name: policy.QUOTA_PERIOD.options[-1]}}
        yield Scene(f"{name} thirty days of {organization}", name, spent, organization, policy=chosen)
    for option in policy.V2_PRINCIPALS.options:
        chosen = {name: {policy.V2_PRINCIPALS.name: option}}
        yield Scene(f"{name} chosen {option}", name, [*filtered, *refused], policy=chosen)
    unserved = gets(
        [f"{_MOUNT}/v2/other/report", f"{_MOUNT}/v2/other/report/group-by/date?{_WEEK}", f"{_MOUNT}/v2/other"]
    )
    for refusal in policy.UNSERVED.options:
        yield Scene(f"{name} unserved {refusal}", name, unserved, policy={name: {policy.UNSERVED.name: refusal}})
