"""Tests of invalid queries for expected values: each refusal names what is wrong, the rule, and the known names."""

import pytest

from tests.admin.driver import Admin

RANGE = "from=2025-09-01&to=2025-09-30"


def test_unknown_metric_is_rejected_with_the_nearest_one(admin: Admin) -> None:
    for path in ("", "/people"):
        refused = admin.refused("GET", f"/metrics/ai-active-user{path}?{RANGE}", status=404)
        assert refused.detail == (
            "there is no metric 'ai-active-user' (did you mean 'ai-active-users'?); there are: "
            "ai-active-users, total-ai-actions, total-lines-added, total-lines-accepted"
        )


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("to=2025-09-30", "from", "must be given"),
        ("from=2025-09-01", "to", "must be given"),
        ("from=2025-9-1&to=2025-09-30", "from", "must be a date that exists, written YYYY-MM-DD"),
        ("from=2025-02-29&to=2025-09-30", "from", "must be a date that exists, written YYYY-MM-DD"),
        ("from=1970-12-31&to=2025-09-30", "from", "must be from 1971-01-01 to 2199-12-31"),
        ("from=2025-09-01&to=9999-12-31", "to", "must be from 1971-01-01 to 2199-12-31"),
        ("from=2025-09-02&to=2025-09-01", "to", "must not be before from, which is 2025-09-02"),
        (
            "from=2022-01-01&to=2025-01-01",
            "to",
            "a range can have at most 1096 days (three years); this one has 1097",
        ),
        (f"{RANGE}&bucket=year", "bucket", "must be one of: day, week, month"),
        (f"{RANGE}&final=yes", "final", "must be true or false"),
        (f"{RANGE}&final=True", "final", "must be true or false"),
        (
            f"{RANGE}&dimension=chat",
            "dimension",
            "must be one of: coding-assistance, ai-coding, code-review, coding-agents, all",
        ),
        (
            f"{RANGE}&vendor=tabnin",
            "vendor",
            "there is no vendor 'tabnin' (did you mean 'tabnine'?); there are: augment, jetbrains-ide, tabnine",
        ),
        (
            f"{RANGE}&vendor=augment&vendor=jetbrains-console",
            "vendor",
            (
                "jetbrains-console does not show what a person did on a day, so nothing of it counts; "
                "there are: augment, jetbrains-ide, tabnine"
            ),
        ),
        (
            f"{RANGE}&team=Engine",
            "team",
            (
                "there is no team 'Engine' (did you mean 'Engines'?); there are: "
                "Engines, Guidance, Ground Control, Simulator, Data, Quality"
            ),
        ),
        (f"{RANGE}&bucket=day&bucket=week", "bucket", "must be given once"),
        (
            f"{RANGE}&buckets=day",
            "buckets",
            (
                "there is no parameter 'buckets' (did you mean 'bucket'?); "
                "there are: from, to, bucket, vendor, team, dimension, final"
            ),
        ),
    ],
)
def test_invalid_parameter_is_rejected_by_name(admin: Admin, query: str, field: str, rule: str) -> None:
    assert admin.refused("GET", f"/metrics/ai-active-users?{query}").errors == {field: [rule]}


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("limit=0", "limit", "must be a whole number from 1 to 1000"),
        ("after=me", "after", "must be the id of a person, as `next` of the previous page has it"),
        (
            "bucket=week&date=2025-09-12",
            "date",
            "no point of these weeks has the date 2025-09-12; the nearest is 2025-09-15",
        ),
    ],
)
def test_invalid_parameter_of_people_is_rejected_by_name(admin: Admin, query: str, field: str, rule: str) -> None:
    assert admin.refused("GET", f"/metrics/ai-active-users/people?{RANGE}&{query}").errors == {field: [rule]}


def test_the_longest_range_is_answered(admin: Admin) -> None:
    answer = admin.get("/metrics/ai-active-users?from=2022-01-02&to=2025-01-01&bucket=month")
    assert answer["buckets"] == 37
