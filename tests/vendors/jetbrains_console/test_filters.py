"""Filters, which are combined, and roles that see only the members of some groups."""

from collections.abc import Callable

import pytest

from mockserver.simulation.organization import Team
from tests.contract.client import Client, basic
from tests.vendors.jetbrains_console import queries, worlds
from tests.vendors.jetbrains_console.queries import ADOPTION, CREDITS, HITS, IDES, REPORTS
from tests.vendors.jetbrains_console.worlds import Person, junie

AUTUMN = ("2025-09-01", "2025-10-20")
ADA, MAREK, INES = "ada@acme.example", "marek@acme.example", "ines@acme.example"


def _all(client: Client, **filters: str) -> list[object]:
    return [queries.report(client, path, *AUTUMN, groupBy="week", **filters) for path in REPORTS]


def test_id_and_address_select_the_same_user(jetbrains_console: Client, jetbrains_ide: Client) -> None:
    walked = jetbrains_ide.paginate(
        "/effectiveness/metrics/users.paged", fromDate="2025-10-13", toDate="2025-10-17", limit=1000
    )
    emails = {row["userId"]: row["userEmail"] for row in walked}
    assert len(emails) > 20
    for identifier, email in list(emails.items())[:10]:
        assert _all(jetbrains_console, userIds=identifier) == _all(jetbrains_console, userEmails=email)


def test_ids_and_addresses_ignore_letter_case(jetbrains_console: Client) -> None:
    ada = queries.user_id(jetbrains_console, ADA)
    assert _all(jetbrains_console, userIds=ada.upper()) == _all(jetbrains_console, userIds=ada)
    assert _all(jetbrains_console, userEmails=ADA.upper()) == _all(jetbrains_console, userEmails=ADA)


def test_repeated_user_in_a_list_counts_once(jetbrains_console: Client) -> None:
    total = queries.total(jetbrains_console, ADOPTION, *AUTUMN, userEmails=f"{ADA},{MAREK}")
    assert total["enabledUsers"] == 2
    assert queries.total(jetbrains_console, ADOPTION, *AUTUMN, userEmails=f"{ADA},{MAREK},{ADA}") == total
    query = f"fromDate=2025-09-01&toDate=2025-10-20&userEmails={ADA}&userEmails={MAREK},{ADA.upper()}"
    assert jetbrains_console.get(ADOPTION, query).json["total"] == total


@pytest.mark.parametrize("path", REPORTS)
def test_unknown_user_matches_nobody(jetbrains_console: Client, path: str) -> None:
    for filters in ({"userIds": queries.UNKNOWN}, {"userEmails": "nobody@acme.example"}, {"userEmails": "x"}):
        assert set(queries.total(jetbrains_console, path, *AUTUMN, **filters).values()) == {0}
    assert queries.report(jetbrains_console, path, *AUTUMN, userEmails=f"{ADA},nobody@acme.example") == queries.report(
        jetbrains_console, path, *AUTUMN, userEmails=ADA
    )


def test_filters_are_combined(jetbrains_console: Client) -> None:
    ada = queries.user_id(jetbrains_console, ADA)
    assert _all(jetbrains_console, userIds=ada, userEmails=f"{MAREK},{ADA}") == _all(jetbrains_console, userIds=ada)
    nobody = queries.everything(jetbrains_console, *AUTUMN, userIds=ada, userEmails=MAREK)
    assert set(nobody.values()) == {0}


def test_single_users_add_up_to_the_whole(jetbrains_console: Client) -> None:
    """Credits and counts of the single users add up to those of all people."""
    jetbrains_console.switched(v2_principals="people")
    organization = jetbrains_console.sandbox.config.organization
    identities = jetbrains_console.sandbox.world.identities
    whole = queries.everything(jetbrains_console, *AUTUMN)
    parts = [
        queries.everything(jetbrains_console, *AUTUMN, userIds=str(identities.id_of(index)))
        for index in range(organization.people)
    ]
    for name in ("enabledUsers", "activeUsers", "usersHitLimit"):
        assert sum(part[name] for part in parts) == whole[name]
        assert {part[name] for part in parts} <= {0, 1}
    for name in ("builtInQuota", "topUpCredits", "totalCredits"):
        assert sum(queries.hundredths(part[name] for part in parts)) == queries.hundredths([whole[name]])[0]


