"""The lists that ids come from, and the root that they share with another vendor (contract, sections 1 and 4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from mockserver.simulation.organization import ServiceAccount
from tests.contract.client import Client
from tests.vendors.jetbrains_ide import queries, worlds

LISTS = [queries.LISTED_USERS, queries.PROFILES]
OTHERS = "Bearer mock-tabnine-acme"


def test_users_have_the_ids_that_query_takes(jetbrains_ide: Client) -> None:
    listed = {user["id"]: user for user in jetbrains_ide.paginate(queries.LISTED_USERS, limit=1000)}
    rows = queries.paginate(jetbrains_ide, "2024-09-01", "2024-09-30")
    assert rows
    for row in rows:
        assert listed[row["userId"]] == {"id": row["userId"], "name": row["userName"], "email": row["userEmail"]}
    chosen = rows[0]["userId"]
    own = queries.paginate(jetbrains_ide, "2024-09-01", "2024-09-30", query=listed[chosen]["id"])
    assert own == [row for row in rows if row["userId"] == chosen]


@pytest.mark.memory("the organization is made by hand, and a store has those that its servers know")
def test_everybody_who_has_joined_is_listed_once(jetbrains_ide: Client) -> None:
    people = [worlds.person(name) for name in ("Ann", "Bob", "Cid", "Dan")]
    people[1] = replace(people[1], left=date(2025, 1, 1))
    people[2] = replace(people[2], joined=date(2025, 10, 22))
    people[3] = replace(people[3], licences={"jetbrains": None})
    made = replace(worlds.organization(*people, facts={}), service_accounts=(ServiceAccount("bot"),))
    client = queries.own(jetbrains_ide, made)
    users = client.got(queries.LISTED_USERS)["items"]
    assert [user["name"] for user in users] == ["Ann", "Bob", "Dan"]
    assert [user["email"] for user in users] == [f"{name}@scripted.example" for name in ("ann", "bob", "dan")]
    assert [user["id"] for user in users] == sorted(user["id"] for user in users)


@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
def test_pages_of_users_add_up_to_the_whole_list(jetbrains_ide: Client, initech: Client, limit: int) -> None:
    for client in (jetbrains_ide, initech):
        whole = client.got(queries.LISTED_USERS, limit=1000)
        assert whole["nextCursor"] is None
        pages = list(client.pages(queries.LISTED_USERS, limit=limit))
        assert [len(page["items"]) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert [user for page in pages for user in page["items"]] == whole["items"]


@pytest.mark.memory("the organization is made by hand, and a store has those that its servers know")
def test_user_who_joins_today_is_at_the_end_of_the_list(jetbrains_ide: Client) -> None:
    people = [replace(worlds.person(f"P{index}"), joined=date(2025, 10, 20 + index)) for index in range(3)]
    client = queries.own(jetbrains_ide, worlds.organization(*people, facts={}))
    first = client.got(queries.LISTED_USERS, limit=1)
    assert [user["name"] for user in first["items"]] == ["P0"]
    last = client.got(queries.LISTED_USERS, limit=1, cursor=first["nextCursor"])
    assert ([user["name"] for user in last["items"]], last["nextCursor"]) == (["P1"], None)


def test_last_page_of_users_has_a_null_cursor_or_none(jetbrains_ide: Client) -> None:
    assert jetbrains_ide.got(queries.LISTED_USERS, limit=1000)["nextCursor"] is None
    jetbrains_ide.switched(last_cursor="absent")
    assert list(jetbrains_ide.got(queries.LISTED_USERS, limit=1000)) == ["items"]
    assert jetbrains_ide.got(queries.LISTED_USERS, limit=1)["nextCursor"]


@pytest.mark.parametrize("cursor", ["x", "eyJhZnRlciI6WzFdfQ==", "eyJhZnRlciI6Wy0xXSwib2YiOiIwIn0=", "WzFd"])
def test_forged_cursor_of_users_is_400(jetbrains_ide: Client, cursor: str) -> None:
    answer = jetbrains_ide.get(queries.LISTED_USERS, {"cursor": cursor})
    assert (answer.status, answer.message) == (400, "cursor must be a nextCursor from an earlier answer, unchanged")


def test_cursor_of_another_list_is_400(jetbrains_ide: Client) -> None:
    jetbrains_ide.switched(foreign_cursor="continue")
    theirs = jetbrains_ide.got(queries.USERS, **queries.SEPTEMBER, limit=1)["nextCursor"]
    ours = jetbrains_ide.got(queries.LISTED_USERS, limit=1)["nextCursor"]
    assert jetbrains_ide.get(queries.LISTED_USERS, {"cursor": theirs}).status == 400
    assert jetbrains_ide.get(queries.USERS, {**queries.SEPTEMBER, "cursor": ours}).status == 400


def test_limit_of_users_is_from_1_to_1000_and_50_by_default(jetbrains_ide: Client) -> None:
    whole = jetbrains_ide.got(queries.LISTED_USERS, limit=1000)["items"]
    assert len(whole) > 50
    assert jetbrains_ide.got(queries.LISTED_USERS)["items"] == whole[:50]
    for limit in ("0", "1001", "x", ""):
        assert jetbrains_ide.get(queries.LISTED_USERS, {"limit": limit}).status == 400


def test_profiles_are_those_of_the_organization(jetbrains_ide: Client, initech: Client) -> None:
    ids: list[str] = []
    for client in (jetbrains_ide, initech):
        body = client.got(queries.PROFILES, limit=1, cursor="x")
        assert list(body) == ["items"]
        names = [profile["name"] for profile in body["items"]]
        assert names == list(queries.sandbox(client).world.organization.profiles)
        ids += [profile["id"] for profile in body["items"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path", LISTS)
def test_lists_have_the_authentication_and_the_refusals_of_the_reports(jetbrains_ide: Client, path: str) -> None:
    tokens = {None: 401, OTHERS: 401, "Bearer nobody": 401, "Bearer mock-jetbrains-ide-acme-forbidden": 403}
    for authorization, status in tokens.items():
        answer = jetbrains_ide.bearing(authorization).get(path)
        assert (answer.status, answer.json["status"], answer.json["path"]) == (status, status, path)
        assert answer.headers.get("WWW-Authenticate") == ("Bearer" if status == 401 else None)
    assert jetbrains_ide.bearing("Automation mock-jetbrains-ide-acme").get(path).status == 200
    wrong = jetbrains_ide.send("PATCH", path)
    assert (wrong.status, wrong.headers["Allow"], wrong.json["error"]) == (405, "GET, HEAD", "Method Not Allowed")
    assert [entry.vendor for entry in jetbrains_ide.sandbox.journal] == ["jetbrains-ide"] * 6


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/nowhere", "/api/v1/users/1", "/api/v1/organization/nowhere"])
def test_unknown_path_below_the_shared_root_belongs_to_the_token(jetbrains_ide: Client, path: str) -> None:
    client = replace(jetbrains_ide, mount="", others=())
    ours = client.get(path)
    assert (ours.status, ours.json["error"], ours.json["path"]) == (404, "Not Found", path)
    client.bearing(OTHERS).get(path)
    client.bearing("Bearer nobody").get(path)
    longest = "jetbrains-ide" if path.startswith("/api/v1/users") else "tabnine"
    entries = [(entry.vendor, entry.status) for entry in client.sandbox.journal]
    assert entries == [("jetbrains-ide", 404), ("tabnine", 404), (longest, 401)]


def test_limits_and_faults_of_the_shared_root_are_the_own_ones(jetbrains_ide_of: Callable[..., Client]) -> None:
    client = jetbrains_ide_of()
    control = client.app.test_client()
    control.put("/_mock/faults", json={"rules": [{"vendor": "tabnine", "effect": {"status": 500}}]})
    control.put("/_mock/limits", json={"jetbrains-ide": {"per_minute": 1, "burst": 2}})
    assert [client.get(path).status for path in (*LISTS, *LISTS)] == [200, 200, 429, 429]
    assert replace(client, mount="/api/v1", others=()).bearing(OTHERS).get("/organization").status == 500


UNSERVED = [
    ("POST", queries.LISTED_USERS),
    ("DELETE", f"{queries.LISTED_USERS}/{queries.UNKNOWN}"),
    ("GET", f"{queries.LISTED_USERS}/{queries.UNKNOWN}/profiles"),
    ("PUT", f"{queries.LISTED_USERS}/x/profiles"),
    ("DELETE", f"{queries.LISTED_USERS}/x/profiles/y"),
    ("PUT", f"{queries.PROFILES}/x/users"),
    ("GET", "/api/usage-analytics/users/analytics"),
    ("POST", "/api/plugins"),
]


@pytest.mark.parametrize(("method", "path"), UNSERVED)
def test_what_is_not_simulated_is_501_or_404(jetbrains_ide: Client, method: str, path: str) -> None:
    answer = jetbrains_ide.send(method, path)
    assert (answer.status, answer.json["error"], answer.headers.get("Allow")) == (501, "Not Implemented", None)
    assert answer.message == f"{method} {path} is not simulated"
    assert jetbrains_ide.bearing(None).send(method, path).status == 401
    hidden = jetbrains_ide.switched(unserved="not_found").send(method, path)
    assert (hidden.status, hidden.json["error"], hidden.headers.get("Allow")) == (404, "Not Found", None)
    assert hidden.message == f"there is nothing at {path}"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PATCH", queries.LISTED_USERS, 405),
        ("GET", f"{queries.LISTED_USERS}/x", 404),
        ("GET", f"{queries.LISTED_USERS}/x/profiles/y", 404),
        ("PUT", f"{queries.LISTED_USERS}//profiles", 404),
        ("POST", f"{queries.LISTED_USERS}/", 404),
        ("GET", "/api/usage-analytics/users", 404),
        ("GET", "/api/plugins", 404),
    ],
)
def test_what_the_vendor_does_not_have_is_404_or_405(
    jetbrains_ide: Client, method: str, path: str, status: int
) -> None:
    assert jetbrains_ide.send(method, path).status == status


def test_listing_all_users_often_is_a_finding(jetbrains_ide: Client) -> None:
    control = jetbrains_ide.app.test_client()
    for times, rules in ((2, set()), (1, {"users-polled"})):
        for _ in range(times):
            jetbrains_ide.got(queries.LISTED_USERS, limit=1000)
        findings = control.get("/_mock/lint").get_json()["findings"]
        assert {each["rule"] for each in findings} & {"users-polled"} == rules
