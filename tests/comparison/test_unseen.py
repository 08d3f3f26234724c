"""What a comparison says that it cannot see: switches that its answers do not tell apart, and names in no answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.cli.compare import runs, worlds
from mockserver.client import Response
from mockserver.comparison import matching, names, pace, unseen
from mockserver.comparison.facts import PRESENT, Aspect, Fact
from mockserver.comparison.solving import Choice, Solver
from mockserver.gateway.switches import Option
from tests.comparison.conftest import PLANS, Change, Live, answers, simulator
from tests.learning.conftest import SERVED, ours


def test_hour_that_is_over_is_moved_onward() -> None:
    start: dict[str, Option] = {"before_publication": "reject", "publication_hour": 9}
    live = answers("augment", {**start, "publication_hour": 22})
    solution = Solver(simulator("augment"), SERVED["augment"].switches, live).solve(start)
    assert [each.choices for each in solution.explanations] == [
        (Choice("before_publication", "reject", ("publication_hour", 11)),)
    ]


Reports = Callable[..., tuple[dict[str, Any], str]]


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Reports:
    """Runs the command beside a live API; gives what it prints as JSON, and the policy file that it writes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pace, "pause", lambda _: None)

    def report(vendor: str, change: Change = lambda _, answer: answer, **policy: str) -> tuple[dict[str, Any], str]:
        monkeypatch.setattr(worlds, "simulator", lambda *_: simulator(vendor))
        live = Live(change, vendor, **policy)
        monkeypatch.setattr(runs, "HttpTransport", lambda *_: live)
        flags = ("--live", "http://live.example", "--token-env", "TOKEN", "--yes", "--json", "--write-policy", "p.yaml")
        result = CliRunner().invoke(main, ["compare", vendor, *flags], env={"TOKEN": f"mock-{vendor}-acme"})
        return json.loads(result.stdout), Path("p.yaml").read_text(encoding="utf-8")

    return report


def test_switch_beside_an_unseen_one_is_reported_with_it(reported: Reports) -> None:
    report, text = reported("augment", before_publication="reject", publication_hour="22")
    (difference,) = report["differences"]
    assert difference["summary"] == "before_publication=reject with publication_hour=11"
    assert difference["settled_by"] == {
        "switch": "before_publication",
        "option": "reject",
        "with": {"publication_hour": 11},
    }
    assert (
        '  publication_hour: "11"  # before_publication=reject shows with this option, and perhaps with others' in text
    )
    assert "\n# unseen: publication_hour: an answer shows only whether the hour is over\n" in text


def test_switches_beside_seldom_ones_are_unseen() -> None:
    for plan in PLANS.values():
        assert plan.beside.keys() <= plan.seldom.keys()
        assert {*plan.beside.values()} <= plan.unseen.keys()


OF_PEOPLE = ["enabledUsers", "activeUsers", "userId", "userName", "userEmail", "email"]


def test_name_that_no_answer_has_is_listed() -> None:
    mine, plan = ours("jetbrains-ide"), PLANS["jetbrains-ide"]
    live = answers("jetbrains-ide", {})
    assert unseen.names(mine, names.learn(mine, plan, live)) == []
    without_people = {name: each for name, each in live.items() if not name.startswith("getUsers")}
    assert unseen.names(mine, names.learn(mine, plan, without_people)) == OF_PEOPLE


def test_name_that_no_answer_has_is_reported(reported: Reports) -> None:
    def without_people(target: str, answer: Response) -> Response:
        return Response(403, answer.headers, b"{}") if "/users" in target else answer

    report, text = reported("jetbrains-ide", without_people)
    assert report["unseen_names"] == OF_PEOPLE
    assert f"# unseen: names: no answer has {', '.join(OF_PEOPLE)}, under this or another name\n" in text


DATE = Fact(("date",), Aspect.KIND, "string")
ECHO = Fact(("date",), Aspect.ECHO, "from")
PAGED = Fact(("meta",), Aspect.PRESENCE, PRESENT)
LONG = Fact(("date",), Aspect.LENGTH, "10")


@pytest.mark.parametrize(
    ("live", "mine", "other", "is_shown"),
    [
        ({DATE}, {DATE}, {DATE, ECHO}, True),
        (set(), {DATE}, {DATE, ECHO}, False),
        ({DATE, ECHO}, {DATE, ECHO}, {DATE}, True),
        ({DATE, LONG}, {DATE, LONG}, {DATE}, False),
        ({PAGED}, {PAGED}, set(), False),
    ],
)
def test_answer_tells_what_only_one_of_two_possible_answers_has(
    live: set[Fact], mine: set[Fact], other: set[Fact], *, is_shown: bool
) -> None:
    assert matching.tells(frozenset(live), frozenset(mine), frozenset(other), ("meta",)) is is_shown
