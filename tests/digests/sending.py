"""Sends the requests of every scene to apps in this process, and digests each answer.

Which requests there are stays out (`scenes`), and so does keeping the digests (`record`).
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
from tests.digests.requests import FORBIDDEN, GRANTED, GROUPS, NOW, Moved, Request, Scene

Digests = dict[str, dict[str, str]]
"""The digest of each answer, by its scene and request."""

CONSOLE, TOKEN_PATH = "jetbrains-console", "/api/rest/oauth2/token"
FORM = "application/x-www-form-urlencoded"

_SUFFIXES = {GRANTED: "", FORBIDDEN: "-forbidden", GROUPS: "-groups"}
_NOT_OURS = frozenset(("date", "server", "connection"))
_NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class Stage:
    """One app, what its organization's people and teams are called, and its client."""

    client: Client
    organization: str
    names: Mapping[str, str] = field(default_factory=dict)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """What the control plane answers; it must agree."""
        answer = self.client.open(f"/_mock{path}", method=method, json=body)
        assert answer.status_code < 300, (method, path, body, answer.text)
        return answer.json if answer.data else None


def digests(scenes: Iterable[Scene]) -> Digests:
    """The digest of every answer; names of scenes are distinct, and a request that is repeated is numbered."""
    stages: dict[str, Stage] = {}
    found: Digests = {}
    for scene in scenes:
        assert scene.name not in found, scene.name
        found[scene.name] = _played(_stage(scene, stages), scene)
    return found


def digest(answer: TestResponse) -> str:
    """What tells one answer from another: of its status, its headers and its body."""
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.lower() not in _NOT_OURS)
    lines = [str(answer.status_code), *(f"{name}: {value}" for name, value in headers), ""]
    return blake2b("\n".join(lines).encode() + answer.data, digest_size=8).hexdigest()


def _stage(scene: Scene, stages: dict[str, Stage]) -> Stage:
    if scene.settings:
        return _opened(scene.organization, **scene.settings)
    if scene.organization not in stages:
        stages[scene.organization] = _opened(scene.organization)
    return stages[scene.organization]


def _opened(organization: str, **settings: Any) -> Stage:
    if "organization_file" not in settings:
        settings["organization"] = organization
    made = {"now": datetime.fromisoformat(NOW), "freeze": True, "limits": "off", **settings}
    stage = Stage(create_app(Settings(**made)).test_client(), organization)
    stage.names = _names(stage)
    return stage


def _names(stage: Stage) -> dict[str, str]:
    """Ids and addresses that stand in braces in targets, as the vendors themselves list them."""
    tabnine = {"Authorization": f"Bearer mock-tabnine-{stage.organization}"}
    ide = {"Authorization": f"Bearer mock-jetbrains-ide-{stage.organization}"}
    users_paged = "/api/analytics/ai/effectiveness/metrics/users.paged"

    def listed(path: str, headers: dict[str, str], member: str) -> list[dict[str, Any]]:
        answer = stage.client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.text)
        rows: list[dict[str, Any]] = json.loads(answer.data)[member] or [{}]
        return rows

    own = json.loads(stage.client.get("/api/v1/organization", headers=tabnine).data)
    teams = listed("/api/v1/organization/teams", tabnine, "data")
    users = listed("/api/v1/organization/users?offset=0&limit=20", tabnine, "data")
    people = listed(f"{users_paged}?fromDate=2025-09-01&toDate=2025-09-03&limit=30", ide, "items")
    return {
        "organizationId": own["id"],
        "teamId": teams[0].get("id", _NOBODY),
        "otherTeamId": teams[-1].get("id", _NOBODY),
        "userId": users[0].get("id", _NOBODY),
        "otherUserId": users[-1].get("id", _NOBODY),
        "personId": people[0].get("userId", _NOBODY),
        "otherPersonId": people[-1].get("userId", _NOBODY),
        "personEmail": quote(people[0].get("userEmail", "nobody@acme.example")),
        "otherPersonEmail": quote(people[-1].get("userEmail", "nobody@acme.example")),
    }


