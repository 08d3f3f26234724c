"""The rate limit: its size, its scope, and the effect of a refusal (contract, section 6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mockserver.gateway.limits import Allowance, LimitMode
from mockserver.gateway.tokens import Grant
from tests.contract.client import Client

NOW = "2025-10-21T10:30:00Z"
FREE = {"unknown token": None, "forbidden token": "Bearer mock-augment-acme-forbidden"}
CHARGED = {
    "200": ("GET", "/dau-count", "", 200),
    "200 to HEAD": ("HEAD", "/dau-count", "", 200),
    "200 from memory": ("GET", "/dau-count", "", 200),
    "400": ("GET", "/dau-count", "limit=5", 400),
    "404": ("GET", "/nowhere", "", 404),
    "405": ("DELETE", "/dau", "", 405),
}


@pytest.fixture
def limited(augment: Client) -> Client:
    """The client at a full bucket."""
    return augment.at(NOW).limited()


def _later(client: Client, seconds: float) -> Client:
    client.sandbox.set_clock(client.sandbox.clock.advanced(timedelta(seconds=seconds)))
    return client


def _passing(client: Client, tries: int = 25) -> int:
    """How many requests in a row pass before one is refused."""
    statuses = [client.get("/dau-count").status for _ in range(tries)]
    assert set(statuses) <= {200, 429}
    return statuses.index(429)


def test_burst_of_20_passes_and_the_next_is_429(limited: Client) -> None:
    assert _passing(limited) == 20
    answer = limited.get("/dau-count")
    assert (answer.status, answer.code) == (429, "ResourceExhausted")
    assert "Retry-After" not in answer.headers


BACK = {
    "at once": (0, 0),
    "just before one is back": (5.999999, 0),
    "one is back": (6, 1),
    "nearly two": (11.999999, 1),
    "a minute": (60, 10),
    "two minutes, a full bucket": (120, 20),
    "a day, no more than a full bucket": (86_400, 20),
}


@pytest.mark.parametrize(("seconds", "back"), BACK.values(), ids=BACK)
def test_request_comes_back_every_6_seconds_of_sandbox_time(limited: Client, seconds: float, back: int) -> None:
    assert _passing(limited) == 20
    assert _passing(_later(limited, seconds)) == back


def test_request_every_6_seconds_is_never_refused(limited: Client) -> None:
    assert [_later(limited, 6).get("/dau-count").status for _ in range(50)] == [200] * 50


def test_ten_requests_a_minute_pass_in_the_long_run(limited: Client) -> None:
    statuses = [limited.get("/dau-count").status]
    statuses += [_later(limited, 1).get("/dau-count").status for _ in range(300)]
    assert statuses.count(200) == 20 + 300 // 6


def test_all_endpoints_share_one_bucket(limited: Client) -> None:
    for path in ("/dau-count", "/dau", "/daily-usage", "/user-activity", "/daily-user-activity-by-editor-language"):
        assert [limited.get(path).status for _ in range(4)] == [200] * 4
    assert limited.get("/dau").status == 429


@pytest.mark.parametrize(("method", "path", "query", "status"), CHARGED.values(), ids=CHARGED)
def test_every_request_that_passes_costs_one(limited: Client, method: str, path: str, query: str, status: int) -> None:
    for _ in range(5):
        assert limited.send(method, path, query).status == status
    assert _passing(limited) == 15


@pytest.mark.parametrize("authorization", FREE.values(), ids=FREE)
def test_401_and_403_cost_nothing(limited: Client, authorization: str | None) -> None:
    for _ in range(30):
        limited.bearing(authorization).get("/dau-count")
    assert _passing(limited) == 20


def test_429_costs_nothing(limited: Client) -> None:
    assert _passing(limited, 60) == 20
    assert _passing(_later(limited, 6)) == 1


@pytest.mark.parametrize(("scope", "left"), [("organization", 0), ("token", 20)])
def test_bucket_is_per_organization_or_per_token(augment_of: Callable[..., Client], scope: str, left: int) -> None:
    augment = augment_of()
    grants = [Grant(name, "augment", name, permitted=True) for name in ("one", "two")]
    shared = augment.state.make("shared", augment.sandbox.config, grants)
    shared.set_limits({"augment": LimitMode.DOCUMENTED})
    shared.set_policy({"augment": {"rate_limit_scope": scope}})
    one, two = augment.bearing("Bearer one"), augment.bearing("Bearer two")
    assert _passing(one) == 20
    assert _passing(two) == left
    assert _passing(one) == 0


CLOSED = {
    "at once": (0, 0),
    "when one would be back": (6, 0),
    "just before the minute is over": (59.999999, 0),
    "a minute": (60, 10),
}


@pytest.mark.parametrize(("seconds", "back"), CLOSED.values(), ids=CLOSED)
def test_refusal_can_block_for_a_minute(limited: Client, seconds: float, back: int) -> None:
    assert _passing(limited.switched(rate_limit_block="minute")) == 20
    assert _passing(_later(limited, seconds)) == back


def test_blocked_minute_begins_with_the_first_refusal(limited: Client) -> None:
    assert _passing(limited.switched(rate_limit_block="minute")) == 20
    assert [_later(limited, 10).get("/dau").status for _ in range(6)] == [429] * 5 + [200]


WAITS = {
    "refill, at once": ("refill", 0, 6),
    "refill, a moment later": ("refill", 0.000001, 6),
    "refill, a second later": ("refill", 1, 5),
    "refill, just before": ("refill", 5.5, 1),
    "minute, at once": ("minute", 0, 60),
    "minute, later": ("minute", 42.5, 18),
}


@pytest.mark.parametrize(("block", "seconds", "wait"), WAITS.values(), ids=WAITS)
def test_retry_after_is_when_a_request_would_pass(limited: Client, block: str, seconds: float, wait: int) -> None:
    limited.switched(retry_after="seconds", rate_limit_block=block)
    assert _passing(limited) == 20
    assert _later(limited, seconds).get("/dau").headers["Retry-After"] == str(wait)
    assert _later(limited, wait).get("/dau").status == 200


def test_retry_after_comes_only_with_429(limited: Client) -> None:
    limited.switched(retry_after="seconds")
    answers = [limited.get("/dau"), limited.get("/dau", "limit=5"), limited.bearing(None).get("/dau")]
    assert ["Retry-After" in answer.headers for answer in answers] == [False] * 3


def test_documented_limits_are_the_default(augment_of: Callable[..., Client]) -> None:
    assert _passing(augment_of(limits="documented")) == 20


def test_limits_can_be_off_or_numbers(limited: Client) -> None:
    assert {limited.limited(LimitMode.OFF).get("/dau").status for _ in range(50)} == {200}
    limited.limited(Allowance(per_minute=60, burst=3))
    assert _passing(limited) == 3
    assert _passing(_later(limited, 2)) == 2


def test_clock_set_back_neither_fills_nor_blocks_the_bucket(limited: Client) -> None:
    assert _passing(limited) == 20
    limited.at("2025-10-20T10:30:00Z")
    assert _passing(limited) == 0
    assert _passing(_later(limited, 6)) == 1
