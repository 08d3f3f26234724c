"""Accounts month by month, and the license (contract, section 6)."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from mockserver.organizations import files
from mockserver.products.world import World
from mockserver.simulation.organization import Organization, Team
from mockserver.vendors.tabnine.reports import accounts
from tests.contract.client import Client
from tests.vendors.tabnine import queries

MONTHS = "/organization/account-utilizations"


def _months(client: Client, **query: str) -> list[tuple[int, int]]:
    return [(row["year"], row["month"]) for row in client.got(MONTHS, **query)]


def test_last_twelve_months_are_counted_from_0(tabnine: Client) -> None:
    assert _months(tabnine) == [(2024, 10), (2024, 11), *((2025, month) for month in range(10))]


def test_months_without_a_start_can_be_all_of_them(tabnine: Client) -> None:
    everything = tabnine.got("/organization/account-utilizations", startDate="0001-01")
    tabnine.switched(utilization_default="history")
    assert tabnine.got("/organization/account-utilizations") == everything
    assert len(everything) == 46


STARTS = {
    "a January is month 0": ("2025-01", (2025, 0), 10),
    "a December is month 11": ("2024-12", (2024, 11), 11),
    "the current month": ("2025-10", (2025, 9), 1),
    "the first month": ("2022-01", (2022, 0), 46),
    "a month before the first": ("2021-12", (2022, 0), 46),
    "the first year of all": ("0001-01", (2022, 0), 46),
    "the year before it": ("0000-12", (2022, 0), 46),
}


@pytest.mark.parametrize(("start", "first", "count"), STARTS.values(), ids=STARTS)
def test_months_begin_at_the_start_but_not_before_the_organization(
    tabnine: Client, start: str, first: tuple[int, int], count: int
) -> None:
    result = _months(tabnine, startDate=start)
    assert (result[0], result[-1], len(result)) == (first, (2025, 9), count)
    numbers = [year * 12 + month for year, month in result]
    assert numbers == list(range(numbers[0], numbers[0] + count))


MALFORMED = {
    "month 0": "2025-00",
    "month 13": "2025-13",
    "a day": "2025-01-01",
    "one digit": "2025-1",
    "a short year": "25-01",
    "a long year": "12025-01",
    "empty": "",
    "a slash": "2025/01",
    "a space": "2025-01 ",
    "a line end": "2025-01\n",
    "Arabic digits": "\u0662\u0660\u0662\u0665-\u0660\u0661",
    "a sign": "-025-01",
    "a word": "January",
    "NUL": "2025-01\0",
    "month 13 of the future": "2999-13",
}


@pytest.mark.parametrize("start", MALFORMED.values(), ids=MALFORMED)
def test_malformed_month_is_400(tabnine: Client, start: str) -> None:
    answer = tabnine.get(MONTHS, {"startDate": start})
    assert answer.status == 400
    assert [fault.partition(": ")[0] for fault in answer.faults] == ["startDate"]


@pytest.mark.parametrize("start", ["2025-11", "2026-01", "9999-12"])
def test_future_month_is_422(tabnine: Client, start: str) -> None:
    answer = tabnine.get(MONTHS, {"startDate": start})
    assert answer.json == {
        "error": {"message": f"Unprocessable Entity: startDate: {start} is in the future", "status": 422}
    }


def test_month_begins_on_its_first_second(tabnine: Client) -> None:
    assert tabnine.at("2025-10-31T23:59:59.999Z").get(MONTHS, "startDate=2025-11").status == 422
    assert _months(tabnine.at("2025-11-01T00:00:00Z"), startDate="2025-11") == [(2025, 10)]


def test_new_organization_has_one_empty_month(tabnine: Client) -> None:
    tabnine.at("2020-02-29T12:00:00Z")
    nobody = {"year": 2020, "month": 1, "registered": 0, "deactivated": 0, "active": 0, "pending": 0}
    assert tabnine.got(MONTHS) == tabnine.got(MONTHS, startDate="2019-05") == [nobody]


def test_young_organization_has_fewer_than_twelve_months(tabnine: Client) -> None:
    assert _months(tabnine.at("2022-03-15T00:00:00Z")) == [(2022, 0), (2022, 1), (2022, 2)]


ENDS = {
    0: "2025-01-31T23:59:59Z",
    1: "2025-02-28T23:59:59Z",
    5: "2025-06-30T23:59:59Z",
    8: "2025-09-30T23:59:59Z",
}


@pytest.mark.parametrize(("month", "end"), ENDS.items())
def test_past_month_does_not_change(initech: Client, month: int, end: str) -> None:
    [later] = [row for row in initech.got(MONTHS, startDate="2025-01") if row["month"] == month]
    [*_, then] = initech.at(end).got(MONTHS)
    assert later == then
    assert then["active"] == len(queries.users(initech, active="true"))
    assert then["deactivated"] == len(queries.users(initech, active="false"))


def test_current_month_agrees_with_users_and_teams(initech: Client) -> None:
    for now in ("2025-10-15T00:00:00Z", "2025-10-15T03:30:00Z", "2025-10-15T07:00:00Z", queries.NOW):
        [*_, month] = initech.at(now).got(MONTHS)
        assert month["active"] == len(queries.users(initech, active="true"))
        assert month["deactivated"] == len(queries.users(initech, active="false"))
        for team in queries.teams(initech):
            counts = initech.got("/team/account-utilizations", teamId=team["id"])
            gone = [user for user in queries.team_users(initech, team["id"]) if user["deactivatedAt"]]
            assert counts["deactivated"] == len(gone)
            assert counts["registered"] == team["usersCount"] - len(gone)


def test_registered_counts_accounts_of_any_part_of_the_month(tabnine: Client) -> None:
    """In October 2025 one leaves, and every account lasted for some time."""
    rows = tabnine.got(MONTHS, startDate="2022-01")
    for before, row in pairwise(rows):
        left = row["deactivated"] - before["deactivated"]
        assert row["registered"] == row["active"] + left
        assert row["active"] <= row["registered"]
        assert row["active"] + row["deactivated"] >= before["active"] + before["deactivated"]
    [*_, october] = rows
    assert (october["registered"] - october["active"], october["deactivated"] >= 1) == (1, True)


def test_invitations_are_pending_until_the_account_exists(tabnine: Client) -> None:
    """The file has her account from 2026-03-04 on; the invitation is from some days before."""

    def pending(now: str) -> int:
        [*_, month] = tabnine.at(now).got(MONTHS)
        return int(month["pending"])

    assert pending("2026-03-03T12:00:00Z") >= 1
    [*_, month] = tabnine.got(MONTHS)
    invited = sum(
        tabnine.got("/team/account-utilizations", teamId=team["id"])["invited"] for team in queries.teams(tabnine)
    )
    assert 1 <= invited <= month["pending"]
    assert pending("2026-03-05T00:00:00Z") < pending("2026-03-03T12:00:00Z")


ORGANIZATION = {
    "id": str,
    "name": str,
    "publicKey": str,
    "samlEnabled": bool,
    "smtpConfigured": bool,
    "usernamePasswordEnabled": bool,
    "domains": list,
    "planType": str,
}
LICENCE = {"exp": int, "iat": int, "seats": int, "seatsCap": int, "audience": str, "features": list, "settings": dict}


@pytest.mark.parametrize(("organization", "seats"), [("acme", 60), ("globex", 1700), ("initech", 200), ("empty", 25)])
def test_license_has_the_seats_of_the_file(opened: Callable[[str], Client], organization: str, seats: int) -> None:
    assert opened(organization).got("/license")["license"]["seats"] == seats


@pytest.mark.parametrize("organization", ["acme", "globex", "initech", "empty", "documented"])
def test_organization_and_license_have_the_documented_fields(
    opened: Callable[[str], Client], organization: str
) -> None:
    client = opened(organization)
    result, terms = client.got("/organization"), client.got("/license")
    assert {name: type(value) for name, value in result.items()} == ORGANIZATION
    assert terms.keys() == {"license"}
    assert {name: type(value) for name, value in terms["license"].items()} == LICENCE
    assert result["publicKey"].startswith("-----BEGIN PUBLIC KEY-----\n")
    addresses = [user["email"] for user in client.paginate("/organization/users", offset=0, limit=0)]
    assert {address.partition("@")[2].lower() for address in addresses} & {*result["domains"]}


TERMS = {
    "the documented moment": ("2025-10-21T10:30:00Z", "2025-06-06"),
    "the last second of a term": ("2025-06-05T23:59:59.999Z", "2024-06-06"),
    "the first second of a term": ("2025-06-06T00:00:00Z", "2025-06-06"),
    "before the first term": ("2020-01-01T00:00:00Z", "2019-06-06"),
    "the earliest moment": ("1971-01-01T00:00:00Z", "1970-06-06"),
    "the latest moment": ("2199-12-31T23:59:59Z", "2199-06-06"),
}


@pytest.mark.parametrize(("now", "issued"), TERMS.values(), ids=TERMS)
def test_license_covers_the_current_year(tabnine: Client, now: str, issued: str) -> None:
    result = tabnine.at(now).got("/license")["license"]
    begun = datetime.fromisoformat(issued).replace(tzinfo=UTC)
    assert result["iat"] == begun.timestamp()
    assert result["exp"] == begun.replace(year=begun.year + 1).timestamp()
    assert result["iat"] <= datetime.fromisoformat(now).timestamp() < result["exp"]


@pytest.mark.parametrize("organization", ["acme", "globex", "initech", "empty", "documented"])
def test_every_active_user_has_a_seat_at_any_time(opened: Callable[[str], Client], organization: str) -> None:
    client = opened(organization)
    for now in ("2023-03-01T00:00:00Z", queries.NOW, "2031-01-01T00:00:00Z"):
        result = client.at(now).got("/license")["license"]
        assert result["seatsCap"] >= result["seats"] >= client.got(MONTHS)[-1]["active"]
    client.sandbox.reset()


OWN = """
slug: own
name: Of our own
domain: own.example
seed: 5
people: 3
first_day: 2022-01-03
teams:
  - {name: Everybody, default: true}