@dataclass(slots=True)
class Play:
    """A scene that is being played: its stage, the names in force, and the headers of its roles."""

    stage: Stage
    scene: Scene
    names: dict[str, str]
    roles: dict[str, str] = field(default_factory=dict)

    def filled(self, text: str) -> str:
        """A text with its names filled in."""
        return re.sub(r"\{(\w+)\}", lambda found: self.names[found[1]], text)

    def send(self, request: Request) -> TestResponse:
        """The answer to a request; nothing in its target is changed on the way."""
        path, _, query = self.filled(request.target).partition("?")
        headers = dict(request.headers)
        if request.token is not None:
            headers["Authorization"] = self.roles.get(request.token) or self.filled(request.token)
        answer = self.stage.client.open(
            method=request.method,
            headers=headers,
            data=None if request.body is None else self.filled(request.body).encode(),
            environ_overrides={"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query},
        )
        self.names["next"] = _following(answer.data) or self.names["next"]
        return answer

    def sign_in(self, name: str) -> None:
        """Give every role its header: a token as it is, or one that the token endpoint gives for it."""
        for role, suffix in _SUFFIXES.items():
            token = f"mock-{self.scene.vendor}-{name}{suffix}"
            self.roles[role] = self._exchanged(token) if self.scene.vendor == CONSOLE else f"Bearer {token}"

    def _exchanged(self, client: str) -> str:
        basic = b64encode(f"{client}:mock-secret".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": FORM}
        answer = self.stage.client.post(TOKEN_PATH, headers=headers, data="grant_type=client_credentials")
        token = json.loads(answer.data).get("access_token")
        return f"Bearer {token or client}"


def _following(body: bytes) -> str:
    """The query of the page after this one; empty where there is none."""
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


def _played(stage: Stage, scene: Scene) -> dict[str, str]:
    at, name = ("", stage.organization) if not scene.own else _made(stage, scene)
    ours = {"vendor": scene.vendor, "organization": name, "next": "", "basic": _basic(scene, name)}
    play = Play(stage, scene, {**stage.names, **ours})
    if not scene.own:
        _set(stage, scene, play)
    else:
        play.sign_in(name)
    found: dict[str, str] = {}
    if any(isinstance(item, Request) and "{second}" in str(item.token) for item in scene.items):
        play.names["second"] = _second(stage, scene, at)
    for item in scene.items:
        if isinstance(item, Moved):
            stage.control("PUT", f"{at}/clock", {"now": item.now, "frozen": True})
            continue
        key, times = item.key, 1
        while key in found:
            times += 1
            key = f"{item.key} #{times}"
        found[key] = digest(play.send(item))
    if scene.own:
        stage.control("DELETE", at)
    return found


def _second(stage: Stage, scene: Scene, at: str) -> str:
    """Another token that may read, wherever it stands in what the control plane answers."""
    made = json.dumps(stage.control("POST", f"{at}/tokens", {"vendor": scene.vendor, "permission": "granted"}))
    [token, *_] = map(str, re.findall(rf'"(mock-{scene.vendor}-[^"]+)"', made))
    return token


def _basic(scene: Scene, name: str) -> str:
    return b64encode(f"mock-{scene.vendor}-{name}:mock-secret".encode()).decode()


def _set(stage: Stage, scene: Scene, play: Play) -> None:
    """Put the first sandbox into the scene's state; roles sign in before any fault is armed."""
    stage.control("POST", "/reset")
    if scene.now != NOW:
        stage.control("PUT", "/clock", {"now": scene.now, "frozen": True})
    for path, body in (("/limits", scene.limits), ("/policy", scene.policy)):
        if body:
            stage.control("PUT", path, body)
    play.sign_in(stage.organization)
    if scene.defects:
        stage.control("PUT", "/defects", {"armed": list(scene.defects)})
    if scene.faults:
        stage.control("PUT", "/faults", {"rules": list(scene.faults)})


def _made(stage: Stage, scene: Scene) -> tuple[str, str]:
    """A sandbox as the scene has it: where it is, and what its tokens are named after."""
    body = {"organization": scene.organization, "now": scene.now, "frozen": True, "limits": scene.limits}
    more = {"policy": scene.policy, "faults": list(scene.faults), "defects": list(scene.defects)}
    made = stage.control("POST", "/sandboxes", {**body, **more})
    return f"/sandboxes/{made['id']}", str(made["id"])
