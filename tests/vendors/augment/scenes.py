"""Requests to Augment: its operations, switches and defects, and rejected requests."""

from collections.abc import Iterator
from typing import Any

from mockserver.gateway.switches import AnySwitch
from mockserver.vendors.augment import policy
from tests.digests.requests import BAD_COUNTS, BAD_DAYS, ClockChange, Item, Material, Request, Scene, each, gets, varied

_MOUNT = "/analytics/v0"
_COUNT, _DAU, _USAGE = f"{_MOUNT}/dau-count", f"{_MOUNT}/dau", f"{_MOUNT}/daily-usage"
_ACTIVITY, _RECORDS = f"{_MOUNT}/user-activity", f"{_MOUNT}/daily-user-activity-by-editor-language"
_CREDITS, _COSTS = f"{_MOUNT}/credit-usage-by-user", f"{_MOUNT}/cost-analytics"
_WEEK = "start_date=2025-10-14&end_date=2025-10-20"
_DAY = "date=2025-10-15"

_RANGES = (
    "",
    f"?{_WEEK}",
    "?start_date=2025-10-01",
    "?end_date=2025-10-05",
    "?start_date=2025-07-23&end_date=2025-10-20",
    "?start_date=2023-10-20&end_date=2024-01-17",
    "?start_date=2025-10-19&end_date=2025-10-19",
    "?start_date=2024-02-26&end_date=2024-03-03",
)


def _pages(path: str, rest: str, sizes: tuple[int, ...]) -> Iterator[str]:
    for size in sizes:
        yield f"{path}?{rest}&page_size={size}"
        yield f"{path}?{rest}&page_size={size}&{{next}}"
        yield f"{path}?{rest}&{{next}}&page_size={size + 1}"


_TARGETS = (
    *(f"{path}{query}" for path in (_COUNT, _USAGE, _ACTIVITY) for query in _RANGES),
    *(
        f"{path}{query}"
        for path in (_DAU, _RECORDS)
        for query in ("", f"?{_DAY}", "?date=2025-10-19", "?date=2023-10-20")
    ),
    *_pages(_DAU, _DAY, (2, 250)),
    *_pages(_ACTIVITY, _WEEK, (1, 100)),
    *_pages(_RECORDS, "date=2025-09-17", (3, 100)),
)

_EDGE = (
    f"{_COUNT}?start_date=2025-10-19&end_date=2025-10-20",
    f"{_DAU}?date=2025-10-20",
    f"{_USAGE}?end_date=2025-10-20",
)
_BATTERY: tuple[Item, ...] = (
    *gets(
        (
            f"{_COUNT}?start_date=2023-10-01&end_date=2023-11-01",
            f"{_DAU}?{_DAY}&limit=5",
            f"{_USAGE}?start_date=&end_date=2025-10-20",
            f"{_ACTIVITY}?{_WEEK}&page_size=101",
            f"{_DAU}?{_DAY}",
            f"{_ACTIVITY}?{_WEEK}&page_size=&cursor=",
        )
    ),
    ClockChange("2025-10-21T01:59:59Z"),
    *gets(_EDGE),
    ClockChange("2025-10-21T12:00:00Z"),
    *gets(_EDGE[:2]),
)

_SWITCHES: dict[str, tuple[Any, ...]] = {
    "publication_hour": (0, 2, 3, 23),
}
"""Options to try, where they are not all of a switch's options."""

_ON_COUNT = (f"{_COUNT}?{_WEEK}", f"{_COUNT}?start_date=2025-10-19&end_date=2025-10-19")
_ON_DAU = (f"{_DAU}?{_DAY}", f"{_DAU}?{_DAY}&page_size=5", f"{_DAU}?{_DAY}&page_size=5&{{next}}")
_ON_USAGE = (f"{_USAGE}?{_WEEK}", f"{_USAGE}?start_date=2025-10-19&end_date=2025-10-19")
_ON_ACTIVITY = (f"{_ACTIVITY}?{_WEEK}", f"{_ACTIVITY}?{_WEEK}&page_size=3", f"{_ACTIVITY}?{_WEEK}&page_size=3&{{next}}")
_ON_RECORDS = (f"{_RECORDS}?{_DAY}", f"{_RECORDS}?{_DAY}&page_size=3")

