"""The budgets of servers that share a store: a write at any of them is whole, kept, and seen by all."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import redis

from mockserver.app import create_app
from mockserver.gateway.store.shared_memory import WrittenMemories
from mockserver.gateway.store.shared_registry import SharedRegistry
from tests.conftest import SERVED, SETTINGS
from tests.contract.client import Client, opened
from tests.vendors.augment.test_budgets import ADA, INES, MAREK, SEEDED, SET, limits, row


@pytest.fixture
def clients(store: str) -> list[Client]:
    """Clients of two servers with one store."""
    vendor = SERVED["augment"]
    apps = [create_app(replace(SETTINGS, store=store)) for _ in range(2)]
    return [opened(app, vendor, "mock-augment-acme", vendor.mounts[0]) for app in apps]


def test_write_is_seen_at_the_other_server(clients: list[Client]) -> None:
    for limit, client in zip(("1", "2", "3", "4"), clients * 2, strict=True):
        client.posted(SET, overrides=[row(ADA, limit), row(INES, None)])
        assert [limits(each)[ADA] for each in clients] == [limit, limit]


def test_writes_at_both_servers_are_seen_whole(clients: list[Client]) -> None:
    people = [ADA, MAREK, INES]
    clients[0].posted(SET, overrides=[row(email, "0") for email in people])

    def write(number: int) -> set[str]:
        writer, reader = clients[number % 2], clients[number // 2 % 2]
        written = writer.posted(SET, overrides=[row(email, str(number)) for email in people])["overrides"]
        assert {each["config"]["limit"] for each in written} == {str(number)}
        return set(limits(reader, user_emails=people).values())

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(write, range(1, 33)))
    assert all(len(each) == 1 for each in seen)


def test_writes_of_different_people_lose_nothing_of_each_other(clients: list[Client]) -> None:
    people = [each["user_email"] for each in clients[0].got("/user-activity", page_size=24)["users"]]

    def write(numbered: tuple[int, str]) -> None:
        number, email = numbered
        clients[number % 2].posted(SET, overrides=[row(email, "12")])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, enumerate(people)))
    found = limits(clients[1])
    assert {found[email] for email in people} == {"12"}


def test_write_that_is_sent_again_is_made_once(clients: list[Client], monkeypatch: pytest.MonkeyPatch) -> None:
    registry = clients[0].state
    assert isinstance(registry, SharedRegistry)
    run, read, counts = registry.engine.run, registry.memories._read, Counter[str]()  # noqa: SLF001

    def run_and_lose(name: str, *args: str | int) -> Any:
        reply = run(name, *args)
        counts[name] += 1
        if name == "write" and counts[name] == 1:
            raise redis.ConnectionError("the reply is lost")
        return reply

    def read_counted(*args: Any) -> Any:
        counts["read"] += 1
        return read(*args)

    monkeypatch.setattr(registry.engine, "run", run_and_lose)
    monkeypatch.setattr(registry.memories, "_read", read_counted)
    clients[0].posted(SET, overrides=[row(ADA, "7")])
    assert (counts["write"], counts["read"]) == (2, 1)
    assert [limits(each)[ADA] for each in clients] == ["7", "7"]


def test_reset_restores_the_budgets_at_both_servers(clients: list[Client]) -> None:
    clients[0].posted(SET, overrides=[row(ADA, "1")])
    clients[1].sandbox.reset(["memory"])
    assert [limits(each) for each in clients] == [SEEDED, SEEDED]


def test_write_to_a_sandbox_that_is_deleted_meanwhile_is_answered(clients: list[Client]) -> None:
    sandbox = clients[0].state.make_sandbox(clients[0].sandbox.config)
    token = next(grant.token for grant in sandbox.grants.values() if grant.id == "augment-seeded")
    client = clients[0].bearing(f"Bearer {token}")
    respond = WrittenMemories.respond

    def respond_after_deletion(*args: object) -> object:
        clients[1].state.delete(sandbox)
        return respond(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WrittenMemories, "respond", respond_after_deletion)
        client.posted(SET, overrides=[row(ADA, "1")])
    assert client.post(SET, {"overrides": [row(ADA, "1")]}).status == 401
