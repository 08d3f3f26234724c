"""Answers what a surface really serves: the fields, refusals and headers of every answer that it was made to give.

What of it should have a row stays out (`test_served`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from mockserver.gateway import view
from mockserver.gateway.limits import Allowance
from mockserver.gateway.switches import AnySwitch, Option, Renaming
from mockserver.gateway.vendor import Vendor
from tests.contract import client as clients
from tests.contract.client import Answer, Client
from tests.vendors.jetbrains_console import asking as console
from tests.vendors.jetbrains_ide import asking as ide
from tests.vendors.tabnine import asking as tabnine

Questions = Mapping[str, Mapping[str, Any]]
"""Queries by path."""

_SAID_BY_HTTP = {"Content-Type", "Content-Length"}


@dataclass(slots=True)
class Seen:
    """Fields as "operation path", paths of fields in refusals, statuses of refusals, and headers as "status name"."""

    fields: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)

    def note(self, client: Client, answer: Answer) -> None:
        """Take an answer down; what was asked is the last entry of the journal."""
        *_, entry = client.sandbox.journal
        self.headers |= {f"{answer.status} {name}" for name in {*answer.headers.keys()} - _SAID_BY_HTTP}
        if answer.status < 400:
            self.fields |= {f"{entry.operation} {path}" for path in keys(answer.json)}
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


def _augment(_: Client) -> Questions:
    """On a Sunday there are few people, so that service accounts, which come last, are on the first page."""
    range_, day = {"start_date": "2025-10-13", "end_date": "2025-10-20"}, {"date": "2025-10-19"}
    return {
        "/dau-count": range_,
        "/dau": day,
        "/daily-usage": range_,
        "/user-activity": {**range_, "page_size": 100},
        "/daily-user-activity-by-editor-language": day,
    }


def _tabnine(client: Client) -> Questions:
    """With the usage of somebody who chats, since a rate of nothing is left out; and teams on more than one page."""
    year = ("2025-01-01T00:00:00Z", "2025-10-01T00:00:00Z")
    chats = next(
        user["id"]
        for user in tabnine.users(client)
        if tabnine.buckets(client, *year, userId=user["id"])[0]["chat"]["interactions"]
    )
    told = tabnine.everything(client)
    return {
        **told,
        "/user/usage": {**told["/user/usage"], **tabnine.span(*year), "userId": chats},
        "/organization/teams": {"limit": 2},
    }


def _console(_: Client) -> Questions:
    return {path: {**console.AUTUMN, "groupBy": "month"} for path in console.EVERY}


QUESTIONS: dict[str, Callable[[Client], Questions]] = {
    "augment": _augment,
    "tabnine": _tabnine,
    "jetbrains-ide": lambda _: ide.EVERYTHING,
    "jetbrains-console": _console,
}

REFUSED: dict[str, Questions] = {
    "augment": {"/dau": {"page_size": 0}},
    "tabnine": {"/organization/teams": {"offset": "x"}, "/organization/account-utilizations": {"startDate": "2099-01"}},
    "jetbrains-ide": {ide.TOTALS: {}},
    "jetbrains-console": {console.ADOPTION: {}},
}


def readings(switches: tuple[AnySwitch, ...]) -> Iterator[dict[str, Option]]:
    """The defaults, and then each other reading of a switch alone; names are not changed."""
    yield {}
    for switch in switches:
        if not isinstance(switch, Renaming):
            yield from (
                {switch.name: choice} for choice in {switch.options[0], switch.options[-1], *switch.options[:3]}
            )


def everything(client: Client, vendor: Vendor, organization: str, patch: pytest.MonkeyPatch) -> Seen:
    """What a surface serves in every reading, and every way in which it refuses."""
    seen = Seen()
    questions = QUESTIONS[vendor.name](client)
    for reading in readings(vendor.switches):
        client.sandbox.set_policy({vendor.name: reading})
        _look(seen, client, questions)
        _refuse(seen, client, vendor, organization, questions)
    client.sandbox.reset()
    _break(seen, client, vendor, patch)
    return seen


def _look(seen: Seen, client: Client, questions: Questions) -> None:
    client = client.signed_in()
    for path, query in questions.items():
        seen.note(client, client.get(path, query))
    if client.exchange is not None:
        _sign_in(seen, client, client.exchange.authorization, console.GRANT)
        _sign_in(seen, client, client.exchange.authorization, b"grant_type=password")
        _sign_in(seen, client, None, console.GRANT)


def _sign_in(seen: Seen, client: Client, authorization: str | None, form: bytes) -> None:
    asking = replace(client, mount="", authorization=authorization)
    seen.note(client, asking.ask("POST", console.TOKEN, headers=console.FORM, body=form))


def _refuse(seen: Seen, client: Client, vendor: Vendor, organization: str, questions: Questions) -> None:
    client = client.signed_in()
    path = next(iter(questions))
    forbidden = clients.opened(client.app, vendor, f"mock-{vendor.name}-{organization}-forbidden", client.mount)
    asked = [
        client.bearing(None).get(path),
        forbidden.get(path, questions[path]),
        client.get("/nowhere"),
        client.ask("POST", path),
        *(client.get(path, query) for path, query in REFUSED[vendor.name].items()),
    ]
    client.sandbox.set_limits({vendor.name: Allowance(per_minute=1, burst=1)})
    asked += [client.get(path, questions[path]) for _ in range(2)]
    client.sandbox.set_limits({})
    for answer in asked:
        seen.note(client, answer)


def _break(seen: Seen, client: Client, vendor: Vendor, patch: pytest.MonkeyPatch) -> None:
    """A failure of ours, which every vendor words."""

    def broken(*_: object) -> str:
        raise RuntimeError("the wheel came off")

    client = client.signed_in()
    for path, query in QUESTIONS[vendor.name](client).items():
        client.get(path, query)
        with patch.context() as only:
            only.setattr(view, "respond", broken)
            seen.note(client, client.get(path, query))