_DEFECTS = {
    "dau-count-off-by-one": _ON_COUNT,
    "duplicate-row": _ON_DAU,
    "lost-row": _ON_DAU,
    "users-sum-gap": _ON_ACTIVITY,
    "records-gap": _ON_RECORDS,
    "lines-without-messages": _ON_RECORDS,
    "total-off-by-one": _ON_USAGE,
    "active-days-off-by-one": _ON_ACTIVITY,
    "accepted-above-suggested": _ON_USAGE,
    "active-without-events": _ON_ACTIVITY,
    "day-left-out": _ON_USAGE,
    "thin-pages": _ON_ACTIVITY,
    "returned-count-off-by-one": _ON_ACTIVITY,
    "effective-start-lost": _ON_COUNT,
    "negative-lines": _ON_USAGE,
    "user-credits-gap": (_CREDITS,),
    "model-credits-gap": (f"{_CREDITS}?by_model=true",),
    "cost-point-twice": (_CREDITS,),
    "billed-off-by-a-dollar": (_CREDITS,),
}

_CURSORS = ("", "x", "bm9uZQ==", "eyJsYXN0X2lkIjoxfQ==", "eyJsYXN0X2lkIjoiMDAwIn0", "%00", "e" * 400)
_FAULTY = [
    *each(
        *(
            varied(f"{path}?{_WEEK}", name, BAD_DAYS)
            for path in (_COUNT, _USAGE)
            for name in ("start_date", "end_date")
        ),
        varied(f"{_ACTIVITY}?{_WEEK}", "start_date", BAD_DAYS),
        *(varied(f"{path}?{_DAY}", "date", BAD_DAYS) for path in (_DAU, _RECORDS)),
        *(varied(f"{path}?{_DAY}", "page_size", BAD_COUNTS) for path in (_DAU, _RECORDS)),
        *(varied(f"{path}?{_DAY}", "cursor", _CURSORS) for path in (_DAU, _RECORDS)),
        varied(f"{_ACTIVITY}?{_WEEK}", "page_size", BAD_COUNTS),
        varied(f"{_ACTIVITY}?{_WEEK}", "cursor", _CURSORS),
    ),
    *gets(
        (
            f"{_COUNT}?start_date=2025-10-20&end_date=2025-10-14",
            f"{_COUNT}?start_date=2025-07-22&end_date=2025-10-20",
            f"{_USAGE}?start_date=2025-10-21",
            f"{_USAGE}?end_date=2025-10-21",
            f"{_USAGE}?start_date=2023-10-19&end_date=2023-10-20",
            f"{_COUNT}?startdate=2025-10-14",
            f"{_DAU}?START_DATE=2025-10-14",
            f"{_DAU}?{_DAY}&page_size=2",
            f"{_RECORDS}?{_DAY}&{{next}}",
            f"{_ACTIVITY}?{_WEEK}&{{next}}",
            f"{_DAU}?date=2025-10-16&{{next}}",
            f"{_DAU}?=&&&",
            f"{_DAU}?%ff=%fe",
        )
    ),
]

MATERIAL = Material(
    name="augment",
    operations={
        "getDauCount": f"{_COUNT}?{_WEEK}",
        "getDau": f"{_DAU}?{_DAY}",
        "getDailyUsage": f"{_USAGE}?{_WEEK}",
        "getUserActivity": f"{_ACTIVITY}?{_WEEK}&page_size=5",
        "getDailyUserActivityByEditorLanguage": f"{_RECORDS}?{_DAY}&page_size=5",
    },
    targets=_TARGETS,
    cheap=(_COUNT, f"{_DAU}?page_size=3", f"{_DAU}?page_size=3&{{next}}", _USAGE, _ACTIVITY),
    battery=_BATTERY,
    switches=_SWITCHES,
    defects=_DEFECTS,
    faulty=_FAULTY,
    strange=(
        _MOUNT,
        f"{_MOUNT}/",
        f"{_MOUNT}/nowhere",
        f"{_COUNT}/",
        f"{_MOUNT}//dau-count",
        f"{_MOUNT}/DAU-COUNT",
        f"{_COUNT}/{'deep/' * 20}",
        f"{_MOUNT}/../v0/dau",
        f"{_MOUNT}/%64au",
        f"{_MOUNT}/dau%2Fcount",
        f"{_MOUNT}/dau%20",
        f"{_MOUNT}/Gr%C3%B6%C3%9Fe",
        f"{_MOUNT}/%ff",
        f"{_MOUNT}/dau;a=1",
    ),
)


