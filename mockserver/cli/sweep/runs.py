"""Answers how a command fares against servers that differ in one reading: a baseline first, then one by one.

Which readings there are stays out (`plan`), and so does how a command is run (`program`) and told of (`told`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mockserver import server
from mockserver.app import create_app
from mockserver.cli import env
from mockserver.cli.sweep import program
from mockserver.cli.sweep.plan import Variation
from mockserver.cli.sweep.program import Ended
from mockserver.gateway.vendor import Vendor
from mockserver.settings import Settings

PATIENCE = 10
"""How many times as long as the baseline a run may take, unless told otherwise."""

PATIENCE_LEAST = 10.0
"""The seconds that any run may take, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: how it ended, and its requests by vendor."""

    ended: Ended
    requests: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Runner:
    """What is run, and against what: servers as the settings say, of an organisation with this slug.

    `timeout` is in seconds; None: none for the baseline, and PATIENCE for the others.
    """

    command: Sequence[str]
    settings: Settings
    organization: str
    vendors: Sequence[Vendor]
    timeout: float | None

    def run(self, reading: Variation | None, timeout: float | None) -> Run:
        """Run the command against a new server: under a reading, or, for the baseline, as the settings say.

        The reading is one of the choices that the server starts with: a test that resets it, or makes sandboxes on
        it, keeps the reading. It takes the place of what the settings say about its switch, names included.
        """
        settings = self.settings
        if reading is not None:
            others = tuple(stated for stated in settings.policy if stated[0] != reading.setting[0])
            settings = replace(settings, policy=(*others, reading.setting))
        counted = Counted(create_app(settings), self.vendors)
        with server.in_thread(counted) as running:
            variables = env.variables(running.url, self.organization)
            ended = program.run(self.command, variables, timeout)
        return Run(ended, dict(counted.requests))


@dataclass(slots=True)
class Sweep:
    """A sweep as far as it has come. `unasked` are readings of vendors that the baseline asked nothing: not run."""

    runner: Runner
    readings: Sequence[Variation]
    fail_fast: bool = False
    baseline: Run | None = None
    runs: dict[Variation, Run] = field(default_factory=dict)
    unasked: list[Variation] = field(default_factory=list)
    interrupted: bool = False

    @property
    def findings(self) -> dict[Variation, Run]:
        """The readings that the command did not survive, with its runs."""
        return {reading: run for reading, run in self.runs.items() if not run.ended.well}

    @property
    def left(self) -> list[Variation]:
        """The readings that it did not come to."""
        return [reading for reading in self.readings if reading not in self.runs and reading not in self.unasked]

    @property
    def length(self) -> int:
        """How many runs there are to be, the baseline's included, as far as is known."""
        return 1 + len(self.readings) - len(self.unasked)

    def steps(self) -> Iterator[Variation | None]:
        """What is to be run: the baseline (None), then each reading that can matter, for as long as it makes sense."""
        yield None
        if self.baseline is None or not self.sound:
            return
        self.unasked = [reading for reading in self.readings if reading.vendor not in self.baseline.requests]
        for reading in self.left:
            yield reading
            if self.fail_fast and self.findings:
                return

    @property
    def sound(self) -> bool:
        """Whether there is a baseline to compare with: it ended well, and asked somebody something."""
        return self.baseline is not None and self.baseline.ended.well and bool(self.baseline.requests)

    def step(self, reading: Variation | None) -> None:
        """Run what comes next."""
        if reading is None or self.baseline is None:
            self.baseline = self.runner.run(None, self.runner.timeout)
        else:
            patience = max(PATIENCE_LEAST, PATIENCE * self.baseline.ended.seconds)
            self.runs[reading] = self.runner.run(reading, self.runner.timeout or patience)


class Counted:
    """An app, and how many requests it got below each vendor's mounts, in whatever sandbox."""

    def __init__(self, app: WSGIApplication, vendors: Sequence[Vendor]) -> None:
        mounts = [(mount, vendor.name) for vendor in vendors for mount in vendor.mounts]
        self._mounts = sorted(mounts, key=lambda pair: -len(pair[0]))
        self._app = app
        self._lock = Lock()
        self.requests: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        for mount, vendor in self._mounts:
            if path == mount or path.startswith(f"{mount}/"):
                with self._lock:
                    self.requests[vendor] += 1
                break
        return self._app(environ, start_response)
