"""The stages of a Dockerfile, as far as ours goes; any other instruction or form is refused."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from dockerfile_parse import DockerfileParser

COPY_FROM = re.compile(r"--from=(\S+)\s+(.*)")
HEALTHCHECK = re.compile(r"(?:--\S+\s+)*CMD\s+(.*)")
DESCRIBING = {"ARG", "COMMENT", "LABEL", "STOPSIGNAL"}
"""Instructions that change nothing in the file system or the command."""


@dataclass(frozen=True, slots=True)
class Step:
    """A RUN, with the arguments of its program; or a COPY, with its paths and the stage that they are in, if any."""

    text: str
    is_run: bool
    arguments: tuple[str, ...]
    folder: str
    source: str | None = None


@dataclass(slots=True)
class Stage:
    """What a FROM begins. Only the steps change its file system."""

    name: str
    steps: list[Step] = field(default_factory=list)
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"
    ports: tuple[str, ...] = ()
    healthcheck: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        """The program that the container runs, and its arguments."""
        return self.entrypoint + self.arguments


def stages(file: Path) -> list[Stage]:
    """Return the stages of a Dockerfile; exit with a sentence if an instruction is none of those that we use."""
    parser = DockerfileParser(path=str(file), env_replace=False)
    found: list[Stage] = []
    for each in parser.structure:
        if each["instruction"] == "FROM":
            found.append(Stage(each["value"].partition(" AS ")[2]))
        elif each["instruction"] not in DESCRIBING:
            _apply(found[-1], each["instruction"], each["value"])
    found[-1].environment = dict(parser.envs)
    return found


def _apply(stage: Stage, instruction: str, value: str) -> None:
    match instruction:
        case "WORKDIR":
            stage.folder = value
        case "RUN":
            stage.steps.append(Step(value, is_run=True, arguments=_program(value), folder=stage.folder))
        case "COPY":
            copied = COPY_FROM.fullmatch(value)
            paths = tuple((copied[2] if copied else value).split())
            source = copied[1] if copied else None
            stage.steps.append(Step(value, is_run=False, arguments=paths, folder=stage.folder, source=source))
        case "HEALTHCHECK":
            command = HEALTHCHECK.fullmatch(value)
            stage.healthcheck = _program(command[1] if command else value)
        case _:
            _apply_setting(stage, instruction, value)


def _apply_setting(stage: Stage, instruction: str, value: str) -> None:
    match instruction:
        case "ENV":
            return  # DockerfileParser has read it.
        case "USER":
            stage.user = value
        case "EXPOSE":
            stage.ports = tuple(value.split())
        case "ENTRYPOINT":
            stage.entrypoint = _program(value)
        case "CMD":
            stage.arguments = _program(value)
        case _:
            _refuse(f"{instruction} {value}")


def _program(value: str) -> tuple[str, ...]:
    """Return a program and its arguments, which must be a JSON list: the other form starts a shell."""
    try:
        return tuple(json.loads(value))
    except ValueError:
        _refuse(value)


def _refuse(text: str) -> NoReturn:
    sys.exit(f"Dockerfile: {text}: only the instructions and forms in tools/dockerfile.py can be performed")
