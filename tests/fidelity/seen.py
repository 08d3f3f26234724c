"""What a vendor really serves: the fields, errors and headers of every answer to its probes, under every option.

Which of these need a row in the ledger is in `test_served`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from mockserver.gateway import view
from mockserver.gateway.limits import Allowance
from mockserver.gateway.switches import AnySwitch, Option, Renaming
from mockserver.gateway.vendor import Vendor
from tests.contract import client as clients
from tests.contract import probes
from tests.contract.client import Answer, Client
from tests.contract.probes import Queries

_HTTP_HEADERS = {"Content-Type", "Content-Length", "Date"}


@dataclass(slots=True)
class Seen:
    """Fields as "operation path", paths of fields in errors, statuses of errors, and headers as "status name"."""

    fields: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)

    def note(self, client: Client, answer: Answer) -> None:
        """Record an answer; its request is the last in the journal."""
        record = client.sandbox.journal.records()[-1]
        self.headers |= {f"{answer.status} {name}" for name in {*answer.headers.keys()} - _HTTP_HEADERS}
        if answer.status < 400:
            operation = record.request.operation
            self.fields |= {f"{operation} {path}" for path in keys(answer.json)} if answer.body else set()
        else:
            self.statuses.add(str(answer.status))
            self.refused |= set(keys(answer.json))


def keys(part: Any, at: str = "") -> Iterator[str]:
    """The path of every key of a body, as the ledger writes it."""
    if isinstance(part, list):
        for each in part:
            yield from keys(each, f"{at}[]")
    elif isinstance(part, dict):
        for name, each in part.items():
            path = f"{at}.{name}" if at else name
            yield path
            yield from keys(each, path)


def variations(switches: tuple[AnySwitch, ...]) -> Iterator[dict[str, Option]]:
    """The defaults, and then other options of one switch at a time; nothing is renamed."""
    yield {}
    for switch in switches:
        if not isinstance(switch, Renaming):
            yield from (
                {switch.name: option} for option in {switch.options[0], switch.options[-1], *switch.options[:3]}
            )


def everything(client: Client, vendor: Vendor, organization: str, patch: pytest.MonkeyPatch) -> Seen:
    """What a vendor serves under every option, and every way in which it refuses."""
    seen = Seen()
    queries = probes.of(vendor).answered(client)
    for options in variations(vendor.switches):
        client.sandbox.set_policy({vendor.name: options})
        _answer(seen, client, queries)
        _refuse(seen, client, vendor, organization, queries)
    client.sandbox.reset()
    _fail(seen, client, vendor, patch)
    return seen


def _answer(seen: Seen, client: Client, queries: Queries) -> None:
    client = client.signed_in()
    for path, query in queries.items():
        seen.note(client, client.get(path, query))
    for path, body in probes.of(client.vendor).posted:
        seen.note(client, client.post(path, body))
    if client.exchange is not None:
        grant = b"grant_type=client_credentials"
        _sign_in(seen, client, client.exchange.authorization, grant)
        _sign_in(seen, client, client.exchange.authorization, b"grant_type=password")
        _sign_in(seen, client, None, grant)


def _sign_in(seen: Seen, client: Client, authorization: str | None, form: bytes) -> None:
    assert client.exchange is not None
    sender = replace(client, mount="", authorization=authorization)
    headers = {"Content-Type": clients.FORM}
    seen.note(client, sender.send("POST", client.exchange.path, headers=headers, body=form))


def _refuse(seen: Seen, client: Client, vendor: Vendor, organization: str, queries: Queries) -> None:
    client = client.signed_in()
    path = next(iter(queries))
    forbidden = clients.opened(client.app, vendor, f"mock-{vendor.name}-{organization}-forbidden", client.mount)
    answers = [
        client.bearing(None).get(path),
        forbidden.get(path, queries[path]),
        client.get("/nowhere"),
        client.send("POST", path),
        *(client.get(path, query) for path, query in probes.of(vendor).refused.items()),
        *(replace(client, mount="", others=()).send(*each) for each in _unserved(vendor)),
    ]
    client.sandbox.set_limits({vendor.name: Allowance(per_minute=1, burst=1)})
    answers += [client.get(path, queries[path]) for _ in range(2)]
    client.sandbox.set_limits({})
    for answer in answers:
        seen.note(client, answer)
    for target in probes.of(vendor).others:
        seen.note(client, client.get(*target.split("?")))


def _unserved(vendor: Vendor) -> list[tuple[str, str]]:
    """Methods and paths that are known and not simulated, with values for the paths' variables."""
    paths = () if vendor.unserved is None else vendor.unserved.paths
    return [((*each.methods, "GET")[0], re.sub("<[^>]*>", "x", each.path)) for each in paths]


def _fail(seen: Seen, client: Client, vendor: Vendor, patch: pytest.MonkeyPatch) -> None:
    """A failure of the server itself, for which every vendor has an answer."""

    def fail(*_: object) -> str:
        raise RuntimeError("the wheel came off")

    client = client.signed_in()
    for path, query in probes.of(vendor).answered(client).items():
        with patch.context() as only:
            only.setattr(view, "respond", fail)
            seen.note(client, client.get(path, query))
