"""Promises about /_mock/conduct: it judges what the journal holds, and says so."""

import pytest

from tests.admin.driver import Admin

DAU = "/analytics/v0/dau"


def test_clients_that_asked_nothing_are_judged_so(admin: Admin) -> None:
    assert admin.get("/conduct") == {"requests_checked": 0, "findings": []}


def test_a_walk_is_abandoned_until_it_goes_on(admin: Admin) -> None:
    admin.vendor(f"{DAU}?page_size=200")
    assert admin.get("/conduct") == {"requests_checked": 1, "findings": []}
    admin.vendor(f"{DAU}?page_size=3")
    (finding,) = admin.get("/conduct")["findings"]
    assert finding == {
        "rule": "walk-abandoned",
        "source": "manners",
        "vendor": "augment",
        "operation": "getDau",
        "requests": [2],
        "truncated": 0,
        "observed": f"GET {DAU}?page_size=3: a page led to another one, for which nobody asked",
        "advice": "walk until the answer says that there is no more, or ask for less",
    }


def test_a_kept_answer_leads_on_as_a_fresh_one_does(admin: Admin) -> None:
    for _ in range(2):
        admin.vendor(f"{DAU}?page_size=3")
    found = {each["rule"]: each["requests"] for each in admin.get("/conduct")["findings"]}
    assert found == {"walk-abandoned": [1, 2], "same-question-again": [2]}


@pytest.mark.parametrize("names", [{}, {"items": "rows"}])
def test_pages_of_ide_services_lead_on_whatever_their_names(admin: Admin, names: dict[str, str]) -> None:
    admin.done("PATCH", "/policy", {"jetbrains-ide": {"names": names}})
    path = "/api/analytics/ai/effectiveness/metrics/users.paged?fromDate=2025-10-01&toDate=2025-10-20&limit=1000"
    admin.vendor(path, "mock-jetbrains-ide-acme")
    assert [each["rule"] for each in admin.get("/conduct")["findings"]] == ["walk-abandoned"]


def test_an_emptied_journal_is_forgiven(admin: Admin) -> None:
    admin.vendor(f"{DAU}?date=2025-10-21")
    assert [each["rule"] for each in admin.get("/conduct")["findings"]] == ["today-asked"]
    admin.ask("DELETE", "/requests")
    assert admin.get("/conduct") == {"requests_checked": 0, "findings": []}


def test_rules_that_are_to_be_ignored_are_not_told_of(admin: Admin) -> None:
    for _ in range(2):
        admin.vendor(f"{DAU}?page_size=3")
    told = admin.get("/conduct?ignore=walk-abandoned,hammering")
    assert (told["requests_checked"], [each["rule"] for each in told["findings"]]) == (2, ["same-question-again"])


def test_a_rule_that_nobody_knows_is_refused_with_the_nearest(admin: Admin) -> None:
    said = admin.refused("GET", "/conduct?ignore=hammering,walks-abandoned,").errors["ignore"]
    assert said[0].startswith("there is no rule 'walks-abandoned' (did you mean 'walk-abandoned'?); there are: no-back")
    assert said[1].startswith("there is no rule ''; there are: ")
