"""The values of each parameter, and the refusal of others (contract, section 2)."""

import pytest

from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries

NO_DATES = {
    "a word": "yesterday",
    "a timestamp": "2025-09-01T00:00:00Z",
    "no zeros": "2025-9-1",
    "slashes": "2025/09/01",
    "no dashes": "20250901",
    "a week": "2025-W36-1",
    "a day that February lacks": "2025-02-29",
    "a 31st of April": "2025-04-31",
    "a month 13": "2025-13-01",
    "a day 0": "2025-09-00",
    "the year 0": "0000-01-01",
    "five digits": "10000-01-01",
    "a sign": "+2025-09-01",
    "a space before": " 2025-09-01",
    "a line end": "2025-09-01\n",
    "NUL": "2025-09-01\0",
    "full-width digits": "\uff12025-09-01",
    "two": "2025-09-01,2025-09-02",
    "very long": "2025-09-01" * 100,
}


@pytest.mark.parametrize("value", NO_DATES.values(), ids=NO_DATES)
@pytest.mark.parametrize("name", ["fromDate", "toDate"])
def test_malformed_date_is_400_everywhere(jetbrains_ide: Client, name: str, value: str) -> None:
    for path, query in queries.EVERYTHING.items():
        answer = jetbrains_ide.get(path, {**query, name: value})
        assert (answer.status, answer.json["error"]) == (400, "Bad Request")
        assert answer.message.startswith(f"{name} must be a date that exists, written YYYY-MM-DD, not ")


DATES = [
    ("2024-02-29", "2024-02-29"),
    ("0001-01-01", "0001-12-31"),
    ("9999-01-01", "9999-12-31"),
    ("0001-01-01", "9999-12-31"),
    ("2025-10-21", "2025-10-21"),
    ("2025-10-22", "2026-10-22"),
]


@pytest.mark.parametrize(("first", "last"), DATES)
def test_any_range_of_existing_days_is_accepted(jetbrains_ide: Client, first: str, last: str) -> None:
    for path, query in queries.EVERYTHING.items():
        assert jetbrains_ide.get(path, {**query, **queries.span(first, last)}).status == 200


def test_range_must_not_end_before_it_begins(jetbrains_ide: Client) -> None:
    for path, query in queries.EVERYTHING.items():
        upside_down = jetbrains_ide.get(path, {**query, **queries.span("2025-09-02", "2025-09-01")})
        assert (upside_down.status, upside_down.message) == (400, "fromDate must not be later than toDate")
        assert jetbrains_ide.get(path, {**query, **queries.span("2025-09-01", "2025-09-01")}).status == 200


GROUPS = ["DAY", "WEEK", "MONTH", "YEAR"]
NO_GROUPS = ["QUARTER", "day", "Week", "NONE", "HOUR", "DAY,WEEK", " DAY", "DAY ", "1", "null"]


@pytest.mark.parametrize("path", queries.BUCKETED)
def test_group_by_is_one_of_four_words_in_capitals(jetbrains_ide: Client, path: str) -> None:
    for group in GROUPS:
        assert jetbrains_ide.get(path, {**queries.SEPTEMBER, "groupBy": group}).status == 200
    for group in NO_GROUPS:
        answer = jetbrains_ide.get(path, {**queries.SEPTEMBER, "groupBy": group})
        assert answer.status == 400
        assert answer.message == f"groupBy must be DAY, WEEK, MONTH or YEAR, not {group!r}"


def test_group_by_is_required_only_by_users_adoption(jetbrains_ide: Client) -> None:
    missing = jetbrains_ide.get(queries.ADOPTION, queries.SEPTEMBER)
    assert (missing.status, missing.message) == (400, "groupBy is required: DAY, WEEK, MONTH or YEAR")
    for option in ("DAY", "NONE"):
        jetbrains_ide.switched(default_group_by=option)
        assert jetbrains_ide.get(queries.ADOPTION, queries.SEPTEMBER).status == 400
        assert jetbrains_ide.get(queries.METRICS, queries.SEPTEMBER).status == 200


