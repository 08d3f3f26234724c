"""The API of Tabnine: a year of usage in a large organization, pages of its users relative to a small one, and memory.

The parameter `turn`, which the API ignores, makes repeated requests different, so that no answer comes from the cache.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import process_time

from benchmarks import processes
from benchmarks.in_process import NOW, TimedClient
from benchmarks.table import Figure

_YEAR = f"from={NOW - timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}&to={NOW:%Y-%m-%dT%H:%M:%SZ}&granularity=weekly"
_PAGE = 200
_ROUNDS = 25
_USERS = 20
_NEWER = ("/api/v1/organization/agent-usage", "/api/v2/organization/usage")
_ALL = ("organization/teams", "organization/account-utilizations", "license", "instance/permissions?role=Member")
"""The other endpoints that cover everybody, in addition to usage and the lists of users."""


def figures() -> Iterator[Figure]:
    """Times and memory for hooli, measured in a separate process, and the ratios of pages."""
    measured = processes.run_module("benchmarks.tabnine")
    yield Figure("organization/usage, a year weekly, hooli, cold", measured["cold"], "s", 8, note="processor time")
    yield Figure("organization/usage, a year weekly, hooli, rolled up", measured["warm"] * 1000, "ms", 20)
    for name in _NEWER:
        yield Figure(f"{name}, a year weekly, hooli, cold", measured[f"{name} cold"], "s", 8, note="processor time")
        yield Figure(f"{name}, a year weekly, hooli, rolled up", measured[f"{name} warm"] * 1000, "ms", 20)
    yield Figure("user/usage, a year weekly, hooli, the first user", measured["first user"] * 1000, "ms", 5)
    yield Figure("user/usage, a year weekly, hooli, other users", measured["other users"] * 1000, "ms", 5)
    yield Figure("resident memory after all of Tabnine, hooli", measured["resident"], "MB", 300)
    yield from _pages()


def measure() -> dict[str, float]:
    """Request a year of usage of some users of hooli, and of everybody; return the durations and the memory."""
    ids = _users()
    client = _tabnine("hooli")
    parameters = f"organizationId={client.json('organization')['id']}&{_YEAR}"
    first, *others = (client.seconds(f"user/usage?{parameters}&userId={identifier}") for identifier in ids)
    start = process_time()
    client.seconds(f"organization/usage?{parameters}")
    cold = process_time() - start
    warm = median(client.seconds(f"organization/usage?{parameters}&turn={turn}") for turn in range(_ROUNDS))
    newer = {name: number for path in _NEWER for name, number in _of_path(client, path, parameters)}
    _request_all(client, parameters)
    resident = processes.peak_memory()
    users = {"first user": first, "other users": median(others)}
    return {"cold": cold, "warm": warm, **newer, **users, "resident": resident}


def _of_path(client: TimedClient, path: str, parameters: str) -> Iterator[tuple[str, float]]:
    """The processor time of the first request to a path, with that of other threads, and of later ones."""
    start = process_time()
    client.seconds(f"{path}?{parameters}")
    yield f"{path} cold", process_time() - start
    yield f"{path} warm", median(client.seconds(f"{path}?{parameters}&turn={turn}") for turn in range(_ROUNDS))


def _request_all(client: TimedClient, parameters: str) -> None:
    """Make the requests that need the most memory: everybody in one list, and the usage of every team."""
    for path in (*_ALL, "organization/users?offset=0&limit=0"):
        client.seconds(path)
    for team in client.json("organization/teams")["data"]:
        client.seconds(f"team/usage?{parameters}&teamId={team['id']}")


def _users() -> list[str]:
    """Return ids of users spread over the organization, read from a different app than the measured one."""
    client = _tabnine("hooli")
    total = _total(client)
    pages = (client.json(f"organization/users?offset={turn * total // _USERS}&limit=1") for turn in range(_USERS))
    return [page["data"][0]["id"] for page in pages]


def _pages() -> Iterator[Figure]:
    """Pages of 200 users, which the small organization cannot fill, pages that it can fill, and the cost of one row."""
    small, large = _tabnine("acme"), _tabnine("hooli")
    fillable, total = _total(small), _total(large)
    durations: dict[int, list[float]] = {_PAGE: [], fillable: []}
    for size in (_PAGE, fillable):
        for name, offset in {"first": 0, "middle": total // 2, "last": total - size * _ROUNDS}.items():
            small_times, large_times = [], []
            for turn in range(_ROUNDS):
                small_times.append(small.seconds(f"organization/users?offset=0&limit={size}&turn={name}{turn}"))
                large_times.append(large.seconds(f"organization/users?offset={offset + turn * size}&limit={size}"))
            durations[size] += large_times
            rows = f"{size} rows against {min(size, fillable)}"
            note = f"{median(large_times) * 1000:.1f} ms on hooli, {median(small_times) * 1000:.1f} ms on acme, {rows}"
            ratio = median(large_times) / median(small_times)
            yield Figure(f"organization/users, {name} page of {size}, hooli / acme", ratio, "x", 2, note=note)
    row = (median(durations[_PAGE]) - median(durations[fillable])) / (_PAGE - fillable)
    note = f"additional time of a page of {_PAGE} over a page of {fillable}, per row"
    yield Figure("organization/users, one more row, hooli", row * 1e6, "us", 15, note=note)


def _total(client: TimedClient) -> int:
    total: int = client.json("organization/users?offset=0&limit=1")["meta"]["total"]
    return total


def _tabnine(organization: str) -> TimedClient:
    return TimedClient(organization, "tabnine", "/api/v1")


if __name__ == "__main__":
    print(json.dumps(measure()))
