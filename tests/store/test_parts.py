"""What seldom happens to servers with a store: clients that leave, entries that are gone, engines that are set back."""

import gc
import http.client
import socket
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from mockserver import server
from mockserver.app import create_app
from mockserver.cli import workers
from mockserver.gateway import kept_headers, socket_features
from mockserver.gateway.faults import FaultRule
from mockserver.gateway.journal import JOURNALED
from mockserver.gateway.known_request import KnownHead, KnownRequest
from mockserver.gateway.socket_features import Head
from mockserver.gateway.store import batches as batches_module
from mockserver.gateway.store import known_sandboxes, opening, shared_journal, shared_registry, stored_sandboxes
from mockserver.gateway.store.address import UnreadableDocument
from mockserver.gateway.store.shared_sandbox import SharedSandbox
from mockserver.settings import Settings, parse_store
from tests.conftest import SERVED
from tests.contract import client as clients
from tests.contract.random_use import LIMITED, LOCAL, PATH, ask, control
from tests.store.engine import PATIENCE, EngineProcess
from tests.store.test_engine_away import own, registry_of

__all__ = ["own"]

pytestmark = [
    pytest.mark.memory("the tests have servers with a store of their own"),
    pytest.mark.in_process("the tests look at the servers themselves"),
]

SEEDED = f"mock-{LIMITED.name}-acme"
GONE = {socket_features.IS_GONE: lambda: True}


def outcomes(app: Flask) -> list[str]:
    return [each["outcome"] for each in control(app, "GET", "/requests")["requests"]]


def test_client_that_leaves_while_it_waits_is_journaled_as_gone(servers: list[Flask]) -> None:
    control(servers[0], "POST", "/faults", {"effect": {"delay_seconds": 20}})
    headers = {**LOCAL, "Authorization": f"Bearer {SEEDED}"}
    servers[1].test_client().open(PATH, headers=headers, environ_overrides=GONE)
    assert outcomes(servers[2]) == ["abandoned"]


def test_client_that_leaves_before_the_engine_answers_is_journaled_as_gone(
    own: Settings, own_engine: EngineProcess
) -> None:
    app = create_app(own)
    with server.in_thread(app) as running:
        address = urlsplit(running.url)
        connection = http.client.HTTPConnection(str(address.netloc))
        for _ in range(2):
            connection.request("GET", PATH, headers={"Authorization": f"Bearer {SEEDED}"})
            connection.getresponse().read()
        own_engine.pause()
        with socket.create_connection(("127.0.0.1", int(address.port or 0))) as leaving:
            head = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SEEDED}\r\n\r\n"
            leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            leaving.sendall(head.encode())
            batches = registry_of(app).batches
            while batches._awaited.added == batches._awaited.done:  # noqa: SLF001
                pass
        connection.request("GET", "/_mock/health", headers={"Host": "localhost"})
        connection.getresponse().read()
        connection.close()
        own_engine.resume()
        while (found := outcomes(app)) != ["answered", "answered", "abandoned"]:
            assert found[:2] == ["answered", "answered"]


def test_request_whose_server_has_ended_is_journaled_as_abandoned(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches_module, "IDLE_SECONDS", 0.05)
    app, other = create_app(own), create_app(own)
    engine, batches = registry_of(app).engine, registry_of(app).batches
    sign = engine.key("r", batches._server)  # noqa: SLF001
    control(other, "POST", "/faults", {"effect": {"delay_seconds": 60}})
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(ask, app, PATH, SEEDED)
        while outcomes(other) != ["in_progress"]:
            assert not answer.done()
        with monkeypatch.context() as patch:
            patch.setattr(engine, "run", lambda *_: [0])
            while outcomes(other) != ["abandoned"]:
                engine.command("DEL", sign)
        while not engine.command("EXISTS", sign):
            assert not answer.done()
        assert outcomes(other) == ["in_progress"]
        control(other, "PUT", "/faults", {"rules": []})
    assert answer.result().status_code == 200
    batches.flush()
    assert outcomes(other) == ["answered"]
    assert not batches.in_progress


def test_rule_that_is_disarmed_at_the_same_server_lets_go_at_once(servers: list[Flask]) -> None:
    control(servers[0], "POST", "/faults", {"effect": {"delay_seconds": 20}})
    [armed] = registry_of(servers[0]).default.faults.armed
    control(servers[0], "PUT", "/faults", {"rules": []})
    assert armed.disarmed.wait(0) is True


def test_entry_that_is_gone_is_passed_over(servers: list[Flask]) -> None:
    for _ in range(3):
        ask(servers[0], PATH, SEEDED)
    engine = registry_of(servers[0]).engine
    engine.command("HDEL", engine.key("j", "default"), 2)
    assert [each["id"] for each in control(servers[1], "GET", "/requests")["requests"]] == [1, 3]


