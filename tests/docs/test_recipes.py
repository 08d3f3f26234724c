"""The recipes that need an engine or a service: they agree with the files of the repository, as far as one can test."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import pytest
import yaml

from mockserver import server
from mockserver.app import create_app
from mockserver.cli import serving
from mockserver.settings import Settings, parse_timestamp
from tests.docs import blocks, java
from tests.optional_programs import JAVA
from tests.server.programs import ROOT
from tools import dockerfile

HOW_TO = ROOT / "docs" / "how-to"
CONTAINERS = [*blocks.of(HOW_TO / "containers.md")]
FILES = ("Dockerfile", "compose.yaml", "deploy/kubernetes.yaml")
IMAGE = dockerfile.stages(ROOT / "Dockerfile")[-1]


def text(language: str) -> str:
    """The only block of a language in the guide to containers."""
    (block,) = [each for each in CONTAINERS if each.language == language]
    return block.text


def test_commands_and_lines_are_those_of_the_files() -> None:
    files = {line.lstrip("# ") for name in FILES for line in (ROOT / name).read_text(encoding="utf-8").splitlines()}
    shown = [each.text for each in CONTAINERS if each.language == "yaml" or (each.language == "sh" and each.exempt)]
    assert len(shown) == 4
    assert [line for block in shown for line in block.splitlines() if line.strip() not in files] == []


def test_readme_starts_the_container_as_the_guide_does() -> None:
    commands = [line for each in CONTAINERS for line in each.text.splitlines() if line.startswith("docker run")]
    assert commands
    assert [line for line in commands if line not in (ROOT / "README.md").read_text(encoding="utf-8")] == []


class StandIn:
    """A container as in testcontainers 4.15: its methods and arguments, with a server in this process."""

    def __init__(self, image: str) -> None:
        self.image = image
        self.variables: dict[str, str] = {}
        self.ports: tuple[int, ...] = ()
        self.ready = (0, "")

    def with_env(self, key: str, value: str) -> "StandIn":
        """Set a variable."""
        self.variables[key] = value
        return self

    def with_exposed_ports(self, *ports: int) -> "StandIn":
        """Publish ports."""
        self.ports = ports
        return self

    def waiting_for(self, strategy: tuple[int, str]) -> "StandIn":
        """Wait at a port and path."""
        self.ready = strategy
        return self

    def __enter__(self) -> "StandIn":
        settings = Settings(
            now=parse_timestamp(self.variables["MOCKSERVER_NOW"]),
            freeze=self.variables["MOCKSERVER_FREEZE"] == "true",
            admin_token=self.variables["MOCKSERVER_ADMIN_TOKEN"],
        )
        self.running = server.in_thread(create_app(settings))
        self.url = self.running.__enter__().url
        return self

    def __exit__(self, *error: *tuple[type[BaseException] | None, BaseException | None, TracebackType | None]) -> None:
        self.running.__exit__(*error)

    def get_container_host_ip(self) -> str:
        """Return the address of the published ports."""
        return self.url.removeprefix("http://").partition(":")[0]

    def get_exposed_port(self, port: int) -> int:
        """Return the port that a published port has on this machine."""
        assert port in self.ports
        return int(self.url.rpartition(":")[2])


def test_recipe_for_testcontainers_in_python_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[StandIn] = []

    def start(image: str) -> StandIn:
        started.append(StandIn(image))
        return started[-1]

    modules: dict[str, dict[str, Any]] = {
        "testcontainers": {},
        "testcontainers.core": {},
        "testcontainers.core.container": {"DockerContainer": start},
        "testcontainers.core.wait_strategies": {"HttpWaitStrategy": lambda port, path: (port, path)},
    }
    for name, contents in modules.items():
        module = ModuleType(name)
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, name, module)
    recipe: dict[str, Any] = {}
    exec(compile(text("python"), "containers.md", "exec"), recipe)
    urls = recipe["server_url"].__wrapped__()
    recipe["test_active_users_are_listed"](next(urls))
    assert list(urls) == []
    (container,) = started
    assert (container.image, [str(port) for port in container.ports]) == ("mockserver", [*IMAGE.ports])
    assert container.ready == (int(IMAGE.ports[0]), "/_mock/ready")


@pytest.fixture
def javac() -> str:
    """The path of the compiler of Java."""
    return JAVA.path()


def test_recipe_for_testcontainers_in_java_compiles_and_passes(javac: str, tmp_path: Path) -> None:
    for name, source in {**java.SOURCES, "ClientTest.java": text("java")}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    compiler = [javac, "-Xlint:all", "-Werror", "-d", str(tmp_path), *map(str, tmp_path.rglob("*.java"))]
    assert subprocess.run(compiler, capture_output=True, text=True, check=False).stderr == ""
    settings = Settings(now=parse_timestamp("2026-11-21T12:00:00Z"), freeze=True, admin_token="for-tests-only")
    with server.in_thread(create_app(settings)) as running:
        host, _, port = running.url.removeprefix("http://").partition(":")
        program = [str(Path(javac).with_name("java")), f"-Dhost={host}", f"-Dport={port}", "-cp", str(tmp_path), "Main"]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "image mockserver:latest",
        "MOCKSERVER_ADMIN_TOKEN=for-tests-only",
        "MOCKSERVER_NOW=2026-11-21T12:00:00Z",
        "MOCKSERVER_FREEZE=true",
        f"port {IMAGE.ports[0]}",
        "ready by /_mock/ready",
        f"ready at {IMAGE.ports[0]}",
        "waits",
    ]


def test_recipe_in_java_sets_what_the_one_in_python_sets() -> None:
    recipe = text("java")
    for part in (*re.findall(r'"([^"]+)"', text("python").partition("with container")[0])[1:], "/analytics/v0/dau"):
        assert part in recipe, part


def _steps(page: Path) -> list[dict[str, Any]]:
    workflow = next(yaml.safe_load(each.text) for each in blocks.of(page) if "\njobs:\n" in each.text)
    steps: list[dict[str, Any]] = workflow["jobs"]["test"]["steps"]
    return steps


def test_workflow_uses_the_action_with_its_inputs() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = [each for each in _steps(HOW_TO / "ci.md") if each.get("uses") == "./mockserver"]
    assert {*step["with"]} <= {*action["inputs"]}
    options = {option for each in serving.serve.params for option in each.opts}
    assert [each for each in step["with"]["flags"].split() if each.startswith("--") and each not in options] == []
    log = f"steps.{step['id']}.outputs.log"
    assert "log" in action["outputs"]
    assert any(log in str(each) for each in _steps(HOW_TO / "ci.md"))
