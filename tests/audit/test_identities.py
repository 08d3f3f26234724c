"""Promises about the audit: whatever is made inconsistent is noticed, by name, and what is consistent is not.

The command stays out (`tests/cli/test_audit`).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.client import HTTPConnection
from typing import Any
from unittest.mock import Mock

import pytest

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.audit import augment, jetbrains, reader, run, tabnine
from mockserver.audit.invariant import Violation, at_most
from mockserver.audit.reader import NotApplicable, Web
from tests.conftest import SETTINGS
from tests.contract.watch import Watch

DEFECTS = [defect.name for vendor in vendors.discover() for defect in vendor.defects]

CAUGHT = {
    "dau-count-off-by-one": {"augment-counts-are-walks"},
    "duplicate-row": {"augment-counts-are-walks", "augment-metadata-counts-rows", "augment-nobody-twice"},
    "lost-row": {
        "augment-active-days-are-walks",
        "augment-active-have-events",
        "augment-counts-are-walks",
        "augment-metadata-counts-rows",
    },
    "users-sum-gap": {"augment-records-are-users", "augment-users-are-days"},
    "records-gap": {"augment-records-are-users"},
    "total-off-by-one": {"augment-totals-are-parts", "augment-users-are-days"},
    "active-days-off-by-one": {"augment-active-days-are-walks"},
    "accepted-above-suggested": {"augment-accepted-within-suggested", "augment-users-are-days"},
    "active-without-events": {"augment-active-have-events", "augment-records-are-users", "augment-users-are-days"},
    "day-left-out": {"augment-days-are-counted", "augment-metadata-counts-rows", "augment-users-are-days"},
    "returned-count-off-by-one": {"augment-metadata-counts-rows"},
    "effective-start-lost": {"augment-effective-days-are-asked"},
    "thin-pages": {
        "augment-active-days-are-walks",
        "augment-metadata-counts-rows",
        "augment-records-are-users",
        "augment-users-are-days",
        "augment-users-are-distinct",
    },
    "negative-lines": {"augment-nothing-negative", "augment-totals-are-parts", "augment-users-are-days"},
    "credits-gap": {"console-buckets-are-their-days", "console-credits-add-up", "console-people-add-up"},
    "credit-too-many": {"console-people-add-up"},
    "peak-above-unique": {"console-peak-within-range"},
    "versions-differ": {"console-versions-agree"},
    "console-active-above-enabled": {
        "between-console-within-ide",
        "console-active-spent",
        "console-active-within-enabled",
    },
    "everyone-active": {"between-console-within-ide", "console-active-spent", "console-buckets-are-distinct"},
    "month-of-credits-gap": {"console-buckets-are-their-days"},
    "month-without-spenders": {"console-buckets-are-distinct"},
    "credits-hidden": {"console-active-spent"},
    "negative-credits": {"console-buckets-are-their-days", "console-credits-add-up", "console-nothing-negative"},
    "feature-gap": {"ide-features-are-metrics", "ide-rows-are-features", "ide-tools-are-features"},
    "totals-off-by-one": {"ide-totals-are-metrics", "ide-totals-are-people"},
    "acceptances-above-suggestions": {
        "ide-accepted-within-suggested",
        "ide-buckets-are-their-days",
        "ide-features-are-metrics",
        "ide-tools-are-features",
        "ide-totals-are-metrics",
    },
    "active-above-enabled": {"ide-active-within-enabled"},
    "rows-swapped": {"ide-descending-is-reversed", "ide-rows-are-in-order"},
    "email-mismatch": {"between-addresses-agree"},
    "row-without-anything": {"ide-rows-are-features", "ide-rows-are-not-empty", "ide-totals-are-people"},
    "active-users-lost": {"between-console-within-ide", "ide-rows-within-active"},
    "month-without-users": {"ide-buckets-are-distinct"},
    "week-begins-on-tuesday": {"ide-buckets-are-their-days"},
    "row-lost-between-pages": {"ide-pages-are-the-whole"},
    "cursor-leads-back": {"ide-pages-are-the-whole"},
    "negative-suggestions": {
        "ide-features-are-metrics",
        "ide-nothing-negative",
        "ide-rows-are-features",
        "ide-tools-are-features",
    },
    "team-too-large": {"tabnine-teams-count-users"},
    "user-usage-gap": {"between-no-usage-after-leaving", "tabnine-team-is-its-users"},
    "team-usage-gap": {"tabnine-organization-is-its-teams", "tabnine-team-is-its-users"},
    "buckets-gap": {"tabnine-organization-is-its-teams"},
    "useful-above-interactions": {
        "tabnine-buckets-are-the-range",
        "tabnine-buckets-are-their-days",
        "tabnine-organization-is-its-teams",
        "tabnine-parts-within-wholes",
        "tabnine-ratios-are-quotients",
    },
    "utilization-off-by-one": {"tabnine-utilization-is-the-list"},
    "ghost": {
        "between-no-rows-after-leaving",
        "between-no-usage-after-leaving",
        "between-nobody-after-leaving",
        "tabnine-permissions-are-the-list",
        "tabnine-utilization-is-the-list",
    },
    "total-off-by-one-row": {"tabnine-totals-count-rows"},
    "user-left-out": {
        "between-no-usage-without-licence",
        "tabnine-members-are-the-teams",
        "tabnine-permissions-are-the-list",
        "tabnine-totals-count-rows",
        "tabnine-utilization-is-the-list",
    },
    "registered-below-active": {"tabnine-active-within-registered"},
    "user-of-other-role": {"tabnine-user-tells-the-list"},
    "team-accounts-off-by-one": {"tabnine-team-accounts-are-the-list"},
    "permission-left-out": {"tabnine-permissions-are-the-list"},
    "seats-too-few": {"tabnine-seats-cover-active"},
    "agents-idle": {"tabnine-active-have-events", "tabnine-organization-is-its-teams"},
    "active-below-section": {"tabnine-active-between-sections", "tabnine-organization-is-its-teams"},
    "distinct-users-lost": {"tabnine-buckets-are-distinct", "tabnine-organization-is-its-teams"},
    "team-active-off-by-one": {"tabnine-organization-is-its-teams", "tabnine-team-is-its-users"},
    "ratio-off": {"tabnine-ratios-are-quotients"},
    "week-shifted": {"tabnine-buckets-are-distinct", "tabnine-buckets-are-their-days"},
    "negative-keystrokes": {
        "tabnine-nothing-negative",
        "tabnine-organization-is-its-teams",
        "tabnine-ratios-are-quotients",
    },
}
"""The identities that fail at acme under each defect."""

UNDESCRIBED = {"negative-lines", "negative-credits", "negative-suggestions", "negative-keystrokes"}
"""The defects that break a vendor's OpenAPI file as well."""


