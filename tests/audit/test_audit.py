"""Tests of the audit: each defect is found by name, consistent answers pass, and the server is left as it was.

Each vendor's probes list the invariants that find its defects; `tests/cli` tests the command.
"""

from dataclasses import replace
from datetime import date
from http.client import HTTPConnection
from unittest.mock import Mock

import pytest

from mockserver import server, vendors
from mockserver.app import create_app
from mockserver.audit import cross_vendor, run
from mockserver.audit.cross_vendor import Roles
from mockserver.audit.invariant import Violation, at_most
from mockserver.audit.reader import HttpSender, NotApplicable, ServerUnusable, VendorRefused, authorizations
from mockserver.client import Client
from tests.conftest import SERVED, SETTINGS
from tests.contract import defects, probes
from tests.contract.audits import GROUPS, NAMES, audit, failed, names
from tests.contract.watch import Watch

CAUGHT = {defect: caught for vendor in SERVED.values() for defect, caught in probes.of(vendor).caught.items()}
DEFECTS = [defect.name for vendor in SERVED.values() for defect in vendor.defects]
PAGES_INVARIANT, FORM_INVARIANT = "-pages-are-the-whole", "-answers-are-described"
IN_PAGES = {"cursor-repeats", "cursor-on-empty-page", "row-on-two-pages"}
SHARED = [
    (name, each.name)
    for name, vendor in SERVED.items()
    for each in defects.known(vendor)
    if each.takes_at or each.name in IN_PAGES
]
"""The vendors and the defects that several can have; `tests/vendors` has what they do."""

UNDESCRIBED = {name for name in DEFECTS if name.startswith("negative-")}
"""The defects that break a vendor's OpenAPI file as well."""

SOMETIMES = {name for name in NAMES if name.startswith("cross-vendor-") or name.endswith(PAGES_INVARIANT)}
"""Invariants with nothing to check if nobody uses anything, nobody has left, or everybody has every licence."""


@pytest.mark.parametrize(("defect", "caught"), CAUGHT.items(), ids=CAUGHT)
def test_each_defect_is_found_by_name(client: Client, watch: Watch, defect: str, caught: set[str]) -> None:
    groups = tuple(group for group, invariants in GROUPS.items() if {each.name for each in invariants} & caught)
    results = audit(client, defect, groups=groups)
    assert names(results, "failed") == caught
    assert all(results[name].detail for name in caught)
    assert bool(watch.take()) == (defect in UNDESCRIBED)


@pytest.mark.parametrize(("vendor", "defect"), SHARED, ids=[f"{vendor} {defect}" for vendor, defect in SHARED])
def test_defect_in_pages_or_a_field_is_found_at_each_vendor_that_has_it(
    client: Client, watch: Watch, vendor: str, defect: str
) -> None:
    results = audit(client, defect, groups=(vendor,))
    in_pages = defect in IN_PAGES
    [finder] = [name for name in results if name.endswith(PAGES_INVARIANT if in_pages else FORM_INVARIANT)]
    assert results[finder].outcome == "failed"
    assert results[finder].requests
    others = names(results, "failed") - {finder}
    if in_pages:
        assert not others
    else:
        assert watch.take(), "the OpenAPI file does not describe such an answer"
    assert all(results[name].detail for name in others)


def test_field_that_an_invariant_needs_is_named_when_it_is_missing(client: Client, watch: Watch) -> None:
    missing = {"name": "field-missing", "at": "users"}
    result = audit(client, missing, groups=("augment",))["augment-nobody-twice"]
    assert (result.outcome, result.detail) == (
        "failed",
        "an answer has another form than described: KeyError('users')",
    )
    assert watch.take()


def test_form_of_answers_is_not_checked_before_any_was_read(client: Client) -> None:
    reader, _ = run.audit(client, vendors.room("invariants"))
    for vendor, invariants in GROUPS.items():
        for each in (each for each in invariants if each.name.endswith(FORM_INVARIANT)):
            result = run.check(vendor, each, reader)
            assert (result.outcome, result.detail) == ("not applicable", "no answer was read before")


def test_form_of_an_answer_without_a_described_body_is_not_checked(client: Client) -> None:
    reader, _ = run.audit(client, vendors.room("invariants"))
    assert reader.find("tabnine", "/api/v1/user/00000000-0000-4000-8000-000000000000") is None
    [form] = [each for each in GROUPS["tabnine"] if each.name.endswith(FORM_INVARIANT)]
    assert run.check("tabnine", form, reader).outcome == "not applicable"


def test_every_defect_has_its_invariants_in_the_probes() -> None:
    assert set(CAUGHT) == set(DEFECTS), "the probes list in `caught` the invariants that fail under each defect"


def test_every_invariant_can_fail() -> None:
    shared = {name for name in NAMES if name.endswith((PAGES_INVARIANT, FORM_INVARIANT))}
    assert set().union(*CAUGHT.values()) | shared == set(NAMES)
    assert {vendor for vendor, _ in SHARED} == SERVED.keys()


def test_no_two_invariants_have_the_same_name() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_defects_are_disarmed_after_the_audit(client: Client) -> None:
    assert failed(client, *set(CAUGHT) - UNDESCRIBED)
    assert failed(client) == set()


@pytest.mark.parametrize("organization", ["acme", "documented", "empty", "initech"])
def test_every_invariant_holds_at_every_organization(organization: str) -> None:
    app = create_app(replace(SETTINGS, organization=organization))
    with server.in_thread(app) as running, Client(running.url) as client:
        results = audit(client, full=True)
        assert names(results, "failed") == set()
        assert names(results, "not applicable") <= SOMETIMES


