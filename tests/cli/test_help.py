"""The help of every command teaches it: a summary that fits its line, and examples that work."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver import resources, server
from mockserver.cli.runs.command import Command
from mockserver.cli.runs.command import Run as CommandRun
from mockserver.comparison import pace
from mockserver.server import LateApp
from tests.cli.commands import COMMANDS
from tests.cli.conftest import Run, make_late

URL = "http://127.0.0.1:8080"
VENDOR = "jetbrains-ide"
"""What VENDOR stands for in examples of commands that take one."""

EXAMPLE = re.compile(r'^ +(?:eval "\$\()?(mockserver .*?)(?:\)")?(?:\s{3,}.*)?$', re.MULTILINE)


def examples(printed: str) -> list[str]:
    """The examples in a help."""
    return EXAMPLE.findall(printed[printed.rindex("Examples:\n") :])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name."""
    created = tmp_path_factory.mktemp("examples")
    bundled = (resources.fixtures() / "organizations" / "documented.yaml").read_text(encoding="utf-8")
    (created / "mine.yaml").write_text(bundled, encoding="utf-8")
    (created / "policy.yaml").write_text("metrics: {subteams: with}\n", encoding="utf-8")
    tenant = (resources.openapi() / f"{VENDOR}.yaml").read_text(encoding="utf-8")
    (created / "tenant.json").write_text(tenant, encoding="utf-8")
    user = {"id": "7f6c2a34-0d0e-4c3e-9a5b-2f1d7a3e9c10", "name": "Ada", "email": "ada@example.com"}
    profile = {"id": "d8172c5f-52f3-4017-9f21-c3fe377b6017", "name": "Default"}
    (created / "users.json").write_text(json.dumps({"items": [user], "nextCursor": None}), encoding="utf-8")
    (created / "profiles.json").write_text(json.dumps({"items": [profile]}), encoding="utf-8")
    request = {"method": "GET", "url": "https://tenant.example/api/v1/profiles"}
    response = {"status": 200, "content": {"text": json.dumps({"items": [profile]})}}
    har = {"log": {"entries": [{"request": request, "response": response}]}}
    (created / "session.har").write_text(json.dumps(har), encoding="utf-8")
    return created


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[str]:
    """Servers that end when their app is made, and commands of a sweep that are not run; the list names both."""
    seen: list[str] = []

    def serve(
        app: LateApp, host: str, port: int, _threads: int, on_ready: Callable[[str], None], *_: object, **__: object
    ) -> None:
        seen.append(f"serve {host}:{port}")
        on_ready(f"http://{host}:{port}")
        make_late(app)

    def run_command(command: Command, *_: object) -> CommandRun:
        seen.append(shlex.join(command.arguments))
        return CommandRun(0, 0.1, "")

    monkeypatch.setattr(pace, "pause", lambda _: None)
    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setattr(Command, "run", run_command)
    monkeypatch.chdir(folder)
    return seen


@pytest.mark.parametrize("name", COMMANDS)
def test_summary_fits_its_line_of_the_help(run: Run, name: str) -> None:
    *group, short = name.split()
    listed = run(*group, "--help", COLUMNS="80").stdout.rpartition("Options:\n")[2].partition("Examples:\n")[0]
    (line,) = [line for line in listed.splitlines() if line.startswith(f"  {short} ")]
    summary = " ".join(line.split()[1:])
    assert summary.endswith(".")
    assert not summary.endswith("...")
    assert COMMANDS[name].help.replace("\n", " ").startswith(f"{summary} ")  # type: ignore[union-attr]


def test_help_lists_every_command_once_and_the_first_steps_first(run: Run) -> None:
    listed = run("--help").stdout.partition("First steps:\n")[2].partition("Examples:\n")[0]
    lines = [line for line in listed.splitlines() if line.startswith("  ") and line.strip()]
    names = [line.split()[0] for line in lines]
    assert names[:3] == ["serve", "tokens", "cases"]
    assert sorted(names) == sorted(name for name in COMMANDS if " " not in name)
    assert len({line.index(line.split()[1]) for line in lines}) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_has_an_example_of_it(run: Run, name: str) -> None:
    found = examples(run(*name.split(), "--help").stdout)
    assert [line for line in found if not line.startswith(f"mockserver {name}")] == []
    assert found


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_example_works(run: Run, url: str, stubs: list[str], name: str) -> None:
    for example in examples(run(*name.split(), "--help").stdout):
        command = re.split(r" >>? | \| | && ", example)[0].replace(URL, url).replace("VENDOR", VENDOR)
        needs_server = command.startswith(("mockserver lint", "mockserver wait"))
        result = run(
            *shlex.split(command)[1:], MOCKSERVER_URL=url if needs_server else None, TOKEN=f"mock-{VENDOR}-acme"
        )
        is_served = not command.startswith("mockserver serve") or any(each.startswith("serve ") for each in stubs)
        assert (result.exit_code in expected_codes(command), is_served) == (True, True), (example, result.output)
        assert result.stdout or "--output" in command


def expected_codes(command: str) -> set[int]:
    """A sweep whose command sends no request has nothing to compare."""
    return {2} if " -- " in command else {0}
