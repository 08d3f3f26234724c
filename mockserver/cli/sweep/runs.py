"""The runs of a sweep: the command against a baseline server first, then against one server for each variation.

Which variations there are is decided by `plan`.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import takewhile
from math import inf

from mockserver.app import create_app, new_world
from mockserver.cli.runs import jobs, served
from mockserver.cli.runs.command import Command, Run
from mockserver.cli.runs.served import Bounds
from mockserver.cli.sweep.plan import Plan, Variation
from mockserver.gateway.vendor import Vendor
from mockserver.gateway.world_cache import WorldCache
from mockserver.settings import Settings


@dataclass(slots=True)
class Sweep:
    """A sweep of a command in progress. Its servers have these settings, and the organization with this slug.

    `timeout` is in seconds; None: none for the baseline, and one after its duration for the others. `jobs` is how many
    runs there are at the same time. `runs` are in the order of the plan. `skipped` are variations of vendors without
    requests in the baseline: they are not run. The servers share `worlds`, which no run changes.
    """

    command: Command
    settings: Settings
    organization: str
    vendors: Sequence[Vendor]
    plan: Plan
    timeout: float | None
    fail_fast: bool
    jobs: int = 1
    baseline: Run | None = None
    runs: dict[Variation, Run] = field(default_factory=dict)
    skipped: list[Variation] = field(default_factory=list)
    interrupted: bool = False
    worlds: WorldCache = field(default_factory=lambda: WorldCache(new_world))

    @property
    def failed(self) -> dict[Variation, Run]:
        """The variations with which the command failed, and its runs."""
        return {variation: run for variation, run in self.runs.items() if not run.passed}

    @property
    def remaining(self) -> list[Variation]:
        """The variations that are neither run nor skipped."""
        return [each for each in self.plan.variations if each not in self.runs and each not in self.skipped]

    @property
    def has_baseline(self) -> bool:
        """Whether there is a baseline to compare with: one that passed and sent requests to a vendor."""
        return self.baseline is not None and self.baseline.passed and bool(self.baseline.requests)

    def ended(self) -> Generator[tuple[str, int]]:
        """Run the baseline, then each variation that can make a difference: their names, and how many there are."""
        with closing(jobs.each_result([self.settings], self._run_baseline, 1, self.command.stop)) as ends:
            for _, self.baseline in ends:
                pass
        if self.baseline is None or not self.has_baseline:
            yield "baseline", 1
            return
        self.skipped = [each for each in self.plan.variations if each.vendor not in self.baseline.requests]
        total = 1 + len(self.remaining)
        yield "baseline", total
        bounds = served.bounds_after(self.baseline, self.jobs, self.timeout)
        ends_of = jobs.each_result(
            self.remaining, lambda each: self._run(self._settings(each), bounds), self.jobs, self.command.stop
        )
        with closing(ends_of) as variations:
            for variation, run in variations:
                self._add(variation, run)
                yield str(variation), total
                if self.fail_fast and self._is_decided():
                    return

    def _add(self, variation: Variation, run: Run) -> None:
        found = {**self.runs, variation: run}
        self.runs = {each: found[each] for each in self.plan.variations if each in found}

    def _is_decided(self) -> bool:
        """Whether the first failure in order is known. What was run after it is dropped, as if it had not been run."""
        ended = [
            *takewhile(self.runs.__contains__, (each for each in self.plan.variations if each not in self.skipped))
        ]
        first = next((index for index, each in enumerate(ended) if not self.runs[each].passed), None)
        if first is not None:
            self.runs = {each: self.runs[each] for each in ended[: first + 1]}
        return first is not None

    def _run_baseline(self, settings: Settings) -> Run:
        return self._run(settings, Bounds(self.timeout or inf))

    def _settings(self, variation: Variation) -> Settings:
        """The settings of a server with a variation.

        The server starts with it, so it survives resets, and holds in every sandbox that a test makes. It replaces
        everything that the settings have for its switch, names included.
        """
        others = [setting for setting in self.settings.policy if setting[0] != variation.setting[0]]
        return replace(self.settings, policy=(*others, variation.setting))

    def _run(self, settings: Settings, bounds: Bounds) -> Run:
        """Run the command against a new server."""
        app = served.make(partial(create_app, settings, self.worlds.get))
        return served.run_against(app, self.command, self.vendors, self.organization, bounds)
