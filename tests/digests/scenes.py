"""The scenes of a vendor: those common to all vendors, built from its material, and its own.

`tests/vendors/<vendor>/scenes.py` defines them as `MATERIAL` and `scenes()`. Without this file, the material of a
vendor is derived from its probes.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode

from mockserver import vendors
from mockserver.app import create_app
from mockserver.gateway.switches import Renaming
from mockserver.gateway.vendor import Vendor
from tests.conftest import SETTINGS
from tests.contract import client as clients
from tests.contract import probes
from tests.digests.requests import (
    CLIENTS,
    FORBIDDEN,
    MOMENTS,
    ORGANIZATIONS,
    ClockChange,
    Item,
    Material,
    Request,
    Scene,
    gets,
    with_query,
)

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}

MOST_OPTIONS = 3
"""The maximum number of options that are tried of a switch, unless the material says which."""

_METHODS = ("HEAD", "POST", "OPTIONS", "PUT", "DELETE")

_STATUS = {"status": 503}
_EFFECTS = (
    ("status", _STATUS),
    ("status of the client", {"status": 418}),
    ("code", {"status": 500, "code": "odd_code"}),
    ("message", {"status": 400, "message": 'a "quoted" message, and Größe'}),
    (
        "all of a status",
        {"status": 599, "code": "c", "message": "m", "headers": {"X-Armed": "yes", "Retry-After": "7"}},
    ),
    ("rate_limited", {"rate_limited": True}),
    ("rate_limited with headers", {"rate_limited": True, "headers": {"Retry-After": "120"}}),
    ("html", {"html": 502}),
    ("html that is well", {"html": 200, "headers": {"X-Gateway": "g1"}}),
    ("malformed_json", {"malformed_json": True}),
    ("malformed status", {"status": 503, "malformed_json": True}),
    ("delay", {"delay_seconds": 0.001}),
    ("delayed status", {"delay_seconds": 0.001, "status": 504}),
)


def of(vendor: Vendor) -> Iterator[Scene]:
    """Yield all scenes of a vendor."""
    own = own_scenes(vendor)
    material = material_of(vendor)
    yield from _worlds(material)
    yield from _switches(material)
    yield from _rejections(material)
    yield from _limits(material)
    yield from _faults(material)
    yield from _defects(material)
    yield from _sandboxes(material)
    yield from own.scenes() if own else ()


def own_scenes(vendor: Vendor) -> Any:
    """Return the vendor's own module of scenes, or None."""
    name = f"tests.vendors.{probes.folder(vendor)}.scenes"
    return import_module(name) if find_spec(name) else None


@cache
def material_of(vendor: Vendor) -> Material:
    """Return the material of a vendor from its own module, or else from its probes."""
    own = own_scenes(vendor)
    material: Material = own.MATERIAL if own else _from_probes(vendor)
    tried = {each.name: each.options[:MOST_OPTIONS] for each in vendor.switches if not isinstance(each, Renaming)}
    options = {each.name: {**tried, **material.switches}.get(each.name, ()) for each in vendor.switches}
    return replace(material, switches=options)


def _from_probes(vendor: Vendor) -> Material:
    app, mount, found = create_app(SETTINGS), vendor.mounts[0], probes.of(vendor)
    client = clients.opened(app, vendor, f"mock-{vendor.name}-acme", mount)
    answered = {f"{mount}{path}": f"{mount}{path}?{urlencode(query)}" for path, query in found.answered(client).items()}
    routes = app.url_map.bind("localhost")
    targets = (*answered.values(), *(f"{mount}{target}" for target in found.others))
    return Material(
        name=vendor.name,
        operations={routes.match(path)[0].partition(":")[2]: target for path, target in answered.items()},
        targets=targets,
        cheap=targets[:2],
        battery=gets(targets),
        defects={defect.name: targets for defect in vendor.defects},
        faulty=gets([f"{mount}{path}?{urlencode(query)}" for path, query in found.refused.items()]),
        strange=(mount, f"{mount}/", f"{mount}/nowhere", *(f"{path}/" for path in answered)),
    )


def _worlds(vendor: Material) -> Iterator[Scene]:
    """Valid requests for every organization and time."""
    name = vendor.name
    for organization in ORGANIZATIONS:
        yield Scene(f"{name} of {organization}", name, gets(vendor.targets), organization)
    yield Scene(f"{name} of hooli", name, gets(vendor.cheap), "hooli")
    settings = {"organization_file": CLIENTS}
    yield Scene(f"{name} of a file", name, _plain(vendor), CLIENTS.stem, settings=settings)
    for moment in MOMENTS:
        for organization in ("acme", "initech"):
            yield Scene(f"{name} of {organization} at {moment}", name, _plain(vendor), organization, moment)


def _plain(vendor: Material) -> list[Request]:
    return gets(tuple(dict.fromkeys((*vendor.operations.values(), *vendor.cheap))))


def _switches(vendor: Material) -> Iterator[Scene]:
    """The battery for each option of each switch."""
    for switch, values in vendor.switches.items():
        for value in values:
            policy = {vendor.name: {switch: value}}
            yield Scene(f"{vendor.name} {switch}={_option_text(value)}", vendor.name, vendor.battery, policy=policy)


def _option_text(value: object) -> str:
    return ",".join(f"{old}:{new}" for old, new in value.items()) if isinstance(value, dict) else str(value)


