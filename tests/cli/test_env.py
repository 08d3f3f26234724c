"""Tests of `mockserver env`: every vendor's variables, quoted for each format."""

import json
import subprocess

import pytest

from mockserver import vendors
from tests.cli.conftest import Run

ACME = {
    "MOCKSERVER_URL": "http://127.0.0.1:8080",
    "MOCKSERVER_TOKEN_AUGMENT": "mock-augment-acme",
    "MOCKSERVER_CLIENT_ID_JETBRAINS_CONSOLE": "mock-jetbrains-console-acme",
    "MOCKSERVER_CLIENT_SECRET_JETBRAINS_CONSOLE": "mock-secret",
    "MOCKSERVER_TOKEN_JETBRAINS_IDE": "mock-jetbrains-ide-acme",
    "MOCKSERVER_TOKEN_TABNINE": "mock-tabnine-acme",
}


def test_every_vendor_has_variables(run: Run) -> None:
    assert json.loads(run("env", "--format", "json").stdout) == ACME
    names = {vendor.name.upper().replace("-", "_") for vendor in vendors.discover()}
    assert {name for name in names if not any(each.endswith(name) for each in ACME)} == set()


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


@pytest.mark.parametrize("url", ["", "http://mock.test\nexport PATH=", "http://mock.test/\x1b[31m"])
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