def test_ides_add_up_to_the_whole(jetbrains_console: Client) -> None:
    """A user works in one IDE on a day, so credits add up; on different days it may be two IDEs."""
    jetbrains_console.switched(v2_principals="people")
    whole = queries.everything(jetbrains_console, *AUTUMN)
    parts = [queries.everything(jetbrains_console, *AUTUMN, ide=code) for code in IDES]
    for name in ("builtInQuota", "topUpCredits", "totalCredits"):
        assert sum(queries.hundredths(part[name] for part in parts)) == queries.hundredths([whole[name]])[0]
    for name in ("enabledUsers", "activeUsers"):
        assert max(part[name] for part in parts) < whole[name] < sum(part[name] for part in parts)
    assert all(part["activeUsers"] <= part["enabledUsers"] for part in parts)
    assert queries.everything(jetbrains_console, *AUTUMN, ide=",".join(IDES)) == whole


def test_several_ides_are_one_filter(jetbrains_console: Client) -> None:
    both = queries.total(jetbrains_console, CREDITS, *AUTUMN, ide="IU,PY")
    alone = [queries.total(jetbrains_console, CREDITS, *AUTUMN, ide=code) for code in ("IU", "PY")]
    assert queries.hundredths(both.values()) == [sum(queries.hundredths(each[name] for each in alone)) for name in both]
    users = queries.total(jetbrains_console, ADOPTION, *AUTUMN, ide="IU,PY")
    apart = [queries.total(jetbrains_console, ADOPTION, *AUTUMN, ide=code) for code in ("IU", "PY")]
    for name in users:
        assert max(each[name] for each in apart) <= users[name] <= sum(each[name] for each in apart)


TEAMS = (
    Team("Top"),
    Team("Middle", parent="Top"),
    Team("Bottom", parent="Middle"),
    Team("Beside"),
    Team("Below", parent="Beside"),
)
SEEN = {
    "a group and all that is below it": (("Top",), 3),
    "in the middle": (("Middle",), 2),
    "a group without subgroups": (("Bottom",), 1),
    "two groups": (("Bottom", "Beside"), 3),
    "a group and one inside it": (("Top", "Middle"), 3),
    "a group that is not there": (("Gone",), 0),
    "no group": ((), 0),
}


@pytest.mark.memory("the organization is made by hand, and a store has those that its servers know")
@pytest.mark.parametrize(("groups", "people"), SEEN.values(), ids=SEEN)
def test_role_bound_to_groups_sees_members_of_subgroups_too(
    jetbrains_console: Client, groups: tuple[str, ...], people: int
) -> None:
    spends = junie(_09_02=1000)
    members = [Person(spends, team=team.name) for team in TEAMS] + [Person(spends)]
    organization = worlds.organization(*members, teams=TEAMS, slug="nested")
    bound = queries.own(jetbrains_console, organization, "bound", groups)
    assert queries.everything(bound, *AUTUMN) == {
        "enabledUsers": people,
        "activeUsers": people,
        "usersHitLimit": people,
        "peakDailyUsers": people,
        "builtInQuota": 10.0 * people,
        "topUpCredits": 0.0,
        "totalCredits": 10.0 * people,
    }
    everybody = queries.own(jetbrains_console, organization, "unbound")
    assert queries.total(everybody, ADOPTION, *AUTUMN) == {"enabledUsers": 6, "activeUsers": 6}


def test_acme_has_a_role_bound_to_two_teams(jetbrains_console: Client) -> None:
    """The role is bound to Guidance and Quality; Simulator is a subgroup of Guidance."""
    bound = queries.role(jetbrains_console, "-groups")
    world = jetbrains_console.sandbox.world
    seen = {"Guidance", "Quality", "Simulator"}
    positions = [index for index, team in enumerate(world.organization.teams) if team.name in seen]
    members = [str(world.identities.id_of(index)) for index in world.people.in_teams(positions).nonzero()[0].tolist()]
    assert _all(bound) == _all(jetbrains_console, userIds=",".join(members))
    assert queries.total(bound, ADOPTION, *AUTUMN, userEmails=f"{ADA},{MAREK},{INES}")["enabledUsers"] == 2
    assert queries.total(jetbrains_console, ADOPTION, *AUTUMN, userEmails=f"{ADA},{MAREK},{INES}")["enabledUsers"] == 3


def test_same_query_of_two_roles_has_two_answers(jetbrains_console: Client) -> None:
    bound = queries.role(jetbrains_console, "-groups")
    for path in (ADOPTION, HITS, CREDITS):
        first = [client.get(path, queries.AUTUMN).body for client in (jetbrains_console, bound)]
        again = [client.get(path, queries.AUTUMN).body for client in (bound, jetbrains_console)]
        assert first == again[::-1]
        assert first[0] != first[1]


def test_organization_without_groups_has_no_such_role(opened: Callable[[str], Client]) -> None:
    credentials = basic("mock-jetbrains-console-globex-groups", queries.SECRET)
    answer = queries.token(opened("globex"), credentials)
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