def test_journal_has_bodies_and_cuts_long_queries(servers: list[Flask]) -> None:
    headers = {**LOCAL, "Authorization": f"Bearer {SEEDED}"}
    servers[0].test_client().post(f"{PATH}?x={'y' * 5000}", headers=headers, json={"a": 1})
    [entry] = control(servers[1], "GET", "/requests?include=body")["requests"]
    assert (entry["body"], len(entry["query"])) == ('{"a": 1}', 2049)


def test_answer_with_other_headers_is_journaled_with_them(
    servers: list[Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        ask(servers[0], PATH, SEEDED)
    more = ("X-RateLimit-Limit", "1")
    head = KnownRequest.head

    def with_more(known: KnownRequest, length: int) -> KnownHead:
        kept = head(known, length).head
        headers = (*kept.headers, more)
        return KnownHead(length, Head(kept.status, headers), kept_headers.of_response(headers))

    monkeypatch.setattr(KnownRequest, "head", with_more)
    ask(servers[0], PATH, SEEDED)
    entries = control(servers[1], "GET", "/requests?include=headers")["requests"]
    assert ["X-RateLimit-Limit" in each["response_headers"] for each in entries] == [False, False, True]


def test_rules_are_compared_once_with_a_request_that_is_known(
    servers: list[Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[object, ...]] = []
    concerns = FaultRule.concerns

    def concerns_and_note(rule: FaultRule, *request: Any) -> bool:
        compared.append(request)
        return concerns(rule, *request)

    monkeypatch.setattr(FaultRule, "concerns", concerns_and_note)
    another = next(name for name in SERVED if name != LIMITED.name)
    control(servers[0], "POST", "/faults", {"vendor": another, "effect": {"status": 503}})
    assert [ask(servers[0], PATH, SEEDED).status_code for _ in range(2)] == [200] * 2
    compared.clear()
    assert [ask(servers[0], PATH, SEEDED).status_code for _ in range(5)] == [200] * 5
    assert compared == []
    control(servers[1], "POST", "/faults", {"vendor": LIMITED.name, "effect": {"status": 503}})
    assert [ask(servers[0], PATH, SEEDED).status_code for _ in range(5)] == [503] * 5


def test_engine_that_is_set_back_is_read_again(servers: list[Flask]) -> None:
    ask(servers[0], PATH, SEEDED)
    engine = registry_of(servers[0]).engine
    engine.command("HSET", engine.key("s", "default"), "v", 5)
    assert ask(servers[0], PATH, SEEDED).status_code == 200
    assert [getattr(each, "version", 0) for each in registry_of(servers[0]).sandboxes] == [5]


def test_few_sandboxes_are_kept_and_others_are_read_again(
    servers: list[Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_sandboxes, "KNOWN_MAXIMUM", 2)
    made = [control(servers[0], "POST", "/sandboxes", {})["tokens"][LIMITED.name]["token"] for _ in range(3)]
    assert [ask(servers[0], PATH, token).status_code for token in (*made, SEEDED)] == [200] * 4


def test_many_sandboxes_are_read_in_few_round_trips(servers: list[Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_sandboxes, "_READ_AT_ONCE", 5)
    made = [registry_of(servers[0]).make_sandbox(registry_of(servers[0]).default.config).id for _ in range(11)]
    engine, sizes = registry_of(servers[1]).engine, list[int]()
    commands = engine.commands

    def commands_and_note(*given: tuple[str | int, ...]) -> list[Any]:
        sizes.append(len(given))
        return commands(*given)

    monkeypatch.setattr(engine, "commands", commands_and_note)
    assert [each.id for each in registry_of(servers[1]).sandboxes] == ["default", *made]
    assert sizes == [5, 5, 2, 5, 5, 1]


def test_list_of_sandboxes_drops_none_that_are_known(servers: list[Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_sandboxes, "KNOWN_MAXIMUM", 4)
    for _ in range(9):
        registry_of(servers[0]).make_sandbox(registry_of(servers[0]).default.config)
    registry, read = registry_of(servers[1]), list[str]()
    learn = registry._learn  # noqa: SLF001

    def learn_and_note(sandbox_id: str, *args: Any, **more: Any) -> SharedSandbox:
        read.append(sandbox_id)
        return learn(sandbox_id, *args, **more)

    monkeypatch.setattr(registry, "_learn", learn_and_note)
    for number in (9, 6, 6):
        read.clear()
        assert len(registry.sandboxes) == 10
        assert len(read) == number


def test_sandboxes_that_are_made_alike_share_what_they_have_in_common(servers: list[Flask]) -> None:
    for _ in range(2):
        registry_of(servers[0]).make_sandbox(registry_of(servers[0]).default.config)
    _, one, other = registry_of(servers[1]).sandboxes
    assert one.config is other.config
    assert one.policy.switches is other.policy.switches
    assert one.grants != other.grants


def test_lists_of_audits_end_with_the_sandboxes_that_are_kept(
    servers: list[Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_sandboxes, "KNOWN_MAXIMUM", 2)
    registry = registry_of(servers[0])
    for _ in range(9):
        registry.make_sandbox(registry.default.config)
    gc.collect()
    assert len(registry._audits) == 2  # noqa: SLF001


def test_token_is_found_in_the_store(servers: list[Flask]) -> None:
    made = control(servers[0], "POST", "/sandboxes", {})
    token = made["tokens"][LIMITED.name]["token"]
    found = registry_of(servers[1]).resolve_token(LIMITED.name, token)
    assert found is not None
    assert found[0].id == made["id"]
    assert registry_of(servers[1]).resolve_token(LIMITED.name, "unknown") is None


@pytest.mark.usefixtures("no_garbage_collection")
def test_record_of_an_answered_request_leaves_nothing_to_the_garbage_collector(servers: list[Flask]) -> None:
    headers = [("Host", "localhost"), ("Authorization", f"Bearer {SEEDED}")]
    for _ in range(2):
        environ = EnvironBuilder(PATH, headers=headers).get_environ()
        servers[0](environ, lambda *_: lambda _: None)
        alive = weakref.ref(environ[JOURNALED][1])
        del environ
        registry_of(servers[0]).batches.flush()
        assert alive() is None


def test_sandbox_can_replace_another(servers: list[Flask]) -> None:
    registry = registry_of(servers[0])
    registry.make("own", registry.default.config, [])
    registry.make("own", registry.default.config, [])
    assert [each.id for each in registry_of(servers[1]).sandboxes] == ["default", "own"]


def test_dry_run_leaves_no_entry(servers: list[Flask]) -> None:
    for token, needed in ((SEEDED, True), ("unknown", False)):
        headers = [("Host", "localhost"), ("Authorization", f"Bearer {token}")]
        builder = EnvironBuilder(PATH, method="GET", headers=headers, data=b"{}")
        front: Any = servers[0].wsgi_app
        assert front.needs_body(builder.get_environ()) is needed
    assert outcomes(servers[0]) == []


def test_access_token_ends_by_the_time_of_the_sandbox(servers: list[Flask]) -> None:
    vendor = next(each for each in SERVED.values() if each.token_path is not None)
    opened = clients.opened(servers[0], vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])
    token = str(opened.authorization).split()[1]
    assert [ask(each, vendor.sample_path, token).status_code for each in servers * 2] == [200] * 6
    control(servers[0], "POST", "/clock/advance", {"days": 1})
    assert [ask(each, vendor.sample_path, token).status_code for each in servers] == [401] * 3


def test_change_that_is_overtaken_for_ever_is_given_up(servers: list[Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_registry, "CHANGES_MAXIMUM", 0)
    assert control(servers[0], "PUT", "/limits", {})["status"] == 503


def test_sandbox_of_another_version_is_refused_in_words(servers: list[Flask]) -> None:
    registry = registry_of(servers[0])
    with pytest.raises(UnreadableDocument, match="a sandbox in the store cannot be read"):
        registry._documents.read('{"config": {}}', lambda _: registry.default)  # noqa: SLF001


def test_store_can_be_emptied(shared: Settings, servers: list[Flask]) -> None:
    control(servers[0], "POST", "/sandboxes", {})
    opening.empty_store(parse_store(str(shared.store)))
    assert [each["id"] for each in control(servers[0], "GET", "/sandboxes")["sandboxes"]] == ["default"]


def test_error_of_a_receiver_is_logged_and_others_get_their_results(
    servers: list[Flask], caplog: pytest.LogCaptureFixture
) -> None:
    batches = registry_of(servers[0]).batches

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    batches.send(shared_journal.dumps({"id": 1, "sandbox": "none", "volume": 1}), "text", fail)
    batches.flush()
    assert "what the store has answered is lost" in caplog.text


def test_item_that_comes_when_the_thread_is_about_to_end_is_sent(
    servers: list[Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    batches, is_answered = registry_of(servers[0]).batches, Event()
    changed, item = batches._changed, shared_journal.dumps({"id": 1, "sandbox": "none", "volume": 1})  # noqa: SLF001

    def time_out(_: float | None = None) -> bool:
        monkeypatch.undo()
        changed.release()
        batches.send(item, "text", lambda *_: is_answered.set())
        changed.acquire()
        return False

    monkeypatch.setattr(changed, "wait", time_out)
    batches.send(item, "text", None)
    assert is_answered.wait(PATIENCE)


def test_refusal_of_the_engine_is_a_503_and_logged(servers: list[Flask], caplog: pytest.LogCaptureFixture) -> None:
    engine = registry_of(servers[0]).engine
    engine.command("SET", engine.key("sequence"), "no number")
    assert ask(servers[0], PATH, SEEDED).status_code == 503
    assert "what was sent to the store is lost" in caplog.text


def test_workers_begin_with_an_empty_store(shared: Settings, servers: list[Flask]) -> None:
    control(servers[0], "POST", "/sandboxes", {})
    workers._empty_store(replace(shared, reset_store=True))  # noqa: SLF001
    assert [each["id"] for each in control(servers[0], "GET", "/sandboxes")["sandboxes"]] == ["default"]