def scenes() -> Iterator[Scene]:
    """Yield scenes that need more than the battery, and one whose switches are set by settings."""
    yield from _hours()
    yield from _limits()
    yield from _spending()
    yield from _restatement()
    settings = {"limits": "documented", "policy": (("augment.retry_after", "seconds"), ("augment.last_cursor", "null"))}
    yield Scene("augment by settings", "augment", gets([_DAU] * 22), settings=settings)


_GET_BUDGETS, _SET_BUDGETS = f"{_MOUNT}/get-user-budget-overrides", f"{_MOUNT}/set-user-budget-overrides"
_JSON = (("Content-Type", "application/json"),)
_GROUPS = ("[]", '["COST_ANALYTICS_GROUP_BY_RESOURCE"]', '["COST_ANALYTICS_GROUP_BY_USER"]')


def _post(target: str, body: str, **more: Any) -> Request:
    return Request(target, "POST", body=body, headers=_JSON, **more)


_QUARTER = '"start_date":"2025-07-23","end_date":"2025-10-20"'
_SPENDING: tuple[Item, ...] = (
    *gets(
        (
            _CREDITS,
            f"{_CREDITS}?by_date=true&by_model=true&page_size=5",
            f"{_CREDITS}?by_date=true&by_model=true&page_size=5&{{next}}",
            f"{_CREDITS}?by_model=true&start_date=2023-10-20&end_date=2024-01-17&page_size=500",
            f"{_CREDITS}?end_date=2025-10-22",
            f"{_CREDITS}?by_date=yes",
        )
    ),
    *(_post(_COSTS, f'{{{_QUARTER},"group_by_keys":{group}}}') for group in _GROUPS),
    *(
        _post(_COSTS, f'{{"granularity":"COST_ANALYTICS_TIME_GRANULARITY_DAY","group_by_keys":{group},"page_size":9}}')
        for group in _GROUPS
    ),
    _post(_COSTS, '{"end_date":"2025-10-21"}'),
    _post(_COSTS, '{"granularity":"DAY"}'),
    _post(_COSTS, "[]"),
    _post(f"{_COSTS}?page_size=5", "{}"),
)


def _budgets(resource: str, email: str) -> Iterator[Request]:
    unit = f'"resource":"BUDGET_RESOURCE_{resource}","period":"BUDGET_PERIOD_MONTHLY"'
    row = f'{{"user_email":"{email}",{unit},"config":{{"limit":"25"}}}}'
    yield _post(_GET_BUDGETS, f"{{{unit}}}")
    yield _post(_SET_BUDGETS, f'{{"overrides":[{row}]}}', token="Bearer mock-augment-{organization}-readonly")
    yield _post(_SET_BUDGETS, f'{{"overrides":[{row},{row}]}}')
    yield _post(_SET_BUDGETS, f'{{"overrides":[{row}]}}')
    yield _post(_GET_BUDGETS, f'{{{unit},"user_emails":["{email}"]}}')
    yield _post(_GET_BUDGETS, f'{{{unit},"user_emails":["nobody@nowhere.example"]}}')


