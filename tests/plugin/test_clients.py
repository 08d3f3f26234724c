"""Clients of several HTTP libraries reach their sandbox, and experience its connection faults."""

import asyncio
from collections.abc import Iterator

import aiohttp
import httpx
import pytest
import requests
import urllib3

from analytics_mockserver.pytest_plugin import MockserverFixture, SandboxFixture

PATH = "/api/v1/organization/teams"


@pytest.fixture
def sandbox(given_server: MockserverFixture) -> Iterator[SandboxFixture]:
    """A sandbox behind a socket that resets the connection of the second request."""
    with given_server.sandbox() as created:
        created.faults.add(vendor="tabnine", skip=1, reset=True)
        yield created


def test_client_on_requests(sandbox: SandboxFixture) -> None:
    with requests.Session() as client:
        client.headers.update(sandbox.headers("tabnine"))
        client.trust_env = False
        assert client.get(sandbox.url + PATH, timeout=10).json()["data"]
        with pytest.raises(requests.ConnectionError):
            client.get(sandbox.url + PATH, timeout=10)
    sandbox.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)


def test_client_on_httpx(sandbox: SandboxFixture) -> None:
    with httpx.Client(base_url=sandbox.url, headers=sandbox.headers("tabnine"), trust_env=False) as client:
        assert client.get(PATH).json()["data"]
        with pytest.raises(httpx.TransportError):
            client.get(PATH)
    sandbox.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)


def test_client_on_aiohttp(sandbox: SandboxFixture) -> None:
    async def fetch() -> None:
        async with aiohttp.ClientSession(sandbox.url, headers=sandbox.headers("tabnine")) as client:
            async with client.get(PATH) as response:
                assert (await response.json())["data"]
            with pytest.raises(aiohttp.ClientError):
                await client.post(PATH)

    asyncio.run(fetch())
    sandbox.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)


def test_client_on_urllib3(sandbox: SandboxFixture) -> None:
    with urllib3.PoolManager(headers=sandbox.headers("tabnine"), retries=False) as client:
        assert client.request("GET", sandbox.url + PATH).json()["data"]
        with pytest.raises(urllib3.exceptions.ProtocolError):
            client.request("GET", sandbox.url + PATH)
    sandbox.requests.assert_made(vendor="tabnine", path=PATH, status=200, count=1)
