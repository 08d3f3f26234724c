"""Promises about the audit: whatever is made inconsistent is noticed, by name, and what is consistent is not.

The command stays out (`tests/cli/test_audit`).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.audit import augment, reader, run, tabnine
from mockserver.audit.identity import Broken, within
from mockserver.audit.reader import Absent, Web
from tests.conftest import SETTINGS

DEFECTS = [defect.name for vendor in vendors.discover() for defect in vendor.defects]

CAUGHT = {
    "dau-count-off-by-one": {"augment-counts-are-walks"},
    "duplicate-row": {"augment-counts-are-walks", "augment-nobody-twice"},
    "lost-row": {"augment-counts-are-walks", "augment-active-days-are-walks"},
    "users-sum-gap": {"augment-users-are-days", "augment-records-are-users"},
    "records-gap": {"augment-records-are-users"},
    "total-off-by-one": {"augment-users-are-days", "augment-totals-are-parts"},
    "active-days-off-by-one": {"augment-active-days-are-walks"},
    "team-too-large": {"tabnine-teams-count-users"},
    "user-usage-gap": {"tabnine-team-is-its-users"},
    "team-usage-gap": {"tabnine-team-is-its-users", "tabnine-organization-is-its-teams"},
    "buckets-gap": {"tabnine-organization-is-its-teams"},
    "useful-above-interactions": {
        "tabnine-organization-is-its-teams",
        "tabnine-buckets-are-the-range",
        "tabnine-useful-within-interactions",
    },
    "utilization-off-by-one": {"tabnine-utilization-is-the-list"},
    "ghost": {"tabnine-utilization-is-the-list", "between-nobody-after-leaving"},
    "feature-gap": {"ide-features-are-metrics"},
    "totals-off-by-one": {"ide-totals-are-metrics", "ide-totals-are-people"},
    "acceptances-above-suggestions": {
        "ide-features-are-metrics",
        "ide-totals-are-metrics",
        "ide-accepted-within-suggested",
    },
    "active-above-enabled": {"ide-active-within-enabled"},
    "rows-swapped": {"ide-descending-is-reversed"},
    "email-mismatch": {"between-addresses-agree"},
    "credits-gap": {"console-credits-add-up"},
    "peak-above-unique": {"console-peak-within-range"},
    "versions-differ": {"console-versions-agree"},
    "console-active-above-enabled": {"console-active-within-enabled", "between-console-within-ide"},
    "everyone-active": {"between-console-within-ide"},
}
"""The identities that fail at acme under each defect."""


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
def test_each_defect_is_caught_by_name_and_gone_afterwards(web: Web, defect: str, caught: set[str]) -> None:
    vendors = tuple({identity.vendor for identity in run.IDENTITIES if identity.name in caught})
    found = findings(web, defect, vendors=vendors)
    assert outcomes(found, "failed") == caught
    assert all(found[name].detail for name in caught)
    assert outcomes(findings(web, vendors=vendors), "failed") == set()


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
        assert outcomes(found, "not applicable") <= {"between-addresses-agree", "between-nobody-after-leaving"}
        web.close()


def test_defects_do_nothing_to_answers_without_the_rows_they_change() -> None:
    with server.in_thread(create_app(replace(SETTINGS, organization="empty"))) as running:
        web = Web(running.url)
        failed = outcomes(findings(web, *DEFECTS), "failed")
        assert "tabnine-utilization-is-the-list" in failed
        assert {"augment-users-are-days", "augment-nobody-twice", "ide-descending-is-reversed"} & failed == set()
        web.close()


def test_the_server_is_left_as_it_was_found(web: Web) -> None:
    web.mock("PATCH", "/limits", {"augment": {"per_minute": 5, "burst": 2}})
    web.mock("PUT", "/defects", {"armed": ["ghost"]})
    before = web.mock("GET", "/limits"), web.mock("GET", "/defects")
    assert "between-nobody-after-leaving" in outcomes(findings(web, "feature-gap"), "failed")
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
    assert len(outcomes(findings(web, vendors=("augment", "tabnine"), full=True), "passed")) == 12


def test_teams_without_users_have_nothing_to_judge(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabnine, "_listed", lambda *_, **__: [])
    assert findings(web, vendors=("tabnine",))["tabnine-team-is-its-users"].detail == "no team has users"


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
        with pytest.raises(reader.Unread, match="access token answers 401"):
            reader.tokens(web)


def test_a_server_that_is_not_there_is_told() -> None:
    for url in ("http://127.0.0.1:9", "https://127.0.0.1:9"):
        web = Web(url)
        with pytest.raises(reader.Unread, match="gives no answer"):
            web.mock("GET", "/clock")
        web.close()
    Web(url).close()


def test_what_holds_at_its_border_holds() -> None:
    within("here", 2, 2, "less and more")
    with pytest.raises(Broken, match="here: less and more are 3 and 2"):
        within("here", 3, 2, "less and more")
    assert not issubclass(Absent, Broken)
