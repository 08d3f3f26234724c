"""The command that starts a server for a pytest session: this environment's, or the one of mockserver_command."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ARGUMENTS = ("serve", "--host", "127.0.0.1", "--port", "0", "--json", "--until-eof")
"""The process ends when its standard input does, and so with this process, however that dies. MOCKSERVER_... variables
and the project's configuration file decide everything else."""

START_TIMEOUT = 30.0  # seconds until the server must be ready; it usually takes less than one
COMMAND_TIMEOUT = 120.0  # the same for mockserver_command, which may have to download the server first


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """How the server is started: `words` before `serve`, and seconds until it must be ready.

    `name` is for messages; the folder and the environment are those of this process unless given.
    """

    words: Sequence[str] = (sys.executable, "-P", "-m", "analytics_mockserver")
    timeout: float = START_TIMEOUT
    name: str = "its process"
    folder: Path | None = None
    environment: Mapping[str, str] | None = None

    @classmethod
    def configured(cls, words: Sequence[str], folder: Path) -> "ServerCommand":
        """The command of mockserver_command, without PYTHONPATH: that is for the tests, and may find other packages."""
        removed = {"PYTHONPATH", "PYTHONHOME"}
        environment = {name: value for name, value in os.environ.items() if name not in removed}
        name = f"the process of mockserver_command ({shlex.join(words)})"
        return cls(words, COMMAND_TIMEOUT, name, folder, environment)

    def start(self) -> "subprocess.Popen[str]":
        """The process, with pipes; OSError if there is no such program.

        It has its own session, so that Ctrl-C reaches only pytest, whose tests still have to delete their sandboxes.
        """
        pipe = subprocess.PIPE
        return subprocess.Popen(  # noqa: S603 (our own command, or the user's)
            [*self.words, *ARGUMENTS],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            cwd=self.folder,
            # Without a line for each request, its log has only what explains why it failed.
            env={"MOCKSERVER_LOG_LEVEL": "warning", **(os.environ if self.environment is None else self.environment)},
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
