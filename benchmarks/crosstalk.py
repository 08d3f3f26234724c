"""Whether sandboxes see each other: many are asked and changed at once, and each is then gone through again alone.

Every plan is drawn from its number, so that the same one comes out each time. What it costs stays out (`sandboxes`).
"""

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlencode

from mockserver import vendors
from mockserver.gateway.switches import AnySwitch, Renaming
from mockserver.simulation import hashing

THREADS = 16

Ask = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]
"""Sends a request (method, path, headers, body), and has the status and the body of its answer."""

Tokens = dict[str, dict[str, str]]

ORGANIZATIONS = ("acme", "globex", "initech", "empty")
PRODUCTS = {vendor.name: vendor for vendor in vendors.discover()}
CONSOLE = "jetbrains-console"
_MONTHS = "fromDate=2025-08-01&toDate=2025-09-30&groupBy"
PATHS = {
    "augment": (
        "/analytics/v0/dau-count",
        "/analytics/v0/dau?page_size=20",
        "/analytics/v0/daily-usage",
        "/analytics/v0/user-activity?page_size=10",
        "/analytics/v0/daily-user-activity-by-editor-language?page_size=15",
        "/analytics/v0/user-activity?page_size=5000",
    ),
    "tabnine": (
        "/api/v1/organization",
        "/api/v1/organization/teams",
        "/api/v1/organization/account-utilizations?startDate=2025-06",
        "/api/v1/license",
        "/api/v1/organization/nowhere",
    ),
    "jetbrains-ide": (
        f"/api/analytics/ai/users-adoption?{_MONTHS}=MONTH",
        "/api/analytics/ai/users-adoption?fromDate=2025-09-01",
    ),
    CONSOLE: (f"/metrics/api/v1/adoption/users-adoption/group-by/date?{_MONTHS}=month",),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One request: to a vendor with the sandbox's token, or to a resource of the sandbox, where there is no vendor."""

    method: str
    path: str
    vendor: str = ""
    content: Any = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sandbox is made, and what then happens in it, in this order."""

    body: dict[str, Any]
    steps: tuple[Step, ...]


class Draws:
    """Numbers below a bound, one after another, the same ones for the same name."""

    def __init__(self, *name: str | int) -> None:
        self._key = hashing.key("crosstalk", *name)
        self._drawn = 0

    def below(self, bound: int) -> int:
        self._drawn += 1
        return hashing.scalar(self._key, self._drawn) % bound

    def one(self, choices: Any) -> Any:
        listed = list(choices)
        return listed[self.below(len(listed))]


def plans(number: int, steps: int) -> list[Plan]:
    """So many plans of so many steps; no two sandboxes are made alike, but some show the same world."""
    return [_plan(Draws(place), steps) for place in range(number)]


def _plan(draws: Draws, steps: int) -> Plan:
    body = {"organization": draws.one(ORGANIZATIONS), "limits": _limits(draws), "policy": _policy(draws)}
    seed = {"seed": draws.below(1000)} if draws.below(2) else {}
    return Plan({**body, **seed, **_clock(draws)}, tuple(_step(draws) for _ in range(steps)))


def _clock(draws: Draws) -> dict[str, Any]:
    month, day, hour = 1 + draws.below(12), 1 + draws.below(28), draws.below(24)
    return {"now": f"2025-{month:02}-{day:02}T{hour:02}:30:00Z", "frozen": True}


def _limits(draws: Draws) -> dict[str, Any]:
    numbers = {"per_minute": 1 + draws.below(60), "burst": 1 + draws.below(20)}
    return {draws.one(PRODUCTS): draws.one(("documented", "off", numbers))}


def _policy(draws: Draws) -> dict[str, Any]:
    vendor = draws.one(PRODUCTS.values())
    switch = draws.one(vendor.switches)
    return {vendor.name: {switch.name: _value(draws, switch)}}


def _value(draws: Draws, switch: AnySwitch) -> Any:
    if isinstance(switch, Renaming):
        return {draws.one(switch.options[:2]): "another"}
    return draws.one(switch.options)


def _faults(draws: Draws) -> dict[str, Any]:
    rule = {
        "vendor": draws.one(("augment", "tabnine", "jetbrains-ide")),
        "share": 0.5,
        "effect": {"rate_limited": True},
    }
    return {"rules": [rule] if draws.below(2) else []}


def _step(draws: Draws) -> Step:
    if draws.below(4):
        vendor = draws.one(PATHS)
        return Step("GET", draws.one(PATHS[vendor]), vendor)
    changes = (
        lambda: Step("PUT", "/clock", content=_clock(draws)),
        lambda: Step("POST", "/clock/advance", content={"minutes": draws.below(2000)}),
        lambda: Step("PUT", "/limits", content=_limits(draws)),
        lambda: Step("PATCH", "/limits", content=_limits(draws)),
        lambda: Step("PUT", "/policy", content=_policy(draws)),
        lambda: Step("PATCH", "/policy", content=_policy(draws)),
        lambda: Step("PUT", "/faults", content=_faults(draws)),
        lambda: Step("POST", "/reset", content={"only": [draws.one(("clock", "limits", "policy", "faults"))]}),
        lambda: Step("GET", f"/{draws.one(('limits', 'policy', 'faults', 'requests?limit=9', 'health'))}"),
    )
    made: Step = draws.one(changes)()
    return made


class Sandbox:
    """A sandbox while its plan is gone through: `answers` is what came of each step, but for how long it took."""

    def __init__(self, ask: Ask, plan: Plan) -> None:
        status, body = _sent(ask, "POST", "/_mock/sandboxes", plan.body)
        assert status == 201, body
        told = json.loads(body)
        self.id: str = told["id"]
        self.tokens: Tokens = told["tokens"]
        self.answers: list[tuple[int, bytes]] = []
        self._left: Iterator[Step] = iter(plan.steps)

    def go_on(self, ask: Ask) -> bool:
        """Take the next step; False when there is none."""
        step = next(self._left, None)
        if step is None:
            return False
        if step.vendor:
            self.answers += self._asked(ask, step)
        else:
            status, body = _sent(ask, step.method, f"/_mock/sandboxes/{self.id}{step.path}", step.content)
            self.answers.append((status, _timeless(body) if step.path.startswith("/requests") else body))
        return True

    def _asked(self, ask: Ask, step: Step) -> Iterator[tuple[int, bytes]]:
        tokens = self.tokens[step.vendor]
        token = tokens.get("token")
        if token is None:
            form = urlencode({"grant_type": "client_credentials"}).encode()
            path = PRODUCTS[step.vendor].token_path
            assert path is not None
            status, body = ask("POST", path, _basic(tokens["client_id"], tokens["client_secret"]), form)
            yield status, b"" if status == 200 else body
            token = json.loads(body).get("access_token", "none")
        yield ask(step.method, step.path, {"Authorization": f"Bearer {token}"}, b"")


def _basic(client: str, secret: str) -> dict[str, str]:
    pair = b64encode(f"{client}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}


def _sent(ask: Ask, method: str, path: str, content: Any) -> tuple[int, bytes]:
    if content is None:
        return ask(method, path, {"Host": "localhost"}, b"")
    return ask(method, path, {"Host": "localhost", "Content-Type": "application/json"}, json.dumps(content).encode())


def _timeless(body: bytes) -> bytes:
    entries = json.loads(body)["requests"]
    return json.dumps([{**entry, "duration_ms": None} for entry in entries]).encode()


def together(wanted: list[Plan], connect: Callable[[], Ask], threads: int = THREADS) -> list[Sandbox]:
    """Every plan gone through on one server, by threads that take the next step of whichever sandbox waits longest."""
    first = connect()
    sandboxes = [Sandbox(first, plan) for plan in wanted]
    waiting: SimpleQueue[Sandbox] = SimpleQueue()
    for sandbox in sandboxes:
        waiting.put(sandbox)
    failed: list[BaseException] = []
    workers = [threading.Thread(target=_work, args=(waiting, connect, failed)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failed:
        raise failed[0]
    return sandboxes


def _work(waiting: "SimpleQueue[Sandbox]", connect: Callable[[], Ask], failed: list[BaseException]) -> None:
    try:
        ask = connect()
        while True:
            sandbox = waiting.get_nowait()
            if sandbox.go_on(ask):
                waiting.put(sandbox)
    except Empty:
        return
    except BaseException as error:  # noqa: BLE001 (it is raised again where the threads were started)
        failed.append(error)


def alone(plan: Plan, connect: Callable[[], Ask]) -> Sandbox:
    """A plan gone through by itself; `connect` leads to a server where nothing else is."""
    ask = connect()
    sandbox = Sandbox(ask, plan)
    while sandbox.go_on(ask):
        pass
    return sandbox


def differing(one: Sandbox, other: Sandbox) -> int:
    """How many answers of two sandboxes of the same plan differ."""
    mine, theirs = one.answers, other.answers
    return sum(a != b for a, b in zip(mine, theirs, strict=False)) + abs(len(mine) - len(theirs))