NO_TOOLS = {
    "an empty element": "junie,,nes",
    "a comma before": ",junie",
    "a comma after": "junie,",
    "a comma alone": ",",
    "capitals": "JUNIE",
    "one in capitals": "nes,Junie",
    "an unknown tool": "copilot",
    "a space inside": "jun ie,nes",
    "a line end": "junie,\nnes",
    "only a space": " ",
    "semicolons": "junie;nes",
    "brackets": "[junie]",
    "NUL": "junie\0",
    "a star": "*",
}


@pytest.mark.parametrize("value", NO_TOOLS.values(), ids=NO_TOOLS)
def test_unknown_tool_in_a_list_is_400(jetbrains_ide: Client, value: str) -> None:
    for path in queries.EFFECTIVENESS:
        answer = jetbrains_ide.get(path, {**queries.SEPTEMBER, "tool": value})
        assert (answer.status, answer.message.partition(" must ")[0]) == (400, "tool")


def test_tools_may_come_in_any_order_and_count_once(jetbrains_ide: Client) -> None:
    for path in queries.EFFECTIVENESS:
        plain = jetbrains_ide.got(path, **queries.SEPTEMBER, tool="junie,nes")
        assert jetbrains_ide.got(path, **queries.SEPTEMBER, tool="nes,junie,nes,junie") == plain
        every = jetbrains_ide.got(path, **queries.SEPTEMBER, tool=",".join(reversed(queries.TOOLS)))
        assert jetbrains_ide.got(path, **queries.SEPTEMBER) == every != plain


def test_answer_has_only_the_requested_tools(jetbrains_ide: Client) -> None:
    for tool in queries.TOOLS:
        for path in (queries.BY_FEATURE, queries.USERS):
            assert {row["tool"] for row in jetbrains_ide.got(path, **queries.SEPTEMBER, tool=tool)["items"]} == {tool}


NO_USERS = {
    "an empty element": f"{queries.UNKNOWN},,{queries.UNKNOWN}",
    "a comma": ",",
    "a name": "ada@acme.example",
    "a number": "1",
    "braces": f"{{{queries.UNKNOWN}}}",
    "no dashes": queries.UNKNOWN.replace("-", ""),
    "dashes elsewhere": "0000000-00000-4000-8000-000000000000",
    "a letter that is no digit": f"{queries.UNKNOWN[:-1]}g",
    "too short": queries.UNKNOWN[:-1],
    "a space inside": queries.UNKNOWN.replace("-", " "),
    "a space alone": f"{queries.UNKNOWN}, ",
    "a line end": f"{queries.UNKNOWN}\n",
    "a URN": f"urn:uuid:{queries.UNKNOWN}",
    "one among good ones": f"{queries.UNKNOWN},x",
}


@pytest.mark.parametrize("value", NO_USERS.values(), ids=NO_USERS)
def test_malformed_uuid_is_400(jetbrains_ide: Client, value: str) -> None:
    answer = jetbrains_ide.get(queries.USERS, {**queries.SEPTEMBER, "query": value})
    assert (answer.status, answer.message.partition(" must ")[0]) == (400, "query")


def test_users_are_selected_by_id_in_any_case(jetbrains_ide: Client) -> None:
    whole = queries.paginate(jetbrains_ide, "2025-09-01", "2025-09-30")
    one, two = sorted({row["userId"] for row in whole})[3:5]
    expected = [row for row in whole if row["userId"] in {one, two}]
    for query in (f"{one},{two}", f"{two},{one},{two}", f"{one.upper()},{queries.UNKNOWN},{two}"):
        assert queries.paginate(jetbrains_ide, "2025-09-01", "2025-09-30", query=query) == expected
    assert queries.paginate(jetbrains_ide, "2025-09-01", "2025-09-30", query=queries.UNKNOWN) == []


def test_id_of_a_foreign_user_selects_nothing(jetbrains_ide: Client, initech: Client) -> None:
    theirs = queries.page(initech, "2025-09-01", "2025-09-30").json["items"][0]["userId"]
    assert queries.paginate(jetbrains_ide, "2025-09-01", "2025-09-30", query=theirs) == []