ALONE = {
    *("between-addresses-agree", "between-nobody-after-leaving", "between-no-rows-after-leaving"),
    *("between-no-usage-after-leaving", "between-no-usage-without-licence"),
    *("ide-pages-are-the-whole", "console-people-add-up"),
}
"""What has nothing to judge where nobody uses anything, nobody has left, or everybody has every licence."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of acme for the tests of this file, limits as documented."""
    with server.in_thread(create_app(replace(SETTINGS, limits="documented"))) as running:
        yield running.url


@pytest.fixture
def web(url: str) -> Iterator[Web]:
    """A connection to it, which leaves the server as it was made."""
    asking = Web(url)
    yield asking
    asking.mock("POST", "/reset", {})
    asking.close()


def findings(web: Web, *defects: str, vendors: tuple[str, ...] = (), full: bool = False) -> dict[str, run.Finding]:
    """What an audit finds, by the identity's name."""
    found = run.audit(web, None, None, vendors, defects, full=full)[1]
    return {finding.identity.name: finding for finding in found}


def outcomes(found: dict[str, run.Finding], outcome: str) -> set[str]:
    """The identities that fared so."""
    return {name for name, finding in found.items() if finding.outcome == outcome}


@pytest.mark.parametrize(("defect", "caught"), CAUGHT.items(), ids=CAUGHT)
def test_each_defect_is_caught_by_name(web: Web, watch: Watch, defect: str, caught: set[str]) -> None:
    vendors = tuple({identity.vendor for identity in run.IDENTITIES if identity.name in caught})
    found = findings(web, defect, vendors=vendors)
    assert outcomes(found, "failed") == caught
    assert all(found[name].detail for name in caught)
    assert bool(watch.take()) == (defect in UNDESCRIBED)


def test_defects_are_gone_after_the_audit_that_armed_them(web: Web) -> None:
    assert outcomes(findings(web, *set(CAUGHT) - UNDESCRIBED), "failed")
    assert outcomes(findings(web), "failed") == set()


def test_no_defect_goes_unnoticed_and_no_identity_cannot_fail() -> None:
    assert set(CAUGHT) == set(DEFECTS)
    assert set().union(*CAUGHT.values()) == {identity.name for identity in run.IDENTITIES}


