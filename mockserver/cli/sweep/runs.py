"""The runs of a sweep: the command against a baseline server first, then against one server for each variation.

Which variations there are is decided by `plan`; a command is run by `program`.
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

TIMEOUT_FACTOR = 10
"""How many times as long as the baseline a run may take, unless a timeout is given."""

TIMEOUT_LEAST = 10.0
"""The seconds that any run may take, unless a timeout is given."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: how it ended, and its number of requests by vendor."""

    ended: Ended
    requests: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Runner:
    """The command, and the servers it runs against: as the settings say, with the organization of this slug.

    `timeout` is in seconds; None: none for the baseline, and TIMEOUT_FACTOR times the baseline for the others.
    """

    command: Sequence[str]
    settings: Settings
    organization: str
    vendors: Sequence[Vendor]
    timeout: float | None

    def run(self, variation: Variation | None, timeout: float | None) -> Run:
        """Run the command against a new server: with a variation, or, for the baseline, as the settings say.

        The server starts with the variation, so it survives resets, and holds in every sandbox that a test makes. It
        replaces everything that the settings say about its switch, names included.
        """
        settings = self.settings
        if variation is not None:
            others = tuple(setting for setting in settings.policy if setting[0] != variation.setting[0])
            settings = replace(settings, policy=(*others, variation.setting))
        counter = RequestCounter(create_app(settings), self.vendors)
        with server.in_thread(counter) as running:
            variables = env.variables(running.url, self.organization)
            ended = program.run(self.command, variables, timeout)
        return Run(ended, dict(counter.requests))


@dataclass(slots=True)
class Sweep:
    """A sweep in progress. `skipped` are variations of vendors without requests in the baseline: they are not run."""

    runner: Runner
    variations: Sequence[Variation]
    fail_fast: bool = False
    baseline: Run | None = None
    runs: dict[Variation, Run] = field(default_factory=dict)
    skipped: list[Variation] = field(default_factory=list)
    interrupted: bool = False

    @property
    def failed(self) -> dict[Variation, Run]:
        """The variations with which the command failed, and its runs."""
        return {variation: run for variation, run in self.runs.items() if not run.ended.passed}

    @property
    def remaining(self) -> list[Variation]:
        """The variations that are neither run nor skipped."""
        return [each for each in self.variations if each not in self.runs and each not in self.skipped]

    @property
    def length(self) -> int:
        """How many runs there are in all, the baseline's included, as far as is known."""
        return 1 + len(self.variations) - len(self.skipped)

    def steps(self) -> Iterator[Variation | None]:
        """What to run next: the baseline (None), then each variation that can matter, as long as it makes sense."""
        yield None
        if self.baseline is None or not self.has_baseline:
            return
        self.skipped = [each for each in self.variations if each.vendor not in self.baseline.requests]
        for variation in self.remaining:
            yield variation
            if self.fail_fast and self.failed:
                return

    @property
    def has_baseline(self) -> bool:
        """Whether there is a baseline to compare with: one that passed and sent requests to a vendor."""
        return self.baseline is not None and self.baseline.ended.passed and bool(self.baseline.requests)

    def step(self, variation: Variation | None) -> None:
        """Run one step."""
        if variation is None or self.baseline is None:
            self.baseline = self.runner.run(None, self.runner.timeout)
        else:
            timeout = max(TIMEOUT_LEAST, TIMEOUT_FACTOR * self.baseline.ended.seconds)
            self.runs[variation] = self.runner.run(variation, self.runner.timeout or timeout)


class RequestCounter:
    """An app that counts the requests below each vendor's mounts, in whatever sandbox."""

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
