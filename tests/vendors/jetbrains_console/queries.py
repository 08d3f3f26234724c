"""Requests to the Console for its tests: reports over ranges, tokens, and sandboxes of made-up organizations."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from mockserver.gateway.switches import Option
from mockserver.gateway.tokens import Grant
from mockserver.simulation.organization import Organization
from mockserver.vendors import jetbrains_console
from tests.contract import client as clients
from tests.contract.client import Answer, Client

TOKEN = "/api/rest/oauth2/token"
FORM = {"Content-Type": clients.FORM}
GRANT = b"grant_type=client_credentials"

ADOPTION = "/v1/adoption/users-adoption/group-by/date"
HITS = "/v2/adoption/limit-hits/group-by/date"
CREDITS = "/v1/adoption/quota-consumption/group-by/date"
REPORTS = (ADOPTION, HITS, CREDITS)
EVERY = tuple(f"/{version}{path[3:]}" for version in ("v1", "v2") for path in REPORTS)
"""Every path of a report, in both versions."""

UNKNOWN = "00000000-0000-4000-8000-000000000000"
"""An id that nobody has."""

IDES = ("IU", "PY", "WS", "GO", "CL", "RD", "PS", "RM", "DB")
GROUPINGS = ("day", "week", "month", "year")

SECRET = "mock-secret"
VENDOR = jetbrains_console.vendor()

_NUMBERS = count()
"""Numbers for the names of sandboxes: answers are cached by name, so each name is used once."""

Row = dict[str, Any]


def span(first: str, last: str, **more: str) -> dict[str, str]:
    """The parameters of a range."""
    return {"fromDate": first, "toDate": last, **more}


AUTUMN = span("2025-09-01", "2025-10-20")


def get_report(client: Client, path: str, first: str, last: str, **more: str) -> Answer:
    """The answer to a request for a range."""
    return client.get(path, span(first, last, **more))


def report(client: Client, path: str, first: str, last: str, **more: str) -> tuple[list[Row], Row]:
    """The rows and the total of a report."""
    answer = get_report(client, path, first, last, **more)
    assert answer.status == 200, answer.body
    return answer.json["data"], answer.json["total"]


def rows(client: Client, path: str, first: str, last: str, **more: str) -> list[Row]:
    """The rows of a report."""
    return report(client, path, first, last, **more)[0]


def total(client: Client, path: str, first: str, last: str, **more: str) -> Row:
    """The total of a report."""
    return report(client, path, first, last, **more)[1]


def everything(client: Client, first: str, last: str, **more: str) -> Row:
    """The totals of all three reports."""
    return {name: value for path in REPORTS for name, value in total(client, path, first, last, **more).items()}


def hundredths(credits_: Iterable[float]) -> list[int]:
    """Credits in whole hundredths, for adding up."""
    return [round(each * 100) for each in credits_]


def role(client: Client, suffix: str = "") -> Client:
    """The same app for another of the seeded clients."""
    found = client.sandbox.config.organization.slug
    return clients.opened(client.app, VENDOR, f"mock-jetbrains-console-{found}{suffix}", client.mount)


def own(
    client: Client,
    organization: Organization,
    name: str = "own",
    groups: tuple[str, ...] | None = None,
    **switches: Option,
) -> Client:
    """A client of a new sandbox with a test's own organization."""
    name, policy = f"{name}-{next(_NUMBERS)}", {VENDOR.name: switches}
    made = replace(client.sandbox.config, organization=organization, seed=organization.seed, policy=policy)
    grant = Grant(name, VENDOR.name, name, permitted=True, secret=SECRET, groups=groups)
    client.state.make(name, made, [grant])
    return clients.opened(client.app, VENDOR, name, client.mount)


def user_id(client: Client, email: str) -> str:
    """The id of the person with an address."""
    identities = client.sandbox.world.identities
    index = identities.index_of_email(email)
    assert index is not None
    return str(identities.of(index).id)


def token(client: Client, authorization: str | None, body: bytes = GRANT, **headers: str) -> Answer:
    """The answer of the token endpoint to some credentials and a form."""
    queries = replace(client, mount="", authorization=authorization)
    return queries.send("POST", TOKEN, headers={**FORM, **headers}, body=body)
