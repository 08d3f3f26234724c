"""The settings of a configuration file combined with flags and variables, and in commands other than `serve`."""

from pathlib import Path

import pytest

from mockserver import app, server
from mockserver.settings import Settings
from tests.cli.conftest import Run, write

pytestmark = pytest.mark.usefixtures("folder")


def test_flag_wins_over_variable_and_variable_over_file(run: Run, created: list[Settings], folder: Path) -> None:
    write(folder / "mockserver.toml", "threads = 1\njournal-size = 1\nsandboxes-maximum = 1\nfreeze = true")
    variables = {"MOCKSERVER_THREADS": "2", "MOCKSERVER_JOURNAL_SIZE": "2", "MOCKSERVER_FREEZE": "0"}
    run("serve", "--threads", "3", **variables)
    assert created == [Settings(threads=3, journal_size=2, sandboxes_maximum=1)]


CASE = Settings(case="C001", over_case=frozenset({"case"}))
WINNERS = {
    "an organization": ('organization-file = "a.yaml"', ["--organization", "globex"], Settings(organization="globex")),
    "an organization file": (
        'organization = "globex"',
        ["--organization-file", "a.yaml"],
        Settings(organization_file=Path("a.yaml")),
    ),
    "an admin token": ('admin-token-file = "no.txt"', ["--admin-token", "s"], Settings(admin_token="s")),
    "an admin token file": ('admin-token = "s"', ["--admin-token-file", "token.txt"], Settings(admin_token="t")),
    "a policy file": (
        '[policy.a]\nb = "c"',
        ["--policy-file", "a.yaml"],
        Settings(policy_file=Path("a.yaml")),
    ),
    "a policy file and a switch": (
        '[policy.a]\nb = "c"',
        ["--policy-file", "a.yaml", "--policy", "d.e=f"],
        Settings(policy_file=Path("a.yaml"), policy=(("d.e", "f"),)),
    ),
    "a switch": (
        '[policy.a]\nb = "c"\nd = "e"',
        ["--policy", "a.b=x"],
        Settings(policy=(("a.d", "e"), ("a.b", "x"))),
    ),
    "a case": (
        'organization = "globex"\nprofile = "slow"\nnow = 2025-10-21T10:30:00Z\nfreeze = true\n[policy.a]\nb = "c"',
        ["--case", "C001"],
        CASE,
    ),
    "a case with a flag": (
        'case = "C002"\nlimits = "off"\nthreads = 2',
        ["--case", "C001", "--organization", "globex"],
        Settings(
            case="C001", organization="globex", threads=2, over_case=frozenset({"case", "organization", "threads"})
        ),
    ),
}


@pytest.mark.parametrize(("text", "flags", "settings"), WINNERS.values(), ids=WINNERS)
def test_setting_gives_way_to_the_flag_that_it_would_override(
    run: Run, created: list[Settings], folder: Path, text: str, flags: list[str], settings: Settings
) -> None:
    write(folder / "token.txt", "t")
    write(folder / "mockserver.toml", text)
    result = run("serve", *flags)
    variables = {f"MOCKSERVER_{flag[2:].upper().replace('-', '_')}": flags[i + 1] for i, flag in enumerate(flags[::2])}
    if len(flags) == 2:
        run("serve", **variables)
    assert created == [settings] * (2 if len(flags) == 2 else 1), result.output


def test_other_commands_take_the_settings_they_have_flags_for(run: Run, folder: Path, url: str) -> None:
    plain = run("tokens").stdout
    write(folder / "mockserver.toml", 'port = 9090\norganization = "globex"\nthreads = 3\njson = true')
    printed = run("tokens").stdout
    assert printed == run("tokens", "--organization", "globex", "--url", "http://127.0.0.1:9090").stdout != plain
    assert run("tokens", "--organization", "acme", "--url", "http://127.0.0.1:8080").stdout == plain
    assert run("lint", "--url", url).stdout == "0 findings in 0 requests\n"


URLS = {
    "host = '0.0.0.0'\nadmin-token = 's'": "http://127.0.0.1:8080",
    "host = '::'\nport = 1\nadmin-token = 's'": "http://127.0.0.1:1",
    "host = '[::1]'": "http://[::1]:8080",
    "host = 'localhost'\nport = 7": "http://localhost:7",
    "port = 0": "http://127.0.0.1:8080",
    "threads = 1": "http://127.0.0.1:8080",
}


@pytest.mark.parametrize("text", URLS)
def test_url_follows_from_host_and_port(run: Run, folder: Path, text: str) -> None:
    write(folder / "mockserver.toml", text)
    assert run("env", "--format", "dotenv").stdout.splitlines()[0] == f"MOCKSERVER_URL={URLS[text]}"
    assert run("env", "--format", "dotenv", MOCKSERVER_URL="http://a").stdout.startswith("MOCKSERVER_URL=http://a\n")


def test_command_that_may_start_a_server_takes_no_url_from_the_file(run: Run, folder: Path) -> None:
    write(folder / "mockserver.toml", 'port = 9\norganization = "documented"')
    result = run("audit", "--vendor", "cross-vendor")
    assert (result.exit_code, " of documented, a sample" in result.stdout) == (0, True), result.output


def test_admin_token_of_the_file_is_sent(run: Run, folder: Path) -> None:
    with server.in_thread(app.create_app(Settings(admin_token="let-me-in"))) as running:
        assert run("lint", "--url", running.url).exit_code == 2
        write(folder / "mockserver.toml", f"port = {running.url.rpartition(':')[2]}\nadmin-token = 'let-me-in'")
        assert run("lint").exit_code == 0
