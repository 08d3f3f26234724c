"""Runs a case: creates its sandbox, sends its steps, and reports each expectation that is not met.

Whoever runs a case hands in the function that sends a request.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mockserver.cases import credentials, matching
from mockserver.cases.credentials import Credential
from mockserver.cases.loading import PLACEHOLDER
from mockserver.cases.matching import MISSING
from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, Case, Step
from mockserver.gateway.vendor import Vendor

MOCK = "/_mock"
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
"""The result of a case; skipped means that it needs what the server cannot do."""

TTL_SECONDS = 600
"""When a sandbox expires whose case was interrupted."""

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body; MISSING if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return MISSING


class IncompleteAnswer(Exception):
    """The connection ended before an answer was complete."""


Send = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""Sends a request: method, target with its query, headers, body. Raises IncompleteAnswer."""

_INCOMPLETE = "the connection ended before the answer was complete"


class _CaseStopped(Exception):
    """The case cannot continue; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a case, and a sentence for each failed expectation, or for why it was skipped."""

    result: str
    messages: tuple[str, ...] = ()


def run(case: Case, send: Send, vendors: Sequence[Vendor]) -> Outcome:
    """Run a case in a sandbox of its own."""
    body = json.dumps({"case": case.id, "ttl_seconds": TTL_SECONDS}).encode()
    try:
        created = send("POST", f"{MOCK}/sandboxes", _JSON, body)
    except IncompleteAnswer:
        return Outcome(FAILED, (f"its sandbox cannot be created: {_INCOMPLETE}",))
    if created.status != 201:
        message = f"its sandbox cannot be created: {created.status} {created.body.decode(errors='replace')}"
        return Outcome(SKIPPED if created.status == 409 and case.needs else FAILED, (message,))
    try:
        failures = tuple(_CaseRun(case, send, vendors, created.json["id"]).failures())
    finally:
        with suppress(IncompleteAnswer):
            send("DELETE", f"{MOCK}/sandboxes/{created.json['id']}", {}, b"")
    return Outcome(FAILED if failures else PASSED, failures)


class _CaseRun:
    """A case that runs in a sandbox: the values that its steps kept, and the access tokens that it got."""

    def __init__(self, case: Case, send: Send, vendors: Sequence[Vendor], sandbox: str) -> None:
        self._case = case
        self._send = send
        self._vendors = vendors
        self._sandbox = sandbox
        self._kept: dict[str, Any] = {}
        self._access_tokens: dict[tuple[str, str], str] = {}

    def failures(self) -> Iterator[str]:
        """What fails, step by step; a case continues after a failed expectation, but not without a kept value."""
        for number, step in enumerate(self._case.steps, 1):
            name = f"step {number} ({step.method} {step.target})"
            try:
                for _ in range(step.times):
                    yield from (f"{name}: {failure}" for failure in self._run_step(step))
            except _CaseStopped as stopped:
                yield f"{name}: {stopped}"
                return

    def _run_step(self, step: Step) -> Iterator[str]:
        try:
            answer = self._request(step)
        except IncompleteAnswer:
            if not step.expect.cut:
                yield _INCOMPLETE
            return
        yield from self._check(step, answer)
        for name, path in step.keep.items():
            self._kept[name] = matching.at(answer.json, path)
            if self._kept[name] in (MISSING, None):
                raise _CaseStopped(f"{name} cannot be kept: there is nothing at {path}")

    def _check(self, step: Step, answer: Answer) -> Iterator[str]:
        expected = step.expect
        text = answer.body.decode(errors="replace")
        if expected.cut:
            yield f"expected the connection to be cut, got a complete answer with status {answer.status}"
        if expected.status not in {None, answer.status}:
            yield f"expected status {expected.status}, got {answer.status}: {text:.300}"
        headers = {name: answer.headers.get(name.lower(), MISSING) for name in expected.headers}
        present = {name: value for name, value in headers.items() if value is not MISSING}
        yield from (f"header {each}" for each in matching.mismatches(present, expected.headers, self._kept))
        yield from matching.mismatches(answer.json, expected.body, self._kept)
        if expected.text is not None:
            yield from matching.mismatches(text, {matching.WHOLE: expected.text}, self._kept)

    def _request(self, step: Step) -> Answer:
        vendor = credentials.vendor_of(self._case, step, self._vendors)
        target = self._fill(step.target, vendor)
        headers = {name: self._fill(value, vendor) for name, value in step.headers.items()}
        credential = credentials.of(self._case, step, self._vendors)
        if credential is not None:
            headers["Authorization"] = self._authorization(credential)
        if step.form is not None:
            return self._send(step.method, target, {**_FORM, **headers}, self._fill(step.form, vendor).encode())
        body = b"" if step.sent is None else self._fill(json.dumps(step.sent), vendor).encode()
        content_type = {} if step.sent is None else _JSON
        return self._send(step.method, self._path(step, target), {**content_type, **headers}, body)

    def _path(self, step: Step, target: str) -> str:
        """The whole path; resources of the control plane are the sandbox's own, except /sandboxes."""
        if not step.mock:
            return target
        return MOCK + target if target.startswith("/sandboxes") else f"{MOCK}/sandboxes/{self._sandbox}{target}"

    def _authorization(self, credential: Credential) -> str:
        if credential.literal is not None or credential.vendor is None:
            return self._fill(credential.literal or "", credential.vendor)
        token = credentials.token(credential.vendor, credential.who, self._sandbox)
        if credential.vendor.token_path is not None:
            basic = "Basic " + b64encode(f"{token}:{credential.vendor.secret}".encode()).decode()
            if not credential.exchanged:
                return basic
            token = self._access_token(credential.vendor, credential.who, basic)
        return f"{credential.vendor.schemes[0]} {token}"

    def _access_token(self, vendor: Vendor, who: str, basic: str) -> str:
        """An access token, fetched once for each client and kept."""
        if (vendor.name, who) not in self._access_tokens:
            headers = {**_FORM, "Authorization": basic}
            answer = self._send("POST", str(vendor.token_path), headers, b"grant_type=client_credentials")
            if answer.status != 200:
                message = f"{answer.status} {answer.body.decode(errors='replace')}"
                raise _CaseStopped(f"the access token was refused: {message}")
            self._access_tokens[vendor.name, who] = answer.json["access_token"]
        return self._access_tokens[vendor.name, who]

    def _fill(self, text: str, vendor: Vendor | None) -> str:
        """The text with the values of the names in braces; unknown names are left as they are."""
        known = {"sandbox": self._sandbox, **self._kept}
        if vendor is not None:
            known |= {who: credentials.token(vendor, who, self._sandbox) for who in (GRANTED, FORBIDDEN, GROUPS)}
            known["secret"] = vendor.secret
        return PLACEHOLDER.sub(lambda found: str(known.get(found[1], found[0])), text)
