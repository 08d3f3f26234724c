"""Requests to the Console's token endpoint, and requests with expired, altered or foreign access tokens."""

from base64 import b64encode
from collections.abc import Iterator

from tests.digests.requests import MOMENTS, ORGANIZATIONS, ClockChange, Request, Scene

_PATH, _VENDOR = "/api/rest/oauth2/token", "jetbrains-console"
_GRANT = "grant_type=client_credentials"
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
_VALID = "Basic {basic}"
_REPORT = "/metrics/api/v1/adoption/limit-hits/group-by/date?fromDate=2025-09-10&toDate=2025-09-16&groupBy=week"


def _basic(pair: str) -> str:
    return f"Basic {b64encode(pair.encode()).decode()}"


_CLIENT = "mock-jetbrains-console-acme"
_CREDENTIALS = (
    None,
    "Basic",
    "Basic two words",
    "Basic !!!!",
    "Bearer {basic}",
    "basic {basic}",
    "Basic //79/A==",
    _basic("no colon"),
    _basic(f"{_CLIENT}:wrong"),
    _basic(f"{_CLIENT}:"),
    _basic(":mock-secret"),
    _basic("nobody:mock-secret"),
    _basic("mock-augment-acme:mock-secret"),
    _basic("mock-augment-acme:"),
    _basic(f"{_CLIENT}-forbidden:mock-secret"),
    _basic(f"{_CLIENT}-groups:mock-secret"),
    _basic("mock%2Djetbrains%2Dconsole%2Dacme:mock%2Dsecret"),
    _basic(f"{_CLIENT}:mock-secret:more"),
    _basic("mock-jetbrains-console-initech:mock-secret"),
)
_BODIES = (
    _GRANT,
    "",
    "grant_type=",
    "grant_type=password",
    "grant_type=CLIENT_CREDENTIALS",
    f"grant_type={'x' * 300}",
    'grant_type="quoted\\"',
    "grant_type=Gr%C3%B6%C3%9Fe",
    f"{_GRANT}&{_GRANT}",
    f"{_GRANT}&scope=everything",
    f"{_GRANT}&scope=a&scope=b",
    f"{_GRANT}&client_id={_CLIENT}",
    f"{_GRANT}&client_id=nobody",
    f"{_GRANT}&client_secret=mock-secret",
    f"{_GRANT}&client_id={_CLIENT}&client_secret=mock-secret",
    "scope=everything",
    "&".join(f"a{number}=1" for number in range(101)),
    f"{_GRANT}&{'x' * 70_000}=1",
    "{}",
    "grant_type=%ff",
)
_TYPES = (
    "",
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    f"{_FORM[0][1]}; charset=utf-8",
    "x" * 90,
)
_METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")


def _post(token: str | None, body: str | None = _GRANT, content_type: str = _FORM[0][1]) -> Request:
    return Request(_PATH, "POST", token, body, (("Content-Type", content_type),) if content_type else ())


def scenes() -> Iterator[Scene]:
    """Yield scenes with every form of request, in every state that affects the answers."""
    yield Scene("token credentials", _VENDOR, [_post(token) for token in _CREDENTIALS])
    shown = "client_id=mock-jetbrains-console-acme&client_secret=mock-secret&" + _GRANT
    yield Scene("token credentials in the body", _VENDOR, [_post(token, shown) for token in _CREDENTIALS[:6]])
    yield Scene("token bodies", _VENDOR, [_post(_VALID, body) for body in _BODIES])
    yield Scene("token types", _VENDOR, [_post(_VALID, _GRANT, content_type) for content_type in _TYPES])
    methods = [Request(_PATH, method, token) for method in _METHODS for token in (_VALID, None)]
    yield Scene("token methods", _VENDOR, [*methods, Request(f"{_PATH}?{_GRANT}", "POST", _VALID), _post(_VALID, None)])
    for organization in (*ORGANIZATIONS, "hooli"):
        yield Scene(f"token of {organization}", _VENDOR, [_post(_VALID)], organization)
    for moment in MOMENTS:
        yield Scene(f"token at {moment}", _VENDOR, [_post(_VALID), Request(_REPORT)], now=moment)
    yield from _expiring()
    yield from _failing()


def _expiring() -> Iterator[Scene]:
    for seconds, moments in ((3600, ("11:29:59.999999", "11:30:00")), (60, ("10:30:59", "10:31:00", "10:31:01"))):
        items: list[Request | ClockChange] = [Request(_REPORT)]
        for moment in moments:
            items += [
                ClockChange(f"2025-10-21T{moment}Z"),
                Request(_REPORT),
                Request(_REPORT, token="forbidden"),
                _post(_VALID),
            ]
        policy = {_VENDOR: {"expires_in": seconds}}
        yield Scene(f"tokens that live {seconds} seconds", _VENDOR, items, policy=policy)
    changed = (
        f"{_CLIENT}.1761046200.BugzBI0hhgBx7S8MyY7SSs7F0XqeXmTT",
        f"{_CLIENT}.1761046201.BugzBI0hhgBx7S8MyY7SSs7F0XqeXmTT",
        f"{_CLIENT}.01761046200.BugzBI0hhgBx7S8MyY7SSs7F0XqeXmTT",
        f"{_CLIENT}.1761046200.",
        f"{_CLIENT}-forbidden.1761046200.BugzBI0hhgBx7S8MyY7SSs7F0XqeXmTT",
        "mock-augment-acme.1761046200.BugzBI0hhgBx7S8MyY7SSs7F0XqeXmTT",
        "nobody.1761046200.BugzBI0hhgBx7S8MyY7SSs7F0XqeXmTT",
        ".1761046200.x",
        _CLIENT,
    )
    yield Scene("tokens that were changed", _VENDOR, [Request(_REPORT, token=f"Bearer {token}") for token in changed])


def _failing() -> Iterator[Scene]:
    effects: tuple[dict[str, object], ...] = (
        {"status": 503},
        {"status": 500, "code": "odd", "message": 'a "quoted" message, and Größe'},
        {"rate_limited": True},
        {"html": 502},
        {"malformed_json": True},
        {"status": 400, "headers": {"X-Armed": "yes"}},
    )
    for number, effect in enumerate(effects):
        for phase in ("before", "after"):
            rules = [{"vendor": _VENDOR, "operation": "createToken", "phase": phase, "effect": effect}]
            items = [_post(_VALID), _post(_VALID, "grant_type=password"), _post(None), Request(_REPORT)]
            yield Scene(f"token fault {number} {phase}", _VENDOR, items, faults=rules)
