"""Answers the whole application for some settings; the only file that sees every room.

Serving it over a socket stays out (`server`).
"""

from functools import cache
from typing import Any

from flask import Flask

from mockserver import admin, resources, startup_policy, vendors
from mockserver.cases.records import THREADED, Case, Catalogue, UnknownCase
from mockserver.conduct.advice import Advice
from mockserver.gateway import pipeline
from mockserver.gateway.limits import Limit, LimitMode
from mockserver.gateway.sandbox import SandboxConfig, SandboxRegistry
from mockserver.gateway.vendor import Vendor
from mockserver.organizations import files
from mockserver.settings import Settings, SettingsError
from mockserver.simulation.clock import Clock, ClockError
from mockserver.simulation.organization import Organization
from mockserver.simulation.world import World

_MEMBERS = {
    "organization": "organization",
    "organization_file": "organization",
    "now": "now",
    "freeze": "frozen",
    "limits": "limits",
}
"""What a setting is called in the body that makes a sandbox; switches go one by one."""


def create_app(settings: Settings) -> Flask:
    """The application: every vendor, the control plane, and the first sandbox as the settings make it.

    Raises SettingsError for a clock or a choice that cannot be, OrganizationError for a bad organisation file.
    """
    served = vendors.discover()
    surfaces = [each.profile for each in served]
    state = SandboxRegistry(surfaces, _world, settings.journal_size, settings.sandboxes_maximum, startup_policy.METRICS)
    first = _made(settings, served)
    state.make_default(first)
    app = Flask("mockserver", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    unrouted = pipeline.install(app, served, state)
    admin.install(app, _plane(settings, served, state))
    if settings.case is not None:
        state.make_default(admin.made_of(app, _case(settings), first, _winning(settings)))
    app.register_error_handler(Exception, lambda error: unrouted(error) or admin.refused(error))
    return app


def _plane(settings: Settings, served: tuple[Vendor, ...], state: SandboxRegistry) -> admin.AdminContext:
    return admin.AdminContext(
        registry=state,
        vendors=served,
        organizations=files.bundled(),
        load=_named,
        host=settings.host,
        admin_token=settings.admin_token,
        openapi=resources.openapi(),
        cases=_catalogue,
        advice=_advice,
    )


@cache
def _catalogue() -> Catalogue:
    """Every case, read when somebody first asks for one."""
    from mockserver.cases import loading

    return loading.load(resources.cases())


@cache
def _advice() -> dict[str, Advice]:
    """Every vendor's advice to its clients, imported when the first client is linted."""
    return {name: module.ADVICE for name, module in vendors.room("advice").items()}


def _case(settings: Settings) -> Case:
    try:
        case = _catalogue().find(str(settings.case))
    except UnknownCase as error:
        raise SettingsError(str(error)) from error
    if case.needs == THREADED and settings.server != "threaded":
        raise SettingsError(f"{case.id} cuts connections, which {settings.server} cannot; add --server threaded")
    return case


def _winning(settings: Settings) -> dict[str, Any]:
    """What of a sandbox's body the settings state: where they differ from the defaults, or were said to be stated."""
    plain = Settings()
    own = {name for name in _MEMBERS if name in settings.over_case or getattr(settings, name) != getattr(plain, name)}
    clock = {"now": settings.now and settings.now.isoformat(), "frozen": settings.freeze}
    return {_MEMBERS[name]: clock.get(_MEMBERS[name]) for name in own}


@cache
def _named(slug: str) -> Organization:
    """A bundled organisation, the same record each time, so that sandboxes that show it share its world."""
    return files.named(slug)


def _world(organization: Organization, seed: int) -> World:
    return World(organization, files.pool(), seed)


def _made(settings: Settings, served: tuple[Vendor, ...]) -> SandboxConfig:
    if settings.organization_file is not None:
        organization = files.load(settings.organization_file)
    else:
        organization = _named(settings.organization)
    policy = startup_policy.load(settings, startup_policy.all_switches(served))
    return SandboxConfig(organization, organization.seed, _clock(settings), _limits(settings, served), policy)


def _clock(settings: Settings) -> Clock:
    if settings.now is None:
        clock = Clock()
        return Clock.at(clock.now(), frozen=True) if settings.freeze else clock
    try:
        return Clock.at(settings.now, frozen=settings.freeze)
    except ClockError as error:
        raise SettingsError(f"now cannot be {settings.now.isoformat()}: {error}") from error


def _limits(settings: Settings, served: tuple[Vendor, ...]) -> dict[str, Limit]:
    return {vendor.name: LimitMode(settings.limits) for vendor in served}
