"""The Console's data against the contract, and the effect of each of its switches."""

import pytest

from mockserver.gateway.switches import Option
from mockserver.vendors.jetbrains_console import policy, vendor
from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries
from tests.vendors.jetbrains_console.queries import ADOPTION, CREDITS, HITS

CONTRACT: dict[str, tuple[str, tuple[Option, ...]]] = {
    "expires_in": ("I", (3600, 600, 60)),
    "unknown_parameters": ("A", ("reject", "ignore")),
    "empty_elements": ("A", ("reject", "ignore")),
    "malformed_ids": ("A", ("nobody", "reject")),
    "list_form": ("A", ("both", "comma", "repeated")),
    "letter_case": ("A", ("exact", "any")),
    "longest_range": ("A", ("history", "reject")),
    "bucket_label": ("A", ("calendar", "clipped")),
    "empty_buckets": ("A", ("zeros", "omitted")),
    "v2_principals": ("I", ("people_and_service_accounts", "people")),
    "quota_period": ("A", ("calendar_month", "thirty_days")),
    "unserved": ("A", ("not_implemented", "not_found")),
    "credits_form": ("A", ("number", "string")),
}
NAMES = {
    *("data", "date", "enabledUsers", "activeUsers", "total", "usersHitLimit", "peakDailyUsers"),
    *("builtInQuota", "topUpCredits", "totalCredits"),
}
SWITCHES = {each.name: each for each in policy.SWITCHES}


def test_switches_are_the_expected_ones() -> None:
    assert list(SWITCHES) == [*CONTRACT, "names"]
    assert (SWITCHES["names"].grade, set(SWITCHES["names"].options)) == ("A", NAMES)


@pytest.mark.parametrize("name", CONTRACT)
def test_switch_has_the_expected_grade_options_and_default(name: str) -> None:
    grade, choices = CONTRACT[name]
    found = SWITCHES[name]
    assert (found.grade, found.options, found.default) == (grade, choices, choices[0])


def test_mounts_and_authentication_are_the_expected_ones() -> None:
    served = vendor()
    assert (served.name, served.schemes) == ("jetbrains-console", ("Bearer",))
    assert served.mounts == ("/metrics/api", "/api/rest/oauth2")
    assert (served.token_path, served.secret, served.has_group_roles) == ("/api/rest/oauth2/token", "mock-secret", True)
    assert served.allowance is None
    assert [route.methods for route in served.routes] == [("POST",), *[("GET",)] * 6]


def test_unknown_parameters_are_refused_or_ignored(jetbrains_console: Client) -> None:
    plain = jetbrains_console.get(ADOPTION, queries.AUTUMN)
    odd = queries.AUTUMN | {"limit": "1", "": "2"}
    assert jetbrains_console.get(ADOPTION, odd).status == 400
    assert jetbrains_console.switched(unknown_parameters="ignore").get(ADOPTION, odd).body == plain.body


def test_empty_elements_are_refused_or_ignored(jetbrains_console: Client) -> None:
    def total(client: Client, ide: str) -> queries.Row:
        return queries.total(client, ADOPTION, "2025-09-01", "2025-10-20", ide=ide)

    assert jetbrains_console.get(ADOPTION, queries.AUTUMN | {"ide": "IU,,PY"}).status == 400
    both, everybody = (
        total(jetbrains_console, "IU,PY"),
        queries.total(jetbrains_console, ADOPTION, "2025-09-01", "2025-10-20"),
    )
    ignoring = jetbrains_console.switched(empty_elements="ignore")
    assert total(ignoring, "IU,,PY,") == both
    assert total(ignoring, "") == total(ignoring, ",") == everybody


