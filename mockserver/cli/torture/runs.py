"""The runs of a torture: the command against a baseline server first, then against one server for each trial.

Which trials there are is decided by `trials`, and what a run shows by `verdicts`.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from mockserver.admin import admin_context, sandboxes
from mockserver.app import create_app, new_world
from mockserver.cli.runs import jobs, served
from mockserver.cli.runs.command import Command, Run
from mockserver.cli.runs.served import Bounds
from mockserver.cli.torture import values, verdicts
from mockserver.cli.torture.journals import WatchedApp
from mockserver.cli.torture.trials import Kind, Trial
from mockserver.cli.torture.verdicts import Judged, Outcome, Verdict
from mockserver.gateway.vendor import Vendor
from mockserver.gateway.world_cache import Make as MakeWorld
from mockserver.gateway.world_cache import WorldCache
from mockserver.settings import Settings

PROFILE_TIMEOUT_LEAST = 120.0
"""The seconds that a trial with a profile may take, unless a timeout is given: clients wait before they try again."""

SEEDS_MAXIMUM = 8
"""With how many seeds a profile is tried whose shares miss every request of the client: some send only a few."""

_NOT_ASKED = Judged(Verdict.NOT_MET, ("the client sent no request that it concerns",))


@dataclass(slots=True)
class Torture:
    """A torture of a command in progress. Its servers have these settings, and the organization with this slug.

    `timeout` is in seconds; None: none for the baseline, and one after its duration for the others. `judged` are the
    trials that have a verdict, by name, in the order of `trials`. The servers share `worlds`, which no run changes.
    """

    command: Command
    settings: Settings
    organization: str
    vendors: Sequence[Vendor]
    trials: Sequence[Trial]
    timeout: float | None = None
    jobs: int = 1
    baseline: Outcome | None = None
    judged: dict[str, Judged] = field(default_factory=dict)
    interrupted: bool = False
    worlds: WorldCache = field(default_factory=lambda: WorldCache(new_world))

    @property
    def met(self) -> dict[str, Judged]:
        """The trials that changed something for the client."""
        return {name: each for name, each in self.judged.items() if each.verdict is not Verdict.NOT_MET}

    def has(self, *verdicts: str) -> bool:
        """Whether a trial has one of these verdicts."""
        return any(each.verdict in verdicts for each in self.judged.values())

    @property
    def remaining(self) -> list[str]:
        """The trials without a verdict."""
        return [each.name for each in self.trials if each.name not in self.judged]

    @property
    def baseline_problems(self) -> list[str]:
        """What is wrong with the baseline, so that nothing can be compared with it."""
        if self.baseline is None:
            return ["there is none"]
        if not self.baseline.run.passed:
            return [f"the command fails: {self.baseline.run}"]
        if not self.baseline.run.requests:
            return [served.NO_REQUEST]
        if self.baseline.problem is not None:
            return [self.baseline.problem]
        return values.differences(self.baseline.values, self.baseline.expected)

    def ended(self) -> Generator[tuple[str, int]]:
        """Run the baseline, then each trial that the client can meet: their names, and how many there are."""
        with closing(jobs.each_result([self.timeout], self._run_baseline, 1, self.command.stop)) as ends:
            for _, self.baseline in ends:
                pass
        if self.baseline is None or self.baseline_problems:
            yield "baseline", 1
            return
        baseline = self.baseline
        met = [each for each in self.trials if each.concerns(baseline.evidence.requests)]
        self.judged = {each.name: _NOT_ASKED for each in self.trials if each not in met}
        yield "baseline", 1 + len(met)
        # The longest begin first, so that the others run meanwhile.
        order = sorted(met, key=lambda trial: -trial.delay_seconds)
        work = partial(self._judged, baseline)
        with closing(jobs.each_result(order, work, self.jobs, self.command.stop)) as ends_of_trials:
            for trial, judged in ends_of_trials:
                self._add(trial, judged)
                yield trial.name, 1 + len(met)

    def _judged(self, baseline: Outcome, trial: Trial) -> Judged:
        """The verdict on a trial; a profile with faults is tried with further seeds until one meets the client."""
        bounds = bounds_of(trial, baseline.run, self.jobs, self.timeout)
        judged = verdicts.judge(trial, baseline, self._run(trial, bounds, baseline.values))
        has_shares = trial.kind is Kind.PROFILE and trial.has_faults
        for other_seed in range(1, SEEDS_MAXIMUM if has_shares else 1):
            if judged.verdict is not Verdict.NOT_MET:
                break
            judged = verdicts.judge(trial, baseline, self._run(trial, bounds, baseline.values, other_seed))
        return judged

    def _add(self, trial: Trial, judged: Judged) -> None:
        found = {**self.judged, trial.name: judged}
        self.judged = {each.name: found[each.name] for each in self.trials if each.name in found}

    def _run_baseline(self, timeout: float | None) -> Outcome:
        return self._run(None, Bounds(timeout or inf), {})

    def _run(self, trial: Trial | None, bounds: Bounds, wanted: Mapping[str, Any], other_seed: int = 0) -> Outcome:
        """Run the command against a new server; `wanted` are values by name that it may report."""
        app = served.make(partial(make_app, self.settings, trial.sandbox if trial else {}, other_seed, self.worlds.get))
        watched = WatchedApp(app, has_faults=trial is not None and trial.has_faults)
        with TemporaryDirectory(prefix="mockserver-", ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "values.json"
            variables = {values.VARIABLE: str(file)}
            run = served.run_against(watched, self.command, self.vendors, self.organization, bounds, variables)
            reported, expected, problem = _reported(file, wanted, watched)
        return Outcome(run, watched.evidence(), reported, expected, problem)


def bounds_of(trial: Trial, baseline: Run, count: int, timeout: float | None = None) -> Bounds:
    """Those of a trial, of so many at a time.

    Unless a timeout is given, there is time for each request of the baseline to be delayed.
    """
    bounds = served.bounds_after(baseline, count, timeout)
    if timeout is not None:
        return bounds
    least = PROFILE_TIMEOUT_LEAST if trial.kind is Kind.PROFILE else 0
    delays = trial.delay_seconds * sum(baseline.requests.values())
    return replace(bounds, seconds=max(bounds.seconds, least) + delays)


def make_app(
    settings: Settings, sandbox: Mapping[str, Any], other_seed: int = 0, world: MakeWorld | None = None
) -> Flask:
    """An app whose default sandbox is made with these fields too, and every other one like it; resets restore them.

    `other_seed` is added to the seed of the profile, if there is one. `world` makes the worlds, as for any app.
    """
    app = create_app(settings, world)
    if sandbox:
        with app.app_context():
            plane = admin_context.context()
            config, _ = sandboxes.from_request(sandbox, plane.sources, plane.registry.default.config)
            if config.profile is not None:
                config = replace(config, profile=replace(config.profile, seed=config.profile.seed + other_seed))
            plane.registry.make_default(config)
    return app


def _reported(
    file: Path, wanted: Mapping[str, Any], watched: WatchedApp
) -> tuple[dict[str, Any], dict[str, Any], str | None]:
    """The values that a command has written, what the server says of them, and what is wrong with them."""
    try:
        reported = values.read(file)
        return reported, values.expected({**wanted, **reported}, watched.client), None
    except values.ValuesError as error:
        return {}, {}, str(error)
