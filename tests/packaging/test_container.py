"""The Dockerfile: its steps are those that `tools/image.py` performs without an engine, and its command serves."""

import subprocess
from pathlib import Path

import pytest

from mockserver.cli import options
from tests.server import programs
from tests.server.programs import ROOT
from tools import dockerfile, image

STAGES = dockerfile.stages(ROOT / "Dockerfile")
FINAL = STAGES[-1]
HIGH_UID = 10_000
"""User ids from here on belong to no user of a usual machine."""


def environment(**added: str) -> dict[str, str]:
    """Return the variables of a container, except for the path of its programs."""
    variables = {name: value for name, value in FINAL.environment.items() if name != "PATH"}
    return {**programs.UNMEASURED, **variables, **added}


def serve(*flags: str, **added: str) -> "subprocess.CompletedProcess[str]":
    """Run the image's command with more flags."""
    assert FINAL.command == ("mockserver", "serve")
    command = [str(programs.OURS), "-m", *FINAL.command, *flags]
    return subprocess.run(command, env=environment(**added), capture_output=True, text=True, check=False, cwd=ROOT)


def test_server_runs_as_a_user_without_a_name() -> None:
    user, _, group = FINAL.user.partition(":")
    assert int(user) >= HIGH_UID
    assert int(group) >= HIGH_UID


def test_every_program_is_started_without_a_shell() -> None:
    runs = [step.arguments for stage in STAGES for step in stage.steps if step.is_run]
    assert [arguments[0] for arguments in runs] == ["python", "/opt/mockserver/bin/pip", "/opt/mockserver/bin/pip"]
    assert FINAL.healthcheck == ("mockserver", "healthcheck")


def test_health_is_checked_at_the_port_that_is_exposed() -> None:
    assert FINAL.ports == (str(options.DEFAULTS.port),)


def test_container_without_an_admin_token_stops_with_the_reason() -> None:
    done = serve()
    assert done.returncode == 2
    assert "0.0.0.0 can be reached from other machines" in done.stderr
    assert "MOCKSERVER_ADMIN_TOKEN" in done.stderr


def test_container_with_an_admin_token_serves() -> None:
    done = serve("--port", "0", "--until-eof", MOCKSERVER_ADMIN_TOKEN="chosen")
    assert (done.returncode, done.stdout.startswith("Serving at http://127.0.0.1:")) == (0, True), done.stderr


def test_only_what_the_package_is_built_from_is_copied(tmp_path: Path) -> None:
    for name in ("tests", ".git", "mockserver/__pycache__", "openapi"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").touch()
    (tmp_path / ".dockerignore").write_bytes((ROOT / ".dockerignore").read_bytes())
    assert image.context(tmp_path) == {"openapi/file"}


@pytest.mark.parametrize(
    "path", ["LICENSE", "README.md", "constraints.txt", "fixtures/names.json", "openapi/admin.yaml"]
)
def test_files_that_the_build_needs_are_copied(path: str) -> None:
    assert path in image.context(ROOT)


@pytest.mark.parametrize(("step", "refused"), [("ADD b c", "ADD b c"), ("RUN echo b", "echo b")])
def test_step_that_cannot_be_performed_is_refused(tmp_path: Path, step: str, refused: str) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM a\n{step}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=f"Dockerfile: {refused}: only"):
        dockerfile.stages(tmp_path / "Dockerfile")


def test_steps_of_a_stage_are_performed_in_order(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text('FROM a\nWORKDIR /w\nCOPY one two/\nRUN ["cat", "two/one"]\nRUN ["ls"]\n', encoding="utf-8")
    (tmp_path / "one").write_text("1", encoding="utf-8")
    commands: list[tuple[str, ...]] = []
    root = image.Root(tmp_path / "root", lambda *command: commands.append(command))
    root.perform(dockerfile.stages(file)[0], tmp_path, {})
    assert (tmp_path / "root/w/two/one").read_text(encoding="utf-8") == "1"
    folder = str(tmp_path / "root")
    assert [command[:7] for command in commands] == [("chroot", "--userspec=0:0", folder, "env", "-i", "-C", "/w")] * 2
    assert commands[0][-2:] == ("cat", "two/one")
    assert commands[1][-1] == "ls"