def test_a_finding_names_the_day_the_user_or_the_team_and_both_numbers(web: Web) -> None:
    found = findings(web, "dau-count-off-by-one", "records-gap", "team-too-large")
    assert found["augment-counts-are-walks"].detail == "2025-10-13: rows of the dau walk and dau-count are 37 and 38"
    assert "@acme.example on 2025-10-19, completions_suggested_" in found["augment-records-are-users"].detail
    assert found["tabnine-teams-count-users"].detail.startswith(
        "team Data: usersCount and rows of the users list are 7"
    )


@pytest.mark.parametrize("organization", ["acme", "documented", "empty", "initech"])
def test_everything_holds_at_every_organisation(organization: str) -> None:
    with server.in_thread(create_app(replace(SETTINGS, organization=organization))) as running:
        web = Web(running.url)
        found = findings(web, full=True)
        assert outcomes(found, "failed") == set()
        assert outcomes(found, "not applicable") <= ALONE
        web.close()


def test_defects_do_nothing_to_answers_without_the_rows_they_change() -> None:
    with server.in_thread(create_app(replace(SETTINGS, organization="empty"))) as running:
        web = Web(running.url)
        failed = outcomes(findings(web, *set(DEFECTS) - UNDESCRIBED), "failed")
        assert "tabnine-utilization-is-the-list" in failed
        assert {"augment-users-are-days", "augment-nobody-twice", "ide-descending-is-reversed"} & failed == set()
        web.close()


def test_the_server_is_left_as_it_was_found(web: Web) -> None:
    web.mock("PATCH", "/limits", {"augment": {"per_minute": 5, "burst": 2}})
    web.mock("PUT", "/defects", {"armed": ["ghost"]})
    before = web.mock("GET", "/limits"), web.mock("GET", "/defects")
    assert "between-nobody-after-leaving" in outcomes(findings(web, "feature-gap"), "failed")
    assert (web.mock("GET", "/limits"), web.mock("GET", "/defects")) == before


