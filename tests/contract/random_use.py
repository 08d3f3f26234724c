"""Random use of an app: requests to vendors and changes of a sandbox, and all that a step of them shows.

Two apps that should be the same are driven by the same steps.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mockserver import vendors
from mockserver.gateway.store import memory, shared_registry

LOCAL = {"Host": "localhost"}
PLAIN = [vendor for vendor in vendors.discover() if vendor.token_path is None]
LIMITED = next(vendor for vendor in PLAIN if vendor.allowance is not None)
PATH = LIMITED.sample_path


@contextmanager
def same_names() -> Iterator[None]:
    """Two apps give their sandboxes and tokens the same names."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (memory, shared_registry):
            patch.setattr(module, "token_hex", lambda _: "00000000")
        yield


def ask(app: Flask, target: str, token: str, method: str = "GET", **headers: str) -> TestResponse:
    """The answer of a vendor; underscores stand for the hyphens of a header's name."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().open(target, method=method, headers={**LOCAL, "Authorization": f"Bearer {token}", **given})


def control(app: Flask, method: str, path: str, body: Any = None) -> Any:
    """The answer of the control plane."""
    answer = app.test_client().open(f"/_mock{path}", method=method, headers=LOCAL, json=body)
    return answer.get_json(silent=True)


def journal(app: Flask, sandbox: str = "default") -> Any:
    """A journal, without what takes real time."""
    entries = control(app, "GET", f"/sandboxes/{sandbox}/requests?include=headers")["requests"]
    return [{**entry, "duration_ms": None} for entry in entries]


QUESTIONS = [
    *((vendor.name, vendor.sample_path) for vendor in PLAIN),
    (LIMITED.name, f"{PATH.partition('?')[0]}?start_date=2025-10-13"),
    (LIMITED.name, f"{PATH.partition('?')[0]}?start_date=nonsense"),
    (LIMITED.name, f"{LIMITED.mounts[0]}/nowhere"),
]
CLOCK = st.sampled_from(
    ["2025-10-21T10:30:00Z", "2025-10-21T00:00:00Z", "2025-10-20T23:59:59Z", "2024-02-29T12:00:00Z"]
)
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(QUESTIONS), st.sampled_from(["GET", "GET", "GET", "HEAD", "POST"])),
    st.tuples(st.just("ask"), st.sampled_from(QUESTIONS), st.just("GET")),
    st.tuples(st.just("PUT"), st.just("/clock"), CLOCK.map(lambda now: {"now": now, "frozen": True})),
    st.tuples(st.just("POST"), st.just("/clock/advance"), st.sampled_from([{"days": 1}, {"seconds": 1}, {"hours": 7}])),
    st.tuples(st.just("PUT"), st.just("/policy"), st.sampled_from([{}, {LIMITED.name: {"publication_hour": 20}}])),
    st.tuples(
        st.just("PUT"),
        st.just("/limits"),
        st.sampled_from([{}, {LIMITED.name: "off"}, {LIMITED.name: {"per_minute": 2, "burst": 3}}]),
    ),
    st.tuples(
        st.just("PUT"),
        st.just("/faults"),
        st.sampled_from(
            [
                {"rules": []},
                {"rules": [{"effect": {"status": 503}, "times": 1, "skip": 1}]},
                {"rules": [{"effect": {"rate_limited": True}, "share": 0.5, "phase": "after"}]},
                {"rules": [{"vendor": LIMITED.name, "effect": {"malformed_json": True}, "times": 2}]},
                {"rules": [{"path": PATH.partition("?")[0], "effect": {"status": 503}, "times": 2}]},
                {"rules": [{"path": "*/nowhere", "effect": {"status": 503}, "share": 0.5}]},
                {"rules": [{"query": {"start_date": "2025-10-13"}, "effect": {"status": 503}, "skip": 1}]},
            ]
        ),
    ),
    st.tuples(st.just("POST"), st.just("/reset"), st.sampled_from([{}, {"only": ["journal"]}, {"only": ["limits"]}])),
    st.tuples(st.just("DELETE"), st.just("/requests"), st.none()),
    st.tuples(st.just("DELETE"), st.just(f"/tokens/{LIMITED.name}-seeded"), st.none()),
    st.tuples(st.just("POST"), st.just("/tokens"), st.just({"vendor": LIMITED.name, "permission": "granted"})),
    st.tuples(st.just("renew"), st.none(), st.none()),
)


class Use:
    """Apps that share one state, one after another, in which a sandbox is made, used, deleted and made again."""

    def __init__(self, *apps: Flask) -> None:
        self.apps = apps
        self._steps = 0
        self.made: Any = None
        self.renew()

    @property
    def app(self) -> Flask:
        """The app whose turn it is."""
        self._steps += 1
        return self.apps[self._steps % len(self.apps)]

    def renew(self) -> Any:
        """Delete the sandbox, and make it again."""
        if self.made is not None:
            control(self.app, "DELETE", f"/sandboxes/{self.made['id']}")
        body = {"now": "2025-10-21T10:30:00Z", "frozen": True}
        self.made = control(self.app, "POST", "/sandboxes", body)
        return self.made

    def do(self, verb: str, what: Any, with_what: Any) -> Any:
        """What a step gives: an answer with everything in it, and the journal after it."""
        if verb == "renew":
            return self.renew()
        if verb != "ask":
            return control(self.app, verb, f"/sandboxes/{self.made['id']}{what}", with_what), self.journal
        vendor, target = what
        answer = ask(self.app, target, self.made["tokens"][vendor]["token"], with_what)
        return answer.status, answer.headers.to_wsgi_list(), answer.data, self.journal

    @property
    def journal(self) -> Any:
        return journal(self.app, self.made["id"])
