"""Tests of `mockserver learn`: what it reads and prints, and what it says about everything that it cannot read."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from mockserver import resources, server
from mockserver.app import create_app
from mockserver.learning import fetching, sample_reading
from mockserver.settings import Settings
from tests.cli.conftest import Run, write

VENDOR = "jetbrains-ide"
OPENAPI = str(resources.openapi() / f"{VENDOR}.yaml")
SECRET = "s3cr3t-0f-a-tenant"


class Tenant(BaseHTTPRequestHandler):
    """A server whose `answers` are a status, headers and a body for each path; the requests are kept."""

    answers: dict[str, tuple[int, dict[str, str], bytes]]
    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        """Answer a request."""
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status, headers, body = self.answers[self.path]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class Served:
    """A tenant that is served."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        handler = type("Handler", (Tenant,), {"answers": self.answers, "seen": self.seen})
        self.server = HTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)


@pytest.fixture
def tenants() -> Iterator[list[Served]]:
    """Two tenants, each a host of its own."""
    found = [Served(), Served()]
    for each in found:
        each.thread.start()
    yield found
    for each in found:
        each.server.shutdown()
        each.thread.join()
        each.server.server_close()


@pytest.fixture
def tenant(tenants: list[Served]) -> Served:
    """One of the two, which serves its file."""
    tenants[0].answers["/v3/api-docs"] = (200, {}, Path(OPENAPI).read_bytes())
    return tenants[0]


def test_policy_goes_to_stdout_and_a_summary_to_stderr(run: Run) -> None:
    result = run("learn", VENDOR, "--openapi", OPENAPI)
    assert result.exit_code == 0
    assert '\n  profile_ids: "uuid"  # #/paths/~1api~1analytics~1ai~1users-adoption/get/parameters/3/' in result.stdout
    assert result.stderr.startswith("Read an OpenAPI file with 7 operations: getUsersAdoption, getMetrics, ")
    assert "\nSettled: 2 switches and 14 names.\nNot settled: last_cursor, codex_tool, " in result.stderr


@pytest.mark.in_process("it calls the app at a URL")
def test_learned_policy_starts_a_server_that_is_like_the_tenant(run: Run, tmp_path: Path) -> None:
    names = {"items": "rows", "date": "day", "enabledUsers": "licensed"}
    options = {"names": names, "last_cursor": "absent"}
    policy = tuple(
        (f"{VENDOR}.{name}", json.dumps(each) if name == "names" else str(each)) for name, each in options.items()
    )
    written = tmp_path / "policy.yaml"
    with server.in_thread(create_app(Settings(policy=policy))) as running:
        url = f"{running.url}/_mock/openapi/{VENDOR}.yaml"
        result = run("learn", VENDOR, "--openapi", url, "--output", str(written))
    assert (result.exit_code, result.stdout) == (0, "")
    answer = (
        create_app(Settings(policy_file=written))
        .test_client()
        .get(
            "/api/analytics/ai/users-adoption?fromDate=2025-10-01&toDate=2025-10-01&groupBy=DAY",
            headers={"Authorization": f"Bearer mock-{VENDOR}-acme"},
        )
    )
    assert sorted(answer.get_json()["rows"][0]) == ["activeUsers", "day", "licensed"]


def test_like_is_another_name_of_policy_file(run: Run, created: list[Settings], tmp_path: Path) -> None:
    policy = write(tmp_path / "policy.yaml", "{}\n")
    assert run("serve", "--like", str(policy)).exit_code == 0
    assert [each.policy_file for each in created] == [policy]