turnover: {joiners_percent: 0, leavers_percent: 0}
adoption: {ADOPTION}
special:
  - {email: one@own.example, licences: {tabnine: 2024-03-01}}
"""


@pytest.fixture
def own(tabnine_of: Callable[..., Client], tmp_path: Path) -> Callable[[str], Client]:
    """A client at an organization of our own, with this adoption."""

    def made(adoption: str) -> Client:
        file = tmp_path / "own.yaml"
        file.write_text(OWN.replace("{ADOPTION}", adoption), encoding="utf-8")
        return tabnine_of("own", organization_file=file)

    return made


@pytest.mark.parametrize(
    ("now", "issued", "expires"),
    [
        ("2024-02-29T00:00:00Z", "2024-02-28", "2025-02-28"),
        ("2025-02-27T23:59:59Z", "2024-02-28", "2025-02-28"),
        ("2025-02-28T00:00:00Z", "2025-02-28", "2026-02-28"),
        ("2028-02-28T00:00:00Z", "2028-02-28", "2029-02-28"),
    ],
)
def test_leap_day_license_begins_a_day_early_every_year(
    own: Callable[[str], Client], now: str, issued: str, expires: str
) -> None:
    result = own("{tabnine: {starts: 2024-02-29, seats: 9}}").at(now).got("/license")["license"]
    days = [datetime.fromtimestamp(result[key], UTC).date().isoformat() for key in ("iat", "exp")]
    assert (days, result["seats"]) == ([issued, expires], 9)


def test_account_has_a_seat_even_if_none_was_bought(own: Callable[[str], Client]) -> None:
    client = own("{tabnine: {licensed_percent: 0}}")
    assert client.got(MONTHS)[-1]["active"] == 1
    assert client.got("/license")["license"]["seats"] == 1


def test_organization_without_the_product_has_no_seats() -> None:
    """No file makes such an organization, but its record allows it."""
    made = Organization("bare", "Bare", 2, "bare.example", teams=(Team("All", default=True),))
    result = accounts.license_terms(World(made, files.pool()), datetime(2025, 10, 21, tzinfo=UTC))
    assert (result.iat, result.seats) == (datetime(2025, 1, 3, tzinfo=UTC).timestamp(), 0)
