"""What is seen of a client on the server of one run, also when its tests delete or empty what has been seen."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug import test

from mockserver import server
from mockserver.cli.torture.journals import Evidence, WatchedApp
from mockserver.client import Client, Refused
from tests.contract.watch import Watch

DAY = "/analytics/v0/dau-count?start_date=2025-10-06&end_date=2025-10-06"
FOUND = {("augment", "same-question-again")}
ASKED: set[tuple[str, str | None]] = {("augment", "getDauCount")}


def watched(app: Flask, use: Callable[[Client], object], *, has_faults: bool = False) -> Evidence:
    """What is seen of a client of the app over a socket."""
    watching = WatchedApp(app, has_faults=has_faults)
    with server.in_thread(watching) as running, Client(running.url) as client:
        use(client)
        return watching.evidence()


def send(client: Client, target: str = DAY, token: str = "mock-augment-acme") -> int:
    """The status of an answer."""
    return client.request("GET", target, {"Authorization": f"Bearer {token}"}).status


def send_again(client: Client, token: str = "mock-augment-acme") -> None:
    """Send a request three times, which is a finding of the client lint."""
    for _ in range(3):
        assert send(client, token=token) == 200


def test_successful_requests_are_seen_and_others_are_not(app: Flask) -> None:
    def use(client: Client) -> None:
        assert send(client) == 200
        assert send(client, "/analytics/v0/daily-usage?start_date=none") == 400

    assert watched(app, use).requests == ASKED


def test_findings_of_every_sandbox_are_seen(app: Flask) -> None:
    def use(client: Client) -> None:
        sandbox = client.create_sandbox()
        send_again(client, sandbox.info["tokens"]["augment"]["token"])

    seen = watched(app, use)
    assert (set(seen.findings), seen.requests) == (FOUND, ASKED)
    assert "the same request again within a data day" in next(iter(seen.findings.values()))


def delete_sandbox(client: Client) -> None:
    sandbox = client.create_sandbox()
    send_again(client, sandbox.info["tokens"]["augment"]["token"])
    client.delete_sandbox(sandbox.id)


def reset(client: Client) -> None:
    send_again(client)
    client.reset()


def empty_journal(client: Client) -> None:
    send_again(client)
    client.requests.clear()


def empty_journal_of_a_sandbox(client: Client) -> None:
    sandbox = client.create_sandbox()
    send_again(client, sandbox.info["tokens"]["augment"]["token"])
    sandbox.requests.clear()


@pytest.mark.parametrize("lose", [delete_sandbox, reset, empty_journal, empty_journal_of_a_sandbox])
def test_what_is_lost_was_seen_before(app: Flask, lose: Callable[[Client], None]) -> None:
    seen = watched(app, lose)
    assert (set(seen.findings), seen.requests) == (FOUND, ASKED)


def test_unknown_sandbox_is_the_clients_own_problem(app: Flask) -> None:
    def use(client: Client) -> None:
        with pytest.raises(Refused, match="404"):
            client.delete_sandbox("none")

    assert watched(app, use).requests == set()


def test_faults_are_counted(app: Flask, watch: Watch) -> None:
    def use(client: Client) -> None:
        client.faults.add({"operation": "getDauCount", "times": 2, "effect": {"status": 503}})
        assert [send(client) for _ in range(3)] == [503, 503, 200]

    seen = watched(app, use, has_faults=True)
    assert (seen.faults, seen.answers) == (2, set())
    assert len(watch.take()) == 2, "the faults are not in the OpenAPI file"


def test_same_answers_are_the_same_evidence(app: Flask) -> None:
    def once(client: Client) -> None:
        send(client)

    def twice(client: Client) -> None:
        send(client)
        send(client)
        client.requests.list_all()

    def another(client: Client) -> None:
        client.defects.arm(["dau-count-off-by-one"])
        send(client)

    first = watched(app, once).answers
    assert (len(first), watched(app, twice).answers) == (1, first)
    assert watched(app, another).answers.isdisjoint(first)


def test_answer_is_the_same_evidence_for_a_server_that_reads_beyond_its_end(app: Flask) -> None:
    watching = WatchedApp(app, has_faults=False)
    headers = {"Authorization": "Bearer mock-augment-acme", "Host": "127.0.0.1"}
    answer = test.Client(watching).get(DAY, headers=headers)
    assert (answer.status_code, answer.get_json()["metadata"]["total_days"]) == (200, 1)
    assert watching.evidence().answers == watched(app, send).answers