def test_blanks_around_an_element_are_trimmed_or_refused(jetbrains_ide: Client) -> None:
    row = queries.page(jetbrains_ide, "2025-09-01", "2025-09-30").json["items"][0]
    for path, name, plain, spaced in (
        (queries.METRICS, "tool", "junie,aia", "junie, aia"),
        (queries.TOTALS, "tool", "junie,aia", " junie\t,  aia "),
        (queries.USERS, "query", row["userId"], f"\t{row['userId'].upper()} "),
    ):
        trimmed = jetbrains_ide.switched().get(path, {**queries.SEPTEMBER, name: spaced})
        assert (trimmed.status, trimmed.body) == (200, jetbrains_ide.get(path, {**queries.SEPTEMBER, name: plain}).body)
        refused = jetbrains_ide.switched(list_blanks="reject").get(path, {**queries.SEPTEMBER, name: spaced})
        assert (refused.status, refused.message.partition(" must ")[0]) == (400, name)
        assert jetbrains_ide.get(path, {**queries.SEPTEMBER, name: plain}).status == 200


LIMITS = {"1": 1, "2": 2, "050": 50, "1000": 1000, "0" * 5_000 + "7": 7}
NO_LIMITS = ["0", "-1", "1001", "1.0", "1e2", "+5", " 5", "5 ", "ten", "0x10", "1_0", "\u0665", "5\0", "9" * 5_000]


def test_limit_is_from_1_to_1000_and_50_by_default(jetbrains_ide: Client) -> None:
    whole = queries.paginate(jetbrains_ide, "2025-09-01", "2025-09-30")
    assert len(whole) > 1000
    for value, rows in LIMITS.items():
        assert queries.page(jetbrains_ide, "2025-09-01", "2025-09-30", limit=value).json["items"] == whole[:rows]
    assert queries.page(jetbrains_ide, "2025-09-01", "2025-09-30").json["items"] == whole[:50]


@pytest.mark.parametrize("value", NO_LIMITS, ids=lambda value: ascii(value)[:20])
def test_other_limit_is_400(jetbrains_ide: Client, value: str) -> None:
    answer = queries.page(jetbrains_ide, "2025-09-01", "2025-09-30", limit=value)
    assert answer.status == 400
    assert answer.message.startswith("limit must be an integer from 1 to 1000, not ")


@pytest.mark.parametrize("value", ["asc", "desc", "DESCENDING", "1", "ASC,DESC", " ASC"])
def test_unknown_order_is_400(jetbrains_ide: Client, value: str) -> None:
    answer = queries.page(jetbrains_ide, "2025-09-01", "2025-09-30", sortOrder=value)
    assert (answer.status, answer.message) == (400, f"sortOrder must be ASC or DESC, not {value!r}")


NO_PROFILES = ("nobody's", "default", " ", "%", "\0", "x" * 10_000)


def test_profile_is_selected_by_its_id_or_also_by_its_name(jetbrains_ide: Client) -> None:
    months = {"fromDate": "2025-08-01", "toDate": "2025-09-30", "groupBy": "MONTH"}
    listed = {row["name"]: row["id"] for row in jetbrains_ide.got(queries.PROFILES)["items"]}
    by_id = {name: jetbrains_ide.got(queries.ADOPTION, **months, profileId=each) for name, each in listed.items()}
    assert len({str(rows) for rows in by_id.values()}) == len(listed) > 1
    for name in (*listed, *NO_PROFILES):
        refused = jetbrains_ide.get(queries.ADOPTION, {**months, "profileId": name})
        rule = "profileId must be the UUID of a profile, as GET /api/v1/profiles lists them, not "
        assert (refused.status, refused.message.startswith(rule)) == (400, True)
    jetbrains_ide.switched(profile_ids="both")
    for name, identifier in listed.items():
        for profile in (name, identifier, identifier.upper()):
            assert jetbrains_ide.got(queries.ADOPTION, **months, profileId=profile) == by_id[name]


