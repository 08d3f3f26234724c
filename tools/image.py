"""The command that builds and runs the Dockerfile's image without a container engine, on Linux and as root.

    .venv/bin/python -m tools.image ROOT

ROOT is the base image: a folder with a file system of Linux whose `/usr/local/bin/python` runs, as from
`debootstrap --variant=minbase --include=python3-venv,ca-certificates`. The steps are performed in copies of it. The
command then runs as process 1 of a namespace, as the image's user, in a file system that is mounted read-only. A line
tells what was seen of each; the exit code is 1 if anything is not as it should be.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click
import psutil

from tools.dockerfile import Stage, stages

CHECKOUT = Path(__file__).parents[1]
PORT = "18080"
ADDED = {
    "MOCKSERVER_ADMIN_TOKEN": "chosen",
    "MOCKSERVER_PORT": PORT,
    "MOCKSERVER_URL": f"http://127.0.0.1:{PORT}",
}
"""What a user adds to the variables of the image."""

START = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && mount -t proc proc "$1/proc" && shift && exec "$@"
"""


def context(folder: Path) -> set[str]:
    """Return the files that a COPY of everything copies: `.dockerignore` ignores all, but for names that it lists."""
    lines = (folder / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in lines if line.startswith("!")]
    dropped = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    files = [path for name in kept for path in (folder / name, *(folder / name).rglob("*")) if path.is_file()]
    relative = (path.relative_to(folder) for path in files)
    return {str(path) for path in relative if not set(path.parts) & set(dropped)}


@dataclass(frozen=True, slots=True)
class Root:
    """The file system of a stage, and what runs a program."""

    folder: Path
    run: Callable[..., object]

    def perform(self, stage: Stage, source: Path, others: Mapping[str, "Root"]) -> None:
        """Perform the steps of a stage; files come from `source`, or from the file system of another stage."""
        for step in stage.steps:
            self.path(step.folder).mkdir(parents=True, exist_ok=True)
            if step.is_run:
                self.run(*self.command(step.arguments, variables(), folder=step.folder))
            elif step.source:
                self._copy_tree(others[step.source].path(step.arguments[0]), step.arguments[1])
            else:
                self._copy_files(source, step.arguments[0], self.path(step.folder) / step.arguments[1])

    def path(self, inside: str) -> Path:
        """Return the path outside of a path inside."""
        return self.folder / inside.lstrip("/")

    def command(
        self, program: tuple[str, ...], environment: Mapping[str, str], folder: str = "/", user: str = "0:0"
    ) -> tuple[str, ...]:
        """Return the command that runs a program inside, in place of itself."""
        assigned = [f"{name}={value}" for name, value in environment.items()]
        return ("chroot", f"--userspec={user}", str(self.folder), "env", "-i", "-C", folder, *assigned, *program)

    def _copy_tree(self, source: Path, target: str) -> None:
        shutil.copytree(source, self.path(target), symlinks=True)

    @staticmethod
    def _copy_files(source: Path, name: str, target: Path) -> None:
        for each in sorted(context(source) if name == "." else {name}):
            (target / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / each, target / each)


def variables() -> dict[str, str]:
    """Return the variables of a RUN: those of pip here, which say how packages are reached."""
    mine = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", **mine}


def run(*command: str) -> None:
    """Run a command, and require success."""
    subprocess.run(command, check=True)


def build(base: Path, scratch: Path) -> tuple[Stage, Root]:
    """Perform every stage in a copy of the base; return the last one with its file system."""
    found, roots = stages(CHECKOUT / "Dockerfile"), dict[str, Root]()
    for stage in found:
        root = Root(scratch / (stage.name or "final"), run)
        run("cp", "--archive", "--one-file-system", str(base), str(root.folder))
        root.perform(stage, CHECKOUT, roots)
        roots[stage.name] = root
    return found[-1], roots[found[-1].name]


def observe(stage: Stage, root: Root) -> dict[str, bool]:
    """Run the image; return what should be true of it, and whether it is."""
    environment = {**stage.environment, **ADDED}
    inside = root.command(stage.command, environment, user=stage.user)
    unshared = ("unshare", "--mount", "--pid", "--fork", "sh", "-c", START, "sh", str(root.folder), *inside)
    with subprocess.Popen(unshared, start_new_session=True) as outer:
        health = root.command((*stage.healthcheck, "--wait", "60"), environment, user=stage.user)
        is_healthy = subprocess.run(health, check=False).returncode == 0
        (server,) = psutil.Process(outer.pid).children()
        entered = ("nsenter", "--mount", "--pid", "--target", str(server.pid), "chroot", str(root.folder))
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8").split("\n")
        seen = {
            "its check of health succeeds": is_healthy,
            "it is process 1, and has no children": _is_first(status) and not server.children(),
            f"it runs as {stage.user}": f"{server.uids().real}:{server.gids().real}" == stage.user,
            "nobody can write": subprocess.run((*entered, "touch", "/tmp/file"), check=False).returncode != 0,
        }
        start = perf_counter()
        server.terminate()
        code = outer.wait(20)
        seconds = perf_counter() - start
    return seen | {f"SIGTERM ends it with code 0 in less than a second ({seconds:.2f} s)": code == 0 and seconds < 1}


def _is_first(status: list[str]) -> bool:
    return any(line.startswith("NSpid:") and line.split()[-1] == "1" for line in status)


@click.command()
@click.argument("base", metavar="ROOT", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(base: Path) -> None:
    """Build the image on a base, run it, and print what was seen."""
    with tempfile.TemporaryDirectory(prefix="image-") as scratch:
        seen = observe(*build(base, Path(scratch)))
    for sentence, holds in seen.items():
        print(f"{'yes' if holds else 'NO'}  {sentence}")
    sys.exit(not all(seen.values()))


if __name__ == "__main__":
    main()
