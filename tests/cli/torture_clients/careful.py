"""A client that repeats what fails, counts nothing twice, and stops with an error when answers contradict."""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from tests.cli.torture_clients.reading import (
    BY_DAY,
    DATES,
    FIRST,
    RANGE,
    USAGE,
    YESTERDAY,
    basic,
    bearer,
    report,
    send,
    wait,
)

ATTEMPTS = 7
PAGES = 50
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


class Unusable(Exception):
    """An answer that cannot be used, or answers that contradict each other."""


def get(path: str, authorization: str, form: bytes | None = None, **parameters: Any) -> Any:
    """The JSON object of an answer; a failure is repeated, after a wait that doubles."""
    for attempt in range(ATTEMPTS):
        try:
            body = numeric(send(path, authorization, form, 30, parameters, strict))
        except HTTPError as error:
            with error:
                if error.code != 429 and error.code < 500:
                    raise Unusable(f"{path}: {error.code} {error.read().decode()}") from error
        except (HTTPException, OSError, ValueError):
            pass
        else:
            if isinstance(body, dict) and "error" not in body:
                return body
        wait(6 * 2**attempt)
    raise Unusable(f"{path}: no answer in {ATTEMPTS} attempts")


def strict(body: bytes) -> Any:
    """The JSON of a body; ValueError where a key is there twice, and for NaN and its like."""
    return json.loads(body, object_pairs_hook=without_duplicates, parse_constant=refuse)


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, whose keys must differ."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def refuse(constant: str) -> None:
    """Stop at a word that json takes for a number, and JSON does not."""
    raise ValueError(f"{constant} is no number of JSON")


def numeric(value: Any) -> Any:
    """JSON in which a number as text is a number."""
    if isinstance(value, dict):
        return {name: numeric(each) for name, each in value.items()}
    if isinstance(value, list):
        return [numeric(each) for each in value]
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return json.loads(value)
    return value


def require(condition: object, rule: str) -> None:
    """Stop with an error unless a rule holds."""
    if not condition:
        raise Unusable(rule)


def equal(one: object, other: object, rule: str) -> None:
    """Stop with an error unless two numbers are equal."""
    require(one == other, f"{rule}: {one} is not {other}")


def whole(row: Any, *names: str) -> list[int]:
    """Counts, each a number from 0."""
    found = [row.get(name) for name in names]
    for name, value in zip(names, found, strict=True):
        require(isinstance(value, int) and value >= 0, f"{name} is not a count: {value!r}")
    return found


def advance(seen: set[Any], cursor: Any) -> None:
    """Stop with an error where pagination leads back, or never ends."""
    require(cursor not in seen and len(seen) < PAGES, f"the cursor {cursor!r} was there before")
    seen.add(cursor)


def augment_pages(path: str, name: str, **parameters: Any) -> list[Any]:
    """The rows of all pages, each once."""
    rows: dict[str, Any] = {}
    seen: set[Any] = set()
    cursor: dict[str, Any] = {}
    while True:
        page = get(path, bearer("AUGMENT"), **parameters, **cursor)
        listed = {row.get("user_email") or row.get("service_account_name"): row for row in page[name]}
        equal(len(listed), page["metadata"]["returned_user_count"], f"rows of a page of {path}")
        rows |= listed
        if not page["pagination"]["has_more"]:
            return list(rows.values())
        cursor = {"cursor": page["pagination"]["next_cursor"]}
        advance(seen, cursor["cursor"])


PARTS = (
    "chat_messages",
    "remote_agent_messages",
    "ide_agent_messages",
    "cli_agent_interactive_messages",
    "cli_agent_non_interactive_messages",
)


def augment() -> dict[str, Any]:
    """People of a day, and a week, once by day and once by user."""
    people = augment_pages("/analytics/v0/dau", "users", date=YESTERDAY, page_size=20)
    wide = get("/analytics/v0/dau-count", bearer("AUGMENT"), start_date=FIRST, end_date=YESTERDAY)
    counts = {row["date"]: whole(row, "user_count")[0] for row in wide["daily_active_user_counts"]}
    equal(wide["metadata"]["effective_start_date"], FIRST, "first day")
    equal(len(people), counts[YESTERDAY], "active users of a day")
    usage = get("/analytics/v0/daily-usage", bearer("AUGMENT"), **RANGE)["daily_usage"]
    week = {day: count for day, count in counts.items() if day <= RANGE["end_date"]}
    equal([row["date"] for row in usage], [day for day, count in week.items() if count], "days with data")
    users = augment_pages("/analytics/v0/user-activity", "users", page_size=100, **RANGE)
    equal(sum(user["active_days"] for user in users), sum(week.values()), "days of all users")
    for row in (*usage, *users):
        check_metrics(row["metrics"])
    by_day, by_user = summed(row["metrics"] for row in usage), summed(user["metrics"] for user in users)
    for name in by_day | by_user:
        equal(by_day[name], by_user[name], name)
    return {
        f"ai-active-users?from={YESTERDAY}&to={YESTERDAY}&vendor=augment": sum("user_email" in user for user in people),
        "messages": sum(row["metrics"]["total_messages"] for row in usage),
        "accepted completions": sum(row["metrics"]["completions_accepted"] for row in usage),
        "users by day": [week[day] for day in sorted(week)],
    }


