"""Sends the requests of scenes to apps in this process, and computes the digests of the answers.

`scenes` has the requests, and `record` stores the digests.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver.app import create_app
from mockserver.gateway.vendor import Vendor
from mockserver.settings import Settings
from tests.contract import client as clients
from tests.contract import probes
from tests.digests import scenes
from tests.digests.requests import FORBIDDEN, GRANTED, GROUPS, NOW, ClockChange, Request, Scene

Digests = dict[str, dict[str, str]]
"""The digests of answers, by scene and request."""

_SUFFIXES = {GRANTED: "", FORBIDDEN: "-forbidden", GROUPS: "-groups"}
_IGNORED_HEADERS = frozenset(("date", "server", "connection"))


@dataclass(slots=True)
class PlayedApp:
    """One app: its client, and the placeholders of its organization."""

    client: FlaskClient
    organization: str
    placeholders: Mapping[str, str]

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to `/_mock`, require success, and return the JSON of the answer."""
        answer = self.client.open(f"/_mock{path}", method=method, json=body)
        assert answer.status_code < 300, (method, path, body, answer.text)
        return answer.json if answer.data else None


def digests(vendor: Vendor, apps: dict[str, PlayedApp]) -> Digests:
    """Return the digest of every answer of a vendor.

    `apps` caches apps by organization. The names of scenes are distinct; repeated requests are numbered.
    """
    found: Digests = {}
    for scene in scenes.of(vendor):
        assert scene.name not in found, scene.name
        found[scene.name] = _play(_app_for(scene, apps), scene)
    return found


def digest(answer: TestResponse) -> str:
    """Return a digest of the status, headers and body of an answer."""
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.lower() not in _IGNORED_HEADERS)
    lines = [str(answer.status_code), *(f"{name}: {value}" for name, value in headers), ""]
    return blake2b("\n".join(lines).encode() + answer.data, digest_size=8).hexdigest()


def _app_for(scene: Scene, apps: dict[str, PlayedApp]) -> PlayedApp:
    if scene.settings:
        return _open(scene.organization, **scene.settings)
    if scene.organization not in apps:
        apps[scene.organization] = _open(scene.organization)
    return apps[scene.organization]


def _open(organization: str, **settings: Any) -> PlayedApp:
    if "organization_file" not in settings:
        settings["organization"] = organization
    merged = {"now": datetime.fromisoformat(NOW), "freeze": True, "limits": "off", **settings}
    app = create_app(Settings(**merged))
    return PlayedApp(app.test_client(), organization, _placeholders(app, organization))


def _placeholders(app: Flask, organization: str) -> dict[str, str]:
    """Return the values of the placeholders: ids and addresses, read from the vendors' answers."""
    found: dict[str, str] = {}
    for vendor in scenes.VENDORS.values():
        client = clients.opened(app, vendor, f"mock-{vendor.name}-{organization}")

        def read(target: str, client: clients.Client = client) -> Any:
            answer = client.get(*target.partition("?")[::2])
            assert answer.status == 200, (target, answer.body)
            return answer.json

        found |= scenes.material_of(vendor).placeholders(read)
    return found


