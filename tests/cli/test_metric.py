"""Tests of `mockserver metric`: a table with bars, or JSON, from an organization or a running server."""

import json
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from mockserver import server
from tests.admin.driver import Admin
from tests.cli.conftest import Run

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

NOW = ("--now", "2025-10-21T10:30:00Z")
RANGE = ("--from", "2025-10-13", "--to", "2025-10-23")


def test_metric_is_a_table_with_a_bar_per_row(run: Run) -> None:
    result = run("metric", "total-ai-actions", *RANGE, *NOW, "--dimension", "code-review", "--vendor", "tabnine")
    assert result.exit_code == 0
    head, _, *rows, _, counted, fields = result.output.splitlines()
    points = [row.split() for row in rows]
    assert [point[0] for point in points] == [f"2025-10-{day}" for day in range(13, 24)]
    values = [int(point[1].replace(",", "")) for point in points]
    most = max(values)
    assert [len(point[2]) if point[2:] else 0 for point in points] == [-(-value * 40 // most) for value in values]
    total = sum(values)
    average = (200 * total + 11) // 22
    formatted = f"{average // 100:,}.{average % 100:02}"
    assert head == f"total-ai-actions of acme (code-review): {formatted} on average per day"
    assert counted == f"{total:,} in 11 days, by what the APIs show:"
    assert fields == "  tabnine through 2025-10-21: chat.usefulChatInteractions"


def test_zeros_have_no_bars(run: Run) -> None:
    result = run("metric", "total-lines-added", *RANGE, *NOW, "--vendor", "jetbrains-ide", "--bucket", "month")
    assert result.output.splitlines() == [
        "total-lines-added of acme (all): 0.00 on average per month",
        "",
        "2025-10-01  0",
        "",
        "0 in 1 month, by what the APIs show:",
        "  jetbrains-ide through 2025-10-21: nothing",
    ]


def test_bars_fit_the_terminal(run: Run) -> None:
    wide, narrow, least = (
        run("metric", "total-ai-actions", *RANGE, *NOW, COLUMNS=columns).output for columns in (None, "40", "5")
    )
    rows = [[line for line in output.splitlines() if line.startswith("2025-10-")] for output in (wide, narrow)]
    assert max(map(len, rows[1])) == 40 < max(map(len, rows[0]))
    assert [row.rstrip("█") for row in rows[1]] == [row.rstrip("█") for row in rows[0]]
    assert least.count("█") == 9
    assert "  augment from 2023-10-20 through 2025-10-20: " in wide


def test_running_server_computes_its_own_numbers(run: Run, url: str, app: Flask) -> None:
    query = ("--bucket", "week", "--team", "Data", "--vendor", "augment", "--vendor", "tabnine")
    printed = json.loads(run("metric", "ai-active-users", *RANGE, *query, "--url", f"{url}/", "--json").output)
    path = "/metrics/ai-active-users?from=2025-10-13&to=2025-10-23&bucket=week&team=Data&vendor=augment&vendor=tabnine"
    assert printed == Admin(app, {"Host": "127.0.0.1"}).get(path)
    table = run("metric", "ai-active-users", *RANGE, *query, "--url", url).output
    assert table.startswith("ai-active-users of acme, Data (all): ")
    assert json.loads(run("metric", "ai-active-users", *RANGE, *query, *NOW, "--json").output) == printed


def test_final_values_are_those_in_the_end(run: Run, url: str, app: Flask) -> None:
    Admin(app, {"Host": "127.0.0.1"}).done("PUT", "/policy", {"augment": {"restatement": "late_rows"}})
    query = ("total-ai-actions", *RANGE, "--vendor", "augment", "--url", url)
    shown, final = (run("metric", *query, *flag).output for flag in ((), ("--final",)))
    assert " in 11 days, by what the APIs show:" in shown
    assert " in 11 days, by what the APIs will show of these days in the end:" in final
    sums = [json.loads(run("metric", *query, *flag, "--json").output)["sum"] for flag in ((), ("--final",))]
    assert sums[0] < sums[1] == json.loads(run("metric", *query[:-2], *NOW, "--json").output)["sum"]


def test_average_of_no_buckets_is_none(run: Run, url: str, app: Flask) -> None:
    Admin(app, {"Host": "127.0.0.1"}).done("PUT", "/policy", {"metrics": {"partial_buckets": "omitted"}})
    table = run("metric", "ai-active-users", *RANGE, "--bucket", "month", "--url", url).output
    assert table.splitlines()[0] == "ai-active-users of acme (all): none on average per month"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ai-active-user", *RANGE), "there is no metric 'ai-active-user' (did you mean 'ai-active-users'?)"),
        (("ai-active-users", "--from", "2025-10-13", "--to", "monday"), "'--to': 'monday' is not a date that exists"),
        (("ai-active-users", "--from", "2025-02-30", "--to", "2025-03-01"), "'2025-02-30' is not a date that exists"),
        (("ai-active-users", "--from", "2025-10-13", "--to", "2025-10-12"), "to: must not be before from"),
        (("ai-active-users", *RANGE, "--organization", "acmee"), "acmee"),
        (("ai-active-users", *RANGE, "--now", "noon"), "'noon' is not a timestamp"),
        (("ai-active-users", *RANGE, "--url", "acme"), "'acme' is not the URL of a server"),
    ],
)
def test_invalid_query_is_a_usage_error(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("metric", *arguments)
    assert result.exit_code == 2
    assert message in result.output


HEALTH = b'{"vendors": []}'


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"points": 1, "bucket": "day"}'])
def test_answer_that_is_not_a_metric_is_one_line(run: Run, body: bytes) -> None:
    def other(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        return [HEALTH if environ["PATH_INFO"] == "/_mock/health" else body]

    with server.in_thread(other) as running:
        result = run("metric", "ai-active-users", *RANGE, "--url", running.url)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert any(
        words in result.stderr for words in ("is not a metric: is it a mock server", "is not answered by a mock server")
    )


def test_refusal_is_printed_with_its_detail(run: Run, url: str) -> None:
    result = run("metric", "ai-active-users", *RANGE, "--url", url, "--team", "Engine", MOCKSERVER_ORGANIZATION="acme")
    assert result.exit_code == 2
    assert "/_mock/metrics/ai-active-users returned 400: team: there is no team 'Engine'" in result.output
