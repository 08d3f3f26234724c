"""The end of sandboxes: deleted or expired, nothing of them is left; and their number is limited."""

import gc
import weakref
from dataclasses import replace

import pytest

from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.simulation import clock
from tests.admin.driver import Admin
from tests.admin.sandboxes import made, registry, send


class Time:
    """Real time that advances only when a test moves it."""

    def __init__(self) -> None:
        self.now = 5_000_000_000

    def __call__(self) -> int:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += int(seconds * 10**9)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The real time of the server, moved by the test."""
    time = Time()
    monkeypatch.setattr(clock, "elapsed", time)
    return time


def test_deleted_sandbox_and_its_tokens_are_unknown(admin: Admin) -> None:
    kept, gone = made(admin), made(admin)
    extra = admin.send("POST", f"/sandboxes/{gone['id']}/tokens", {"vendor": "augment", "permission": "granted"}).json
    assert send(admin, gone)[0] == 200
    assert admin.send("DELETE", f"/sandboxes/{gone['id']}").status == 204
    assert [send(admin, each)[0] for each in (kept, gone)] == [200, 401]
    assert admin.vendor(token=extra["token"]) == 401
    assert [each["id"] for each in admin.get("/sandboxes")["sandboxes"]] == ["default", kept["id"]]
    for path in ("", "/clock", "/requests", "/tokens"):
        admin.refused("GET", f"/sandboxes/{gone['id']}{path}", status=404)
    admin.refused("DELETE", f"/sandboxes/{gone['id']}", status=404)


def test_default_sandbox_cannot_be_deleted(admin: Admin) -> None:
    message = admin.refused("DELETE", "/sandboxes/default", status=409).detail
    assert "POST /_mock/reset" in message
    assert admin.vendor() == 200


def test_ids_and_tokens_are_never_reused(admin: Admin) -> None:
    seen: set[str] = set()
    for _ in range(5):
        sandbox = made(admin)
        mine = {sandbox["id"], *(text for tokens in sandbox["tokens"].values() for text in tokens.values())}
        assert not seen & mine
        seen |= {text for text in mine if sandbox["id"] in text}
        admin.send("DELETE", f"/sandboxes/{sandbox['id']}")


def test_token_of_another_server_opens_nothing(settings: Settings) -> None:
    here, there = (Admin(create_app(settings), {"Host": "localhost"}) for _ in range(2))
    mine, other = made(here), made(there)
    assert mine["id"] != other["id"]
    assert send(there, mine)[0] == 401
    there.refused("GET", f"/sandboxes/{mine['id']}", status=404)


def test_nothing_of_a_deleted_sandbox_is_kept(admin: Admin) -> None:
    sandbox = made(admin, limits={"augment": "documented"})
    assert [send(admin, sandbox)[0] for _ in range(2)] == [200, 200]
    held = registry(admin)
    inner = held.find(sandbox["id"])
    assert inner is not None
    parts = [weakref.ref(part) for part in (inner, inner.journal)]
    del inner
    admin.send("DELETE", f"/sandboxes/{sandbox['id']}")
    gc.collect()
    assert [part() for part in parts] == [None, None]
    assert sandbox["id"] not in str(vars(held.answers))
    assert sandbox["id"] not in str(held.redactor.secrets)


@pytest.mark.memory("a server keeps what it has read of the engine")
def test_deleted_sandboxes_leak_no_memory(admin: Admin) -> None:
    def cycles(number: int) -> int:
        for _ in range(number):
            sandbox = made(admin)
            send(admin, sandbox)
            admin.send("DELETE", f"/sandboxes/{sandbox['id']}")
        gc.collect()
        return len(gc.get_objects())

    before = cycles(400)  # Then every cache is full, whichever tests came before.
    assert cycles(50) - before < 50


@pytest.mark.memory("the test moves the time of this process, and not that of the engine")
def test_sandbox_is_deleted_after_its_ttl(admin: Admin, time: Time) -> None:
    short, long, ever = made(admin, ttl_seconds=1.5), made(admin, ttl_seconds=60), made(admin)
    assert send(admin, short)[0] == 200
    inner = weakref.ref(registry(admin).find(short["id"]) or object)
    time.passes(1.4)
    assert send(admin, short)[0] == 200
    time.passes(0.1)
    assert send(admin, short)[0] == 401
    gc.collect()
    assert inner() is None
    admin.refused("GET", f"/sandboxes/{short['id']}", status=404)
    time.passes(59)
    assert [each["id"] for each in admin.get("/sandboxes")["sandboxes"]] == ["default", ever["id"]]
    admin.refused("GET", f"/sandboxes/{long['id']}/clock", status=404)
    assert send(admin, ever)[0] == 200


@pytest.mark.memory("the test moves the time of this process, and not that of the engine")
def test_expired_sandbox_is_unknown_to_the_control_plane(admin: Admin, time: Time) -> None:
    sandbox = made(admin, ttl_seconds=1)
    time.passes(1)
    admin.refused("GET", f"/sandboxes/{sandbox['id']}/requests", status=404)
    assert send(admin, sandbox)[0] == 401


def test_ttl_ignores_the_sandbox_clock(admin: Admin, time: Time) -> None:
    sandbox = made(admin, ttl_seconds=10)
    admin.done("POST", f"/sandboxes/{sandbox['id']}/clock/advance", {"days": 30})
    time.passes(9)
    assert send(admin, sandbox)[0] == 200


def test_ttl_runs_in_real_time() -> None:
    first = clock.elapsed()
    assert isinstance(first, int)
    assert clock.elapsed() >= first


@pytest.fixture
def narrow(settings: Settings) -> Admin:
    """A client of a server that holds two sandboxes beside the first."""
    return Admin(create_app(replace(settings, sandboxes_maximum=2)), {"Host": "localhost"})


def test_too_many_sandboxes_are_refused_with_advice(narrow: Admin) -> None:
    first, _ = made(narrow), made(narrow)
    message = narrow.refused("POST", "/sandboxes", {}, status=409).detail
    assert message.startswith("there are 2 sandboxes beside the default one")
    for way in (
        f"/_mock/sandboxes/{first['id']}",
        "ttl_seconds",
        "--sandboxes-maximum",
        "MOCKSERVER_SANDBOXES_MAXIMUM",
    ):
        assert way in message
    narrow.send("DELETE", f"/sandboxes/{first['id']}")
    made(narrow)


@pytest.mark.memory("the test moves the time of this process, and not that of the engine")
def test_expired_sandbox_makes_room(narrow: Admin, time: Time) -> None:
    made(narrow)
    made(narrow, ttl_seconds=5)
    narrow.refused("POST", "/sandboxes", {}, status=409)
    time.passes(5)
    made(narrow)


def test_server_may_allow_only_the_default_sandbox(settings: Settings) -> None:
    alone = Admin(create_app(replace(settings, sandboxes_maximum=0)), {"Host": "localhost"})
    assert "DELETE" not in alone.refused("POST", "/sandboxes", {}, status=409).detail
    assert alone.vendor() == 200


def test_journal_size_applies_to_each_sandbox(settings: Settings) -> None:
    admin = Admin(create_app(replace(settings, journal_size=3)), {"Host": "localhost"})
    sandbox = made(admin)
    for _ in range(5):
        send(admin, sandbox)
    admin.vendor()
    entries = admin.get(f"/sandboxes/{sandbox['id']}/requests")["requests"]
    assert [entry["id"] for entry in entries] == [3, 4, 5]
    assert len(admin.get("/requests")["requests"]) == 1
