"""Offset and limit: allowed values, the metadata of a page, and the last page (contract, section 3)."""

from collections.abc import Callable

import pytest

from tests.contract.client import Client
from tests.vendors.tabnine import queries

NAN = "Expected number, received nan"
NO_NUMBERS = {
    "an exponent": ("1e3", NAN),
    "a word": ("ten", NAN),
    "empty": ("", NAN),
    "a space before": (" 5", NAN),
    "a space behind": ("5 ", NAN),
    "a plus": ("+5", NAN),
    "hexadecimal": ("0x10", NAN),
    "underscores": ("1_0", NAN),
    "an Arabic digit": ("\u0665", NAN),
    "a full-width digit": ("\uff15", NAN),
    "NUL": ("5\0", NAN),
    "a line end": ("5\n", NAN),
    "infinity": ("Infinity", NAN),
    "two": ("5,6", NAN),
    "a fraction": ("1.5", "Expected integer, received float"),
    "a whole fraction": ("5.0", "Expected integer, received float"),
    "negative": ("-1", "Number must be greater than or equal to 0"),
    "very negative": ("-" + "9" * 5_000, "Number must be greater than or equal to 0"),
}
NUMBERS = {
    "zero": ("0", 0),
    "minus zero": ("-0", 0),
    "zeros": ("000", 0),
    "leading zeros": ("0" * 5_000 + "3", 3),
    "one": ("1", 1),
    "a great number": ("999999999", None),
    "beyond 64 bits": (str(10**20), None),
    "5000 digits": ("9" * 5_000, None),
}


def _lists(client: Client) -> list[str]:
    return ["/organization/teams", "/organization/users", f"/team/{queries.teams(client)[0]['id']}/users"]


@pytest.mark.parametrize(("value", "rule"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_offset_or_limit_must_be_a_whole_number_from_0(tabnine: Client, value: str, rule: str) -> None:
    for path in _lists(tabnine):
        for name, other in (("offset", "limit"), ("limit", "offset")):
            answer = tabnine.get(path, {name: value, other: "1"})
            assert (answer.status, answer.faults) == (400, [f"{name}: {rule}"])


@pytest.mark.parametrize(("value", "limit"), NUMBERS.values(), ids=NUMBERS)
def test_limit_has_no_maximum(tabnine: Client, value: str, limit: int | None) -> None:
    for path in _lists(tabnine):
        whole = tabnine.paginate(path, offset=0, limit=0)
        assert tabnine.got(path, offset=0, limit=value)["data"] == whole[: limit or None]


@pytest.mark.parametrize(("value", "offset"), NUMBERS.values(), ids=NUMBERS)
def test_offset_skips_rows(tabnine: Client, value: str, offset: int | None) -> None:
    for path in _lists(tabnine):
        whole = tabnine.paginate(path, offset=0, limit=0)
        rows = whole[offset:] if offset is not None else []
        assert tabnine.got(path, offset=value, limit=0) == {
            "data": rows,
            "meta": {"count": len(rows), "total": len(whole)},
        }


def test_offset_and_limit_are_required_on_user_lists_only(tabnine: Client) -> None:
    teams, *user_lists = _lists(tabnine)
    whole = tabnine.got(teams)
    assert whole == tabnine.got(teams, limit=0) == tabnine.got(teams, offset=0)
    assert whole["meta"]["count"] == whole["meta"]["total"] == len(whole["data"]) == 6
    for path in user_lists:
        assert tabnine.get(path, "limit=1").faults == [f"offset: {NAN}"]
        assert tabnine.get(path, "offset=1").faults == [f"limit: {NAN}"]
        assert tabnine.get(path).faults == [f"offset: {NAN}", f"limit: {NAN}"]


def test_zero_limit_can_be_refused_on_user_lists(tabnine: Client) -> None:
    teams, *user_lists = _lists(tabnine)
    tabnine.switched(zero_limit="reject")
    assert tabnine.get(teams, "limit=0").status == 200
    for path in user_lists:
        for zero in ("0", "-0", "00"):
            answer = tabnine.get(path, {"offset": "0", "limit": zero})
            assert (answer.status, answer.faults) == (400, ["limit: Number must be greater than or equal to 1"])
        assert tabnine.get(path, "offset=0&limit=1").status == 200


def test_page_has_its_total_and_the_next_offset(tabnine: Client) -> None:
    for path in _lists(tabnine):
        whole = tabnine.paginate(path, offset=0, limit=0)
        page = tabnine.got(path, offset=1, limit=2)
        assert page["data"] == whole[1:3]
        assert page["meta"] == {"count": 2, "total": len(whole), "next": {"limit": 2, "offset": 3}}


@pytest.mark.parametrize("option", ["absent", "null"])
def test_last_page_has_no_next_or_null(tabnine: Client, option: str) -> None:
    tabnine.switched(last_next=option)
    expected = {} if option == "absent" else {"next": None}
    for path in _lists(tabnine):
        total = len(tabnine.paginate(path, offset=0, limit=0))
        ends = (
            (0, 0, total),
            (0, total, total),
            (total - 1, 1, 1),
            (total - 1, 5, 1),
            (total, 1, 0),
            (total + 9, 0, 0),
        )
        for offset, limit, count in ends:
            meta = tabnine.got(path, offset=offset, limit=limit)["meta"]
            assert meta == {"count": count, "total": total, **expected}
        assert tabnine.got(path, offset=0, limit=total - 1)["meta"]["next"] == {"limit": total - 1, "offset": total - 1}


def test_teams_can_be_in_the_order_of_the_file(tabnine: Client) -> None:
    by_name = queries.teams(tabnine)
    in_file = [team.name for team in tabnine.sandbox.config.organization.teams]
    tabnine.switched(team_order="created")
    rows = queries.teams(tabnine)
    assert [row["name"] for row in rows] == in_file != sorted(in_file)
    assert sorted(rows, key=lambda row: row["name"]) == by_name


def test_teams_can_have_a_default_limit(opened: Callable[[str], Client]) -> None:
    hooli = opened("hooli")
    everything = hooli.got("/organization/teams")
    hooli.switched(teams_default_limit="50")
    first = hooli.got("/organization/teams")
    hooli.sandbox.reset()
    assert len(everything["data"]) > 50
    assert first["data"] == everything["data"][:50]
    assert first["meta"] == {"count": 50, "total": len(everything["data"]), "next": {"limit": 50, "offset": 50}}


def test_teams_are_ordered_by_name_and_users_by_id(tabnine: Client, initech: Client) -> None:
    for client in (tabnine, initech):
        names = [team["name"] for team in queries.teams(client)]
        assert names == sorted(names)
        for path in _lists(client)[1:]:
            ids = [user["id"] for user in client.paginate(path, offset=0, limit=7)]
            assert ids == sorted(set(ids))
