"""What Tabnine's year of usage costs in a large organisation, a page of its users against a small one's, and memory.

No question is asked twice but where it says so; a parameter that nobody knows makes it another question.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import process_time

from benchmarks.asking import NOW, Asker
from benchmarks.table import Figure

_YEAR = f"from={NOW - timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}&to={NOW:%Y-%m-%dT%H:%M:%SZ}&granularity=weekly"
_PAGE = 200
_ROUNDS = 25
_USERS = 20
_ALL = ("organization/teams", "organization/account-utilizations", "license", "instance/permissions?role=Member")
"""Everything else that looks at everybody, beside usage and the lists of users."""


def figures() -> Iterator[Figure]:
    """Times on hooli, in a process of its own; and the pages' ratios."""
    taken = _alone()
    yield Figure("organization/usage, a year weekly, hooli, cold", taken["cold"], "s", 8, note="processor time")
    yield Figure("organization/usage, a year weekly, hooli, rolled up", taken["warm"] * 1000, "ms", 20)
    yield Figure("user/usage, a year weekly, hooli, the first user", taken["first user"] * 1000, "ms", 5)
    yield Figure("user/usage, a year weekly, hooli, other users", taken["other users"] * 1000, "ms", 5)
    yield Figure("resident memory after Tabnine's questions, hooli", taken["resident"], "MB", 300)
    yield from _pages()


def _alone() -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "benchmarks.tabnine"], check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def measure() -> dict[str, float]:
    """Ask for a year of some users of hooli, and of everybody, and say what it took."""
    ids = _users()
    asker = _asker("hooli")
    mine = f"organizationId={asker.answer('organization')['id']}&{_YEAR}"
    first, *others = (asker.seconds(f"user/usage?{mine}&userId={identifier}") for identifier in ids)
    start = process_time()
    asker.seconds(f"organization/usage?{mine}")
    cold = process_time() - start
    warm = median(asker.seconds(f"organization/usage?{mine}&turn={turn}") for turn in range(_ROUNDS))
    _ask_all(asker, mine)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cold": cold, "warm": warm, "first user": first, "other users": median(others), "resident": resident}


def _ask_all(asker: Asker, mine: str) -> None:
    """Ask for what takes most memory: everybody in one list, and the usage of every team."""
    for path in (*_ALL, "organization/users?offset=0&limit=0"):
        asker.seconds(path)
    for team in asker.answer("organization/teams")["data"]:
        asker.seconds(f"team/usage?{mine}&teamId={team['id']}")


def _users() -> list[str]:
    """Ids of users all over the organisation, learnt from another app than the one that is measured."""
    asker = _asker("hooli")
    total = _total(asker)
    pages = (asker.answer(f"organization/users?offset={turn * total // _USERS}&limit=1") for turn in range(_USERS))
    return [page["data"][0]["id"] for page in pages]


def _pages() -> Iterator[Figure]:
    """Pages of 200, of which the small organisation fills a part; pages of as many users as it has; and a row alone."""
    small, large = _asker("acme"), _asker("hooli")
    most, total = _total(small), _total(large)
    taken: dict[int, list[float]] = {_PAGE: [], most: []}
    for size in (_PAGE, most):
        for name, offset in {"first": 0, "middle": total // 2, "last": total - size * _ROUNDS}.items():
            here, there = [], []
            for turn in range(_ROUNDS):
                here.append(small.seconds(f"organization/users?offset=0&limit={size}&turn={name}{turn}"))
                there.append(large.seconds(f"organization/users?offset={offset + turn * size}&limit={size}"))
            taken[size] += there
            rows = f"{size} rows against {min(size, most)}"
            note = f"{median(there) * 1000:.1f} ms on hooli, {median(here) * 1000:.1f} ms on acme, {rows}"
            ratio = median(there) / median(here)
            yield Figure(f"organization/users, {name} page of {size}, hooli / acme", ratio, "x", 2, note=note)
    row = (median(taken[_PAGE]) - median(taken[most])) / (_PAGE - most)
    note = f"what a page of {_PAGE} takes longer than one of {most}, a row"
    yield Figure("organization/users, one row more, hooli", row * 1e6, "us", 15, note=note)


def _total(asker: Asker) -> int:
    total: int = asker.answer("organization/users?offset=0&limit=1")["meta"]["total"]
    return total


def _asker(organization: str) -> Asker:
    return Asker(organization, "tabnine", "/api/v1")


if __name__ == "__main__":
    print(json.dumps(measure()))