def test_defects_leave_answers_without_rows_alone() -> None:
    app = create_app(replace(SETTINGS, organization="empty"))
    with server.in_thread(app) as running, Client(running.url) as client:
        violated = failed(client, *set(DEFECTS) - UNDESCRIBED)
        assert "tabnine-utilization-is-the-list" in violated
        assert {"augment-users-are-days", "augment-nobody-twice", "ide-descending-is-reversed"} & violated == set()


def test_limits_and_defects_are_restored(client: Client) -> None:
    client.limits.update({"augment": {"per_minute": 5, "burst": 2}})
    client.defects.arm(["ghost"])
    before = client.limits.get(), client.defects.get()
    assert "cross-vendor-nobody-after-leaving" in failed(client, "feature-gap")
    assert (client.limits.get(), client.defects.get()) == before


def test_interrupted_audit_restores_everything(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = client.limits.get(), client.defects.get()
    _, results = run.audit(client, vendors.room("invariants"), defects=("ghost",))
    assert next(results).outcome == "passed"
    assert client.limits.get() != before[0]
    with monkeypatch.context() as patch:
        patch.setattr(HTTPConnection, "getresponse", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            client.clock.get()
    results.close()
    assert (client.limits.get(), client.defects.get()) == before


def test_refused_request_fails_its_invariant(client: Client) -> None:
    reader, results = run.audit(client, vendors.room("invariants"))
    results.close()
    client.limits.update({"augment": "off"})
    reader.send = HttpSender(client, {"augment": "Bearer nobody", "tabnine": authorizations(client)["tabnine"]})
    result = run.check("augment", GROUPS["augment"][0], reader)
    assert (result.outcome, "returned 401" in result.detail) == ("failed", True)
    assert [each.vendor for each in result.requests] == ["augment"]
    with pytest.raises(VendorRefused, match=r"GET /api/v1/nothing\?at=all returned 404"):
        reader.get("tabnine", "/api/v1/nothing", at="all")


def test_failed_check_lists_the_last_requests_that_it_used(client: Client) -> None:
    result = audit(client, "ghost", groups=("cross-vendor",))["cross-vendor-nobody-after-leaving"]
    shown = result.to_json()["requests"]
    assert 0 < len(shown) <= run.REQUESTS_SHOWN
    assert len({(each["vendor"], each["path"]) for each in shown}) == len(shown)
    assert all(each["path"].startswith(SERVED[each["vendor"]].mounts) for each in shown)
    passed = audit(client, groups=("cross-vendor",))["cross-vendor-nobody-after-leaving"]
    assert (passed.requests, passed.truncated) == ((), 0)


def test_failed_check_counts_the_requests_that_it_does_not_list(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counts() -> tuple[int, int]:
        result = audit(client, "ghost", groups=("cross-vendor",))["cross-vendor-nobody-after-leaving"]
        return len(result.requests), result.truncated

    shown, truncated = counts()
    monkeypatch.setattr(run, "REQUESTS_SHOWN", 2)
    assert counts() == (2, shown + truncated - 2)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(date(2025, 10, 2), date(2025, 10, 1), id="backwards"),
        pytest.param(None, date(2025, 10, 20), id="an incomplete day"),
        pytest.param(date(2025, 7, 1), date(2025, 9, 29), id="91 days"),
    ],
)
def test_invalid_range_is_rejected(client: Client, first: date | None, last: date) -> None:
    with pytest.raises(run.InvalidAudit, match="at most 90 days and ends by 2025-10-19"):
        run.audit(client, vendors.room("invariants"), first=first, last=last)


def test_ninety_days_can_be_audited(client: Client) -> None:
    reader, _ = run.audit(client, vendors.room("invariants"), first=date(2025, 7, 1), last=date(2025, 9, 28))
    assert (len(reader.days), len(reader.sampled_days)) == (90, 7)


def test_refused_exchange_makes_the_server_unusable(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = client.tokens.list_all()
    wrong = [{**token, "client_secret": "wrong"} for token in tokens if "token_path" in token]
    monkeypatch.setattr(type(client.tokens), "list_all", lambda _: wrong)
    with pytest.raises(ServerUnusable, match="returned 401"):
        run.audit(client, vendors.room("invariants"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://127.0.0.1:9"])
def test_missing_server_is_unusable(url: str) -> None:
    with Client(url) as client, pytest.raises(ServerUnusable, match="no server can be reached at "):
        run.audit(client, vendors.room("invariants"))


def test_server_that_goes_away_is_unusable(client: Client) -> None:
    reader, _ = run.audit(client, vendors.room("invariants"))
    reader.send = HttpSender(Client("http://127.0.0.1:9"), {"augment": "Bearer nobody"})
    with pytest.raises(ServerUnusable, match="no server can be reached at "):
        reader.answer("augment", "/analytics/v0/dau")


def test_missing_roles_leave_nothing_to_check(client: Client) -> None:
    reader, _ = run.audit(client, vendors.room("invariants"))
    for invariant in cross_vendor.invariants({"alone": Roles(product="alone")}):
        assert run.check(cross_vendor.NAME, invariant, reader).outcome == "not applicable"


def test_equal_numbers_are_at_most_each_other() -> None:
    at_most("here", 2, 2, "less and more")
    with pytest.raises(Violation, match="here: less and more are 3 and 2"):
        at_most("here", 3, 2, "less and more")
    assert not issubclass(NotApplicable, Violation)
