"""How a client program reaches all vendors: one app, a token for each vendor, parsed JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask

from tests.contract.client import FORM, basic

AUGMENT, TABNINE, IDE, CONSOLE = "/analytics/v0", "/api/v1", "/api/analytics/ai", "/metrics/api"
DAY = timedelta(days=1)
TODAY = date(2025, 10, 21)
FIRST, LAST = date(2025, 10, 6), date(2025, 10, 12)


@dataclass(frozen=True, slots=True)
class Surfaces:
    """All vendors at acme; `wait` advances the sandbox's clock by so many seconds."""

    app: Flask
    wait: Callable[[float], None]

    def get(self, path: str, authorization: str, **parameters: object) -> tuple[int, Any]:
        """Status and body of a GET."""
        got = self.app.test_client().get(
            path,
            headers={"Authorization": authorization},
            query_string={name: str(value) for name, value in parameters.items()},
        )
        return got.status_code, json.loads(got.data)

    def augment(self, path: str, **parameters: object) -> tuple[int, Any]:
        """A GET at Augment."""
        return self.get(AUGMENT + path, "Bearer mock-augment-acme", **parameters)

    def costs(self, **fields: object) -> tuple[int, Any]:
        """A POST for costs at Augment."""
        headers = {"Authorization": "Bearer mock-augment-acme"}
        got = self.app.test_client().post(f"{AUGMENT}/cost-analytics", headers=headers, json=fields)
        return got.status_code, json.loads(got.data)

    def tabnine(self, path: str, **parameters: object) -> tuple[int, Any]:
        """A GET at Tabnine."""
        return self.get(TABNINE + path, "Bearer mock-tabnine-acme", **parameters)

    def ide(self, path: str, **parameters: object) -> tuple[int, Any]:
        """A GET at IDE Services."""
        return self.get(IDE + path, "Bearer mock-jetbrains-ide-acme", **parameters)

    def console(self, path: str, token: str, **parameters: object) -> tuple[int, Any]:
        """A GET at the Console, with an access token."""
        return self.get(f"{CONSOLE}/{path}/group-by/date", f"Bearer {token}", **parameters)

    def token(self) -> str:
        """Another access token of the Console."""
        headers = {"Authorization": basic("mock-jetbrains-console-acme", "mock-secret"), "Content-Type": FORM}
        got = self.app.test_client().post(
            "/api/rest/oauth2/token", headers=headers, data=b"grant_type=client_credentials"
        )
        found: Mapping[str, str] = json.loads(got.data)
        return found["access_token"]
