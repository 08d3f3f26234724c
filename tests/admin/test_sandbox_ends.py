"""Promises about the end of sandboxes: deleted or outlived, one is gone without a trace; and there are only so many.

How one is made stays out (`test_sandboxes`).
"""

import gc
import weakref
from dataclasses import replace

import pytest

from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.simulation import clock
from tests.admin.driver import Admin
from tests.admin.sandboxes import asked, made, state


class Time:
    """Real time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 5_000_000_000

    def __call__(self) -> int:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += int(seconds * 10**9)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Real time, in hand."""
    told = Time()
    monkeypatch.setattr(clock, "elapsed", told)
    return told


def test_a_deleted_sandbox_is_unknown_and_so_are_its_tokens(admin: Admin) -> None:
    kept, gone = made(admin), made(admin)
    extra = admin.ask("POST", f"/sandboxes/{gone['id']}/tokens", {"vendor": "augment", "permission": "granted"}).json
    assert asked(admin, gone)[0] == 200
    assert admin.ask("DELETE", f"/sandboxes/{gone['id']}").status == 204
    assert [asked(admin, each)[0] for each in (kept, gone)] == [200, 401]
    assert admin.vendor(token=extra["token"]) == 401
    assert [each["id"] for each in admin.get("/sandboxes")["sandboxes"]] == ["default", kept["id"]]
    for path in ("", "/clock", "/requests", "/tokens"):
        admin.refused("GET", f"/sandboxes/{gone['id']}{path}", status=404)
    admin.refused("DELETE", f"/sandboxes/{gone['id']}", status=404)


def test_the_first_sandbox_cannot_be_deleted(admin: Admin) -> None:
    said = admin.refused("DELETE", "/sandboxes/default", status=409).detail
    assert "POST /_mock/reset" in said
    assert admin.vendor() == 200


def test_an_id_or_token_is_never_used_again(admin: Admin) -> None:
    seen: set[str] = set()
    for _ in range(5):
        sandbox = made(admin)
        mine = {sandbox["id"], *(text for tokens in sandbox["tokens"].values() for text in tokens.values())}
        assert not seen & mine
        seen |= {text for text in mine if sandbox["id"] in text}
        admin.ask("DELETE", f"/sandboxes/{sandbox['id']}")


def test_a_token_kept_from_another_server_opens_nothing(settings: Settings) -> None:
    here, there = (Admin(create_app(settings), {"Host": "localhost"}) for _ in range(2))
    mine, other = made(here), made(there)
    assert mine["id"] != other["id"]
    assert asked(there, mine)[0] == 401
    there.refused("GET", f"/sandboxes/{mine['id']}", status=404)


def test_nothing_of_a_deleted_sandbox_is_kept(admin: Admin) -> None:
    sandbox = made(admin, limits={"augment": "documented"})
    assert [asked(admin, sandbox)[0] for _ in range(2)] == [200, 200]
    held = state(admin)
    inner = held.find(sandbox["id"])
    assert inner is not None
    parts = [weakref.ref(part) for part in (inner, inner.journal)]
    del inner
    admin.ask("DELETE", f"/sandboxes/{sandbox['id']}")
    gc.collect()
    assert [part() for part in parts] == [None, None]
    assert sandbox["id"] not in str(vars(held.answers))
    assert sandbox["id"] not in str(held.redaction_markers)


def test_sandboxes_that_come_and_go_leave_no_memory_behind(admin: Admin) -> None:
    def turns(number: int) -> int:
        for _ in range(number):
            sandbox = made(admin)
            asked(admin, sandbox)
            admin.ask("DELETE", f"/sandboxes/{sandbox['id']}")
        gc.collect()
        return len(gc.get_objects())

    before = turns(5)
    assert turns(50) - before < 100


def test_a_sandbox_lives_as_long_as_it_should_and_vanishes_wholly(admin: Admin, time: Time) -> None:
    short, long, ever = made(admin, ttl_seconds=1.5), made(admin, ttl_seconds=60), made(admin)
    assert asked(admin, short)[0] == 200
    inner = weakref.ref(state(admin).find(short["id"]) or object)
    time.passes(1.4)
    assert asked(admin, short)[0] == 200
    time.passes(0.1)
    assert asked(admin, short)[0] == 401
    gc.collect()
    assert inner() is None
    admin.refused("GET", f"/sandboxes/{short['id']}", status=404)
    time.passes(59)
    assert [each["id"] for each in admin.get("/sandboxes")["sandboxes"]] == ["default", ever["id"]]
    admin.refused("GET", f"/sandboxes/{long['id']}/clock", status=404)
    assert asked(admin, ever)[0] == 200


def test_a_sandbox_vanishes_though_nobody_but_the_control_plane_asks(admin: Admin, time: Time) -> None:
    sandbox = made(admin, ttl_seconds=1)
    time.passes(1)
    admin.refused("GET", f"/sandboxes/{sandbox['id']}/requests", status=404)
    assert asked(admin, sandbox)[0] == 401


def test_a_sandboxes_own_clock_has_nothing_to_do_with_its_time_to_live(admin: Admin, time: Time) -> None:
    sandbox = made(admin, ttl_seconds=10)
    admin.done("POST", f"/sandboxes/{sandbox['id']}/clock/advance", {"days": 30})
    time.passes(9)
    assert asked(admin, sandbox)[0] == 200


def test_real_time_passes_by_itself() -> None:
    first = clock.elapsed()
    assert isinstance(first, int)
    assert clock.elapsed() >= first


@pytest.fixture
def narrow(settings: Settings) -> Admin:
    """A client of a server that holds two sandboxes beside the first."""
    return Admin(create_app(replace(settings, sandboxes_maximum=2)), {"Host": "localhost"})


def test_one_too_many_is_refused_with_the_ways_out(narrow: Admin) -> None:
    first, _ = made(narrow), made(narrow)
    said = narrow.refused("POST", "/sandboxes", {}, status=409).detail
    assert said.startswith("there are 2 sandboxes beside the default one")
    for way in (
        f"/_mock/sandboxes/{first['id']}",
        "ttl_seconds",
        "--sandboxes-maximum",
        "MOCKSERVER_SANDBOXES_MAXIMUM",
    ):
        assert way in said
    narrow.ask("DELETE", f"/sandboxes/{first['id']}")
    made(narrow)


def test_one_that_has_ended_makes_room(narrow: Admin, time: Time) -> None:
    made(narrow)
    made(narrow, ttl_seconds=5)
    narrow.refused("POST", "/sandboxes", {}, status=409)
    time.passes(5)
    made(narrow)


def test_a_server_can_be_told_to_hold_none_but_the_first(settings: Settings) -> None:
    alone = Admin(create_app(replace(settings, sandboxes_maximum=0)), {"Host": "localhost"})
    assert "DELETE" not in alone.refused("POST", "/sandboxes", {}, status=409).detail
    assert alone.vendor() == 200


def test_the_journal_of_each_sandbox_is_as_long_as_stated(settings: Settings) -> None:
    admin = Admin(create_app(replace(settings, journal_size=3)), {"Host": "localhost"})
    sandbox = made(admin)
    for _ in range(5):
        asked(admin, sandbox)
    admin.vendor()
    told = admin.get(f"/sandboxes/{sandbox['id']}/requests")["requests"]
    assert [entry["id"] for entry in told] == [3, 4, 5]
    assert len(admin.get("/requests")["requests"]) == 1
