"""Promises about clients: whichever library they are built on, they meet their sandbox, and faults of the socket."""

import asyncio
from collections.abc import Iterator

import aiohttp
import httpx
import pytest
import requests
import urllib3

from mockserver.pytest_plugin.home import ServerManager
from mockserver.pytest_plugin.sandboxes import Sandbox

PATH = "/api/v1/organization/teams"


@pytest.fixture
def far(running: str) -> Iterator[Sandbox]:
    """A sandbox behind a socket, whose second answer is cut off."""
    with ServerManager(running, None, {}).server().sandbox() as made:
        made.faults.add(vendor="tabnine", skip=1, reset=True)
        yield made


def test_requests(far: Sandbox) -> None:
    with requests.Session() as client:
        client.headers.update(far.headers("tabnine"))
        client.trust_env = False
        assert client.get(far.url + PATH, timeout=10).json()["data"]
        with pytest.raises(requests.ConnectionError):
            client.get(far.url + PATH, timeout=10)
    far.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)


def test_httpx(far: Sandbox) -> None:
    with httpx.Client(base_url=far.url, headers=far.headers("tabnine"), trust_env=False) as client:
        assert client.get(PATH).json()["data"]
        with pytest.raises(httpx.TransportError):
            client.get(PATH)
    far.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)


def test_aiohttp(far: Sandbox) -> None:
    async def ask() -> None:
        async with aiohttp.ClientSession(far.url, headers=far.headers("tabnine")) as client:
            async with client.get(PATH) as answer:
                assert (await answer.json())["data"]
            with pytest.raises(aiohttp.ClientError):
                await client.post(PATH)

    asyncio.run(ask())
    far.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)


def test_urllib3(far: Sandbox) -> None:
    with urllib3.PoolManager(headers=far.headers("tabnine"), retries=False) as client:
        assert client.request("GET", far.url + PATH).json()["data"]
        with pytest.raises(urllib3.exceptions.ProtocolError):
            client.request("GET", far.url + PATH)
    far.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)