@dataclass(slots=True)
class ScenePlayer:
    """A scene in progress: its app, its placeholders, and the Authorization header of each role."""

    app: PlayedApp
    scene: Scene
    placeholders: dict[str, str]
    roles: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """Replace the placeholders in a text."""
        return re.sub(r"\{(\w+)\}", lambda match: self.placeholders[match[1]], text)

    def send(self, request: Request) -> TestResponse:
        """Send a request, without normalizing its target, and return the answer."""
        path, _, query = self.fill(request.target).partition("?")
        headers = dict(request.headers)
        if request.token is not None:
            headers["Authorization"] = self.roles.get(request.token) or self.fill(request.token)
        answer = self.app.client.open(
            method=request.method,
            headers=headers,
            data=None if request.body is None else self.fill(request.body).encode(),
            environ_overrides={"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query},
        )
        self.placeholders["next"] = self._next_query(answer.data) or self.placeholders["next"]
        return answer

    def sign_in(self, name: str) -> None:
        """Set the header of every role: a seeded token, or an access token if the vendor has these."""
        vendor = scenes.VENDORS[self.scene.vendor]
        for role, suffix in _SUFFIXES.items():
            self.roles[role] = self._authorization(vendor, f"mock-{vendor.name}-{name}{suffix}")

    def _authorization(self, vendor: Vendor, token: str) -> str:
        if vendor.token_path is None:
            return f"{vendor.schemes[0]} {token}"
        basic = clients.basic(token, str(vendor.secret))
        headers = {"Authorization": basic, "Content-Type": clients.FORM}
        answer = self.app.client.post(vendor.token_path, headers=headers, data="grant_type=client_credentials")
        return f"Bearer {json.loads(answer.data).get('access_token') or token}"

    def _next_query(self, body: bytes) -> str:
        """Return the query of the next page; empty if there is none."""
        next_page = probes.of(scenes.VENDORS[self.scene.vendor]).next_page
        with suppress(ValueError, TypeError, LookupError, AttributeError):
            return urlencode(next_page(json.loads(body)) or {})
        return ""


def _play(app: PlayedApp, scene: Scene) -> dict[str, str]:
    prefix, name = _create_sandbox(app, scene) if scene.own_sandbox else ("", app.organization)
    own = {"vendor": scene.vendor, "organization": name, "next": "", "basic": _basic(scene, name)}
    player = ScenePlayer(app, scene, {**app.placeholders, **own})
    if scene.own_sandbox:
        player.sign_in(name)
    else:
        _prepare(app, scene, player)
    found: dict[str, str] = {}
    if any(isinstance(item, Request) and "{second}" in str(item.token) for item in scene.items):
        player.placeholders["second"] = _second_token(app, scene, prefix)
    for item in scene.items:
        if isinstance(item, ClockChange):
            app.admin("PUT", f"{prefix}/clock", {"now": item.now, "frozen": True})
            continue
        key, count = item.key, 1
        while key in found:
            count += 1
            key = f"{item.key} #{count}"
        found[key] = digest(player.send(item))
    if scene.own_sandbox:
        app.admin("DELETE", prefix)
    return found


def _second_token(app: PlayedApp, scene: Scene, prefix: str) -> str:
    """Create a second token with access, and return it."""
    answer = json.dumps(app.admin("POST", f"{prefix}/tokens", {"vendor": scene.vendor, "permission": "granted"}))
    [token, *_] = map(str, re.findall(rf'"(mock-{scene.vendor}-[^"]+)"', answer))
    return token


def _basic(scene: Scene, name: str) -> str:
    return b64encode(f"mock-{scene.vendor}-{name}:mock-secret".encode()).decode()


def _prepare(app: PlayedApp, scene: Scene, player: ScenePlayer) -> None:
    """Bring the default sandbox into the state of the scene; roles sign in before faults are armed."""
    app.admin("POST", "/reset")
    if scene.now != NOW:
        app.admin("PUT", "/clock", {"now": scene.now, "frozen": True})
    for path, body in (("/limits", scene.limits), ("/policy", scene.policy)):
        if body:
            app.admin("PUT", path, body)
    player.sign_in(app.organization)
    if scene.defects:
        app.admin("PUT", "/defects", {"armed": list(scene.defects)})
    if scene.faults:
        app.admin("PUT", "/faults", {"rules": list(scene.faults)})


def _create_sandbox(app: PlayedApp, scene: Scene) -> tuple[str, str]:
    """Create a sandbox for the scene; return its path prefix and the name in its tokens."""
    body = {"organization": scene.organization, "now": scene.now, "frozen": True, "limits": scene.limits}
    armed = {"policy": scene.policy, "faults": list(scene.faults), "defects": list(scene.defects)}
    sandbox = app.admin("POST", "/sandboxes", {**body, **armed})
    return f"/sandboxes/{sandbox['id']}", str(sandbox["id"])
