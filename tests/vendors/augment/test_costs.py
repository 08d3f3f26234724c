"""cost-analytics: tokens, money and credits, by day, resource and user (contract, section 9.2)."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mockserver.simulation.organization import ScriptedFact
from tests.contract.client import Client
from tests.simulation import worlds as organizations
from tests.vendors.augment import worlds
from tests.vendors.augment.test_credits import name, total

COSTS = "/cost-analytics"
WEEK = {"start_date": "2025-10-14", "end_date": "2025-10-20"}
DAILY = "COST_ANALYTICS_TIME_GRANULARITY_DAY"
RESOURCE, USER = ["COST_ANALYTICS_GROUP_BY_RESOURCE"], ["COST_ANALYTICS_GROUP_BY_USER"]
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
MONEY = ("base_cost_usd", "surcharge_usd", "billed_amount_usd", "estimated_customer_cost_usd")


def points(client: Client, **body: Any) -> list[Any]:
    """Every data point, over all pages."""
    found: list[Any] = []
    while True:
        answer = client.posted(COSTS, **{"page_size": 1000, **WEEK, **body})
        found += answer["data_points"]
        assert answer["metadata"]["returned_data_point_count"] == len(answer["data_points"])
        if not answer["pagination"]["has_more"]:
            return found
        body = {**body, "cursor": answer["pagination"]["next_cursor"]}


def sums(found: list[Any]) -> Counter[str]:
    """The metrics of some points, added up; money in micro-dollars."""
    added: Counter[str] = Counter()
    for point in found:
        metrics = point["cost_metrics"]
        added.update({key: int(metrics[key]) for key in (*TOKENS, "credits_consumed") if key in metrics})
        added.update({key: int(Decimal(metrics[key]) * 10**6) for key in MONEY if key in metrics})
    return added


def test_total_is_one_point_for_the_range(augment: Client) -> None:
    answer = augment.posted(COSTS, **WEEK)
    [point] = answer["data_points"]
    assert (point["start_date"], point["end_date"], point["group_by_values"]) == ("2025-10-14", "2025-10-20", {})
    assert [*point["cost_metrics"]] == [*TOKENS, *MONEY, "credits_consumed"]
    assert all(type(point["cost_metrics"][key]) is int for key in TOKENS)
    assert all(type(point["cost_metrics"][key]) is str for key in (*MONEY, "credits_consumed"))
    assert answer["pagination"] == {"next_cursor": "", "has_more": False}
    assert answer["metadata"] == {
        "effective_start_date": "2025-10-14",
        "effective_end_date": "2025-10-20",
        "generated_at": "2025-10-21T10:30:00Z",
        "returned_data_point_count": 1,
    }


def test_empty_body_means_the_last_week(augment: Client) -> None:
    assert augment.posted(COSTS) == augment.posted(COSTS, **WEEK)


@pytest.mark.parametrize("options", [{}, {"compute_rows": "full"}, {"billed_identity": "loose"}], ids=str)
@pytest.mark.parametrize("chosen", [{}, {"filters": {"user_emails": ["ada@acme.example", "MAREK@acme.example"]}}])
def test_every_breakdown_adds_up_to_the_total(augment: Client, options: Any, chosen: Any) -> None:
    client = augment.switched(**options)
    whole = sums(points(client, **chosen))
    assert whole["billed_amount_usd"] > 0
    for group in ([], RESOURCE, USER):
        assert sums(points(client, group_by_keys=group, **chosen)) == whole
        assert sums(points(client, group_by_keys=group, granularity=DAILY, **chosen)) == whole


def test_credits_are_those_of_credit_usage(augment: Client) -> None:
    [point] = points(augment)
    assert int(point["cost_metrics"]["credits_consumed"]) == total(augment, **WEEK)
    by_user = {
        name(point["group_by_values"]): int(point["cost_metrics"]["credits_consumed"])
        for point in points(augment, group_by_keys=USER)
        if point["group_by_values"]
    }
    records = augment.paginate("/credit-usage-by-user", **WEEK)
    assert by_user == {name(record): record["credits_consumed"] for record in records}


def test_days_ascend_and_empty_ones_are_left_out(augment: Client) -> None:
    days = [(each["start_date"], each["end_date"]) for each in points(augment, granularity=DAILY)]
    assert days == sorted(set(days))
    assert all(first == last for first, last in days)
    counted = augment.got("/dau-count", **WEEK)["daily_active_user_counts"]
    assert {first for first, _ in days} <= {each["date"] for each in counted if each["user_count"]}


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize("group", [RESOURCE, USER])
def test_pages_add_up_to_the_whole(augment: Client, group: list[str], size: int) -> None:
    days = {"start_date": "2025-10-16", "end_date": "2025-10-17", "granularity": DAILY}
    assert points(augment, group_by_keys=group, page_size=size, **days) == points(augment, group_by_keys=group, **days)


def test_resources_are_distinct_in_each_interval(augment: Client) -> None:
    found = points(augment, group_by_keys=RESOURCE, granularity=DAILY)
    keys = [(each["start_date"], *each["group_by_values"].values()) for each in found]
    assert len(set(keys)) == len(keys)
    kinds = {each["group_by_values"]["resource_type"] for each in found}
    assert kinds == {"COST_ANALYTICS_RESOURCE_TYPE_MODEL", "COST_ANALYTICS_RESOURCE_TYPE_COMPUTE"}


def test_tokens_without_a_price_are_unknown(augment: Client) -> None:
    found = {each["group_by_values"]["resource_display_name"]: each for each in points(augment, group_by_keys=RESOURCE)}
    assert "cache_write_tokens" not in found["GPT-5"]["cost_metrics"]
    assert found["Claude Sonnet 4.5"]["cost_metrics"]["cache_write_tokens"] > 0


def test_surcharge_can_be_a_discount(augment: Client) -> None:
    found = {each["group_by_values"]["resource_display_name"]: each for each in points(augment, group_by_keys=RESOURCE)}
    assert found["Claude Haiku 4.5"]["cost_metrics"]["surcharge_usd"].startswith("-")


def test_compute_has_the_billed_amount_alone(augment: Client) -> None:
    *_, last = points(augment, group_by_keys=RESOURCE)
    assert last["group_by_values"]["resource_display_name"] == "Remote agents"
    assert [*last["cost_metrics"]] == ["billed_amount_usd"]
    *_, full = points(augment.switched(compute_rows="full"), group_by_keys=RESOURCE)
    billed = last["cost_metrics"]["billed_amount_usd"]
    assert full["cost_metrics"] == {
        "base_cost_usd": billed,
        "surcharge_usd": "0",
        "billed_amount_usd": billed,
        "estimated_customer_cost_usd": billed,
        "credits_consumed": "0",
    }


def test_what_no_person_causes_is_a_row_of_its_own(augment: Client) -> None:
    *members, last = points(augment, group_by_keys=USER)
    assert last["group_by_values"] == {}
    assert [*last["cost_metrics"]] == ["billed_amount_usd"]
    names = [name(each["group_by_values"]) for each in members]
    users = augment.got("/user-activity", page_size=100, **WEEK)["users"]
    sending = [each for each in users if each["metrics"]["total_messages"] + each["metrics"]["total_tool_calls"]]
    assert names == [name(each) for each in sending]
    chosen = points(augment, group_by_keys=USER, filters={"user_emails": ["ines@acme.example", "ada@acme.example"]})
    assert [each["group_by_values"] for each in chosen] == [
        {"user_email": "ada@acme.example"},
        {"user_email": "ines@acme.example"},
    ]


def test_billed_amount_is_base_and_surcharge(augment: Client) -> None:
    def differences(client: Client, **body: Any) -> list[Decimal]:
        metrics = [each["cost_metrics"] for each in points(client, **body)]
        return [
            Decimal(each["billed_amount_usd"]) - Decimal(each["base_cost_usd"]) - Decimal(each["surcharge_usd"])
            for each in metrics
            if "base_cost_usd" in each
        ]

    assert not any(differences(augment, group_by_keys=RESOURCE))
    assert not any(differences(augment, group_by_keys=USER))
    assert all(difference > 0 for difference in differences(augment))  # Machines are billed too.
    assert all(each > 0 for each in differences(augment.switched(billed_identity="loose"), group_by_keys=RESOURCE))


def test_costs_of_today_can_be_allowed(augment: Client) -> None:
    body = {"start_date": "2025-10-20", "end_date": "2025-10-21", "granularity": DAILY}
    refused = augment.post(COSTS, body)
    assert (refused.status, refused.message) == (400, "end_date cannot be later than yesterday (UTC)")
    client = augment.switched(cost_today="partial")
    found = {}
    for group in ([], RESOURCE, USER):
        yesterday, today = "2025-10-20", "2025-10-21"
        whole = points(client, group_by_keys=group, **body)
        found[str(group)] = [sums([each for each in whole if each["start_date"] == day]) for day in (yesterday, today)]
    assert found["[]"] == found[str(RESOURCE)] == found[str(USER)]
    assert found["[]"][0] == sums(points(augment, **{**body, "end_date": "2025-10-20"}))
    assert 0 < found["[]"][1]["input_tokens"] < found["[]"][0]["input_tokens"]
    chosen = points(client, filters={"user_emails": ["ada@acme.example"]}, **body)
    assert int(chosen[-1]["cost_metrics"]["credits_consumed"]) == total_of(client, "ada@acme.example", "2025-10-21")
    assert points(client.at("2025-10-21T01:00:00Z"), start_date="2025-10-21", end_date="2025-10-21") == []


def total_of(client: Client, email: str, day: str) -> int:
    """The credits of a person on a day."""
    records = client.paginate("/credit-usage-by-user", start_date=day, end_date=day)
    return sum(each["credits_consumed"] for each in records if each.get("user_email") == email)


def test_yesterday_is_empty_before_its_data_arrive(augment: Client) -> None:
    yesterday = {"start_date": "2025-10-20", "end_date": "2025-10-20"}
    assert points(augment.at("2025-10-21T01:59:59Z"), **yesterday) == []
    assert points(augment.at("2025-10-21T02:00:00Z"), **yesterday) != []
    refused = augment.at("2025-10-21T01:00:00Z").switched(before_publication="reject").post(COSTS, yesterday)
    assert refused.status == 400


@pytest.mark.memory("the organization is made by hand, and a store has those that its servers know")
def test_large_numbers_are_text(augment_of: Callable[..., Client]) -> None:
    kinds = ["chat", "remote", "ide", "cli_interactive", "cli_non_interactive"]
    counters = {"tool_calls": 10**9, **{f"{kind}_messages": 10**9 for kind in kinds}}
    days = (date(2025, 8, 1) + timedelta(days=each) for each in range(60))
    facts = tuple(ScriptedFact(0, "augment", day, ("Go", "VSCode"), counters) for day in days)
    client = worlds.at(augment_of(), organizations.organization(generated=False, facts=facts))
    for group in ([], RESOURCE, USER):
        body = {"start_date": "2025-08-01", "end_date": "2025-09-29", "group_by_keys": group}
        metrics = [each["cost_metrics"] for each in points(client.switched(), **body)]
        counts = [each[key] for each in metrics for key in TOKENS if key in each]
        assert all(isinstance(number, str) is (int(number) >= 2**53) for number in counts)
        assert any(isinstance(each.get("cache_read_tokens"), str) for each in metrics)
        numbers = [each["cost_metrics"] for each in points(client.switched(large_numbers="number"), **body)]
        assert [{**each, **{key: int(each[key]) for key in TOKENS if key in each}} for each in metrics] == numbers


def test_nothing_found_is_an_empty_list(augment_of: Callable[..., Client]) -> None:
    client = augment_of("empty")
    for group in ([], RESOURCE, USER):
        assert points(client, group_by_keys=group) == []


NAMES = "start_date, end_date, granularity, group_by_keys, filters, page_size, cursor"
DAY = "must be a date that exists, written YYYY-MM-DD"
GRANULARITIES = "COST_ANALYTICS_TIME_GRANULARITY_TOTAL, COST_ANALYTICS_TIME_GRANULARITY_DAY"
FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": (
        {"start": "2025-10-14"},
        f"there is no field 'start' (did you mean 'start_date'?); there are: {NAMES}",
    ),
    "an unknown filter": (
        {"filters": {"users": []}},
        "filters: there is no field 'users' (did you mean 'user_emails'?); there are: user_emails",
    ),
    "a day as a number": (
        {"end_date": 20251020},
        f"end_date {DAY}, not 20251020",
    ),
    "no day": (
        {"start_date": "2025-02-30"},
        f"start_date {DAY}, not '2025-02-30'",
    ),
    "an empty day": ({"start_date": ""}, "start_date must not be empty; leave it out for its default"),
    "null": ({"end_date": None}, "end_date must not be null"),
    "today": ({"end_date": "2025-10-21"}, "end_date cannot be later than yesterday (UTC)"),
    "91 days": (
        {"start_date": "2025-07-22", "end_date": "2025-10-20"},
        "the range has 91 days; it cannot be longer than 90 days, both ends included",
    ),
    "an end before the start": (
        {"start_date": "2025-10-20", "end_date": "2025-10-19"},
        "start_date cannot be later than end_date",
    ),
    "an unknown granularity": (
        {"granularity": "DAY"},
        f"granularity must be one of {GRANULARITIES}, not 'DAY'",
    ),
    "a granularity in a list": (
        {"granularity": [DAILY]},
        f'granularity must be one of {GRANULARITIES}, not ["COST_ANALYTICS_TIME_GRANULARITY_DAY"]',
    ),
    "two keys": ({"group_by_keys": RESOURCE + USER}, "group_by_keys must be a list of at most one key"),
    "a key without a list": ({"group_by_keys": RESOURCE[0]}, "group_by_keys must be a list of at most one key"),
    "an unknown key": (
        {"group_by_keys": ["TEAM"]},
        "group_by_keys.0 must be one of COST_ANALYTICS_GROUP_BY_RESOURCE, COST_ANALYTICS_GROUP_BY_USER, not 'TEAM'",
    ),
    "a size of 0": ({"page_size": 0}, "page_size must be an integer of at least 1, not 0"),
    "a size as text": ({"page_size": "10"}, "page_size must be an integer of at least 1, not '10'"),
    "a fraction": ({"page_size": 1.5}, "page_size must be an integer of at least 1, not 1.5"),
    "no whole number below 1": ({"page_size": 0.0}, "page_size must be an integer of at least 1, not 0.0"),
    "a far larger size": ({"page_size": 1e300}, "page_size cannot be greater than 1000"),
    "a flag as a size": ({"page_size": True}, "page_size must be an integer of at least 1, not true"),
    "too large a size": ({"page_size": 1001}, "page_size cannot be greater than 1000"),
    "a forged cursor": ({"cursor": "x"}, "cursor must be a next_cursor from an earlier answer, unchanged"),
    "an empty cursor": ({"cursor": ""}, "cursor must not be empty; leave it out for its default"),
    "a cursor as a number": ({"cursor": 1}, "cursor must be text"),
    "filters as a list": ({"filters": []}, "filters must be an object"),
    "no addresses": (
        {"filters": {"user_emails": []}},
        "filters.user_emails must be a list of at least one address; leave it out for everybody",
    ),
    "an address without a list": (
        {"filters": {"user_emails": "ada@acme.example"}},
        "filters.user_emails must be a list of at least one address; leave it out for everybody",
    ),
    "null as an address": ({"filters": {"user_emails": [None]}}, "filters.user_emails.0 must not be null"),
    "null as a key": ({"group_by_keys": [None]}, "group_by_keys.0 must not be null"),
    "a number as an address": ({"filters": {"user_emails": [1]}}, "filters.user_emails.0 must be text"),
    "unknown addresses": (
        {"filters": {"user_emails": ["who@acme.example", "ADA@acme.example", "ci-bot"]}},
        "user_email(s) not found on this organization: who@acme.example, ci-bot",
    ),
    "somebody who joins later": (
        {"filters": {"user_emails": ["wanjiru@acme.example"]}},
        "user_email(s) not found on this organization: wanjiru@acme.example",
    ),
}


@pytest.mark.parametrize(("body", "message"), FIELDS.values(), ids=FIELDS)
def test_field_is_checked_like_a_parameter(augment: Client, body: dict[str, Any], message: str) -> None:
    answer = augment.post(COSTS, body)
    assert (answer.status, answer.code, answer.message) == (400, "InvalidArgument", message)


def test_person_who_has_left_or_has_no_licence_is_known(augment: Client) -> None:
    for email in ("gustav@acme.example", "olena@acme.example"):
        assert augment.post(COSTS, {"filters": {"user_emails": [email]}}).status == 200


def test_half_a_surrogate_pair_is_refused_like_any_text(augment: Client) -> None:
    for body in (
        b'{"filters": {"user_emails": ["\\ud800@acme.example"]}}',
        b'{"\\ud800": 1}',
        b'{"granularity": "\\ud800"}',
        b'{"start_date": "\\ud800"}',
        b'{"cursor": "\\ud800"}',
    ):
        answer = augment.post(COSTS, body)
        assert (answer.status, answer.code) == (400, "InvalidArgument")


def test_endless_address_is_unknown(augment: Client) -> None:
    """As a whole body it would take a search in names many seconds, which a server could be kept busy with."""
    email = f"{'.1' * 30_000}x@acme.example"
    answer = augment.post(COSTS, {"filters": {"user_emails": [email]}})
    assert answer.message == f"user_email(s) not found on this organization: {email}"


def test_journal_has_the_next_page_and_the_body_that_leads_to_it(augment: Client) -> None:
    """The client lint follows a list whose page is in the body by both."""
    links = augment.posted(COSTS, group_by_keys=USER, page_size=1)["pagination"]
    *_, entry = augment.sandbox.journal
    assert entry.next_page == links["next_cursor"]
    assert entry.body_text == json.dumps({"group_by_keys": USER, "page_size": 1})


@pytest.mark.parametrize("size", [b"2", b"2.0", b"0.2e1"])
def test_whole_number_may_be_written_with_a_point(augment: Client, size: bytes) -> None:
    answer = augment.post(COSTS, b'{"page_size": %b, "group_by_keys": ["COST_ANALYTICS_GROUP_BY_USER"]}' % size)
    assert len(answer.json["data_points"]) == 2


def test_query_parameter_is_unknown(augment: Client) -> None:
    answer = augment.post(COSTS, {}, "page_size=5")
    rule = "page_size is unknown; this endpoint has no query parameters; everything is in the JSON body"
    assert (answer.status, answer.message) == (400, rule)
    assert augment.switched(unknown_parameters="ignore").post(COSTS, {}, "page_size=5").status == 200


def test_unknown_fields_can_be_ignored_at_every_depth(augment: Client) -> None:
    body = {**WEEK, "limit": 5, "filters": {"teams": [], "user_emails": ["ada@acme.example"]}}
    assert augment.post(COSTS, body).status == 400
    lenient = augment.switched(unknown_parameters="ignore")
    assert lenient.posted(COSTS, **body) == augment.posted(COSTS, **WEEK, filters={"user_emails": ["ada@acme.example"]})


def test_empty_fields_can_be_ignored(augment: Client) -> None:
    client = augment.switched(empty_parameters="ignore")
    assert client.posted(COSTS, start_date="", end_date="", cursor="") == client.posted(COSTS)
    assert client.post(COSTS, {"page_size": ""}).status == 400


HOSTILE = {
    "no JSON": (b"start_date=2025-10-14", "application/json"),
    "a list": (b"[]", "application/json"),
    "a repeated field": (b'{"page_size": 1, "page_size": 2}', "application/json"),
    "no number": (b'{"page_size": NaN}', "application/json"),
    "nested deeply": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "application/json"),
    "too large": (b"{}".ljust(64 * 1024 + 1), "application/json"),
    "a form": (b"{}", "application/x-www-form-urlencoded"),
    "no content type": (b"{}", None),
    "nothing": (b"", "application/json"),
    "another encoding": ('{"cursor": "ä"}'.encode("latin-1"), "application/json"),
}


@pytest.mark.parametrize("path", [COSTS, "/get-user-budget-overrides"])
@pytest.mark.parametrize(("body", "kind"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_body_is_400_in_the_vendors_form(augment: Client, path: str, body: bytes, kind: str | None) -> None:
    answer = augment.post(path, body, content_type=kind)
    assert (answer.status, answer.code) == (400, "InvalidArgument")


def test_other_method_is_405(augment: Client) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        answer = augment.send(method, COSTS)
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_cursor_of_another_list_is_no_error(augment: Client) -> None:
    for path in ("/credit-usage-by-user", "/dau"):
        cursor = augment.got(path, page_size=1)["pagination"]["next_cursor"]
        for group in ([], RESOURCE, USER):
            assert augment.post(COSTS, {"cursor": cursor, "group_by_keys": group}).status == 200
    cursor = augment.posted(COSTS, group_by_keys=USER, page_size=1)["pagination"]["next_cursor"]
    assert augment.get("/credit-usage-by-user", {"cursor": cursor}).status == 200
