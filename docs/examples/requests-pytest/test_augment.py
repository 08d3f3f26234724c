"""The client of Augment: pages, ranges, the time of publication, the rate limit, and failures."""

from datetime import date

import pytest
import requests
from analytics_mockserver.pytest_plugin import SandboxFixture

from usage_clients import DAY, Augment, days

pytestmark = pytest.mark.mockserver(organization="acme", now="2026-11-03T10:00:00Z", frozen=True)

YESTERDAY = date(2026, 11, 2)


def people(users: list[str]) -> list[str]:
    """The users without service accounts, which the expected values do not count."""
    return [user for user in users if "@" in user]


def expected_people(sandbox: SandboxFixture, day: date) -> int:
    """How many people the client should find: computed by the simulator, not by the client."""
    value: int = sandbox.metric("ai-active-users", day, day, vendors=["augment"])["points"][0]["value"]
    return value


def test_active_people_are_as_many_as_expected(sandbox: SandboxFixture, augment: Augment) -> None:
    assert len(people(augment.active_users(YESTERDAY))) == expected_people(sandbox, YESTERDAY) > 0


@pytest.mark.mockserver(now="2026-11-03T01:59:00Z")
def test_the_newest_day_is_the_newest_with_data(sandbox: SandboxFixture, augment: Augment) -> None:
    before = augment.newest_day(sandbox.clock.now)
    after = augment.newest_day(sandbox.clock.advance(minutes=1))
    assert (before, after) == (YESTERDAY - DAY, YESTERDAY)
    assert augment.active_users(after) != []


def test_a_long_range_is_split_into_allowed_ones(sandbox: SandboxFixture, augment: Augment) -> None:
    first = date(2026, 4, 1)
    messages = augment.daily_messages(first, YESTERDAY)
    assert list(messages) == days(first, YESTERDAY)
    assert messages[date(2026, 6, 29)] > 0  # the last day of the first request
    assert messages[date(2026, 6, 30)] > 0  # the first day of the second
    sandbox.requests.assert_made(operation="getDailyUsage", status=200, count=3)


@pytest.mark.mockserver(limits={"augment": {"per_minute": 3, "burst": 1}})
@pytest.mark.parametrize(("retry_after", "expected"), [("off", [6, 12, 24]), ("seconds", [20])])
def test_the_rate_limit_delays_the_client(
    sandbox: SandboxFixture, waits: list[float], retry_after: str, expected: list[float]
) -> None:
    sandbox.policy.set("augment", retry_after=retry_after)
    client = Augment(sandbox.url, sandbox.tokens.augment)
    assert client.active_users(YESTERDAY) == client.active_users(YESTERDAY) != []
    assert waits == expected
    sandbox.lint.assert_clean(ignore={"hammering", "same-question-again"})  # to exceed the limit is this test's purpose


def test_a_failing_server_is_tried_again_when_it_asks_for_it(
    sandbox: SandboxFixture, augment: Augment, waits: list[float]
) -> None:
    sandbox.faults.add(operation="getDau", status=503, headers={"Retry-After": "20"}, times=2)
    assert augment.active_users(YESTERDAY) != []
    assert waits == [20, 20]


def test_a_token_without_permission_is_an_error_at_once(sandbox: SandboxFixture, waits: list[float]) -> None:
    with pytest.raises(requests.HTTPError, match="PermissionDenied"):
        Augment(sandbox.url, sandbox.tokens.augment.forbidden).active_users(YESTERDAY)
    sandbox.requests.assert_made(operation="getDau", status=403, count=1)
    assert waits == []


def case(number: str) -> pytest.MarkDecorator:
    """A sandbox in one of the simulator's cases; `mockserver cases C031` explains that one."""
    return pytest.mark.mockserver(case=number)


@pytest.mark.parametrize(
    "page_size",
    [
        pytest.param(250, id="a last cursor of null", marks=case("C016")),
        pytest.param(250, id="a last page without a cursor", marks=case("C017")),
        pytest.param(20, id="a 429 on the last page", marks=case("C031")),
        pytest.param(250, id="a 503 twice", marks=case("C054")),
        pytest.param(21, id="a page of HTML with a 502", marks=case("C055")),
        pytest.param(250, id="a reset connection", marks=case("C059")),
    ],
)
def test_the_list_is_complete_after(sandbox: SandboxFixture, monkeypatch: pytest.MonkeyPatch, page_size: int) -> None:
    monkeypatch.setattr(Augment, "LARGEST_PAGE", page_size)
    yesterday = sandbox.clock.now.date() - DAY
    users = Augment(sandbox.url, sandbox.tokens.augment).active_users(yesterday)
    assert len(people(users)) == expected_people(sandbox, yesterday)
    assert len(users) == len(set(users))
    sandbox.lint.assert_clean(ignore={"page-size-below-default"})  # the small pages are those of two cases
