"""Bad input: every answer has this vendor's form, none is a redirect, and each one is journaled."""

from dataclasses import replace

import pytest

from tests.contract import wire
from tests.contract.client import Client
from tests.contract.watch import Watch
from tests.vendors.jetbrains_ide import queries

RANGE = "fromDate=2025-09-01&toDate=2025-09-30"
PATHS = {
    "a trailing slash": ("/users-adoption/", 404),
    "two slashes within": ("/effectiveness//metrics", 404),
    "dots": ("/../ai/users-adoption", 404),
    "an encoded slash": ("/effectiveness%2Fmetrics", 200),
    "an encoded letter": ("/effectiveness/metric%73", 200),
    "an encoded point": ("/effectiveness/metrics/users%2Epaged", 200),
    "no UTF-8": ("/%FF%FE", 404),
    "NUL": ("/effectiveness/metrics%00", 404),
    "a line end": ("/effectiveness/metrics%0d%0aX-Injected:%201", 404),
    "markup": ("/<script>alert(1)</script>", 404),
    "a percent sign alone": ("/%", 404),
    "two percent signs": ("/%25%2525", 404),
    "a semicolon": ("/effectiveness/metrics;jsessionid=1", 404),
    "very long": (f"/{'a' * 60_000}", 404),
}

QUERIES = {
    "no hexadecimal": "fromDate=%ZZ&toDate=2025-09-30",
    "half a letter": "fromDate=%C3%28&toDate=2025-09-30",
    "NUL": "fromDate=%00&toDate=2025-09-30",
    "NUL after a date": "fromDate=2025-09-01%00&toDate=2025-09-30",
    "a raw NUL": "fromDate=\0&toDate=2025-09-30",
    "raw letters beyond ASCII": "fromDate=\u0441\u0440\u0435\u0434\u0430&toDate=2025-09-30",
    "percent signs": "fromDate=%25&toDate=%2525",
    "line ends": f"{RANGE}&tool=nes%0d%0aX-Injected:%201",
    "100 kB in one value": pytest.param(f"{RANGE}&unknown={'A' * 100_000}", marks=wire.TOO_LONG),
    "100 kB of names": pytest.param(
        f"{RANGE}&{'&'.join(f'n{index}=' for index in range(15_000))}", marks=wire.TOO_LONG
    ),
    "10,000 users": pytest.param(f"{RANGE}&query={','.join([queries.UNKNOWN] * 10_000)}", marks=wire.TOO_LONG),
    "10,000 tools": f"{RANGE}&tool={','.join(['junie'] * 10_000)}",
    "markup": f"{RANGE}&tool=<script>alert(1)</script>",
    "the same twice": f"{RANGE}&toDate=2025-09-30",
    "no equals sign": "fromDate&toDate=2025-09-30",
    "a list in brackets": "fromDate[]=2025-09-01&toDate=2025-09-30",
}

IGNORED = ("%ZZ", "====", "=", "%C3%28=1", "%00=1", "&&&", "unknown", "tool[]=5", "Tool=x", ";tool=x")


def _last_entry(client: Client) -> tuple[str, str, int | None]:
    *_, entry = client.sandbox.journal
    return entry.method, entry.vendor, entry.status


@pytest.mark.parametrize(("path", "status"), PATHS.values(), ids=PATHS)
def test_odd_path_is_served_or_refused_and_never_redirected(jetbrains_ide: Client, path: str, status: int) -> None:
    answer = jetbrains_ide.get(path, RANGE)
    assert answer.status == status
    assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}
    assert _last_entry(jetbrains_ide) == ("GET", "jetbrains-ide", status)


@pytest.mark.parametrize("mount", ["//api/analytics/ai", "///api/analytics/ai", "/api//analytics/ai"])
def test_extra_leading_slashes_do_not_bypass_authentication(jetbrains_ide: Client, watch: Watch, mount: str) -> None:
    """A base URL that ends in a slash is a common mistake, and must not work."""
    client = replace(jetbrains_ide, mount=mount)
    refused = client.get(queries.TOTALS, RANGE)
    assert refused.status == 404
    if mount.startswith("//"):
        path = f"{mount}{queries.TOTALS}"
        assert (refused.message, refused.json["path"]) == (f"there is nothing at {path}", path)
    assert client.bearing(None).get(queries.TOTALS, RANGE).status in {401, 404}
    watch.take()  # The watch gets the folded path, which is described, and has no 404.


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_odd_query_is_400_on_every_endpoint(jetbrains_ide: Client, query: str) -> None:
    for path in (queries.BY_FEATURE, queries.USERS):
        answer = jetbrains_ide.get(path, query)
        assert (answer.status, answer.json["error"]) == (400, "Bad Request")
        assert len(answer.body) < 1_000
        assert "X-Injected" not in answer.headers
        assert _last_entry(jetbrains_ide) == ("GET", "jetbrains-ide", 400)


def test_list_of_users_may_fill_the_query_string(jetbrains_ide: Client) -> None:
    ids = [f"00000000-0000-4000-8000-{index:012}" for index in range(440)]
    assert jetbrains_ide.get(queries.USERS, f"{RANGE}&query={','.join(ids)}").json["items"] == []


@pytest.mark.parametrize("query", IGNORED)
def test_malformed_parameter_name_is_ignored(jetbrains_ide: Client, query: str) -> None:
    plain = jetbrains_ide.get(queries.TOTALS, RANGE)
    assert jetbrains_ide.get(queries.TOTALS, f"{query}&{RANGE}").body == plain.body


@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "CONNECT", "X" * 2_000, "G\u00c9T"])
def test_unknown_method_is_405(jetbrains_ide: Client, method: str) -> None:
    answer = jetbrains_ide.send(method, queries.TOTALS)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert len(answer.body) < 3_000


def test_large_body_on_a_get_is_400_and_a_small_one_is_ignored(jetbrains_ide: Client) -> None:
    large = jetbrains_ide.send("GET", queries.TOTALS, RANGE, body=b"x" * 10_000_000)
    assert (large.status, large.json["error"]) == (400, "Bad Request")
    small = jetbrains_ide.send("GET", queries.TOTALS, RANGE, body=b'{"tool": "x"}')
    assert small.body == jetbrains_ide.get(queries.TOTALS, RANGE).body


def test_journal_has_every_refusal_without_credentials(jetbrains_ide: Client) -> None:
    jetbrains_ide.bearing("Automation my-own-secret").get(queries.TOTALS, "token=my-own-secret")
    jetbrains_ide.bearing("Automation mock-jetbrains-ide-acme-forbidden").get(queries.TOTALS)
    jetbrains_ide.get("/nowhere")
    jetbrains_ide.send("POST", queries.TOTALS)
    jetbrains_ide.get(queries.USERS, f"{RANGE}&limit=1001")
    jetbrains_ide.get(queries.USERS, RANGE)
    entries = list(jetbrains_ide.sandbox.journal)
    assert [(entry.status, entry.refusal, entry.operation) for entry in entries] == [
        (401, "unauthenticated", "getMetricsTotals"),
        (403, "forbidden", "getMetricsTotals"),
        (404, "not_found", None),
        (405, "method_not_allowed", None),
        (400, "invalid", "getUsersPaged"),
        (200, None, "getUsersPaged"),
    ]
    assert "my-own-secret" not in repr(entries)
    assert "mock-jetbrains" not in repr(entries)
