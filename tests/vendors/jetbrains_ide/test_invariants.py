"""Tests of IDE Services' invariants: renamed answers, long lists, and pages that lead back."""

import pytest

from mockserver.audit import reader
from mockserver.client import Client
from mockserver.vendors.jetbrains_ide import invariants
from tests.audit.conftest import client, url  # noqa: F401 (fixtures)
from tests.contract.audits import audit, failed, names

GROUP = ("jetbrains-ide",)


def test_renamed_answers_are_read_by_their_default_names(client: Client) -> None:  # noqa: F811 (a fixture)
    mapping = {"items": "rows", "suggestions": "offered", "userEmail": "mail"}
    client.policy.update({"jetbrains-ide": {"names": mapping, "last_cursor": "absent"}})
    results = audit(client, groups=GROUP)
    assert names(results, "passed") == set(results) == {each.name for each in invariants.INVARIANTS}


@pytest.mark.parametrize(
    "mapping",
    [
        {"userId": "id", "userName": "name", "userEmail": "email"},
        {"id": "userId", "name": "userEmail", "email": "tool"},
    ],
    ids=["rows as users", "users as rows"],
)
def test_fields_that_two_bodies_share_are_read_as_those_of_each(
    client: Client,  # noqa: F811
    mapping: dict[str, str],
) -> None:
    client.policy.update({"jetbrains-ide": {"names": mapping}})
    assert failed(client, groups=GROUP) == set()
    assert failed(client, "first-user-missing", groups=GROUP) == {"ide-pages-are-the-whole", "ide-users-are-listed"}
    running = client.audits.start(vendors=GROUP)
    assert client.audits.wait(running["id"])["violated"] == 0


def test_invariants_hold_under_other_options(client: Client) -> None:  # noqa: F811
    options = {"empty_buckets": "omitted", "last_cursor": "absent", "schemes": "automation"}
    client.policy.update({"jetbrains-ide": options | {"codex_tool": "codex", "profile_ids": "both"}})
    assert failed(client, groups=GROUP) == set()


def test_only_the_busiest_day_of_too_many_rows_is_checked(
    client: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(invariants, "_PAGE_MAXIMUM", 50)
    monkeypatch.setattr(reader, "PAGES", 5)
    results = audit(client, groups=GROUP)
    assert names(results, "not applicable") == {"ide-totals-are-people", "ide-descending-is-reversed"}
    assert names(results, "failed") == set()
    assert "ide-rows-are-features" in failed(client, "row-without-anything", groups=GROUP)


def test_pages_that_lead_back_end_the_list(client: Client) -> None:  # noqa: F811
    result = audit(client, "cursor-leads-back", groups=GROUP, full=True)["ide-pages-are-the-whole"]
    assert result.detail.startswith("page 2 of a list leads back to page 2: {'cursor': ")
