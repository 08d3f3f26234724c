"""A JSON API that spreads its requests, and repeats them while the API is unavailable or over its rate limit."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

WAITS = (6, 12, 24, 48)
"""Seconds before each repetition, if the answer has no Retry-After."""

UNAVAILABLE = {429, 502, 503, 504}


class ApiError(Exception):
    """An answer that another attempt would not change; the message has the vendor's explanation."""


class Api:
    """An API at a URL, with at least `interval` seconds between two requests. Tests replace `sleep`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        token: str,
        interval: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._interval = interval
        self._sleep = sleep
        self._wait = 0.0

    async def get(self, path: str, **params: str | int) -> Any:
        """The JSON of an answer; ApiError for a refusal, and if no attempt succeeds."""
        await self._sleep(self._wait)
        self._wait = self._interval
        for wait in WAITS:
            try:
                response = await self._send(path, params)
            except httpx.TransportError:  # also for a connection that ends in the middle of a body
                await self._sleep(wait)
                continue
            if response.status_code not in UNAVAILABLE:
                return _decode(response)
            retry_after = response.headers.get("Retry-After", "")
            await self._sleep(int(retry_after) if retry_after.isdecimal() else wait)
        return _decode(await self._send(path, params))

    async def _send(self, path: str, params: Mapping[str, str | int]) -> httpx.Response:
        return await self._client.get(self._url + path, params=params, headers=self._headers)


def _decode(response: httpx.Response) -> Any:
    if response.is_error:
        raise ApiError(f"{response.request.url.path}: {response.status_code} {response.text}")
    return response.json()