USAGE: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing to read": ((VENDOR,), "there is nothing to read; give --openapi FILE|URL, --from-sample FILE, or both"),
    "vendor": (("jetbrain", "--openapi", OPENAPI), "there is no vendor 'jetbrain'"),
    "samples without the option": ((VENDOR, "a.json", "--openapi", OPENAPI), "samples need --from-sample before the "),
    "header of a file": ((VENDOR, "--openapi", OPENAPI, "--header", "A: b"), "--header and --token-env are for a URL"),
    "token of a file": ((VENDOR, "--openapi", OPENAPI, "--token-env", "A"), "--header and --token-env are for a URL"),
    "no header": (
        (VENDOR, "--openapi", "https://a.example", "--header", SECRET),
        "number 1 is not a header; it takes ",
    ),
    "two lines": (
        (VENDOR, "--openapi", "https://a.example", "--header", f"A: {SECRET}\nB: c"),
        "number 1 is not a header",
    ),
    "no such variable": (
        (VENDOR, "--openapi", "https://a.example", "--token-env", "NO_TOKEN_HERE"),
        "the environment variable NO_TOKEN_HERE must have a token",
    ),
    "no such file": ((VENDOR, "--openapi", "/nowhere/a.json"), "/nowhere/a.json: cannot be read: No such file"),
    "output": (
        (VENDOR, "--openapi", OPENAPI, "--output", "/nowhere/a.yaml"),
        "/nowhere/a.yaml: cannot be written: No ",
    ),
    "user in the URL": (
        (VENDOR, "--openapi", f"https://me:{SECRET}@a.example/docs"),
        "https://a.example/docs: a URL must not have a user or a password",
    ),
    "no such sample": ((VENDOR, "--from-sample", "/nowhere/a.json"), "/nowhere/a.json: cannot be read: No such file"),
    "no such operation": ((VENDOR, "--from-sample", "getUser=a.json"), "there is no operation 'getUser' (did you mean"),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.values(), ids=USAGE)
