"""What the Console counts: each rule of the vendor's page, in our words, on scripted facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mockserver.products.jetbrains.options import Allotment
from mockserver.simulation.organization import Organization
from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries, worlds
from tests.vendors.jetbrains_console.queries import ADOPTION, CREDITS, HITS, Row
from tests.vendors.jetbrains_console.worlds import TEN, TEN_AND_FIVE, Person, junie, raised

pytestmark = pytest.mark.memory("the organizations are made by hand, and a store has those that its servers know")

SEPTEMBER = ("2025-09-01", "2025-09-30")
AUTUMN = ("2025-09-01", "2025-10-21")
LATER = date(2023, 1, 10)
"""A day after the license of everybody else starts."""


def _own(client: Client, *people: Person) -> Client:
    return queries.own(client, worlds.organization(*people))


def _hits(client: Client, first: str, last: str, **more: str) -> dict[str, int]:
    """The days on which anybody hit a limit, and how many did."""
    rows = queries.rows(client, HITS, first, last, **more)
    return {row["date"]: row["usersHitLimit"] for row in rows if row["usersHitLimit"]}


def _credits(row: Row) -> tuple[float, float, float]:
    return row["builtInQuota"], row["topUpCredits"], row["totalCredits"]


SPENDERS = ("junie_credits", "junie_ask_credits", "claude_code_credits", "aia_credits", "other_credits")


@pytest.mark.parametrize("counter", SPENDERS)
def test_everything_that_spends_credits_is_counted(jetbrains_console: Client, counter: str) -> None:
    """Junie in Code and in Ask mode, Claude Agent, the Chat mode with third-party models in the cloud, other tools."""
    own = _own(jetbrains_console, Person({"2025-09-02": {counter: 125}}))
    assert queries.everything(own, *SEPTEMBER) == {
        "enabledUsers": 1,
        "activeUsers": 1,
        "usersHitLimit": 0,
        "peakDailyUsers": 0,
        "builtInQuota": 1.25,
        "topUpCredits": 0.0,
        "totalCredits": 1.25,
    }


FREE = {
    "completion": {"code_completion_invocations": 90, "code_completion_suggestions": 80},
    "next edit suggestions": {"nes_invocations": 40, "nes_suggestions": 30},
    "a chat that takes no credits": {"aia_invocations": 12, "aia_suggestions": 4},
}


@pytest.mark.parametrize("counters", FREE.values(), ids=FREE)
def test_user_without_credits_is_enabled_but_not_active(jetbrains_console: Client, counters: dict[str, int]) -> None:
    """Completion and next edit suggestions are free, so their users count only in enabledUsers."""
    own = _own(jetbrains_console, Person({"2025-09-02": counters}))
    totals = queries.everything(own, *SEPTEMBER)
    assert totals.pop("enabledUsers") == 1
    assert set(totals.values()) == {0}


def test_user_counts_once_in_a_bucket_and_in_the_total(jetbrains_console: Client) -> None:
    """Requests on two days of January make one active user of January."""
    own = _own(jetbrains_console, Person(junie(_01_15=100, _01_26=100, _03_03=100)))
    for group_by, active in (("month", [1, 0, 1]), ("year", [1])):
        rows, total = queries.report(own, ADOPTION, "2025-01-01", "2025-03-31", groupBy=group_by)
        assert [row["activeUsers"] for row in rows] == active
        assert total == {"enabledUsers": 1, "activeUsers": 1}


def test_ai_is_enabled_from_the_license_to_the_last_day(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_02=100), left=date(2025, 9, 10)), Person({}))
    rows, total = queries.report(own, ADOPTION, "2025-09-08", "2025-09-11")
    assert [row["enabledUsers"] for row in rows] == [2, 2, 1, 1]
    assert total == {"enabledUsers": 2, "activeUsers": 0}
    first = queries.rows(own, ADOPTION, "2023-01-08", "2023-01-10")
    assert [row["enabledUsers"] for row in first] == [0, 2, 2]


def test_top_up_is_spent_only_after_the_quota(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_02=825, _09_03=300, _09_04=100), (TEN_AND_FIVE,)))
    rows, total = queries.report(own, CREDITS, "2025-09-02", "2025-09-04")
    assert [_credits(row) for row in rows] == [(8.25, 0, 8.25), (1.75, 1.25, 3), (0, 1, 1)]
    assert _credits(total) == (10, 2.25, 12.25)


def test_quota_is_renewed_each_calendar_month(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_30=1200, _10_01=900), (TEN_AND_FIVE,)))
    rows = queries.rows(own, CREDITS, *AUTUMN, groupBy="month")
    assert [_credits(row) for row in rows] == [(10, 2, 12), (9, 0, 9)]


def _by_thirty_days(client: Client, organization: Organization) -> Client:
    return queries.own(client, organization, quota_period="thirty_days")


def test_quota_is_renewed_every_thirty_days_of_the_license(jetbrains_console: Client) -> None:
    """The license starts on 2023-01-09; its periods of thirty days begin on 2025-08-26, 2025-09-25 and 2025-10-25."""
    spends = junie(_08_26=600, _09_24=900, _09_25=900, _09_30=300, _10_01=900)
    own = _by_thirty_days(jetbrains_console, worlds.organization(Person(spends, (TEN_AND_FIVE,))))
    rows = queries.rows(own, CREDITS, "2025-08-26", "2025-10-21")
    assert {row["date"]: _credits(row) for row in rows if row["totalCredits"]} == {
        "2025-08-26": (6, 0, 6),
        "2025-09-24": (4, 5, 9),
        "2025-09-25": (9, 0, 9),
        "2025-09-30": (1, 2, 3),
        "2025-10-01": (0, 3, 3),
    }
    assert _hits(own, "2025-08-26", "2025-10-21") == {"2025-09-24": 1, "2025-10-01": 1}


def test_each_license_has_its_own_thirty_days(jetbrains_console: Client) -> None:
    """A range that begins in the middle of a period has what was left of it."""
    first, second = Person(junie(_09_24=900, _09_25=900)), Person(junie(_09_24=900, _09_25=900))
    organization = worlds.organization(first, second)
    later = replace(organization.special[1], licences={**organization.special[1].licences, "jetbrains": LATER})
    own = _by_thirty_days(jetbrains_console, replace(organization, special=(organization.special[0], later)))
    for start in ("2025-09-24", "2025-09-25"):
        rows = queries.rows(own, CREDITS, start, "2025-09-25")
        assert rows[-1]["totalCredits"] == 10, "the whole quota of one, and the last credit of the other"
    assert _hits(own, "2025-09-25", "2025-09-25") == {"2025-09-25": 1}


def test_raised_top_up_lasts_until_the_end_of_the_thirty_days(jetbrains_console: Client) -> None:
    allotment = raised(TEN, "2025-09-23", 300)
    spends = junie(_09_22=1500, _09_24=500, _09_26=1500)
    own = _by_thirty_days(jetbrains_console, worlds.organization(Person(spends, (allotment,))))
    rows = queries.rows(own, CREDITS, "2025-09-22", "2025-09-26")
    assert [_credits(row) for row in rows] == [(10, 0, 10), (0, 0, 0), (0, 3, 3), (0, 0, 0), (10, 0, 10)]


def test_total_is_quota_and_top_up_to_the_hundredth(jetbrains_console: Client) -> None:
    own = _own(
        jetbrains_console,
        Person(junie(_09_02=1), (TEN_AND_FIVE,)),
        Person(junie(_09_02=1029), (TEN_AND_FIVE,)),
    )
    answer = queries.get_report(own, CREDITS, "2025-09-02", "2025-09-02")
    assert answer.body.endswith(b'"total":{"builtInQuota":10.01,"topUpCredits":0.29,"totalCredits":10.3}}')


def test_limit_is_hit_when_the_quota_is_spent(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_02=999, _09_05=1)), Person(junie(_09_02=999)))
    assert _hits(own, *SEPTEMBER) == {"2025-09-05": 1}


def test_limit_with_top_up_is_hit_when_both_are_spent(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_02=1000, _09_05=499, _09_09=1), (TEN_AND_FIVE,)))
    assert _hits(own, *SEPTEMBER) == {"2025-09-09": 1}


def test_later_credits_do_not_change_a_limit_hit(jetbrains_console: Client) -> None:
    """A user who spent everything is counted, whatever is bought afterwards."""
    allotment = raised(TEN_AND_FIVE, "2025-09-15", 300)
    own = _own(jetbrains_console, Person(junie(_09_05=1500, _09_16=300), (allotment,)))
    assert _hits(own, *SEPTEMBER) == {"2025-09-05": 1}
    assert _credits(queries.total(own, CREDITS, *SEPTEMBER)) == (10, 8, 18)


def test_earlier_credits_must_be_spent_too(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_05=1000, _09_08=300), (raised(TEN, "2025-09-04", 300),)))
    assert _hits(own, *SEPTEMBER) == {"2025-09-08": 1}


def test_first_exhausted_license_counts(jetbrains_console: Client) -> None:
    """A user who goes on with a second license is counted, and only once if that is exhausted too."""
    licences = (TEN_AND_FIVE, Allotment(2000))
    own = _own(
        jetbrains_console,
        Person(junie(_09_05=1500), licences),
        Person(junie(_09_05=1600, _09_08=1900), licences),
    )
    assert _hits(own, *SEPTEMBER) == {"2025-09-05": 2, "2025-09-08": 1}
    rows, total = queries.report(own, HITS, *SEPTEMBER, groupBy="month")
    assert (rows[0]["usersHitLimit"], total) == (2, {"usersHitLimit": 2, "peakDailyUsers": 2})


def test_license_is_spent_with_its_top_up_before_the_next(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_05=1600), (TEN_AND_FIVE, Allotment(2000))))
    assert _credits(queries.total(own, CREDITS, *SEPTEMBER)) == (11, 5, 16)


def test_user_hits_the_limit_once_a_month(jetbrains_console: Client) -> None:
    own = _own(jetbrains_console, Person(junie(_09_05=1000, _10_06=1000)))
    assert _hits(own, *AUTUMN, groupBy="month") == {"2025-09-01": 1, "2025-10-01": 1}
    assert queries.total(own, HITS, *AUTUMN) == {"usersHitLimit": 1, "peakDailyUsers": 1}


def test_peak_is_the_highest_single_day(jetbrains_console: Client) -> None:
    own = _own(
        jetbrains_console,
        Person(junie(_09_05=1000)),
        Person(junie(_09_05=1000, _10_06=1000)),
        Person(junie(_09_08=1000)),
        Person(junie(_09_09=999)),
    )
    assert queries.total(own, HITS, *AUTUMN) == {"usersHitLimit": 3, "peakDailyUsers": 2}
    assert queries.total(own, HITS, *AUTUMN, groupBy="month") == {"usersHitLimit": 3, "peakDailyUsers": 2}
    assert queries.total(own, HITS, "2025-09-06", "2025-10-21") == {"usersHitLimit": 2, "peakDailyUsers": 1}
    assert queries.total(own, HITS, "2025-09-10", "2025-09-30") == {"usersHitLimit": 0, "peakDailyUsers": 0}


AWKWARD = {
    "two licences, the first one gone on the 7th": (
        "two.licences@initech.example",
        {"2025-10-07": 1},
        {"2025-10-06": (9, 0, 9), "2025-10-07": (3, 5, 8), "2025-10-09": (4, 0, 4)},
    ),
    "a top-up that is raised after the hit": (
        "raised@initech.example",
        {"2025-10-16": 1},
        {"2025-10-14": (7, 0, 7), "2025-10-16": (3, 5, 8), "2025-10-22": (0, 2.5, 2.5)},
    ),
    "a month that ends between quota and top-up": (
        "turn.of.month@initech.example",
        {},
        {"2025-10-30": (8, 0, 8), "2025-10-31": (2, 2.5, 4.5), "2025-11-03": (3, 0, 3)},
    ),
    "completion alone": ("only.completion@initech.example", {}, {}),
}


@pytest.fixture(scope="module", name="december")
def initech_in_december(jetbrains_console_of: Callable[..., Client]) -> Client:
    return jetbrains_console_of("initech", now=datetime(2025, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize(("email", "hits", "spent"), AWKWARD.values(), ids=AWKWARD)
def test_special_people_of_initech_match_their_file(
    december: Client, email: str, hits: dict[str, int], spent: dict[str, tuple[float, float, float]]
) -> None:
    span = ("2025-10-01", "2025-11-30")
    assert _hits(december, *span, userEmails=email) == hits
    rows = queries.rows(december, CREDITS, *span, userEmails=email)
    assert {row["date"]: _credits(row) for row in rows if row["totalCredits"]} == spent
    active = queries.rows(december, ADOPTION, *span, userEmails=email)
    assert [row["date"] for row in active if row["activeUsers"]] == list(spent)
    assert {row["enabledUsers"] for row in active} == {1}