def check_metrics(metrics: Any) -> None:
    """What must hold of any metrics of a day or a user."""
    whole(metrics, *metrics)
    equal(metrics["total_messages"], sum(metrics[part] for part in PARTS), "messages")
    require(metrics["completions_accepted"] <= metrics["completions_count"], "more was accepted than there was")


def summed(rows: Iterable[Any]) -> Counter[str]:
    """The sum of each field."""
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    return total


def tabnine() -> dict[str, Any]:
    """Users, each once, and the usage of a week by day."""
    users: dict[str, Any] = {}
    seen: set[Any] = set()
    following: dict[str, Any] | None = {"offset": 0, "limit": 25}
    total = None
    while following:
        advance(seen, following["offset"])
        page = get("/api/v1/organization/users", bearer("TABNINE"), **following)
        users |= {user["id"]: user for user in page["data"]}
        total, following = page["meta"]["total"], page["meta"].get("next")
    equal(len(users), total, "users")
    organization = get("/api/v1/organization", bearer("TABNINE"))["id"]
    found = get("/api/v1/organization/usage", bearer("TABNINE"), organizationId=organization, **USAGE)
    days = found["usage"]["data"]
    for day in days:
        check_usage(day)
    return {
        "users": len(users),
        "chat": sum(day["chat"]["interactions"] for day in days),
        "active users by day": [day["activeUsers"] for day in days],
    }


def check_usage(day: Any) -> None:
    """What must hold of a day."""
    (active,) = whole(day, "activeUsers")
    written, keys = whole(day["codeCompletions"], "charsCompleted", "keystrokes")
    useful, given = whole(day["chat"], "usefulChatInteractions", "interactions")
    users, interactions = whole(day["agent"], "activeUsers", "interactions")
    for section in ("codeCompletions", "chat", "agent"):
        require(day[section]["activeUsers"] <= active, "a section has more users than the day")
    require(useful <= given, "more answers were of use than were given")
    require(interactions or not users, "users of the agent without an interaction")
    factor = written / (written + keys) if written else None
    if factor is not None:
        require(abs(day["codeCompletions"]["automationFactor"] - factor) < 0.01, "the automation factor")


def ide() -> dict[str, Any]:
    """What people did by day: their rows must be the sums that the vendor has."""
    found: dict[tuple[str, str, str], Any] = {}
    seen: set[Any] = set()
    cursor: dict[str, Any] = {}
    while True:
        path = "/api/analytics/ai/effectiveness/metrics/users.paged"
        page = get(path, bearer("JETBRAINS_IDE"), limit=100, **DATES, **cursor)
        found |= {(row["userId"], row["date"], row["tool"]): row for row in page["items"]}
        if not page.get("nextCursor"):
            break
        cursor = {"cursor": page["nextCursor"]}
        advance(seen, cursor["cursor"])
    days: defaultdict[str, int] = defaultdict(int)
    for row in found.values():
        whole(row, "suggestions", "acceptances", "invocations")
        days[row["date"]] += row["invocations"]
    path = "/api/analytics/ai/effectiveness/metrics"
    for each in get(path, bearer("JETBRAINS_IDE"), groupBy="DAY", **DATES)["items"]:
        require(each["acceptances"] <= each["suggestions"], "more was accepted than suggested")
        equal(days[each["date"]], each["invocations"], f"invocations of {each['date']}")
    return {f"total-ai-actions?{BY_DAY}&vendor=jetbrains-ide": [days[day] for day in sorted(days)]}


def console() -> dict[str, Any]:
    """Credits and active people, whose days must fit their totals."""
    token = get("/api/rest/oauth2/token", basic(), b"grant_type=client_credentials")["access_token"]
    quota = get("/metrics/api/v2/adoption/quota-consumption/group-by/date", f"Bearer {token}", **DATES)
    adoption = get("/metrics/api/v1/adoption/users-adoption/group-by/date", f"Bearer {token}", **DATES)
    for day in (*quota["data"], quota["total"]):
        spent = [day["builtInQuota"], day["topUpCredits"]]
        require(min(spent) >= 0 and abs(sum(spent) - day["totalCredits"]) < 0.005, "credits are not their parts")
    summed_up = sum(day["totalCredits"] for day in quota["data"])
    require(abs(summed_up - quota["total"]["totalCredits"]) < 0.005, "the days are not the total of credits")
    spenders = {day["date"]: day["totalCredits"] for day in quota["data"]}
    for day in adoption["data"]:
        active, enabled = whole(day, "activeUsers", "enabledUsers")
        require(active <= min(enabled, adoption["total"]["activeUsers"]), "more people are active than there can be")
        require(bool(active) == bool(spenders.get(day["date"])), "people are active without credits")
    return {
        "credits": quota["total"]["totalCredits"],
        "adoption": [day["activeUsers"] for day in adoption["data"]],
    }


if __name__ == "__main__":
    try:
        report({**augment(), **tabnine(), **ide(), **console()})
    except Unusable as error:
        sys.exit(f"no numbers today: {error}")
    except (AttributeError, LookupError, TypeError) as error:
        sys.exit(f"no numbers today: an answer does not have the expected fields: {error!r}")