def test_wrong_arguments_are_usage_errors(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("learn", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())
    assert SECRET not in result.output


FILES = {
    "neither": ("a: [b", "neither JSON nor YAML at line 2, column 1: did not find expected"),
    "broken JSON": ('{"a": ', "not JSON at line 1, column "),
    "text": ("hello", "not an OpenAPI file: it has neither `openapi` nor `swagger` at its top"),
    "an answer": ('{"items": []}', "not an OpenAPI file: it has neither `openapi` nor `swagger` at its top"),
    "HTML": ("<!DOCTYPE html><html></html>", "an HTML page, not an OpenAPI file; the file behind a Swagger page is "),
    "another version": ('{"swagger": "1.2"}', "swagger is '1.2'; this command reads Swagger 2.0, OpenAPI 3.0 and 3.1"),
    "no paths": ('{"openapi": "3.0.1"}', "this OpenAPI 3.0.1 file has no paths"),
    "other paths": (
        '{"openapi": "3.0.1", "paths": {"/api/v1/user": {"get": {}}, "/health": {"get": {}}}}',
        (
            "it has no operation of jetbrains-ide, such as GET /api/analytics/ai/users-adoption; "
            "the nearest that it has: GET /api/v1/user"
        ),
    ),
    "no operation": (
        '{"openapi": "3.0.1", "paths": {"/a": {}}}',
        "the nearest that it has: it has no operation at all",
    ),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_file_that_cannot_be_used_is_one_error_that_teaches(
    run: Run, tmp_path: Path, content: str, message: str
) -> None:
    path = write(tmp_path / "tenant.json", content)
    result = run("learn", VENDOR, "--openapi", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {path}: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["HTML", "neither"])
def test_page_behind_a_url_is_one_error(run: Run, tenant: Served, name: str) -> None:
    content, message = FILES[name]
    tenant.answers[f"/docs?key={SECRET}"] = (200, {"Content-Type": "text/html"}, content.encode())
    result = run("learn", VENDOR, "--openapi", f"{tenant.url}/docs?key={SECRET}")
    assert (result.exit_code, SECRET in result.output) == (2, False)
    assert result.stderr.startswith(f"Error: {tenant.url}/docs: {message}")


def test_proxy_is_used_for_other_machines_alone(run: Run, tenant: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "http://tenant.example/v3/api-docs"
    tenant.answers[other] = tenant.answers["/v3/api-docs"]
    monkeypatch.setenv("http_proxy", tenant.url)
    monkeypatch.setenv("no_proxy", "")
    assert run("learn", VENDOR, "--openapi", other).exit_code == 0
    assert run("learn", VENDOR, "--openapi", f"{tenant.url}/v3/api-docs").exit_code == 0
    assert [path for path, _ in tenant.seen] == [other, "/v3/api-docs"]


def test_url_gets_the_headers_and_the_token(run: Run, tenant: Served) -> None:
    flags = ("--header", "X-Tenant: north", "--header", "X-Key:a", "--token-env", "TENANT_TOKEN")
    result = run("learn", VENDOR, "--openapi", f"{tenant.url}/v3/api-docs", *flags, TENANT_TOKEN=SECRET)
    assert (result.exit_code, SECRET in result.output) == (0, False)
    ((_, headers),) = tenant.seen
    assert [headers[name] for name in ("x-tenant", "x-key", "authorization")] == ["north", "a", f"Bearer {SECRET}"]


@pytest.mark.parametrize("to_other", [False, True])
def test_redirect_to_another_host_carries_no_credential(
    run: Run, tenants: list[Served], tenant: Served, *, to_other: bool
) -> None:
    target = tenants[1] if to_other else tenant
    target.answers["/v3/api-docs"] = (200, {}, Path(OPENAPI).read_bytes())
    tenant.answers["/docs"] = (302, {"Location": f"{target.url}/v3/api-docs"}, b"")
    flags = ("--header", f"X-Key: {SECRET}", "--token-env", "TENANT_TOKEN")
    result = run("learn", VENDOR, "--openapi", f"{tenant.url}/docs", *flags, TENANT_TOKEN=SECRET)
    assert result.exit_code == 0
    path, headers = target.seen[-1]
    assert (path, SECRET in str(headers)) == ("/v3/api-docs", not to_other)
    assert SECRET in str(tenant.seen[0])


ANSWERS: dict[str, tuple[int, dict[str, str], str]] = {
    "401": (
        401,
        {},
        "/docs answers 401: it wants a token that may read it; name the variable that has one with --token-env",
    ),
    "404": (404, {}, "/docs answers 404: look for the address of the file"),
    "500": (500, {}, "/docs answers 500\n"),
    "a file of the machine": (302, {"Location": "file:///etc/hosts"}, "/docs answers 302"),
    "another scheme": (302, {"Location": "ftp://127.0.0.1/a"}, "/docs cannot be reached: unknown url type: ftp"),
    "half an answer": (200, {"Content-Length": "99"}, "/docs gives no whole answer: 99 bytes are missing"),
}


@pytest.mark.parametrize(("status", "headers", "message"), ANSWERS.values(), ids=ANSWERS)
def test_url_without_a_file_is_one_error_with_code_1(
    run: Run, tenant: Served, status: int, headers: dict[str, str], message: str
) -> None:
    tenant.answers["/docs"] = (status, headers, b"")
    result = run("learn", VENDOR, "--openapi", f"{tenant.url}/docs")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert f"Error: {tenant.url}{message}" in result.stderr


def test_unreachable_and_silent_hosts_are_errors_with_code_1(run: Run) -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        result = run("learn", VENDOR, "--openapi", f"{url}/docs", "--timeout", "0.05")
        assert (result.exit_code, result.stderr) == (1, f"Error: {url}/docs sent nothing for 0.05 s\n")
    result = run("learn", VENDOR, "--openapi", f"{url}/docs")
    assert (result.exit_code, result.stderr) == (1, f"Error: {url}/docs cannot be reached: Connection refused\n")
    result = run("learn", VENDOR, "--openapi", "http://127.0.0.1:port/docs")
    assert (result.exit_code, "gives no whole answer" in result.stderr) == (1, True)


def test_file_and_sample_have_a_largest_size(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "BYTES_MAXIMUM", 1000)
    monkeypatch.setattr(sample_reading, "BYTES_MAXIMUM", 10)
    sample = write(tmp_path / "a.json", '{"items": []}')
    for flags, rule in (
        (("--openapi", OPENAPI), "at most 1,000 bytes"),
        (("--from-sample", str(sample)), "at most 10"),
    ):
        result = run("learn", VENDOR, *flags)
        assert (result.exit_code, rule in result.stderr) == (2, True)


def test_file_and_samples_are_read_together(run: Run, tmp_path: Path) -> None:
    body: dict[str, Any] = {"items": [], "nextCursor": None}
    sample = write(tmp_path / "a=b.json", json.dumps(body))
    result = run("learn", VENDOR, "--openapi", OPENAPI, "--from-sample", f"getUsers={sample}")
    assert result.exit_code == 0
    assert result.stderr.count("\nRead captured answers with 1 operation: getUsers.\n") == 1
    assert '\n  profile_ids: "uuid"  #' in result.stdout
    assert '"null" (#/components/schemas/UsersAnswer/properties/nextCursor) or "absent"' in result.stdout