def test_unknown_profile_is_empty(jetbrains_ide: Client) -> None:
    for option, profile in [("uuid", queries.UNKNOWN), *(("both", name) for name in NO_PROFILES)]:
        jetbrains_ide.switched(profile_ids=option)
        rows = queries.items(
            jetbrains_ide, queries.ADOPTION, "2025-08-01", "2025-09-30", groupBy="MONTH", profileId=profile
        )
        assert rows == [
            {"date": "2025-08-01", "enabledUsers": 0, "activeUsers": 0},
            {"date": "2025-09-01", "enabledUsers": 0, "activeUsers": 0},
        ]


NAMES = {
    queries.ADOPTION: ("fromDate", "toDate", "groupBy", "profileId"),
    queries.METRICS: ("fromDate", "toDate", "groupBy", "tool"),
    queries.BY_FEATURE: ("fromDate", "toDate", "groupBy", "tool"),
    queries.TOTALS: ("fromDate", "toDate", "tool"),
    queries.USERS: ("fromDate", "toDate", "tool", "query", "cursor", "limit", "sortOrder"),
}
GOOD = {
    "fromDate": "2025-09-01",
    "toDate": "2025-09-30",
    "groupBy": "WEEK",
    "profileId": queries.UNKNOWN,
    "tool": "nes",
    "query": queries.UNKNOWN,
    "limit": "7",
    "sortOrder": "ASC",
}
EACH = [(path, name) for path, names in NAMES.items() for name in names]


def _query(path: str, name: str, *values: str) -> str:
    """The query of a path, with one parameter repeated for each of some values."""
    rest = [f"{other}={value}" for other, value in queries.EVERYTHING[path].items() if other != name]
    return "&".join([*rest, *(f"{name}={value}" for value in values)])


@pytest.mark.parametrize(("path", "name"), EACH)
def test_empty_value_is_400_or_ignored(jetbrains_ide: Client, path: str, name: str) -> None:
    empty = jetbrains_ide.get(path, _query(path, name, ""))
    assert (empty.status, empty.message.startswith(f"{name} must not be empty: it must ")) == (400, True)
    absent = jetbrains_ide.get(path, _query(path, name))
    ignored = jetbrains_ide.switched(empty_parameters="ignore").get(path, _query(path, name, ""))
    assert (ignored.status, ignored.body) == (absent.status, absent.body)


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, name in EACH if name != "cursor"])
def test_repeated_parameter_is_400_or_accepted(jetbrains_ide: Client, path: str, name: str) -> None:
    twice = _query(path, name, GOOD[name], GOOD[name])
    refused = jetbrains_ide.get(path, twice)
    assert (refused.status, refused.message) == (400, f"{name} must be given once, not 2 times")
    jetbrains_ide.switched(repeated_parameters="accept")
    plain = jetbrains_ide.get(path, _query(path, name, GOOD[name]))
    assert plain.status == 200
    assert jetbrains_ide.get(path, twice).body == plain.body
    repeated = jetbrains_ide.get(path, _query(path, name, GOOD[name], "x"))
    assert repeated.status == (400 if name in {"tool", "query"} else 200)


def test_repeated_lists_can_be_joined(jetbrains_ide: Client) -> None:
    joined = jetbrains_ide.got(queries.BY_FEATURE, **queries.SEPTEMBER, tool="junie,nes,aia")
    jetbrains_ide.switched(repeated_parameters="accept")
    query = "fromDate=2025-09-01&toDate=2025-09-30&tool=nes&tool=junie,aia"
    assert jetbrains_ide.get(queries.BY_FEATURE, query).json == joined


def test_unknown_parameters_are_ignored(jetbrains_ide: Client) -> None:
    for path, query in queries.EVERYTHING.items():
        plain = jetbrains_ide.get(path, query)
        strange = {**query, "unknown": "1", "": "2", "Tool": "x", "page_size": "x"}
        assert jetbrains_ide.get(path, strange).body == plain.body
    assert jetbrains_ide.get(queries.TOTALS, {**queries.SEPTEMBER, "groupBy": "x", "limit": "0"}).status == 200
