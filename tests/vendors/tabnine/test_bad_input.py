"""Whatever is sent, the answer is in Tabnine's words, without traceback or redirect, and the journal has an entry."""

from dataclasses import replace

import pytest

from tests.contract import wire
from tests.contract.client import Client
from tests.contract.watch import Watch

PATHS = {
    "a trailing slash": ("/license/", 404),
    "two slashes within": ("//license", 404),
    "dots": ("/../v1/license", 404),
    "an encoded slash": ("%2Flicense", 200),
    "an encoded letter": ("/licens%65", 200),
    "no UTF-8": ("/%FF%FE", 404),
    "NUL": ("/license%00", 404),
    "a line end": ("/license%0d%0aX-Injected:%201", 404),
    "markup": ("/<script>alert(1)</script>", 404),
    "a percent sign alone": ("/%", 404),
    "a fixed path with an encoded letter": ("/team/%75sage", 400),
    "a fixed path with a slash": ("/team/usage/", 404),
    "an id of slashes": ("/team/%2F%2F/users", 404),
    "an id of two parts": ("/user/a%2Fb", 404),
    "an id of percent signs": ("/user/%25%2525", 404),
    "an id that is no UTF-8": ("/user/%C3%28", 404),
    "very long": (f"/user/{'a' * 60_000}", 404),
}

QUERIES = {
    "no hexadecimal": "offset=%ZZ",
    "half a letter": "offset=%C3%28",
    "NUL": "offset=%00",
    "NUL behind a value": "limit=5%00",
    "a raw NUL": "offset=\0",
    "raw letters beyond ASCII": "offset=\u0441\u0440\u0435\u0434\u0430",
    "line ends": "limit=%0d%0aX-Injected:%201",
    "100 kB in one value": pytest.param("unknown=" + "A" * 100_000, marks=wire.TOO_LONG),
    "100 kB of names": pytest.param("&".join(f"n{index}=" for index in range(15_000)), marks=wire.TOO_LONG),
    "markup": "limit=<script>alert(1)</script>",
    "the same twice": "limit=5&limit=5",
}

IGNORED = ("%ZZ", "====", "=", "%C3%28=1", "%00=1", "&&&", "unknown", "limit[]=5", "Limit=x")


def _last_entry(client: Client) -> tuple[str, str, int | None]:
    *_, entry = client.sandbox.journal
    return entry.method, entry.vendor, entry.status


@pytest.mark.parametrize("shape", ["nested", "flat"])
@pytest.mark.parametrize(("path", "status"), PATHS.values(), ids=PATHS)
def test_odd_path_is_served_or_refused_and_never_redirected(
    tabnine: Client, path: str, status: int, shape: str
) -> None:
    answer = tabnine.switched(error_shape=shape).get(path)
    assert answer.status == status
    assert set(answer.headers.keys()) == {"Content-Type", "Content-Length", "Date"}
    assert _last_entry(tabnine) == ("GET", "tabnine", status)


@pytest.mark.parametrize(("mount", "status"), [("//api/v1", 404), ("///api/v1", 404), ("/api//v1", 404)])
def test_extra_leading_slashes_do_not_bypass_authentication(
    tabnine: Client, watch: Watch, mount: str, status: int
) -> None:
    """A base URL that ends in a slash is the classic mistake; it must not pass for right."""
    assert replace(tabnine, mount=mount).get("/license").status == status
    assert replace(tabnine, mount=mount).bearing(None).get("/license").status in {401, 404}
    watch.take()  # The watch gets the folded path, which is described, and has no 404.


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_odd_query_is_400(tabnine: Client, query: str) -> None:
    answer = tabnine.get("/organization/teams", query)
    assert (answer.status, answer.message) == (400, "Validation Error")
    assert len(answer.body) < 1_000
    assert "X-Injected" not in answer.headers
    assert _last_entry(tabnine) == ("GET", "tabnine", 400)


@pytest.mark.parametrize("query", IGNORED)
def test_malformed_parameter_name_is_ignored(tabnine: Client, query: str) -> None:
    assert tabnine.get("/organization/teams", query).body == tabnine.get("/organization/teams").body


@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "CONNECT", "X" * 2_000, "G\u00c9T"])
def test_unknown_method_is_405(tabnine: Client, method: str) -> None:
    answer = tabnine.send(method, "/license")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert len(answer.body) < 3_000


def test_large_body_on_a_get_is_400_and_a_small_one_is_ignored(tabnine: Client) -> None:
    great = tabnine.send("GET", "/license", body=b"x" * 10_000_000)
    assert great.status == 400
    assert [fault.partition(": ")[0] for fault in great.faults] == ["request"]
    assert tabnine.send("GET", "/license", body=b'{"role": "x"}').body == tabnine.get("/license").body


def test_journal_has_every_refusal_without_credentials(tabnine: Client) -> None:
    tabnine.bearing("Bearer my-own-secret").get("/license", "token=my-own-secret")
    tabnine.bearing("Bearer mock-tabnine-acme-forbidden").get("/license")
    tabnine.get("/nowhere")
    tabnine.send("POST", "/license")
    tabnine.get("/team/x")
    tabnine.get("/organization/teams", "limit=x")
    tabnine.get("/organization/account-utilizations", "startDate=2999-01")
    tabnine.get("/license")
    entries = list(tabnine.sandbox.journal)
    assert [(entry.status, entry.refusal, entry.operation) for entry in entries] == [
        (401, "unauthenticated", "getLicense"),
        (403, "forbidden", "getLicense"),
        (404, "not_found", None),
        (405, "method_not_allowed", None),
        (404, "not_found", "getTeam"),
        (400, "invalid", "getTeams"),
        (422, "invalid", "getOrganizationAccountUtilizations"),
        (200, None, "getLicense"),
    ]
    assert "my-own-secret" not in repr(entries)
    assert "mock-tabnine" not in repr(entries)
