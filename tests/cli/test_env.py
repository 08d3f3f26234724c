"""Tests of `mockserver env`: every vendor's variables, quoted for each format."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from mockserver import vendors
from tests.cli.conftest import Run

PROXY = {"NO_PROXY": "127.0.0.1,localhost,::1", "no_proxy": "127.0.0.1,localhost,::1"}
ACME = {
    "MOCKSERVER_URL": "http://127.0.0.1:8080",
    "MOCKSERVER_TOKEN_AUGMENT": "mock-augment-acme",
    "MOCKSERVER_CLIENT_ID_JETBRAINS_CONSOLE": "mock-jetbrains-console-acme",
    "MOCKSERVER_CLIENT_SECRET_JETBRAINS_CONSOLE": "mock-secret",
    "MOCKSERVER_TOKEN_JETBRAINS_IDE": "mock-jetbrains-ide-acme",
    "MOCKSERVER_TOKEN_TABNINE": "mock-tabnine-acme",
}


@pytest.fixture(autouse=True)
def no_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has no exceptions from the use of a proxy."""
    for name in PROXY:
        monkeypatch.delenv(name, raising=False)


def test_every_vendor_has_variables(run: Run) -> None:
    assert json.loads(run("env", "--format", "json").stdout) == ACME | PROXY
    names = {vendor.name.upper().replace("-", "_") for vendor in vendors.discover()}
    assert {name for name in names if not any(each.endswith(name) for each in ACME)} == set()


@pytest.mark.unix("the lines are for a POSIX shell")
def test_shell_reads_the_variables(run: Run) -> None:
    url = "http://mock.test:99/it's $HOME `here`"
    printed = run("env", "--organization", "globex", "--url", url).stdout
    script = f'{printed}\nprintf "%s|%s" "$MOCKSERVER_URL" "$MOCKSERVER_TOKEN_AUGMENT"'
    found = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert found == f"{url}|mock-augment-globex"


FORMS = {
    "shell": "export MOCKSERVER_URL='http://mock.test/it'\"'\"'s'\n",
    "dotenv": "MOCKSERVER_URL=http://mock.test/it's\n",
    "powershell": "$env:MOCKSERVER_URL = 'http://mock.test/it''s'\n",
}


@pytest.mark.parametrize(("form", "line"), FORMS.items(), ids=FORMS)
def test_values_are_quoted_for_each_format(run: Run, form: str, line: str) -> None:
    assert run("env", "--format", form, "--url", "http://mock.test/it's/").stdout.startswith(line)


def test_variables_of_serve_are_used(run: Run) -> None:
    printed = run("env", MOCKSERVER_ORGANIZATION="globex", MOCKSERVER_URL="http://mock.test").stdout
    assert "export MOCKSERVER_URL=http://mock.test\n" in printed
    assert "mock-augment-globex" in printed


JOINED = {
    "one name": ({"NO_PROXY": ".corp, 10.0.0.0/8"}, ".corp,10.0.0.0/8,127.0.0.1,localhost,::1"),
    "both names": ({"NO_PROXY": "a", "no_proxy": "b,localhost,"}, "a,b,localhost,127.0.0.1,::1"),
    "everything": ({"no_proxy": "a,*"}, "*"),
}


@pytest.mark.parametrize(("variables", "joined"), JOINED.values(), ids=JOINED)
@pytest.mark.parametrize(("form", "quoted"), [("json", '": "{}"'), ("dotenv", "={}\n"), ("powershell", " = '{}'")])
def test_proxy_exceptions_are_joined_with_those_of_the_environment(
    run: Run, form: str, quoted: str, variables: dict[str, str], joined: str
) -> None:
    printed = run("env", "--format", form, **variables).stdout
    for name in PROXY:
        assert f"{name}{quoted.format(joined)}" in printed


@pytest.mark.unix("the lines are for a POSIX shell")
def test_shell_reads_the_proxy_exceptions(run: Run) -> None:
    printed = run("env", "--url", "http://127.1.2.3:80", NO_PROXY="*.corp, [fe80::1]").stdout
    script = f'{printed}\nprintf "%s %s" "$NO_PROXY" "$no_proxy"'
    found = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert found == " ".join(["*.corp,[fe80::1],127.1.2.3,localhost,127.0.0.1,::1"] * 2)


def test_httpx_accepts_the_proxy_exceptions(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in json.loads(run("env", "--format", "json").stdout).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test")
    with httpx.Client() as client:
        proxied = client._transport_for_url(httpx.URL("http://elsewhere.test"))  # noqa: SLF001
        local = [client._transport_for_url(httpx.URL(f"http://{host}:8080")) for host in ("127.0.0.1", "[::1]")]  # noqa: SLF001
    assert proxied not in local


def test_server_elsewhere_may_need_the_proxy(run: Run) -> None:
    assert "NO_PROXY" not in run("env", "--url", "http://mock.test", NO_PROXY="a").stdout


def test_tokens_of_an_organization_file_are_used(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("slug: mine\nname: Mine\npeople: 12\nteams: [{name: Backend}]\n", encoding="utf-8")
    assert "MOCKSERVER_TOKEN_AUGMENT=mock-augment-mine\n" in run("env", "--organization-file", str(file)).stdout


@pytest.mark.parametrize("url", ["localhost:8080", "http://", "http://[::1", "http://h:x"])
def test_invalid_url_is_a_usage_error(run: Run, url: str) -> None:
    for command in ("env", "tokens", "lint", "cases"):
        result = run(command, "--url", url)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Error: Invalid value for '--url'" in result.stderr


@pytest.mark.parametrize("url", ["http://mock.test\nexport PATH=", "http://mock.test/\x1b[31m"])
def test_value_that_is_not_one_line_is_rejected(run: Run, url: str) -> None:
    result = run("env", "--format", "dotenv", "--url", url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "MOCKSERVER_URL cannot be " in result.stderr


def test_help_has_examples(run: Run) -> None:
    printed = run("env", "--help").output
    assert 'eval "$(mockserver env)"' in printed
    prefixes = ("MOCKSERVER_URL", "MOCKSERVER_TOKEN_<", "MOCKSERVER_CLIENT_ID_<", "MOCKSERVER_CLIENT_SECRET_<")
    assert [name for name in prefixes if name not in printed] == []
    assert [name for name in ACME if not name.startswith(tuple(each.rstrip("<") for each in prefixes))] == []