def test_an_audit_that_is_broken_off_in_the_middle_of_an_answer_puts_everything_back(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = web.mock("GET", "/limits"), web.mock("GET", "/defects")
    _, told = run.audit(web, None, None, (), ("ghost",), full=False)
    assert next(told).outcome == "passed"
    assert web.mock("GET", "/limits") != before[0]
    with monkeypatch.context() as patch:
        patch.setattr(HTTPConnection, "getresponse", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            web.ask("GET", "/_mock/clock", {})
    told.close()
    assert (web.mock("GET", "/limits"), web.mock("GET", "/defects")) == before


def test_renamed_answers_are_read_under_the_names_of_the_contract(web: Web) -> None:
    names = {"items": "rows", "suggestions": "offered", "userEmail": "mail"}
    web.mock("PATCH", "/policy", {"jetbrains-ide": {"names": names, "last_cursor": "absent"}})
    assert outcomes(findings(web, vendors=("jetbrains-ide",)), "passed") == {
        identity.name for identity in run.IDENTITIES if identity.vendor == "jetbrains-ide"
    }


def test_a_sample_says_where_it_gave_up_and_the_whole_does_not(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PAGES", 0)
    monkeypatch.setattr(tabnine, "USERS", -1)
    given_up = findings(web, vendors=("augment", "tabnine"))
    assert given_up["augment-users-are-days"].detail == "the list has more than 0 pages; --full reads them all"
    monkeypatch.setattr(reader, "PAGES", 9)
    users = findings(web, vendors=("tabnine",))
    assert users["tabnine-team-is-its-users"].detail == "the smallest team has more than -1 users; --full asks for each"
    assert users["tabnine-organization-is-its-teams"].outcome == "not applicable"
    whole = findings(web, vendors=("augment", "tabnine"), full=True)
    assert outcomes(whole, "passed") == set(whole)


def test_of_rows_that_are_too_many_the_busiest_day_is_judged(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jetbrains, "_MOST", 50)
    monkeypatch.setattr(reader, "PAGES", 5)
    found = findings(web, vendors=("jetbrains-ide",))
    too_long = {"ide-totals-are-people", "ide-descending-is-reversed"}
    assert outcomes(found, "not applicable") == too_long
    assert outcomes(found, "failed") == set()
    assert "ide-rows-are-features" in outcomes(
        findings(web, "row-without-anything", vendors=("jetbrains-ide",)), "failed"
    )


def test_teams_without_users_have_nothing_to_judge(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabnine, "_listed", lambda *_, **__: [])
    found = findings(web, vendors=("tabnine",))
    for name in ("tabnine-team-is-its-users", "tabnine-user-tells-the-list"):
        assert found[name].detail == "no team has users"


def test_a_user_who_is_told_in_one_place_alone_is_named(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augment, "users", lambda *_: [])
    detail = findings(web, vendors=("augment",))["augment-records-are-users"].detail
    assert detail.endswith("on 2025-10-19: there are records or user-activity, but not both")


def test_a_user_without_a_team_is_asked_for_alone(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: Any = tabnine._listed  # noqa: SLF001 (at acme everybody who is there has a team)
    monkeypatch.setattr(tabnine, "_listed", lambda read, *_, **__: listed(read)[:1])
    found = findings(web, vendors=("tabnine",))["tabnine-organization-is-its-teams"]
    assert (found.outcome, "teams and users without one" in found.detail) == ("failed", True)


def test_a_refused_question_fails_the_identity_that_asked_it(web: Web) -> None:
    reading, _ = run.audit(web, None, None, (), (), full=False)
    web.mock("PATCH", "/limits", {"augment": "off"})
    reading.tokens = {**reading.tokens, "augment": "Bearer nobody"}
    identity = augment.IDENTITIES[0]
    found = run.judged(identity, lambda: identity.check(reading))
    assert (found.outcome, "answers 401" in found.detail) == ("failed", True)
    with pytest.raises(reader.VendorRefused, match=r"GET /api/v1/nothing\?at=all answers 404"):
        reading.get("tabnine", "/api/v1/nothing", at="all")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(date(2025, 10, 2), date(2025, 10, 1), id="backwards"),
        pytest.param(None, date(2025, 10, 20), id="a day that is not settled"),
        pytest.param(date(2025, 7, 1), date(2025, 9, 29), id="91 days"),
    ],
)
def test_days_that_cannot_be_audited_are_refused_with_the_rule(web: Web, first: date | None, last: date) -> None:
    with pytest.raises(run.BadRange, match="at most 90 days and ends by 2025-10-19"):
        run.audit(web, first, last, (), (), full=False)


def test_ninety_days_can_be_audited(web: Web) -> None:
    reading, _ = run.audit(web, date(2025, 7, 1), date(2025, 9, 28), (), (), full=False)
    assert (len(reading.days), len(reading.sampled_days)) == (90, 7)


def test_an_exchange_that_is_refused_is_told(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "tokens": [{"vendor": "jetbrains-console", "permission": "granted", "token": "nobody", "client_secret": "none"}]
    }
    with monkeypatch.context() as patch:
        patch.setattr(Web, "mock", lambda *_: told)
        with pytest.raises(reader.ServerUnusable, match="access token answers 401"):
            reader.tokens(web)


def test_a_server_that_is_not_there_is_told() -> None:
    for url in ("http://127.0.0.1:9", "https://127.0.0.1:9"):
        web = Web(url)
        with pytest.raises(reader.ServerUnusable, match="gives no answer"):
            web.mock("GET", "/clock")
        web.close()
    Web(url).close()


CHOICES: list[tuple[str, dict[str, str]]] = [
    ("tabnine", {"usage_sections": "first", "empty_buckets": "omitted", "strict_user_filters": "yes"}),
    ("jetbrains-ide", {"empty_buckets": "omitted", "last_cursor": "absent", "schemes": "automation"}),
]


@pytest.mark.parametrize(("vendor", "switches"), CHOICES)
def test_everything_holds_whatever_the_vendor_is_taken_to_do(web: Web, vendor: str, switches: dict[str, str]) -> None:
    web.mock("PATCH", "/policy", {vendor: switches})
    assert outcomes(findings(web, vendors=(vendor,)), "failed") == set()


def test_what_is_negative_is_found_in_text_too(web: Web, watch: Watch) -> None:
    web.mock("PATCH", "/policy", {"jetbrains-console": {"credits_form": "string"}})
    found = findings(web, "negative-credits", vendors=("jetbrains-console",))["console-nothing-negative"]
    assert found.outcome == "failed"
    assert found.detail.startswith("builtInQuota of ")
    assert watch.take()


def test_what_is_negative_is_named_with_its_day(web: Web, watch: Watch) -> None:
    found = findings(web, "negative-keystrokes", vendors=("tabnine",))["tabnine-nothing-negative"]
    assert found.detail.startswith("keystrokes of ")
    assert watch.take()


def test_a_walk_that_leads_back_ends_and_is_told(web: Web) -> None:
    found = findings(web, "cursor-leads-back", vendors=("jetbrains-ide",), full=True)["ide-pages-are-the-whole"]
    assert found.detail.startswith("page 2 of a list leads back to page 2: {'cursor': ")


def test_what_holds_at_its_border_holds() -> None:
    at_most("here", 2, 2, "less and more")
    with pytest.raises(Violation, match="here: less and more are 3 and 2"):
        at_most("here", 3, 2, "less and more")
    assert not issubclass(NotApplicable, Violation)