def test_malformed_id_is_unknown_or_refused(jetbrains_console: Client) -> None:
    nobody = {"enabledUsers": 0, "activeUsers": 0}
    for odd in ("nobody", "0" * 32, f"{{{queries.UNKNOWN}}}", "%00", "ada@acme.example"):
        query = queries.AUTUMN | {"userIds": odd}
        assert jetbrains_console.switched().got(ADOPTION, **query)["total"] == nobody
        answer = jetbrains_console.switched(malformed_ids="reject").get(ADOPTION, query)
        assert (answer.status, "userIds must hold UUIDs" in answer.message) == (400, True)
    query = queries.AUTUMN | {"userIds": queries.UNKNOWN}
    assert jetbrains_console.got(ADOPTION, **query)["total"] == nobody


LISTS = {
    "between commas": ("ide=IU,PY", {"both": 200, "comma": 200, "repeated": 400}),
    "repeated": ("ide=IU&ide=PY", {"both": 200, "comma": 400, "repeated": 200}),
    "both": ("ide=IU,PY&ide=IU", {"both": 200, "comma": 400, "repeated": 400}),
    "one": ("ide=IU", {"both": 200, "comma": 200, "repeated": 200}),
}


@pytest.mark.parametrize(("query", "statuses"), LISTS.values(), ids=LISTS)
def test_list_has_the_form_of_the_switch(jetbrains_console: Client, query: str, statuses: dict[str, int]) -> None:
    result = set()
    for form, status in statuses.items():
        answer = jetbrains_console.switched(list_form=form).get(
            ADOPTION, f"fromDate=2025-09-01&toDate=2025-10-20&{query}"
        )
        assert answer.status == status, form
        result |= {answer.body} if status == 200 else set()
    assert len(result) == 1


def test_comma_is_part_of_a_repeated_value(jetbrains_console: Client) -> None:
    both = "ada@acme.example,marek@acme.example"
    found = [
        queries.total(jetbrains_console.switched(list_form=form), ADOPTION, "2025-09-01", "2025-10-20", userEmails=both)
        for form in ("both", "comma", "repeated")
    ]
    assert [each["enabledUsers"] for each in found] == [2, 2, 0]


@pytest.mark.parametrize(
    ("right", "odd"), [({"groupBy": "month"}, {"groupBy": "Month"}), ({"ide": "PY"}, {"ide": "py"})]
)
def test_letter_case_matters_or_not(jetbrains_console: Client, right: dict[str, str], odd: dict[str, str]) -> None:
    assert jetbrains_console.get(ADOPTION, queries.AUTUMN | odd).status == 400
    lax = jetbrains_console.switched(letter_case="any")
    assert lax.get(ADOPTION, queries.AUTUMN | odd).body == lax.get(ADOPTION, queries.AUTUMN | right).body
    assert lax.get(ADOPTION, queries.AUTUMN | {next(iter(odd)): "x"}).status == 400


def test_bucket_is_dated_by_the_calendar_or_the_range(jetbrains_console: Client) -> None:
    def dates(client: Client, first: str, group_by: str) -> list[str]:
        return [row["date"] for row in queries.rows(client, HITS, first, "2025-10-20", groupBy=group_by)]

    assert dates(jetbrains_console, "2025-08-15", "month") == ["2025-08-01", "2025-09-01", "2025-10-01"]
    clipped = jetbrains_console.switched(bucket_label="clipped")
    assert dates(clipped, "2025-08-15", "month") == ["2025-08-15", "2025-09-01", "2025-10-01"]
    assert dates(clipped, "2025-10-09", "week") == ["2025-10-09", "2025-10-13", "2025-10-20"]
    assert dates(clipped, "2025-10-09", "year") == ["2025-10-09"]
    assert dates(clipped, "2025-10-01", "month") == ["2025-10-01"]


@pytest.mark.parametrize("path", queries.REPORTS)
def test_empty_buckets_are_zeros_or_omitted(jetbrains_console: Client, path: str) -> None:
    """A year before anybody had AI, and one in which somebody did."""
    rows, total = queries.report(jetbrains_console, path, "2022-01-01", "2025-10-20", groupBy="year")
    assert [row["date"][:4] for row in rows] == ["2022", "2023", "2024", "2025"]
    assert {value for name, value in rows[0].items() if name != "date"} == {0}
    omitting = jetbrains_console.switched(empty_buckets="omitted")
    assert queries.report(omitting, path, "2022-01-01", "2025-10-20", groupBy="year") == (rows[1:], total)


