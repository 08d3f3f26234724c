"""Cross-talk between sandboxes: runs random plans at the same time, and each again alone, for comparison.

Each plan is derived from its number, so it is the same in every run. `sandboxes` reports the result.
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

Send = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]
"""Sends a request (method, path, headers, body) and returns the status and the body of its answer."""

Tokens = dict[str, dict[str, str]]

ORGANIZATIONS = ("acme", "globex", "initech", "empty")
VENDORS = {vendor.name: vendor for vendor in vendors.discover()}
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
    """One request: to a vendor, with a token of the sandbox, or without `vendor` to a `/_mock` resource of it."""

    method: str
    path: str
    vendor: str = ""
    content: Any = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The body that creates a sandbox, and the requests that follow, in order."""

    body: dict[str, Any]
    steps: tuple[Step, ...]


class Choices:
    """A deterministic sequence of choices, which depends only on its name."""

    def __init__(self, *name: str | int) -> None:
        self._key = hashing.key("crosstalk", *name)
        self._count = 0

    def below(self, bound: int) -> int:
        self._count += 1
        return hashing.scalar(self._key, self._count) % bound

    def one(self, options: Any) -> Any:
        listed = list(options)
        return listed[self.below(len(listed))]


def plans(number: int, steps: int) -> list[Plan]:
    """Return plans with a number of steps each; no two are equal, but some have the same world."""
    return [_plan(Choices(index), steps) for index in range(number)]


def _plan(choices: Choices, steps: int) -> Plan:
    body = {"organization": choices.one(ORGANIZATIONS), "limits": _limits(choices), "policy": _policy(choices)}
    seed = {"seed": choices.below(1000)} if choices.below(2) else {}
    return Plan({**body, **seed, **_clock(choices)}, tuple(_step(choices) for _ in range(steps)))


def _clock(choices: Choices) -> dict[str, Any]:
    month, day, hour = 1 + choices.below(12), 1 + choices.below(28), choices.below(24)
    return {"now": f"2025-{month:02}-{day:02}T{hour:02}:30:00Z", "frozen": True}


def _limits(choices: Choices) -> dict[str, Any]:
    numbers = {"per_minute": 1 + choices.below(60), "burst": 1 + choices.below(20)}
    return {choices.one(VENDORS): choices.one(("documented", "off", numbers))}


def _policy(choices: Choices) -> dict[str, Any]:
    vendor = choices.one(VENDORS.values())
    switch = choices.one(vendor.switches)
    return {vendor.name: {switch.name: _value(choices, switch)}}


def _value(choices: Choices, switch: AnySwitch) -> Any:
    if isinstance(switch, Renaming):
        return {choices.one(switch.options[:2]): "another"}
    return choices.one(switch.options)


def _faults(choices: Choices) -> dict[str, Any]:
    rule = {
        "vendor": choices.one(("augment", "tabnine", "jetbrains-ide")),
        "share": 0.5,
        "effect": {"rate_limited": True},
    }
    return {"rules": [rule] if choices.below(2) else []}


def _step(choices: Choices) -> Step:
    if choices.below(4):
        vendor = choices.one(PATHS)
        return Step("GET", choices.one(PATHS[vendor]), vendor)
    changes = (
        lambda: Step("PUT", "/clock", content=_clock(choices)),
        lambda: Step("POST", "/clock/advance", content={"minutes": choices.below(2000)}),
        lambda: Step("PUT", "/limits", content=_limits(choices)),
        lambda: Step("PATCH", "/limits", content=_limits(choices)),
        lambda: Step("PUT", "/policy", content=_policy(choices)),
        lambda: Step("PATCH", "/policy", content=_policy(choices)),
        lambda: Step("PUT", "/faults", content=_faults(choices)),
        lambda: Step("POST", "/reset", content={"only": [choices.one(("clock", "limits", "policy", "faults"))]}),
        lambda: Step("GET", f"/{choices.one(('limits', 'policy', 'faults', 'requests?limit=9', 'health'))}"),
    )
    step: Step = choices.one(changes)()
    return step


class PlanRun:
    """A sandbox in which a plan runs; `answers` has the answer to each step, without durations."""

    def __init__(self, send: Send, plan: Plan) -> None:
        status, body = _send_json(send, "POST", "/_mock/sandboxes", plan.body)
        assert status == 201, body
        sandbox = json.loads(body)
        self.id: str = sandbox["id"]
        self.tokens: Tokens = sandbox["tokens"]
        self.answers: list[tuple[int, bytes]] = []
        self._steps: Iterator[Step] = iter(plan.steps)

    def run_step(self, send: Send) -> bool:
        """Run the next step; return False if there is none."""
        step = next(self._steps, None)
        if step is None:
            return False
        if step.vendor:
            self.answers += self._vendor_answers(send, step)
        else:
            status, body = _send_json(send, step.method, f"/_mock/sandboxes/{self.id}{step.path}", step.content)
            self.answers.append((status, _without_durations(body) if step.path.startswith("/requests") else body))
        return True

    def _vendor_answers(self, send: Send, step: Step) -> Iterator[tuple[int, bytes]]:
        tokens = self.tokens[step.vendor]
        token = tokens.get("token")
        if token is None:
            form = urlencode({"grant_type": "client_credentials"}).encode()
            path = VENDORS[step.vendor].token_path
            assert path is not None
            status, body = send("POST", path, _basic(tokens["client_id"], tokens["client_secret"]), form)
            yield status, b"" if status == 200 else body
            token = json.loads(body).get("access_token", "none")
        yield send(step.method, step.path, {"Authorization": f"Bearer {token}"}, b"")


def _basic(client: str, secret: str) -> dict[str, str]:
    pair = b64encode(f"{client}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}


def _send_json(send: Send, method: str, path: str, content: Any) -> tuple[int, bytes]:
    if content is None:
        return send(method, path, {"Host": "localhost"}, b"")
    return send(method, path, {"Host": "localhost", "Content-Type": "application/json"}, json.dumps(content).encode())


def _without_durations(body: bytes) -> bytes:
    entries = json.loads(body)["requests"]
    return json.dumps([{**entry, "duration_ms": None} for entry in entries]).encode()


def run_together(plans_to_run: list[Plan], connect: Callable[[], Send], threads: int = THREADS) -> list[PlanRun]:
    """Run all plans on one server; each thread takes the next step of the sandbox that has waited longest."""
    first = connect()
    runs = [PlanRun(first, plan) for plan in plans_to_run]
    waiting: SimpleQueue[PlanRun] = SimpleQueue()
    for run in runs:
        waiting.put(run)
    failed: list[BaseException] = []
    workers = [threading.Thread(target=_work, args=(waiting, connect, failed)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failed:
        raise failed[0]
    return runs


def _work(waiting: "SimpleQueue[PlanRun]", connect: Callable[[], Send], failed: list[BaseException]) -> None:
    try:
        send = connect()
        while True:
            run = waiting.get_nowait()
            if run.run_step(send):
                waiting.put(run)
    except Empty:
        return
    except BaseException as error:  # noqa: BLE001 (run_together raises it again)
        failed.append(error)


def run_alone(plan: Plan, connect: Callable[[], Send]) -> PlanRun:
    """Run a plan alone; `connect` opens a connection to a server that nothing else uses."""
    send = connect()
    run = PlanRun(send, plan)
    while run.run_step(send):
        pass
    return run


def count_differences(one: PlanRun, other: PlanRun) -> int:
    """Count the answers in which two runs of the same plan differ."""
    first, second = one.answers, other.answers
    return sum(a != b for a, b in zip(first, second, strict=False)) + abs(len(first) - len(second))
