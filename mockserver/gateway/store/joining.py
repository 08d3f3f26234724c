"""What the servers of a store must have in common: the form in which its data are, and how they were started."""

import json
from collections.abc import Mapping

from mockserver.gateway.store.address import StoreUnusable
from mockserver.gateway.store.engine import Engine, StoreRefused

SCHEMA = 1
"""The form of the data in a store; it changes with every release that could not read those of the one before."""


class Joining:
    """Compares a server with the first one that used the store; `started` is how this one was started, by flag."""

    def __init__(self, engine: Engine, started: Mapping[str, str]) -> None:
        self._engine = engine
        self._started = started

    def join(self) -> None:
        """Join the servers of the store; StoreUnusable where this server differs from them."""
        _check_schema(self._set("schema", str(SCHEMA)), self._engine)
        started = json.loads(self._set("started", json.dumps(self._started, ensure_ascii=False)))
        found = _differences(self._started, started)
        if found:
            raise StoreUnusable(
                f"the store at {self._engine.address} was begun by a server that was started otherwise:\n"
                + "\n".join(found)
                + "\nStart this server in the same way, choose another prefix with ?prefix=NAME in --store, or add "
                "--reset-store to begin anew"
            )

    def join_again(self) -> None:
        """Join once more, because the data are gone; StoreRefused where another server has begun anew otherwise."""
        try:
            self.join()
        except StoreUnusable as error:
            raise StoreRefused(str(error).replace("\n", " ")) from error

    def _set(self, name: str, value: str) -> str:
        """Write a value unless there is one, and return the one that there is."""
        key = self._engine.key(name)
        present: str = self._engine.commands(("SET", key, value, "NX"), ("GET", key))[1]
        return present


def _check_schema(found: str, engine: Engine) -> None:
    if found == str(SCHEMA):
        return
    is_newer = found.isdecimal() and int(found) > SCHEMA
    remedy = "upgrade this server" if is_newer else "begin anew with --reset-store, once all servers are upgraded"
    raise StoreUnusable(
        f"the store at {engine.address} has data of schema version {found}, and this server has version {SCHEMA}: "
        f"{remedy}, or choose another prefix with ?prefix=NAME in --store"
    )


def _differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Each flag with another value, in the words of the flags."""
    absent = "(default)"
    names = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    return [f"  --{name}: here {here.get(name, absent)}, there {there.get(name, absent)}" for name in names]