def test_credits_are_numbers_or_text_with_two_decimals(jetbrains_console: Client) -> None:
    def result(client: Client) -> list[object]:
        rows, total = queries.report(client, CREDITS, "2025-09-01", "2025-10-20")
        return [value for row in [*rows, total] for name, value in row.items() if name != "date"]

    numbers = result(jetbrains_console)
    texts = result(jetbrains_console.switched(credits_form="string"))
    assert texts == [f"{number:.2f}" for number in numbers]
    assert any(str(text).endswith("0") and text != "0.00" for text in texts)


def test_very_long_range_is_cut_to_the_history_or_refused(jetbrains_console: Client) -> None:
    rows, total = queries.report(jetbrains_console, HITS, "0001-01-01", "9999-12-31")
    assert (rows[0]["date"], rows[-1]["date"]) == ("2022-01-03", "2025-10-21")
    assert len(rows) == 1388
    assert total == queries.total(jetbrains_console, HITS, "2022-01-03", "2025-10-21")
    strict = jetbrains_console.switched(longest_range="reject")
    answer = strict.get(HITS, queries.span("0001-01-01", "9999-12-31"))
    assert answer.status == 400
    assert "toDate would make 3,652,059 buckets (one a day); at most 10,000 are told" in answer.message
    assert strict.get(HITS, queries.span("0001-01-01", "9999-12-31", groupBy="year")).status == 200


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "1999-12-31"), ("2030-01-01", "9999-12-31")])
def test_very_long_range_outside_the_history_has_no_buckets(jetbrains_console: Client, first: str, last: str) -> None:
    for path in queries.REPORTS:
        rows, total = queries.report(jetbrains_console, path, first, last)
        assert (rows, set(total.values())) == ([], {0})


def test_very_long_history_is_served(jetbrains_console: Client) -> None:
    late = jetbrains_console.at("2199-01-01T00:00:00Z")
    rows, total = queries.report(late, HITS, "0001-01-01", "9999-12-31")
    assert (len(rows), rows[0]["date"], rows[-1]["date"]) == (64_647, "2022-01-03", "2199-01-01")
    assert total == queries.total(late, HITS, "2022-01-03", "2199-01-01", groupBy="year")
    assert late.get(HITS, queries.span("2030-01-01", "2057-05-18")).status == 200, "10,000 are told"


def test_adoption_without_activity_is_no_empty_bucket(jetbrains_console: Client) -> None:
    """None of the few users of a rare IDE works on weekends."""
    rows = queries.rows(jetbrains_console, ADOPTION, "2025-10-01", "2025-10-31", ide="DB")
    idle = [row for row in rows if row["enabledUsers"] and not row["activeUsers"]]
    omitting = jetbrains_console.switched(empty_buckets="omitted")
    kept = queries.rows(omitting, ADOPTION, "2025-10-01", "2025-10-31", ide="DB")
    assert idle
    assert kept == [row for row in rows if row["enabledUsers"]]
    assert len(kept) == 21, "the days up to today"


def test_response_fields_are_renamed_by_the_switch(jetbrains_console: Client) -> None:
    plain = jetbrains_console.got(HITS, **queries.AUTUMN)
    mapping = '{"data": "rows", "date": "day", "usersHitLimit": "peakDailyUsers", "peakDailyUsers": "usersHitLimit"}'
    found = jetbrains_console.switched(names=policy.SWITCHES[-1].read(mapping)).got(HITS, **queries.AUTUMN)
    assert list(found) == ["rows", "total"]
    assert found["rows"] == [{"day": row["date"], "peakDailyUsers": row["usersHitLimit"]} for row in plain["data"]]
    assert found["total"]["usersHitLimit"] == plain["total"]["peakDailyUsers"]
