"""Names with the opposite meaning, or with another one, are never settled; the same meaning in other words is."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.learning import findings, policy_text, sample_reading
from mockserver.learning.findings import Findings
from tests.cli.conftest import write
from tests.learning.conftest import learned, ours

IDE, CONSOLE = "/api/analytics/ai", "/metrics/api/v1/adoption"
ADOPTION = ("jetbrains-ide", "getUsersAdoption", f"{IDE}/users-adoption", "items")
METRICS = ("jetbrains-ide", "getMetrics", f"{IDE}/effectiveness/metrics", "items")
USERS = ("jetbrains-ide", "getUsers", "/api/v1/users", "items")
LIMITS = ("jetbrains-console", "getLimitHitsV1", f"{CONSOLE}/limit-hits/group-by/date", "data")
CREDITS = ("jetbrains-console", "getQuotaConsumptionV1", f"{CONSOLE}/quota-consumption/group-by/date", "data")
OPAQUE = (*LIMITS[:3], "x")

Place = tuple[str, str, str, str]
ID = "7f6c2a34-0d0e-4c3e-9a5b-2f1d7a3e9c10"
VALUES: dict[str, Any] = {"date": "2025-10-01", "uuid": ID, "email": "ada@example.com", "text": "Ada", "number": 3}
"""The value of a field in a sample; other fields are numbers."""


def fields(*named: str, **described: str) -> dict[str, tuple[str, str]]:
    """Fields as "name" or "name:form", each with its form and its description."""
    split = [each.partition(":") for each in named]
    return {name: (form or "number", described.get(name, "")) for name, _, form in split}


def schema(form: str, description: str) -> dict[str, Any]:
    """The schema of a field."""
    kind = {"type": form} if form == "number" else {"type": "string"}
    formatted = {"format": form} if form in {"date", "uuid", "email"} else {}
    return {**kind, **formatted, **({"description": description} if description else {})}


def from_file(place: Place, row: dict[str, tuple[str, str]]) -> Findings:
    """What a file says whose rows have these fields."""
    vendor, _, path, rows = place
    item = {"type": "object", "properties": {name: schema(*each) for name, each in row.items()}}
    answer = {"type": "object", "properties": {rows: {"type": "array", "items": item}}}
    content = {"application/json": {"schema": answer}}
    operation = {"get": {"responses": {"200": {"content": content}}}}
    return learned(vendor, json.dumps({"openapi": "3.0.1", "paths": {path: operation}}).encode())


def from_sample(tmp_path: Path, place: Place, row: dict[str, tuple[str, str]]) -> Findings:
    """What a captured answer says whose row has these fields."""
    vendor, operation, _, rows = place
    path = write(tmp_path / "a.json", json.dumps({rows: [{name: VALUES[form] for name, (form, _) in row.items()}]}))
    known = ours(vendor)
    return findings.learn(known, [sample_reading.read(known, [f"{operation}={path}"])])


def names(found: Findings) -> dict[str, str]:
    """The settled names that differ from ours."""
    return {name: other for name, (other, _) in found.names.items() if name != other}


DATE = "date:date"
OPPOSITES: dict[str, tuple[Place, tuple[str, ...]]] = {
    "inactive": (ADOPTION, ("inactiveUsers", "activeUsers")),
    "disabled": (ADOPTION, ("disabledUsers", "enabledUsers")),
    "snake case": (ADOPTION, ("enabledUsers", "in_active_users")),
    "prefix": (ADOPTION, ("enabledUsers", "nonactiveUsers")),
    "without": (ADOPTION, ("enabledUsers", "usersWithoutActivity")),
    "not": (ADOPTION, ("usersNotEnabled", "activeUsers")),
    "never": (ADOPTION, ("enabledUsers", "neverActiveUsers")),
    "no": (ADOPTION, ("enabledUsers", "usersWithNoActivity")),
    "former": (ADOPTION, ("enabledUsers", "formerActiveUsers")),
    "deactivated": (ADOPTION, ("deactivatedUsers", "activeUsers")),
    "non": (METRICS, ("nonAcceptances", "suggestions", "invocations")),
    "not of a verb": (METRICS, ("notAccepted", "suggestions", "invocations")),
    "failed": (METRICS, ("suggestions", "acceptances", "failedInvocations")),
    "rejected": (METRICS, ("rejectedSuggestions", "acceptances", "invocations")),
    "ignored": (METRICS, ("suggestionsIgnored", "acceptances", "invocations")),
    "errors": (METRICS, ("suggestions", "acceptances", "invocationErrors")),
    "below": (LIMITS, ("usersBelowLimit",)),
    "less": (LIMITS, ("limitlessUsers",)),
    "left": (CREDITS, ("builtInQuotaLeft", "topUpCreditsLeft", "totalCredits")),
    "remaining": (CREDITS, ("remainingBuiltInQuota", "topUpCredits", "totalCredits")),
}
OTHERS: dict[str, tuple[Place, tuple[str, ...]]] = {
    "total": (ADOPTION, ("totalUsers", "activeUsers")),
    "all": (ADOPTION, ("users", "activeUsers")),
    "count": (ADOPTION, ("enabledUsers", "userCount")),
    "invited": (ADOPTION, ("invitedUsers", "activeUsers")),
    "licensed": (ADOPTION, ("licensedUsers", "activeUsers")),
    "new": (ADOPTION, ("enabledUsers", "newActiveUsers")),
    "average": (ADOPTION, ("enabledUsers", "averageActiveUsers")),
    "same beginning": (ADOPTION, ("enabledUsers", "activatedUsers")),
    "both": (ADOPTION, ("aiEnabledActiveUsers", "aiUsers")),
    "requests of users": (ADOPTION, ("enabledUsers", "requests")),
    "days": (ADOPTION, ("enabledDays", "activeUsers")),
    "active requests": (ADOPTION, ("enabledUsers", "activeRequests")),
    "ids": (ADOPTION, ("enabledUsers", "activeUserIds")),
    "part": (ADOPTION, ("enabledUsers", "chatActiveUsers")),
    "percent": (ADOPTION, ("enabledUsers", "activeUsersPercent")),
    "rate": (METRICS, ("suggestions", "acceptanceRate", "invocations")),
    "two words of one": (METRICS, ("suggestions", "suggestionsAccepted", "toolsUsed")),
    "with a limit": (LIMITS, ("usersWithLimit",)),
    "with licenses": (LIMITS, ("usersWithLicenses",)),
    "licenses": (CREDITS, ("licenses", "topUpCredits", "totalCredits")),
    "allotment": (CREDITS, ("builtInQuotaTotal", "topUpCredits", "totalCredits")),
    "quota": (CREDITS, ("usedQuota", "remainingQuota", "totalCredits")),
}
RIGHT: dict[str, tuple[Place, tuple[str, ...], dict[str, str]]] = {
    "adjective alone": (ADOPTION, ("active", "enabled"), {"activeUsers": "active", "enabledUsers": "enabled"}),
    "other order": (
        ADOPTION,
        ("usersActive", "usersEnabled"),
        {"activeUsers": "usersActive", "enabledUsers": "usersEnabled"},
    ),
    "noun": (ADOPTION, ("usersWithActivity", "enabledUsers"), {"activeUsers": "usersWithActivity"}),
    "snake case": (
        ADOPTION,
        ("active_users", "ai_enabled_users"),
        {"activeUsers": "active_users", "enabledUsers": "ai_enabled_users"},
    ),
    "beside its opposite": (ADOPTION, ("usersActive", "usersInactive"), {"activeUsers": "usersActive"}),
    "beside its total": (ADOPTION, ("enabledUserCount", "totalUsers"), {"enabledUsers": "enabledUserCount"}),
    "singular": (
        METRICS,
        ("suggestionCount", "acceptanceCount", "invocationCount"),
        {"suggestions": "suggestionCount", "acceptances": "acceptanceCount", "invocations": "invocationCount"},
    ),
    "verb": (
        METRICS,
        ("suggested", "accepted", "invocations"),
        {"suggestions": "suggested", "acceptances": "accepted"},
    ),
    "described": (
        METRICS,
        ("suggestions", "acceptedSuggestions", "numInvocations"),
        {"acceptances": "acceptedSuggestions", "invocations": "numInvocations"},
    ),
    "total": (METRICS, ("suggestions", "acceptances", "totalInvocations"), {"invocations": "totalInvocations"}),
    "hits": (LIMITS, ("limitHits",), {"usersHitLimit": "limitHits"}),
    "credits": (
        CREDITS,
        ("built_in_quota", "topUp", "creditsTotal"),
        {"builtInQuota": "built_in_quota", "topUpCredits": "topUp", "totalCredits": "creditsTotal"},
    ),
}


@pytest.mark.parametrize(("place", "row"), [*OPPOSITES.values(), *OTHERS.values()], ids=[*OPPOSITES, *OTHERS])
@pytest.mark.parametrize("date", [DATE, "d:date"])
def test_name_of_another_meaning_is_listed_and_not_settled(
    tmp_path: Path, place: Place, row: tuple[str, ...], date: str
) -> None:
    made = fields(date, *row)
    right = {"date": "d"} if date != DATE else {}
    if "suggestionsAccepted" in row:
        right["acceptances"] = "suggestionsAccepted"
    for found in (from_file(place, made), from_sample(tmp_path, place, made)):
        assert names(found) == right
        assert found.open_names
        assert f".{next(iter(found.open_names))}: " in policy_text.policy(found).partition("# Not settled:")[2]


@pytest.mark.parametrize(("place", "row", "expected"), RIGHT.values(), ids=RIGHT)
def test_same_meaning_in_other_words_is_settled(
    tmp_path: Path, place: Place, row: tuple[str, ...], expected: dict[str, str]
) -> None:
    made = fields(DATE, *row)
    assert names(from_file(place, made)) == expected
    assert names(from_sample(tmp_path, place, made)) == expected


DESCRIBED: dict[str, tuple[Place, dict[str, str], dict[str, str]]] = {
    "denied": (ADOPTION, {"n": "Users who were not active."}, {}),
    "denied in short": (ADOPTION, {"n": "Users who weren't active."}, {}),
    "denied by a prefix": (ADOPTION, {"n": "Inactive users, unlike active ones."}, {}),
    "another denied": (OPAQUE, {"n": "Users without such a day."}, {"data": "x"}),
    "of something else": (OPAQUE, {"n": "What went wrong."}, {"data": "x"}),
    "of another thing": (ADOPTION, {"n": "Active sessions of all users."}, {}),
    "number of another thing": (ADOPTION, {"n": "The number of requests by active users."}, {}),
    "not of users": (ADOPTION, {"n": "How often AI was active."}, {}),
    "average": (ADOPTION, {"n": "The average number of active users."}, {}),
    "of another field": (ADOPTION, {"n": "Enabled users, active or idle."}, {}),
    "denied of an opaque name": (LIMITS, {"n": "Users without such a day."}, {}),
    "denied later": (ADOPTION, {"n": "Active users; those of trials are not counted."}, {"activeUsers": "n"}),
    "name of many": (ADOPTION, {"users": "The active users."}, {"activeUsers": "users"}),
    "whole number of all": (ADOPTION, {"n": "The total number of active users."}, {"activeUsers": "n"}),
    "long name": (ADOPTION, {"qzkxvw": "Unique users who had AI enabled."}, {"enabledUsers": "qzkxvw"}),
    "half of the words": (METRICS, {"n": "How often any tool was used."}, {}),
    "most words": (
        LIMITS,
        {"n": "Users who used up the AI Credits of a month in one license."},
        {"usersHitLimit": "n"},
    ),
    "another order": (ADOPTION, {"n": "The requests that people made."}, {}),
    "name that denies": (
        ADOPTION,
        {"inactiveUsers": "Distinct people who made at least one request; never more than had AI."},
        {},
    ),
    "crossed": (ADOPTION, {"enabledUsers": "The active users.", "activeUsers": "Users with AI enabled."}, {}),
    "not crossed": (
        USERS,
        {"name:text": "The email or the name.", "k:uuid": "", "e:email": ""},
        {"id": "k", "email": "e"},
    ),
}


@pytest.mark.parametrize(("place", "described", "expected"), DESCRIBED.values(), ids=DESCRIBED)
def test_descriptions_count_as_names_do(place: Place, described: dict[str, str], expected: dict[str, str]) -> None:
    texts = {name.partition(":")[0]: text for name, text in described.items()}
    date = [] if place == USERS else ["d:date"]
    found = from_file(place, fields(*date, *described, **texts))
    assert names(found) == ({"date": "d"} if date else {}) | expected
    assert expected or found.open_names


def test_description_of_a_date_or_of_rows_may_deny_something() -> None:
    row = fields("d:date", "enabledUsers", "activeUsers", d="The day, without a time.")
    assert names(from_file(ADOPTION, row)) == {"date": "d"}
    created = fields("d:date", "enabledUsers", "activeUsers", d="When the user was created.")
    assert names(from_file(ADOPTION, created)) == {}


FORMS: dict[str, tuple[Place, tuple[str, ...], dict[str, str]]] = {
    "date of creation": (ADOPTION, ("createdDate:date", "enabledUsers", "activeUsers"), {}),
    "end beside start": (
        ADOPTION,
        ("startDate:date", "endDate:date", "enabledUsers", "activeUsers"),
        {"date": "startDate"},
    ),
    "two dates": (ADOPTION, ("a:date", "b:date", "enabledUsers", "activeUsers"), {}),
    "id of a manager": (USERS, ("managerId:uuid", "name:text", "email:email"), {}),
    "two ids": (USERS, ("a:uuid", "b:uuid", "name:text", "email:email"), {}),
    "name of a team": (USERS, ("id:uuid", "teamName:text", "email:email"), {}),
    "opaque": (OPAQUE, ("d:date", "n"), {"data": "x", "date": "d", "usersHitLimit": "n"}),
    "opaque word": (OPAQUE, ("d:date", "qab"), {"data": "x", "date": "d", "usersHitLimit": "qab"}),
    "opposite": (OPAQUE, ("d:date", "usersBelowLimit"), {"data": "x", "date": "d"}),
    "another word": (OPAQUE, ("d:date", "failures"), {"data": "x", "date": "d"}),
    "word that many have": (OPAQUE, ("d:date", "users"), {"data": "x", "date": "d"}),
    "short word that denies": (OPAQUE, ("d:date", "lost"), {"data": "x", "date": "d"}),
}


@pytest.mark.parametrize(("place", "row", "expected"), FORMS.values(), ids=FORMS)
def test_only_field_of_a_form_is_ours_unless_its_name_says_otherwise(
    tmp_path: Path, place: Place, row: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert names(from_file(place, fields(*row))) == expected
    told = {name: other for name, other in expected.items() if name != "data"}
    assert names(from_sample(tmp_path, place, fields(*row))) == told


@pytest.mark.parametrize(
    "body", [{"warnings": [], "nextCursor": None}, {"warnings": [{"code": 1}], "nextCursor": None}]
)
def test_only_array_is_not_that_of_the_rows_if_it_is_empty_or_says_otherwise(tmp_path: Path, body: Any) -> None:
    known = ours("jetbrains-ide")
    path = write(tmp_path / "a.json", json.dumps(body))
    found = findings.learn(known, [sample_reading.read(known, [f"getUsers={path}"])])
    assert found.names == {}
    rows = write(tmp_path / "b.json", json.dumps({"list": [], "nextCursor": None}))
    found = findings.learn(known, [sample_reading.read(known, [f"getUsers={rows}"])])
    assert (found.names, [other for other, _ in found.open_names["items"]]) == ({}, ["list"])
