"""Sending the requests of scenes to apps in this process, and the digests of the answers.

`scenes` has the requests, and `record` stores the digests.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

from werkzeug.test import Client, TestResponse

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.digests.requests import FORBIDDEN, GRANTED, GROUPS, NOW, ClockChange, Request, Scene

Digests = dict[str, dict[str, str]]
"""The digest of each answer, by its scene and request."""

CONSOLE, TOKEN_PATH = "jetbrains-console", "/api/rest/oauth2/token"
FORM = "application/x-www-form-urlencoded"

_SUFFIXES = {GRANTED: "", FORBIDDEN: "-forbidden", GROUPS: "-groups"}
_IGNORED_HEADERS = frozenset(("date", "server", "connection"))
_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class PlayedApp:
    """One app: its client, and the placeholders of its organization."""

    client: Client
    organization: str
    placeholders: Mapping[str, str] = field(default_factory=dict)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to `/_mock`, require success, and return the JSON of the answer."""
        answer = self.client.open(f"/_mock{path}", method=method, json=body)
        assert answer.status_code < 300, (method, path, body, answer.text)
        return answer.json if answer.data else None


def digests(scenes: Iterable[Scene]) -> Digests:
    """Return the digest of every answer. The names of scenes are distinct; repeated requests are numbered."""
    apps: dict[str, PlayedApp] = {}
    found: Digests = {}
    for scene in scenes:
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
    app = PlayedApp(create_app(Settings(**merged)).test_client(), organization)
    app.placeholders = _placeholders(app)
    return app


def _placeholders(app: PlayedApp) -> dict[str, str]:
    """Return the values of placeholders: ids and addresses as listed by the vendors."""
    tabnine = {"Authorization": f"Bearer mock-tabnine-{app.organization}"}
    ide = {"Authorization": f"Bearer mock-jetbrains-ide-{app.organization}"}
    users_paged = "/api/analytics/ai/effectiveness/metrics/users.paged"

    def rows_of(path: str, headers: dict[str, str], key: str) -> list[dict[str, Any]]:
        answer = app.client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.text)
        rows: list[dict[str, Any]] = json.loads(answer.data)[key] or [{}]
        return rows

    organization = json.loads(app.client.get("/api/v1/organization", headers=tabnine).data)
    teams = rows_of("/api/v1/organization/teams", tabnine, "data")
    users = rows_of("/api/v1/organization/users?offset=0&limit=20", tabnine, "data")
    people = rows_of(f"{users_paged}?fromDate=2025-09-01&toDate=2025-09-03&limit=30", ide, "items")
    return {
        "organizationId": organization["id"],
        "teamId": teams[0].get("id", _UNKNOWN_ID),
        "otherTeamId": teams[-1].get("id", _UNKNOWN_ID),
        "userId": users[0].get("id", _UNKNOWN_ID),
        "otherUserId": users[-1].get("id", _UNKNOWN_ID),
        "personId": people[0].get("userId", _UNKNOWN_ID),
        "otherPersonId": people[-1].get("userId", _UNKNOWN_ID),
        "personEmail": quote(people[0].get("userEmail", "nobody@acme.example")),
        "otherPersonEmail": quote(people[-1].get("userEmail", "nobody@acme.example")),
    }


@dataclass(slots=True)
class ScenePlayer:
    """A scene in progress: its app, the placeholders, and the headers of its roles."""

    app: PlayedApp
    scene: Scene
    placeholders: dict[str, str]
    roles: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """Return a text with its placeholders filled in."""
        return re.sub(r"\{(\w+)\}", lambda match: self.placeholders[match[1]], text)

    def send(self, request: Request) -> TestResponse:
        """Send a request, with its target unchanged, and return the answer."""
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
        self.placeholders["next"] = _next_query(answer.data) or self.placeholders["next"]
        return answer

    def sign_in(self, name: str) -> None:
        """Set the header of every role: a seeded token, or an access token from the token endpoint."""
        for role, suffix in _SUFFIXES.items():
            token = f"mock-{self.scene.vendor}-{name}{suffix}"
            self.roles[role] = self._exchange(token) if self.scene.vendor == CONSOLE else f"Bearer {token}"

    def _exchange(self, client: str) -> str:
        basic = b64encode(f"{client}:mock-secret".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": FORM}
        answer = self.app.client.post(TOKEN_PATH, headers=headers, data="grant_type=client_credentials")
        token = json.loads(answer.data).get("access_token")
        return f"Bearer {token or client}"


def _next_query(body: bytes) -> str:
    """Return the query of the next page; empty if there is none."""
    try:
        page = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(page, dict):
        return ""
    meta, pagination = page.get("meta"), page.get("pagination")
    if isinstance(meta, dict):
        return urlencode(meta.get("next") or {})
    cursor = pagination.get("next_cursor") if isinstance(pagination, dict) else page.get("nextCursor")
    return urlencode({"cursor": cursor}) if cursor else ""


def _play(app: PlayedApp, scene: Scene) -> dict[str, str]:
    prefix, name = ("", app.organization) if not scene.own_sandbox else _create_sandbox(app, scene)
    own = {"vendor": scene.vendor, "organization": name, "next": "", "basic": _basic(scene, name)}
    player = ScenePlayer(app, scene, {**app.placeholders, **own})
    if not scene.own_sandbox:
        _prepare(app, scene, player)
    else:
        player.sign_in(name)
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
    """Create another token that may read, and return it."""
    answer = json.dumps(app.admin("POST", f"{prefix}/tokens", {"vendor": scene.vendor, "permission": "granted"}))
    [token, *_] = map(str, re.findall(rf'"(mock-{scene.vendor}-[^"]+)"', answer))
    return token


def _basic(scene: Scene, name: str) -> str:
    return b64encode(f"mock-{scene.vendor}-{name}:mock-secret".encode()).decode()


def _prepare(app: PlayedApp, scene: Scene, player: ScenePlayer) -> None:
    """Put the first sandbox into the state of the scene; roles sign in before faults are armed."""
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
