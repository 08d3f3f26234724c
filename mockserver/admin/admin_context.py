"""What the control plane works with: the context that an app gives it, and the request that a view answers.

What a sandbox holds is in `gateway.sandbox`; where organizations and files come from is decided by `app`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from flask import Response, current_app

from mockserver.cases.records import Catalogue
from mockserver.gateway.background import JobList, JobThreads
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.known_defects import ReadAnswers
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.store.registry import Result, SandboxRegistry
from mockserver.gateway.switches import Known
from mockserver.gateway.vendor import Vendor
from mockserver.profiles.records import Profiles
from mockserver.simulation.organization import Organization

if TYPE_CHECKING:
    from mockserver.charts.drawing import ListedChart
    from mockserver.conduct.advice import Advice
    from mockserver.metrics.vendor_totals import ListedTotal

OPEN_PATHS = frozenset(("/_mock/health", "/_mock/ready"))
"""Paths that need no admin token, because a probe has none, and that a server answers before all others."""

CONTROL_PLANE = "admin"
"""The name of the control plane's own OpenAPI file."""

CASE_RUNS_KEPT, CASE_THREADS = 50, 4
"""How many ended runs of cases are kept, and how many runs are under way at a time: some cases wait."""

EXTENSION = "mockserver.admin"
"""Where an app keeps the context of its control plane."""


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What sandboxes are made from: vendors, switches, organizations, cases and profiles.

    `bundled` are the slugs of the organizations that `load` knows; the server's `own` organization replaces one with
    the same slug. `cases` and `profiles` read their files when they are first needed, and `answers` reads the JSON
    answers in a vendor's OpenAPI file.
    """

    vendors: tuple[Vendor, ...]
    switches: Known
    bundled: tuple[str, ...]
    load: Callable[[str], Organization]
    cases: Callable[[], Catalogue]
    profiles: Callable[[], Profiles]
    answers: ReadAnswers

    def slugs(self, own: Organization) -> list[str]:
        """The organizations that a sandbox can show, in order."""
        return sorted({*self.bundled, own.slug})

    def organization(self, slug: str, own: Organization) -> Organization:
        """One of these organizations."""
        return own if slug == own.slug else self.load(slug)


@dataclass(frozen=True, slots=True)
class AdminContext:
    """The sandboxes, and what stays the same while the app runs.

    `own` is the organization that the server was started with. `senders` are who may send requests; with an
    `admin_token`, every request must carry it. `openapi` is the folder of the OpenAPI files. `advice`, `charts`,
    `totals` and `invariants` load what the vendors have of them when it is first needed. `page` makes the response of
    the console to the current request, or returns None if it is for something else.

    One audit runs at a time, because it computes all the time; the audits themselves are in their sandboxes.
    """

    registry: SandboxRegistry
    sources: Sources
    own: Organization
    senders: Senders
    admin_token: str | None
    openapi: Path
    advice: "Callable[[], Mapping[str, Advice]]"
    charts: "Callable[[], Mapping[str, ListedChart]]"
    totals: "Callable[[], Mapping[str, ListedTotal]]"
    invariants: Callable[[], Mapping[str, ModuleType]]
    page: Callable[[], Response | None]
    audit_threads: JobThreads = field(default_factory=lambda: JobThreads(1))
    case_runs: JobList[Any] = field(init=False)
    case_threads: JobThreads = field(default_factory=lambda: JobThreads(CASE_THREADS))

    def __post_init__(self) -> None:
        object.__setattr__(self, "case_runs", self.registry.job_list("run", CASE_RUNS_KEPT, "server"))

    @property
    def vendors(self) -> tuple[Vendor, ...]:
        """Every vendor that is served."""
        return self.sources.vendors


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """A request to the control plane; `name` is the part of the path that picks one of many, "" where there is none."""

    registry: SandboxRegistry
    sandbox: Sandbox
    query: dict[str, Any]
    name: str = ""

    @property
    def lock(self) -> RLock:
        """What is held while several parts of the sandbox are read together."""
        return self.registry.lock

    def change(self, make_change: Callable[[Sandbox], Result]) -> Result:
        """Change the sandbox, as a whole or not at all. The change may be made more than once."""
        return self.registry.change(self.sandbox, make_change)


def context() -> AdminContext:
    """The context of the current app."""
    found: AdminContext = current_app.extensions[EXTENSION]
    return found