def _spending() -> Iterator[Scene]:
    """Credits and costs of every organization and switch, as time goes by, and budgets."""
    for organization in ("acme", "globex", "initech", "documented", "empty"):
        yield Scene(f"augment spending of {organization}", "augment", _SPENDING, organization)
    growing: list[Item] = []
    for hour in range(0, 24, 3):
        growing += [ClockChange(f"2025-10-21T{hour:02}:30:00Z"), *gets([_CREDITS])]
    yield Scene("augment spending as time goes by", "augment", growing)
    switches: tuple[AnySwitch, ...] = (
        policy.COST_TODAY,
        policy.COMPUTE_ROWS,
        policy.BILLED_IDENTITY,
        policy.CREDIT_DELAY_MINUTES,
    )
    for name, option in ((switch.name, option) for switch in switches for option in switch.options):
        chosen = {"augment": {name: option}}
        yield Scene(f"augment spending {name}={option}", "augment", _SPENDING, policy=chosen)
    yield Scene("augment budgets in credits", "augment", [*_budgets("CREDITS_CONSUMED", "ada@acme.example")])
    yield Scene("augment budgets in dollars", "augment", [*_budgets("USD_COST", "max@globex.example")], "globex")
    on_costs = [_post(_COSTS, f'{{"group_by_keys":{group}}}') for group in _GROUPS]
    for defect in ("cost-point-twice", "billed-off-by-a-dollar"):
        yield Scene(f"augment costs with {defect}", "augment", on_costs, defects=[defect])
    limited = [*gets([_CREDITS] * 3), *[_post(_COSTS, "{}")] * 2, *gets([_DAU])]
    yield Scene("augment limit of costs", "augment", limited, limits={"augment.cost": {"per_minute": 30, "burst": 4}})


def _hours() -> Iterator[Scene]:
    """Just before and at each hour of publication, with and without a rejection."""
    for hour in range(24):
        before = "2025-10-20T23:59:59Z" if hour == 0 else f"2025-10-21T{hour - 1:02}:59:59Z"
        items: list[Item] = [
            ClockChange(before),
            *gets(_EDGE),
            ClockChange(f"2025-10-21T{hour:02}:00:00Z"),
            *gets(_EDGE),
        ]
        for option in policy.BEFORE_PUBLICATION.options[hour % 2 :]:
            chosen = {"augment": {"publication_hour": hour, "before_publication": option}}
            yield Scene(f"augment published at {hour}, before it {option}", "augment", items, policy=chosen)


def _restatement() -> Iterator[Scene]:
    """A day from its first publication until it is final, and a little longer, at every endpoint."""
    day = "start_date=2025-10-15&end_date=2025-10-15"
    seen: list[Item] = [
        *gets(
            (
                f"{_COUNT}?start_date=2025-10-09&end_date=2025-10-15",
                f"{_DAU}?{_DAY}&page_size=9",
                f"{_DAU}?{_DAY}&page_size=9&{{next}}",
                f"{_USAGE}?{day}",
                f"{_ACTIVITY}?{day}",
                f"{_RECORDS}?{_DAY}",
                f"{_CREDITS}?{day}&by_model=true",
            )
        ),
        *(
            _post(_COSTS, f'{{"start_date":"2025-10-09","end_date":"2025-10-15","group_by_keys":{each}}}')
            for each in _GROUPS
        ),
    ]
    items = [each for date in range(16, 21) for each in (ClockChange(f"2025-10-{date}T02:00:00Z"), *seen)]
    for option in policy.RESTATEMENT.options:
        for organization in ("acme", "initech", "documented"):
            chosen = {"augment": {"restatement": option}}
            yield Scene(f"augment {option} of {organization}", "augment", items, organization, policy=chosen)


def _limits() -> Iterator[Scene]:
    """Every combination of the switches of rate limits, with two tokens."""
    second = Request(_DAU, token="Bearer {second}")
    for scope in policy.RATE_LIMIT_SCOPE.options:
        for block in policy.RATE_LIMIT_BLOCK.options:
            for header in policy.RETRY_AFTER.options:
                chosen = {"rate_limit_scope": scope, "rate_limit_block": block, "retry_after": header}
                yield Scene(
                    f"augment 429 {scope} {block} {header}",
                    "augment",
                    [
                        *gets([_DAU] * 4),
                        second,
                        second,
                        ClockChange("2025-10-21T10:30:06Z"),
                        *gets([_DAU] * 2),
                        ClockChange("2025-10-21T10:31:06.5Z"),
                        *gets([_DAU] * 3),
                        Request(_DAU, "HEAD"),
                        Request(_DAU, "POST"),
                    ],
                    policy={"augment": chosen},
                    limits={"augment": {"per_minute": 10, "burst": 2}},
                )
