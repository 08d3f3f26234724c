"""Defects in pages, in every list of every vendor that pages, under every option of its switches."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.paging_defects import EMPTY_PAGE, REPEATS, TWICE
from mockserver.gateway.vendor import Vendor
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract import defects, probes
from tests.contract.client import Client
from tests.fidelity import seen

VENDORS = {vendor.name: vendor for vendor in vendors.discover() if vendor.pages is not None}
SIZE, PAGES_READ = 3, 5

Lists = Mapping[str, dict[str, Any]]


@pytest.fixture(params=VENDORS.values(), ids=[*VENDORS])
def client(request: pytest.FixtureRequest) -> Client:
    """A client of a vendor that pages."""
    vendor: Vendor = request.param
    return clients.opened(create_app(SETTINGS), vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])


@pytest.fixture
def lists(client: Client) -> Lists:
    """The query of each list in small pages, by its path."""
    found, paging = {}, client.vendor.pages
    assert paging is not None
    for path, query in probes.of(client.vendor).answered(client).items():
        client.get(path, query)
        if client.sandbox.journal.records()[-1].request.operation in paging.rows:
            first = {paging.position: "0"} if paging.by_offset else {}
            found[path] = {**query, paging.size: SIZE, **first}
    return found


def pages(client: Client, path: str, query: Mapping[str, Any]) -> list[list[Any]]:
    """The rows of the first pages of a list, whose links are followed; the counts in each are right."""
    found: list[list[Any]] = []
    following: Mapping[str, str | int] | None = {}
    while following is not None and len(found) < PAGES_READ:
        body = client.got(path, **{**query, **following})
        found.append(clients.rows(body))
        counts = {**body.get("meta", {}), **body.get("metadata", {})}
        counted = [counts[name] for name in counts if name == "count" or name.startswith("returned_")]
        assert counted in ([], [len(found[-1])])
        following = probes.of(client.vendor).next_page(body)
    return found


def with_and_without(client: Client, lists: Lists, name: str) -> Iterator[tuple[list[list[Any]], list[list[Any]]]]:
    """The pages of each list with a defect and without, under every option that does not refuse the request.

    Lists of one page are unchanged.
    """
    longer = 0
    for options in seen.variations(client.vendor.switches):
        client.sandbox.set_policy({client.vendor.name: options})
        for path, query in lists.items():
            client.sandbox.set_defects(())
            if client.get(path, query).status != 200:
                continue
            plain = pages(client, path, query)
            client.sandbox.set_defects((defects.armed(name),))
            changed = pages(client, path, query)
            if len(plain) == 1:
                assert changed == plain
            else:
                longer += 1
                yield changed, plain
    assert longer, "no list has more than one page"


def test_second_page_leads_to_itself_for_ever(client: Client, lists: Lists) -> None:
    for changed, plain in with_and_without(client, lists, REPEATS):
        assert changed == [plain[0], *[plain[1]] * (PAGES_READ - 1)]


def test_second_page_is_empty_and_no_row_is_lost_behind_it(client: Client, lists: Lists) -> None:
    for changed, plain in with_and_without(client, lists, EMPTY_PAGE):
        assert changed == [plain[0], [], *plain[1:]][:PAGES_READ]


def test_row_is_on_two_consecutive_pages_and_no_row_is_lost(client: Client, lists: Lists) -> None:
    for changed, plain in with_and_without(client, lists, TWICE):
        assert changed[0] == plain[0]
        assert changed[1][0] == changed[0][-1]
        once = [row for page in changed for row in page]
        once = [row for before, row in pairwise([None, *once]) if row != before]
        whole = [row for page in plain for row in page]
        length = min(len(once), len(whole))
        assert once[:length] == whole[:length]
        assert all(len(page) <= SIZE for page in changed)


def test_disarmed_defect_is_gone_at_once_in_the_middle_of_a_list(client: Client, lists: Lists) -> None:
    following = probes.of(client.vendor).next_page
    for name in (EMPTY_PAGE, REPEATS, TWICE):
        for path, query in lists.items():
            client.sandbox.set_defects(())
            plain = pages(client, path, query)
            client.sandbox.set_defects((defects.armed(name),))
            link = following(client.got(path, **query))
            client.sandbox.set_defects(())
            if link is not None and name != TWICE:
                assert clients.rows(client.got(path, **{**query, **link})) == plain[1]
            assert pages(client, path, query) == plain
