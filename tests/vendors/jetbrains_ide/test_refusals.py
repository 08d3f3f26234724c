"""Refusals: Spring Boot's default body, all errors of a query at once (contract, section 1)."""

import pytest

from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries

NO_DATE = "is required: a date written YYYY-MM-DD"
A_DATE = "must be a date that exists, written YYYY-MM-DD, not"
GROUPS = "DAY, WEEK, MONTH or YEAR"
AMONG = "must name tools among aia, claude_code, code_completion, junie or nes, between commas"
TOOLS = f"{AMONG}, not"
A_UUID = "must name users by UUIDs such as 123e4567-e89b-12d3-a456-426614174000, between commas"
A_PROFILE = "must be the UUID of a profile, as GET /api/v1/profiles lists them"
FAULTS = {
    "nothing": (queries.ADOPTION, "", f"fromDate {NO_DATE}; toDate {NO_DATE}; groupBy is required: {GROUPS}"),
    "a malformed date and an unknown group": (
        queries.ADOPTION,
        "fromDate=2025-9-1&toDate=2025-09-30&groupBy=QUARTER",
        f"fromDate {A_DATE} '2025-9-1'; groupBy must be {GROUPS}, not 'QUARTER'",
    ),
    "a range upside down and a tool in capitals": (
        queries.METRICS,
        "fromDate=2025-10-01&toDate=2025-09-30&tool=JUNIE",
        f"fromDate must not be later than toDate; tool {TOOLS} 'JUNIE'",
    ),
    "an empty element": (
        queries.BY_FEATURE,
        "fromDate=2025-09-01&toDate=2025-09-30&tool=junie,,nes",
        f"tool must not have an empty element: it {TOOLS} 'junie,,nes'",
    ),
    "no groupBy where there is none": (
        queries.TOTALS,
        "fromDate=2025-02-30&groupBy=QUARTER",
        f"fromDate {A_DATE} '2025-02-30'; toDate {NO_DATE}",
    ),
    "everything": (
        queries.USERS,
        "fromDate=x&toDate=y&tool=a&query=b&limit=1001&sortOrder=asc",
        (
            f"fromDate {A_DATE} 'x'; toDate {A_DATE} 'y'; tool {TOOLS} 'a'; "
            f"query {A_UUID}, not 'b'; "
            "limit must be an integer from 1 to 1000, not '1001'; sortOrder must be ASC or DESC, not 'asc'"
        ),
    ),
    "the same twice": (
        queries.TOTALS,
        "fromDate=2025-09-01&toDate=2025-09-30&toDate=2025-09-30&tool=",
        f"toDate must be given once, not 2 times; tool must not be empty: it {AMONG}",
    ),
    "nothing in anything": (
        queries.USERS,
        "fromDate=&toDate=&tool=&query=&cursor=&limit=&sortOrder=",
        "; ".join(
            f"{name} must not be empty: it {rule}"
            for name, rule in (
                ("fromDate", "must be a date that exists, written YYYY-MM-DD"),
                ("toDate", "must be a date that exists, written YYYY-MM-DD"),
                ("tool", AMONG),
                ("query", A_UUID),
                ("cursor", "must be a nextCursor from an earlier answer, unchanged"),
                ("limit", "must be an integer from 1 to 1000"),
                ("sortOrder", "must be ASC or DESC"),
            )
        ),
    ),
    "no group and no profile": (
        queries.ADOPTION,
        "fromDate=2025-09-01&toDate=2025-09-30&groupBy=&profileId=",
        f"groupBy must not be empty: it must be {GROUPS}; profileId must not be empty: it {A_PROFILE}",
    ),
    "an empty user": (
        queries.USERS,
        "fromDate=2025-09-01&toDate=2025-09-30&query=,",
        f"query must not have an empty element: it {A_UUID}, not ','",
    ),
    "a forged cursor": (
        queries.USERS,
        "fromDate=2025-09-01&toDate=2025-09-30&cursor=0000",
        "cursor must be a nextCursor from an earlier answer, unchanged",
    ),
}


@pytest.mark.parametrize(("path", "query", "message"), FAULTS.values(), ids=FAULTS)
def test_all_errors_are_listed_in_parameter_order(jetbrains_ide: Client, path: str, query: str, message: str) -> None:
    answer = jetbrains_ide.get(path, query)
    assert answer.status == 400
    assert answer.json == {
        "timestamp": "2025-10-21T10:30:00.000+00:00",
        "status": 400,
        "error": "Bad Request",
        "message": message,
        "path": f"/api/analytics/ai{path}",
    }


TOKEN = "Bearer mock-jetbrains-ide-acme"
NO_CREDENTIALS = (
    "the request carries no credentials; send 'Authorization: Bearer <token>' or 'Authorization: Automation <token>'"
)
NOT_ALLOWED = "the token is valid, but it does not allow reading analytics"
NOTHING_THERE = "there is nothing at /api/analytics/ai/nowhere"
GET_ONLY = "PUT is not allowed here; allowed: GET, HEAD"
REFUSALS = {
    "401": ("GET", queries.TOTALS, None, 401, "Unauthorized", NO_CREDENTIALS),
    "403": ("GET", queries.TOTALS, f"{TOKEN}-forbidden", 403, "Forbidden", NOT_ALLOWED),
    "404": ("GET", "/nowhere", TOKEN, 404, "Not Found", NOTHING_THERE),
    "405": ("PUT", queries.TOTALS, TOKEN, 405, "Method Not Allowed", GET_ONLY),
}


@pytest.mark.parametrize(
    ("method", "path", "authorization", "status", "title", "message"), REFUSALS.values(), ids=REFUSALS
)
def test_every_refusal_has_the_same_five_keys(
    jetbrains_ide: Client, method: str, path: str, authorization: str | None, status: int, title: str, message: str
) -> None:
    answer = jetbrains_ide.bearing(authorization).send(method, path)
    assert (answer.status, list(answer.json)) == (status, ["timestamp", "status", "error", "message", "path"])
    assert answer.json == {
        "timestamp": "2025-10-21T10:30:00.000+00:00",
        "status": status,
        "error": title,
        "message": message,
        "path": f"/api/analytics/ai{path}",
    }


@pytest.mark.parametrize(
    ("now", "timestamp"),
    [
        ("2026-01-05T10:00:00Z", "2026-01-05T10:00:00.000+00:00"),
        ("2026-01-05T10:00:00.123456Z", "2026-01-05T10:00:00.123+00:00"),
        ("2026-01-05T10:00:00+02:00", "2026-01-05T08:00:00.000+00:00"),
    ],
)
def test_timestamp_is_the_sandbox_clock_in_milliseconds(jetbrains_ide: Client, now: str, timestamp: str) -> None:
    assert jetbrains_ide.at(now).get(queries.TOTALS).json["timestamp"] == timestamp


def test_renaming_does_not_concern_refusals(jetbrains_ide: Client) -> None:
    plain = jetbrains_ide.get(queries.TOTALS).json
    assert jetbrains_ide.switched(names='{"items": "path", "date": "timestamp"}').get(queries.TOTALS).json == plain


def test_message_of_an_error_can_be_hidden(jetbrains_ide: Client) -> None:
    for path, authorization in ((queries.TOTALS, TOKEN), (queries.TOTALS, None), ("/nowhere", TOKEN)):
        shown = jetbrains_ide.bearing(authorization).switched().get(path).json
        hidden = jetbrains_ide.bearing(authorization).switched(error_message="hidden").get(path).json
        assert list(hidden) == ["timestamp", "status", "error", "path"]
        assert hidden == {name: value for name, value in shown.items() if name != "message"}
