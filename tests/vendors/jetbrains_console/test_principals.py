"""Principals: v1 counts people; v2 can count service accounts too, which spend from the organization's pool."""

from collections.abc import Callable, Sequence

import pytest

from mockserver.gateway.switches import Option
from mockserver.vendors.jetbrains_console.policy import V2Principals
from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries
from tests.vendors.jetbrains_console.queries import ADOPTION, AUTUMN, CREDITS, HITS, REPORTS, Row

RANGE = (AUTUMN["fromDate"], AUTUMN["toDate"])
BOTH, PEOPLE = V2Principals.PEOPLE_AND_SERVICE_ACCOUNTS, V2Principals.PEOPLE
V2_ADOPTION, V2_HITS, V2_CREDITS = (f"/v2{path[3:]}" for path in (ADOPTION, HITS, CREDITS))
COUNTED = ("enabledUsers", "activeUsers", "usersHitLimit")
SPENT = ("builtInQuota", "topUpCredits", "totalCredits")


def _accounts(client: Client) -> list[str]:
    """The ids of the service accounts."""
    world = client.sandbox.world
    return [
        str(world.identities.id_of(index)) for index in range(world.organization.people, world.organization.members)
    ]


def _report(client: Client, path: str, version: str, **more: str) -> tuple[list[Row], Row]:
    return queries.report(client, f"/{version}{path[3:]}", *RANGE, **more)


def _added(rows: Sequence[Row]) -> Row:
    """The numbers of several rows, added up; credits as hundredths."""
    return {
        name: sum(row[name] if name in COUNTED else round(row[name] * 100) for row in rows)
        for name in rows[0]
        if name in (*COUNTED, *SPENT)
    }


@pytest.mark.parametrize("organization", ["acme", "initech", "empty", "documented"])
def test_v2_counts_service_accounts_or_people_alone(
    jetbrains_console_of: Callable[..., Client], organization: str
) -> None:
    client: Client = jetbrains_console_of(organization)
    accounts = ",".join(_accounts(client)) or queries.UNKNOWN
    for path in REPORTS:
        people, total = _report(client, path, "v1", groupBy="month")
        assert _report(client.switched(v2_principals=PEOPLE), path, "v2", groupBy="month") == (people, total)
        both = client.switched(v2_principals=BOTH)
        rows, whole = _report(both, path, "v2", groupBy="month")
        others, rest = _report(both, path, "v2", groupBy="month", principalIds=accounts)
        for row, mine, theirs in zip([*rows, whole], [*people, total], [*others, rest], strict=True):
            assert _added([row]) == _added([mine, theirs])


def test_service_accounts_of_acme_are_seen_in_v2_alone(jetbrains_console: Client) -> None:
    both = jetbrains_console.switched(v2_principals=BOTH)
    accounts = ",".join(_accounts(both))
    assert queries.total(both, V2_ADOPTION, *RANGE, principalIds=accounts) == {"enabledUsers": 2, "activeUsers": 2}
    assert queries.total(both, V2_CREDITS, *RANGE, principalIds=accounts)["totalCredits"] > 0
    for name in ("userIds", "userEmails"):
        nobody = queries.total(both, ADOPTION, *RANGE, **{name: accounts})
        assert nobody == {"enabledUsers": 0, "activeUsers": 0}
    answer = both.get(ADOPTION, AUTUMN | {"principalIds": accounts})
    assert (answer.status, "'principalIds' is no parameter" in answer.message) == (400, True)


def test_principals_are_people_and_service_accounts(jetbrains_console: Client) -> None:
    both = jetbrains_console.switched(v2_principals=BOTH)
    ada, accounts = queries.user_id(both, "ada@acme.example"), _accounts(both)
    chosen = [ada, *accounts]
    for path in (V2_ADOPTION, V2_HITS, V2_CREDITS):
        alone = [queries.total(both, path, *RANGE, principalIds=each) for each in chosen]
        assert _added([queries.total(both, path, *RANGE, principalIds=",".join(chosen))]) == _added(alone)
        assert (
            alone[0]
            == queries.total(both, path, *RANGE, userIds=ada)
            == queries.total(both, path, *RANGE, userIds=ada, principalIds=ada.upper())
        )


def test_service_account_matches_no_filter_of_people(jetbrains_console: Client) -> None:
    both = jetbrains_console.switched(v2_principals=BOTH)
    account, *_ = _accounts(both)
    nobody = {"enabledUsers": 0, "activeUsers": 0}
    others: list[dict[str, str]] = [
        {"userIds": account},
        {"userEmails": "ci-bot"},
        {"principalIds": account, "ide": "IU,PY,WS,GO,CL,RD,PS,RM,DB"},
        {"principalIds": account, "userEmails": "ada@acme.example"},
        {"principalIds": queries.UNKNOWN},
    ]
    for filters in others:
        assert queries.total(both, V2_ADOPTION, *RANGE, **filters) == nobody
    bound = queries.role(both, "-groups")
    assert queries.total(bound, V2_ADOPTION, *RANGE, principalIds=account) == nobody


@pytest.mark.parametrize("malformed", ["nobody", "reject"])
def test_malformed_principal_is_like_a_malformed_user(jetbrains_console: Client, malformed: Option) -> None:
    answer = jetbrains_console.switched(malformed_ids=malformed).get(V2_HITS, AUTUMN | {"principalIds": "ci-bot"})
    assert answer.status == (200 if malformed == "nobody" else 400)
    if malformed == "reject":
        assert answer.message == "principalIds must hold UUIDs of people or service accounts, not 'ci-bot'"


def test_service_account_spends_top_up_until_its_share_is_gone(jetbrains_console_of: Callable[..., Client]) -> None:
    """Of the service accounts of four organizations, some hit their limit in a month, and then spend nothing."""
    hits = 0
    for organization in ("acme", "initech", "globex", "hooli"):
        client: Client = jetbrains_console_of(organization)
        both = client.switched(v2_principals=BOTH)
        for account in _accounts(client):
            spent = queries.rows(both, V2_CREDITS, "2025-09-01", "2025-09-30", principalIds=account)
            hit = [
                row["usersHitLimit"]
                for row in queries.rows(both, V2_HITS, "2025-09-01", "2025-09-30", principalIds=account)
            ]
            assert {row["builtInQuota"] for row in spent} == {0}
            total = queries.hundredths(row["totalCredits"] for row in spent)
            assert sum(hit) == (sum(total) in {2_500, 5_000, 10_000})
            hits += sum(hit)
            if any(hit):
                assert not any(total[hit.index(1) + 1 :])
    assert hits > 0
