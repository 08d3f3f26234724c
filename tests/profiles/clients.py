"""Two clients that read every vendor with the same program: a careful one, and a naive one.

The careful one repeats a request that failed, and waits before; it reads days again when they are final, and takes what
it does not know. The naive one trusts that each request succeeds, that days never change, and that rows never do.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.conduct import careful
from tests.conduct.surfaces import AUGMENT, CONSOLE, IDE, TABNINE, Surfaces
from tests.contract.client import FORM, basic

READERS = (careful.read_augment, careful.read_tabnine, careful.read_ide, careful.read_console)
CREDENTIALS = basic("mock-jetbrains-console-acme", "mock-secret")
WAITS = (6, 12, 24, 48, 96)
"""Seconds before each further attempt, if the answer has no Retry-After."""
UNTIL_FINAL = 3 * 86_400
"""Seconds until the newest published day is final."""
PERSON = {"user_email", "service_account_name"}
"""The fields of a person at Augment that the naive client knows."""
ROLES = {"Admin", "Manager", "Member", "TeamLead"}
"""The roles at Tabnine that the naive client knows."""


class RequestFailed(Exception):
    """A request without a usable answer."""


@dataclass(frozen=True, slots=True)
class Client(Surfaces):
    """A client that gives up a request after `timeout` seconds, and keeps the answers that it believes.

    `delays` are the seconds for which the server has delayed answers. A tolerant client takes rows with fields and
    values that it does not know, and numbers that are text.
    """

    delays: list[float]
    timeout: float = 5
    waits: tuple[int, ...] = ()
    tolerant: bool = False
    answers: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, authorization: str, **parameters: object) -> tuple[int, Any]:
        """Status and body of a GET; RequestFailed if no attempt succeeds."""
        query = {name: str(value) for name, value in parameters.items()}
        status, body = self._attempts(lambda: self._send("GET", path, authorization, query_string=query))
        if status == 200:
            self.answers[f"{path} {sorted(query.items())}"] = body
        return status, body

    def token(self) -> str:
        """An access token of the Console."""
        path, form = "/api/rest/oauth2/token", b"grant_type=client_credentials"
        _, body = self._attempts(lambda: self._send("POST", path, CREDENTIALS, data=form, content_type=FORM))
        return str(body["access_token"])

    def _attempts(self, send: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
        for wait in self.waits:
            with suppress(RequestFailed):
                return send()
            self.wait(wait)
        return send()

    def _send(self, method: str, path: str, authorization: str, **sent: Any) -> tuple[int, Any]:
        self.delays.clear()
        got = self.app.test_client().open(path, method=method, headers={"Authorization": authorization}, **sent)
        if sum(self.delays) > self.timeout:
            raise RequestFailed(f"{path}: no answer within {self.timeout} s")
        if got.status_code == 429 or got.status_code >= 500 or got.mimetype != "application/json":
            raise RequestFailed(f"{path}: {got.status}")
        try:
            return got.status_code, json.loads(got.data)
        except ValueError as error:
            raise RequestFailed(f"{path}: {error}") from error


def read_carefully(client: Client, *, until_final: bool = False) -> dict[str, int]:
    """The totals of every vendor; RequestFailed if a request fails in the end.

    With `until_final`, Augment's days are read again when they are final.
    """
    for read in READERS:
        read(client)
    if until_final:
        client.wait(UNTIL_FINAL)
        for name in [name for name in client.answers if name.startswith(AUGMENT)]:
            del client.answers[name]
        careful.read_augment(client)
    return totals(client)


def read_naively(client: Client) -> dict[str, int]:
    """The totals of what was read from each vendor until the first failure."""
    for read in READERS:
        with suppress(RequestFailed):
            read(client)
    return totals(client)


def totals(client: Client) -> dict[str, int]:
    """What a dashboard would show: people, days, users, invocations and reports."""
    pages = client.answers.items()
    return {
        "active people": _count(pages, f"{AUGMENT}/dau ", lambda page: _people(client, page)),
        "active days": _count(pages, f"{AUGMENT}/user-activity ", lambda page: _active_days(client, page)),
        "messages": _count(pages, f"{AUGMENT}/user-activity ", _messages),
        "users": _count(pages, f"{TABNINE}/organization/users ", lambda page: _users(client, page)),
        "usage": _count(pages, f"{TABNINE}/organization/usage ", lambda page: len(page["usage"]["data"])),
        "invocations": _count(pages, f"{IDE}/effectiveness/metrics/users.paged ", _invocations),
        "reports": _count(pages, f"{CONSOLE}/", lambda _: 1),
    }


def _people(client: Client, page: Any) -> int:
    """Without service accounts, which have no address."""
    known = [user for user in page["users"] if client.tolerant or user.keys() <= PERSON]
    return sum("user_email" in user for user in known)


def _active_days(client: Client, page: Any) -> int:
    """A naive client leaves out what is no number, as a spreadsheet does."""
    days = [user["active_days"] for user in page["users"]]
    return sum(int(each) for each in days if client.tolerant or isinstance(each, int))


def _messages(page: Any) -> int:
    return sum(user["metrics"]["total_messages"] for user in page["users"])


def _users(client: Client, page: Any) -> int:
    return sum(client.tolerant or user["role"] in ROLES for user in page["data"])


def _invocations(page: Any) -> int:
    return sum(row["invocations"] for row in page["items"])


def _count(pages: Iterable[tuple[str, Any]], prefix: str, count: Callable[[Any], int]) -> int:
    return sum(count(page) for name, page in pages if name.startswith(prefix))
