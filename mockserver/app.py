"""The whole application for some settings; the only file that sees every room.

Serving it over a socket is the job of `server`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from flask import Flask

from mockserver import admin, console, resources, startup_policy, vendors
from mockserver.admin.admin_context import CONTROL_PLANE, OPEN_PATHS, Sources
from mockserver.admin.sandbox_documents import SandboxDocuments
from mockserver.cases.records import Case, Catalogue, UnknownCase
from mockserver.gateway import routing
from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.fastpath import FastPath
from mockserver.gateway.hosts import Hosts
from mockserver.gateway.lazy_rules import LazyRule
from mockserver.gateway.limits import LimitMode
from mockserver.gateway.sandbox import SandboxConfig
from mockserver.gateway.store.memory import MemoryRegistry
from mockserver.gateway.store.registry import RegistryParts, SandboxRegistry
from mockserver.gateway.world_cache import Make as MakeWorld
from mockserver.organizations import files
from mockserver.products.world import World
from mockserver.profiles.records import Profiles, UnknownProfile
from mockserver.settings import Settings, SettingsError, parse_store
from mockserver.simulation.clock import Clock, ClockError, format_utc
from mockserver.simulation.organization import Organization
from mockserver.validation import answer_schema, yaml_text
from mockserver.validation.answer_schema import Answers

if TYPE_CHECKING:
    from mockserver.charts.drawing import ListedChart
    from mockserver.conduct.advice import Advice
    from mockserver.metrics.vendor_totals import ListedTotal


def create_app(settings: Settings, world: MakeWorld | None = None) -> Flask:
    """The application: every vendor, the control plane, and the default sandbox as the settings make it.

    `world` makes the worlds; apps that share a cache of them compute each world once.

    Raises SettingsError for a clock or a switch that cannot be, OrganizationError for a bad organization file,
    StoreUnusable for a store that this server cannot use.
    """
    known = sources()
    registry = open_registry(settings, known, world or new_world)
    registry.redactor.learn(settings.admin_token or "")
    app = Flask("mockserver", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_rule_class = LazyRule
    app.url_map.merge_slashes = False
    senders = _senders(settings)
    installed = routing.install(app, known.vendors, registry, senders)
    folder = resources.openapi()
    page = partial(console.respond, frozenset((*registry.profiles, CONTROL_PLANE)))
    rooms = advice, charts, totals, partial(vendors.room, "invariants")
    own = registry.default.config.organization
    plane = admin.AdminContext(registry, known, own, senders, settings.admin_token, folder, *rooms, page)
    admin.install(app, plane)
    app.register_error_handler(Exception, admin.render_error)
    needs_body = partial(_needs_body, app, installed.needs_body)
    front = _front(registry)(app.wsgi_app, registry, senders, installed.direct, OPEN_PATHS, needs_body)
    app.wsgi_app = front  # type: ignore[method-assign]
    return app


def open_registry(settings: Settings, known: Sources, world: MakeWorld) -> SandboxRegistry:
    """The sandboxes, with the default one: in this process or, with a store, in an engine."""
    config = default_config(settings, known)
    parts = RegistryParts(
        known.vendors, world, settings.journal_size, settings.sandboxes_maximum, known_switches=known.switches
    )
    if settings.store is None:
        registry: SandboxRegistry = MemoryRegistry(parts)
    else:
        from mockserver.gateway.store import opening

        documents = SandboxDocuments(known, config.organization)
        now = "that of this machine" if settings.now is None else format_utc(settings.now)
        started = {**documents.flags(config), "now": now, **({"case": settings.case} if settings.case else {})}
        address = parse_store(settings.store)
        registry = opening.open_store(address, parts, documents, started, reset=settings.reset_store)
    registry.make_default(config)
    return registry


def _front(registry: SandboxRegistry) -> Callable[..., FastPath]:
    """What stands in front of the app: with a store, it waits for it."""
    if isinstance(registry, MemoryRegistry):
        return FastPath
    from mockserver.gateway.store.shared_fastpath import SharedFastPath

    return SharedFastPath


def _needs_body(app: Flask, of_vendors: Callable[[WSGIEnvironment], bool | None], environ: WSGIEnvironment) -> bool:
    """Whether the answer to a request may depend on its body; else it need not be sent."""
    found = of_vendors(environ)
    return admin.needs_body(app, environ) if found is None else found


def _senders(settings: Settings) -> Senders:
    """Who may send requests. With an admin token, any name may be used: the token protects the control plane."""
    any_name = settings.admin_token is not None
    hosts = Hosts(settings.host, settings.allowed_host, _live_names, any_name=any_name)
    return Senders(hosts, frozenset(settings.cors_origin))


@cache
def _live_names(vendor: str) -> frozenset[str]:
    """The host names of a vendor's live service, as its OpenAPI file has them; read when somebody first uses one."""
    document = yaml_text.load_bundled((resources.openapi() / f"{vendor}.yaml").read_bytes())
    return frozenset(filter(None, (urlsplit(each["url"]).hostname for each in document["servers"])))


