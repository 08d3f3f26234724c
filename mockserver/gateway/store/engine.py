"""The engine that keeps the state of several servers: Redis or Valkey, over the redis client.

What must be atomic is one script in it, from the folder `lua`. Its time is the time of every server.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from importlib import resources
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mockserver.gateway.rejection import StoreUnavailable
from mockserver.gateway.store.address import StoreAddress

log = logging.getLogger(__name__)

WAIT_SECONDS = 5.0
"""How long a request waits for an engine that does not answer."""

ANSWER_SECONDS = 1.0
"""How long a call waits for its answer before it is made again; a request may wait so much longer."""

_PAUSE = 0.05
"""Seconds between two attempts to reach the engine."""

SCRIPTS = ("batch", "make", "change", "delete", "keep", "write")

_PASSING = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.BusyLoadingError, redis.ReadOnlyError)
"""Errors of an engine that is away for a moment: it starts, fails over, or the network has a gap."""

_LASTING = (redis.AuthenticationError, redis.exceptions.AuthorizationError)
"""Errors of an engine that does not accept the user or the password; the client counts them as the former."""

T = TypeVar("T")

_PROBE_SECONDS = 10
"""How long the engine keeps what a probe has written."""

_KEYS_AT_ONCE = 1000
"""How many keys are looked at, or deleted, in one command: the engine does nothing else meanwhile."""


class StoreRefused(StoreUnavailable):
    """The engine answers, but refuses a command, which no waiting mends."""


class Engine:
    """A connection pool to an engine, for the keys that begin with a prefix."""

    def __init__(self, address: StoreAddress) -> None:
        self.address = address
        # A hash tag: all keys are on one node of a cluster, so that a script can use them.
        self.prefix = f"{{{address.prefix}}}:"
        self._client = _client(address)
        self._scripts = {name: self._client.register_script(_source(name)) for name in SCRIPTS}
        self._is_away = False
        self._lock = threading.Lock()
        self._pause = threading.Event()  # It is never set.

    def probe(self) -> None:
        """StoreUnavailable where it does not take what is written at the first attempt."""
        self.attempt(partial(self._client.set, self.key("probe"), "", ex=_PROBE_SECONDS), 0.0)

    def wait(self, seconds: float) -> None:
        """Wait until it answers, and say so where it takes longer; StoreUnavailable after some seconds."""
        try:
            self.attempt(self._client.ping, 0.0)
        except StoreRefused:
            raise
        except StoreUnavailable:
            log.warning("waiting for the store at %s, at most %.0f s", self.address, seconds)
            self.attempt(self._client.ping, seconds)

    def delete_all(self) -> None:
        """Delete every key with the prefix, some at a time: other users of the engine do not wait for it."""
        cursor = "0"
        while True:
            cursor, keys = self.command("SCAN", cursor, "MATCH", f"{self.prefix}*", "COUNT", _KEYS_AT_ONCE)
            for first in range(0, len(keys), _KEYS_AT_ONCE):
                self.command("UNLINK", *keys[first : first + _KEYS_AT_ONCE])
            if str(cursor) == "0":
                return

    def script(self, name: str, *args: str | int) -> Any:
        """Run a script; StoreUnavailable where the engine does not answer in time."""
        return self.attempt(lambda: self.run(name, *args))

    def run(self, name: str, *args: str | int) -> Any:
        """Run a script once; the client loads it first where the engine does not have it (any longer)."""
        return self._scripts[name](keys=[self.prefix], args=args)

    def command(self, *args: str | int) -> Any:
        """Run a command; StoreUnavailable where the engine does not answer in time."""
        return self.attempt(lambda: self._client.execute_command(*args))  # type: ignore[no-untyped-call]

    def commands(self, *commands: tuple[str | int, ...]) -> list[Any]:
        """Run some commands that can be repeated, in one round trip."""

        def run() -> list[Any]:
            with self._client.pipeline(transaction=False) as pipeline:
                for each in commands:
                    pipeline.execute_command(*each)  # type: ignore[no-untyped-call]
                found: list[Any] = pipeline.execute()
                return found

        return self.attempt(run)

    def attempt(self, make_call: Callable[[], T], seconds: float | None = None) -> T:
        """Make a call, again and again while the engine is away; StoreUnavailable after some seconds."""
        deadline = time.monotonic() + (WAIT_SECONDS if seconds is None else seconds)
        while True:
            try:
                result = make_call()
            except _LASTING as error:
                raise StoreRefused(f"it refuses this server ({error})") from error
            except _PASSING as error:
                self._note(error)
                if time.monotonic() + _PAUSE >= deadline:
                    raise StoreUnavailable(str(error)) from error
                self._pause.wait(_PAUSE)
            except redis.RedisError as error:
                raise StoreRefused(f"it refuses a command ({error})") from error
            else:
                self._note(None)
                return result

    def _note(self, error: Exception | None) -> None:
        """Log once that the engine is away, and once that it is back."""
        with self._lock:
            if self._is_away is (error is not None):
                return
            self._is_away = error is not None
        if error is None:
            log.warning("the store at %s is back", self.address)
        else:
            log.warning("the store at %s does not answer: %s", self.address, error)

    def key(self, *parts: str) -> str:
        """A key with the prefix."""
        return self.prefix + ":".join(parts)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()


def _source(name: str) -> str:
    return (resources.files(__package__) / "lua" / f"{name}.lua").read_text(encoding="utf-8")


def _client(address: StoreAddress) -> "redis.Redis":
    return redis.Redis.from_url(
        address.url,
        password=address.password,
        decode_responses=True,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )
