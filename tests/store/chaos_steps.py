"""Steps of random use of a sandbox over HTTP: requests to vendors, and changes and views of the sandbox."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.contract import probes
from tests.contract.random_use import LIMITED, PATH, PLAIN

_ENDPOINT = PATH.partition("?")[0]
_BUDGET = "5000"
"""The amount in the bodies of probes that write; each step has another one in its place."""

_FAULTS = (
    {"effect": {"status": 503}, "times": 2, "skip": 1},
    {"effect": {"rate_limited": True}, "share": 0.4, "times": 5, "phase": "after"},
    {"effect": {"malformed_json": True}, "times": 1, "vendor": LIMITED.name},
    {"effect": {"headers": {"X-Note": "1"}}, "skip": 3, "times": 4},
    {"steps": [{"status": 502}, "pass", {"rate_limited": True}], "then": "repeat", "path": _ENDPOINT},
)
_LIMITS: tuple[dict[str, Any], ...] = (
    {},
    {LIMITED.name: "off"},
    {LIMITED.name: {"per_minute": 60, "burst": 40}},
    {LIMITED.name: "documented"},
)
_ADVANCES = ({"seconds": 30}, {"minutes": 11}, {"days": 1})
_VIEWS = ("/requests?limit=7", "/faults", "/limits", "/clock", "/policy")


@dataclass(frozen=True, slots=True)
class Step:
    """A request. `token` is the vendor's whose token it has, empty at the control plane."""

    method: str
    target: str
    vendor: str = ""
    body: Any = None
    token: str = "token"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_unknown(self) -> bool:
        """Whether its token opens nothing."""
        return self.token == "unknown"


def steps(sandbox: str, seed: int) -> Iterator[Step]:
    """Steps in a sandbox without end, which depend on the seed alone."""
    random, number = Random(seed), 0
    while True:
        number += 1
        [make] = random.choices([each for each, _ in _KINDS], [weight for _, weight in _KINDS])
        yield make(random, sandbox, number)


def _cached(random: Random, _: str, __: int) -> Step:
    vendor = random.choice(PLAIN)
    return Step("GET", vendor.sample_path, vendor.name)


def _new(_: Random, __: str, number: int) -> Step:
    month, day = divmod(number % 336, 28)
    return Step("GET", f"{_ENDPOINT}?start_date=2024-{month + 1:02}-{day + 1:02}", LIMITED.name)


def _bad(random: Random, _: str, __: int) -> Step:
    target = random.choice([f"{_ENDPOINT}?start_date=nonsense", f"{LIMITED.mounts[0]}/nowhere", PATH])
    return Step(random.choice(["GET", "DELETE", "HEAD"]), target, LIMITED.name)


def _unknown(_: Random, sandbox: str, number: int) -> Step:
    return Step("GET", f"{_ENDPOINT}?n={sandbox}.{number}", LIMITED.name, token="unknown")


def _forbidden(_: Random, __: str, ___: int) -> Step:
    return Step("GET", PATH, LIMITED.name, token="forbidden")


def _write(random: Random, _: str, number: int) -> Step:
    vendor = random.choice([each for each in PLAIN if each.memory is not None])
    path, body = random.choice(probes.of(vendor).posted)
    changed = json.loads(json.dumps(body).replace(f'"{_BUDGET}"', f'"{number}"'))
    return Step("POST", f"{vendor.mounts[0]}{path}", vendor.name, changed)


def _changed(random: Random, _: str, number: int) -> Step:
    day = f"2025-{1 + number % 12:02}-{1 + number % 28:02}"
    rules = random.sample(_FAULTS, random.randrange(3))
    changes = (
        Step("PUT", "/clock", body={"now": f"{day}T10:30:00Z", "frozen": True}),
        Step("POST", "/clock/advance", body=random.choice(_ADVANCES)),
        Step("PUT", "/limits", body=random.choice(_LIMITS)),
        Step("PUT", "/faults", body={"rules": rules}),
        Step("POST", "/faults", body=random.choice(_FAULTS)),
        Step("POST", "/reset", body={"only": [random.choice(["limits", "faults", "memory", "clock"])]}),
        Step("PUT", "/policy", body=random.choice([{}, {LIMITED.name: {"publication_hour": 20}}])),
    )
    return random.choice(changes)


def _viewed(random: Random, _: str, __: int) -> Step:
    return Step("GET", random.choice(_VIEWS))


_KINDS: tuple[tuple[Callable[[Random, str, int], Step], int], ...] = (
    (_cached, 50),
    (_new, 12),
    (_bad, 6),
    (_unknown, 4),
    (_forbidden, 3),
    (_write, 6),
    (_changed, 11),
    (_viewed, 8),
)
