"""The runs of a sweep: the command against a baseline server first, then against one server for each variation.

Which variations there are is decided by `plan`; a command is run by `program`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mockserver import server
from mockserver.app import create_app
from mockserver.cli import env
from mockserver.cli.sweep import program
from mockserver.cli.sweep.plan import Plan, Variation
from mockserver.cli.sweep.program import Run
from mockserver.gateway.vendor import Vendor
from mockserver.settings import Settings

TIMEOUT_FACTOR = 10
"""How many times as long as the baseline a run may take, unless a timeout is given."""

TIMEOUT_LEAST = 10.0
"""The seconds that any run may take, unless a timeout is given."""


@dataclass(slots=True)
class Sweep:
    """A sweep of a command in progress. Its servers have these settings, and the organization with this slug.

    `timeout` is in seconds; None: none for the baseline, and TIMEOUT_FACTOR times the baseline for the others.
    `skipped` are variations of vendors without requests in the baseline: they are not run.
    """

    command: Sequence[str]
    settings: Settings
    organization: str
    vendors: Sequence[Vendor]
    plan: Plan
    timeout: float | None
    fail_fast: bool
    baseline: Run | None = None
    runs: dict[Variation, Run] = field(default_factory=dict)
    skipped: list[Variation] = field(default_factory=list)
    interrupted: bool = False

    @property
    def failed(self) -> dict[Variation, Run]:
        """The variations with which the command failed, and its runs."""
        return {variation: run for variation, run in self.runs.items() if not run.passed}

    @property
    def remaining(self) -> list[Variation]:
        """The variations that are neither run nor skipped."""
        return [each for each in self.plan.variations if each not in self.runs and each not in self.skipped]

    @property
    def length(self) -> int:
        """How many runs there are in all, the baseline's included, as far as is known."""
        return 1 + len(self.plan.variations) - len(self.skipped)

    @property
    def has_baseline(self) -> bool:
        """Whether there is a baseline to compare with: one that passed and sent requests to a vendor."""
        return self.baseline is not None and self.baseline.passed and bool(self.baseline.requests)

    def steps(self) -> Iterator[Variation | None]:
        """What to run next: the baseline (None), then each variation that can matter, as long as it makes sense."""
        yield None
        if self.baseline is None or not self.has_baseline:
            return
        self.skipped = [each for each in self.plan.variations if each.vendor not in self.baseline.requests]
        for variation in self.remaining:
            yield variation
            if self.fail_fast and self.failed:
                return

    def step(self, variation: Variation | None) -> None:
        """Run one step."""
        if variation is None or self.baseline is None:
            self.baseline = self._run(self.settings, self.timeout)
        else:
            # The server starts with the variation, so it survives resets, and holds in every sandbox that a test makes.
            # It replaces everything that the settings have for its switch, names included.
            others = [setting for setting in self.settings.policy if setting[0] != variation.setting[0]]
            settings = replace(self.settings, policy=(*others, variation.setting))
            timeout = self.timeout or max(TIMEOUT_LEAST, TIMEOUT_FACTOR * self.baseline.seconds)
            self.runs[variation] = self._run(settings, timeout)

    def _run(self, settings: Settings, timeout: float | None) -> Run:
        """Run the command against a new server."""
        counter = RequestCounter(create_app(settings), self.vendors)
        with server.in_thread(counter) as running:
            run = program.run(self.command, env.variables(running.url, self.organization), timeout)
        return replace(run, requests=dict(counter.requests))


class RequestCounter:
    """An app that counts the requests below each vendor's mounts, in whatever sandbox."""

    def __init__(self, app: WSGIApplication, vendors: Sequence[Vendor]) -> None:
        self._app = app
        self._vendors = {mount: vendor.name for vendor in vendors for mount in vendor.mounts}
        self._lock = Lock()
        self.requests: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        mounts = [mount for mount in self._vendors if path == mount or path.startswith(f"{mount}/")]
        if mounts:
            with self._lock:
                self.requests[self._vendors[max(mounts, key=len)]] += 1
        return self._app(environ, start_response)