def sources() -> Sources:
    """What sandboxes are made from: every vendor and switch, the bundled organizations, and the cases."""
    served = vendors.discover()
    switches = startup_policy.all_switches(served)
    return Sources(served, switches, files.bundled(), _bundled, _catalogue, profiles, _answers)


def default_config(settings: Settings, known: Sources) -> SandboxConfig:
    """How the default sandbox is made; no app is needed for it. The same errors as those of `create_app`."""
    if settings.organization_file is not None:
        organization = files.load(settings.organization_file)
    else:
        organization = _bundled(settings.organization)
    limits = {name: LimitMode(settings.limits) for vendor in known.vendors for name in vendor.limits}
    policy = startup_policy.load(settings, known.switches)
    clock = _clock(settings, organization)
    config = SandboxConfig(organization, organization.seed, clock, limits, policy, clock_given=settings.now is not None)
    if settings.case is None and settings.profile is None:
        return config
    case = None if settings.case is None else _case(settings)
    return _config_with(case, settings, known, config)


def _config_with(case: Case | None, settings: Settings, known: Sources, config: SandboxConfig) -> SandboxConfig:
    """How the default sandbox is made with a case or a profile; SettingsError for an unknown profile."""
    from mockserver.admin import sandboxes

    if settings.profile is not None:
        try:
            profiles().find(settings.profile)
        except UnknownProfile as error:
            raise SettingsError(str(error)) from error
    made = sandboxes.from_flags(case, _flags(settings, config), known, config)
    return made if case is not None else replace(made, clock_given=config.clock_given)


def _flags(settings: Settings, config: SandboxConfig) -> dict[str, Any]:
    """The settings that win over a case or a profile, as fields of a sandbox's body; None: as in the config.

    Switches are merged one by one.
    """
    fields: dict[str, tuple[str, Any]] = {
        "organization": ("organization", None),
        "organization_file": ("organization", None),
        "now": ("now", settings.now and format_utc(settings.now)),
        "freeze": ("frozen", settings.freeze),
        "profile": ("profile", settings.profile),
        "limits": ("limits", {name: str(limit) for name, limit in config.limits.items()}),
    }
    plain = Settings()
    given = dict(
        field
        for name, field in fields.items()
        if name in settings.over_case or getattr(settings, name) != getattr(plain, name)
    )
    return {"policy": config.policy, **given}


@cache
def _catalogue() -> Catalogue:
    """Every case, read when somebody first needs one."""
    from mockserver.cases import loading

    return loading.load(resources.cases())


@cache
def profiles() -> Profiles:
    """Every profile, read when somebody first needs one."""
    from mockserver.profiles import loading

    return loading.load(resources.profiles())


@cache
def _answers(vendor: str) -> Answers:
    """The JSON answers in a vendor's OpenAPI file, read when a defect of a field is first armed or listed."""
    document = yaml_text.load_bundled((resources.openapi() / f"{vendor}.yaml").read_bytes())
    return answer_schema.answers(document)


@cache
def advice() -> "dict[str, Advice]":
    """Every vendor's advice to its clients, imported when the first client is linted."""
    return {name: module.ADVICE for name, module in vendors.room("advice").items()}


@cache
def charts() -> "dict[str, ListedChart]":
    """Every chart by its name, imported when the first one is listed or drawn."""
    from mockserver.charts import catalogue

    return catalogue.listed(vendors.discover(), vendors.exported("charts", "CHARTS"))


@cache
def totals() -> "dict[str, ListedTotal]":
    """Every vendor's totals by name, imported when the first one is listed or added up."""
    from mockserver.metrics import vendor_totals

    return vendor_totals.listed(vendors.exported("totals", "TOTALS"))


def _case(settings: Settings) -> Case:
    try:
        return _catalogue().find(str(settings.case))
    except UnknownCase as error:
        raise SettingsError(str(error)) from error


@cache
def _bundled(slug: str) -> Organization:
    """A bundled organization, the same record each time, so that sandboxes that show it share its world."""
    return files.named(slug)


def new_world(organization: Organization, seed: int) -> World:
    """A world with nothing computed yet."""
    return World(organization, files.pool(), seed)


def _clock(settings: Settings, organization: Organization) -> Clock:
    """The clock of the settings, else that of the organization, else that of the machine."""
    if settings.now is None and organization.clock is not None:
        return organization.clock.clock(frozen=settings.freeze)
    if settings.now is None:
        clock = Clock()
        return Clock.at(clock.now(), frozen=True) if settings.freeze else clock
    try:
        return Clock.at(settings.now, frozen=settings.freeze)
    except ClockError as error:
        raise SettingsError(f"now cannot be {settings.now.isoformat()}: {error}") from error