def _rejections(vendor: Material) -> Iterator[Scene]:
    """Rejected methods, credentials, parameters and paths."""
    name, targets = vendor.name, tuple(vendor.operations.values())
    methods = [Request(target, method) for target in targets for method in _METHODS]
    yield Scene(f"{name} methods", name, methods)
    yield Scene(
        f"{name} credentials", name, [Request(target, token=token) for token in _tokens() for target in targets]
    )
    yield Scene(f"{name} parameters", name, vendor.faulty)
    closed = [Request(target, token=token) for target in vendor.strange for token in (None, FORBIDDEN)]
    yield Scene(f"{name} paths", name, [*gets(vendor.strange), *closed])


def _tokens() -> Iterator[str | None]:
    """No credentials, invalid ones, those of other vendors, and almost valid ones."""
    yield None
    yield FORBIDDEN
    yield from ("Bearer nobody", "Bearer", "Bearer two words", "Token mock-{vendor}-{organization}")
    yield from (f"Bearer mock-{name}-{{organization}}" for name in VENDORS)
    yield from ("bEARER mock-{vendor}-{organization}", "Automation mock-{vendor}-{organization}")
    yield from ("mock-{vendor}-{organization}", "Bearer mock-{vendor}-initech", "Basic eDp5")


def _limits(vendor: Material) -> Iterator[Scene]:
    """More requests than a limit allows, and some after a wait."""
    first, *others = vendor.operations.values()
    burst: list[Item] = [
        *gets([first] * 3),
        Request(others[0]),
        Request(first, token=FORBIDDEN),
        Request(first, "HEAD"),
    ]
    burst += [
        ClockChange("2025-10-21T10:30:05Z"),
        *gets([first] * 2),
        ClockChange("2025-10-21T10:31:01Z"),
        *gets([first] * 3),
    ]
    for per_minute, size in ((10, 2), (1, 1), (60, 3)):
        numbers = {"per_minute": per_minute, "burst": size}
        yield Scene(f"{vendor.name} limit {per_minute}/{size}", vendor.name, burst, limits={vendor.name: numbers})
    documented = {vendor.name: "documented"}
    yield Scene(f"{vendor.name} documented limit", vendor.name, gets([first] * 22), limits=documented)


def _faults(vendor: Material) -> Iterator[Scene]:
    """Each effect, before and after the view, and each kind of rule."""
    name = vendor.name
    operation, first = next(iter(vendor.operations.items()))
    items = [Request(first), Request(first, "HEAD"), Request(with_query(first, "odd=")), Request(first, token=None)]
    for phase in ("before", "after"):
        for effect, body in _EFFECTS:
            rules = [{"vendor": name, "phase": phase, "effect": body}]
            yield Scene(f"{name} fault {effect} {phase}", name, items, faults=rules)
    yield from _matching(vendor, operation, first)


def _matching(vendor: Material, operation: str, first: str) -> Iterator[Scene]:
    name, other = vendor.name, [*vendor.operations.values()][1]
    path, _, query = first.partition("?")
    items = [*gets([first, first, other]), *gets([first] * 5)]
    matches: dict[str, dict[str, object]] = {
        "times": {"times": 2},
        "skip": {"skip": 3},
        "times and skip": {"times": 1, "skip": 2},
        "share": {"share": 0.5},
        "small share": {"share": 0.1},
        "operation": {"operation": operation},
        "path": {"path": f"{path[:-2]}*"},
    }
    if query:
        parameter, _, value = query.partition("&")[0].partition("=")
        matches["query"] = {"query": {parameter: value}}
    for match, fields in matches.items():
        yield Scene(f"{name} fault by {match}", name, items, faults=[{"vendor": name, **fields, "effect": _STATUS}])
    rules = [
        {"vendor": name, "times": 1, "effect": {"html": 503}},
        {"vendor": name, "times": 2, "phase": "after", "effect": {"rate_limited": True}},
        {"vendor": name, "skip": 1, "effect": {"malformed_json": True}},
    ]
    limits = {name: {"per_minute": 10, "burst": 4}}
    yield Scene(f"{name} faults in order", name, items, faults=rules)
    yield Scene(f"{name} faults under a limit", name, items, faults=rules, limits=limits)


def _defects(vendor: Material) -> Iterator[Scene]:
    """Each defect alone, with the requests that show it, and all at once."""
    for defect, targets in vendor.defects.items():
        yield Scene(f"{vendor.name} defect {defect}", vendor.name, gets(targets), defects=[defect])
    defects = tuple(vendor.defects)
    yield Scene(f"{vendor.name} all defects", vendor.name, _plain(vendor), defects=defects)
    yield Scene(f"{vendor.name} all defects of initech", vendor.name, _plain(vendor), "initech", defects=defects)


def _sandboxes(vendor: Material) -> Iterator[Scene]:
    """Scenes in their own sandboxes: one created with few fields, one with every field."""
    name, first = vendor.name, next(iter(vendor.operations.values()))
    operation = next(iter(vendor.operations))
    switch, values = [(switch, values) for switch, values in vendor.switches.items() if switch != "names"][-1]
    yield Scene(f"{name} in a sandbox of globex", name, _plain(vendor), "globex", own_sandbox=True)
    yield Scene(
        f"{name} in a sandbox with everything",
        name,
        [Request(first), *_plain(vendor), Request(first, token=FORBIDDEN)],
        "initech",
        MOMENTS[-1],
        limits={name: {"per_minute": 10, "burst": 12}},
        policy={name: {switch: values[-1]}},
        faults=[{"vendor": name, "operation": operation, "times": 1, "effect": _STATUS}],
        defects=tuple(vendor.defects)[:2],
        own_sandbox=True,
    )
