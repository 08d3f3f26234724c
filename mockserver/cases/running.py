"""Answers whether a case comes out as it says: its sandbox made, its steps done, each failed expectation told.

How a request travels stays out: whoever runs a case hands in what sends one.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mockserver.cases import credentials, matching
from mockserver.cases.credentials import Credential
from mockserver.cases.matching import MISSING
from mockserver.cases.reading import PLACEHOLDER
from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, Case, Step
from mockserver.gateway.vendor import Vendor

MOCK = "/_mock"
PASSED, FAILED, SKIPPED = "passed", "failed", "passed over"
"""How a case comes out; passed over is one that needs what the server cannot do."""

TTL_SECONDS = 600
"""After how long a sandbox is forgotten that somebody stopped before its case was done."""

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded; MISSING where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return MISSING


class IncompleteAnswer(Exception):
    """The connection ended before an answer was whole."""


Send = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""Sends a request: method, target with its query, headers, body. Cut when no whole answer comes."""


class _Stopped(Exception):
    """The case cannot go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case came out; what did not come back as it must, or why the server cannot show it, a sentence each."""

    word: str
    said: tuple[str, ...] = ()


def run(case: Case, send: Send, vendors: Sequence[Vendor]) -> Outcome:
    """Do a case in a sandbox of its own."""
    body = json.dumps({"case": case.id, "ttl_seconds": TTL_SECONDS}).encode()
    try:
        made = send("POST", f"{MOCK}/sandboxes", _JSON, body)
    except IncompleteAnswer:
        return Outcome(FAILED, ("its sandbox cannot be made: the connection ended before the answer was whole",))
    if made.status != 201:
        told = f"its sandbox cannot be made: {made.status} {made.body.decode(errors='replace')}"
        return Outcome(SKIPPED if made.status == 409 and case.needs else FAILED, (told,))
    try:
        faults = tuple(_CaseRun(case, send, vendors, made.json["id"]).faults())
    finally:
        with suppress(IncompleteAnswer):
            send("DELETE", f"{MOCK}/sandboxes/{made.json['id']}", {}, b"")
    return Outcome(FAILED if faults else PASSED, faults)


class _CaseRun:
    """A case on its way in a sandbox: what its steps kept, and the access tokens that were got."""

    def __init__(self, case: Case, send: Send, vendors: Sequence[Vendor], sandbox: str) -> None:
        self._case = case
        self._send = send
        self._vendors = vendors
        self._sandbox = sandbox
        self._kept: dict[str, Any] = {}
        self._access: dict[tuple[str, str], str] = {}

    def faults(self) -> Iterator[str]:
        """What fails, step by step; a case goes on after an expectation that fails, but not without what it kept."""
        for place, step in enumerate(self._case.steps, 1):
            named = f"step {place} ({step.method} {step.target})"
            try:
                for _ in range(step.times):
                    yield from (f"{named}: {fault}" for fault in self._done(step))
            except _Stopped as stopped:
                yield f"{named}: {stopped}"
                return

    def _done(self, step: Step) -> Iterator[str]:
        try:
            answer = self._asked(step)
        except IncompleteAnswer:
            if not step.expect.cut:
                yield "the connection ended before the answer was whole"
            return
        yield from self._judged(step, answer)
        for name, path in step.keep.items():
            self._kept[name] = matching.at(answer.json, path)
            if self._kept[name] in (MISSING, None):
                raise _Stopped(f"{name} cannot be kept: there is nothing at {path}")

    def _judged(self, step: Step, answer: Answer) -> Iterator[str]:
        expected = step.expect
        text = answer.body.decode(errors="replace")
        if expected.cut:
            yield f"the connection should have been cut, but a whole answer came: {answer.status}"
        if expected.status not in {None, answer.status}:
            yield f"the status should be {expected.status}, but is {answer.status}: {text:.300}"
        headers = {name: answer.headers.get(name.lower(), MISSING) for name in expected.headers}
        there = {name: value for name, value in headers.items() if value is not MISSING}
        yield from (f"header {fault}" for fault in matching.faults(there, expected.headers, self._kept))
        yield from matching.faults(answer.json, expected.body, self._kept)
        if expected.text is not None:
            yield from matching.faults(text, {matching.WHOLE: expected.text}, self._kept)

    def _asked(self, step: Step) -> Answer:
        vendor = credentials.vendor_of(self._case, step, self._vendors)
        target = self._filled(step.target, vendor)
        headers = {name: self._filled(value, vendor) for name, value in step.headers.items()}
        shown = credentials.of(self._case, step, self._vendors)
        if shown is not None:
            headers["Authorization"] = self._authorization(shown)
        if step.form is not None:
            return self._send(step.method, target, {**_FORM, **headers}, self._filled(step.form, vendor).encode())
        sent = b"" if step.sent is None else self._filled(json.dumps(step.sent), vendor).encode()
        kind = {} if step.sent is None else _JSON
        return self._send(step.method, self._placed(step, target), {**kind, **headers}, sent)

    def _placed(self, step: Step, target: str) -> str:
        """The control plane's resources are the sandbox's own; /sandboxes and what is below them are the server's."""
        if not step.mock:
            return target
        return MOCK + target if target.startswith("/sandboxes") else f"{MOCK}/sandboxes/{self._sandbox}{target}"

    def _authorization(self, shown: Credential) -> str:
        if shown.literal is not None or shown.vendor is None:
            return self._filled(shown.literal or "", shown.vendor)
        token = credentials.token(shown.vendor, shown.who, self._sandbox)
        if shown.vendor.token_path is not None:
            basic = "Basic " + b64encode(f"{token}:{shown.vendor.secret}".encode()).decode()
            if not shown.exchanged:
                return basic
            token = self._access_token(shown.vendor, shown.who, basic)
        return f"{shown.vendor.schemes[0]} {token}"

    def _access_token(self, vendor: Vendor, who: str, basic: str) -> str:
        """Got once for each client, as a client does that keeps it."""
        if (vendor.name, who) not in self._access:
            headers = {**_FORM, "Authorization": basic}
            answer = self._send("POST", str(vendor.token_path), headers, b"grant_type=client_credentials")
            if answer.status != 200:
                raise _Stopped(f"no access token is given: {answer.status} {answer.body.decode(errors='replace')}")
            self._access[vendor.name, who] = answer.json["access_token"]
        return self._access[vendor.name, who]

    def _filled(self, text: str, vendor: Vendor | None) -> str:
        """The text with what stands for the names in its braces; other braces are left alone."""
        known = {"sandbox": self._sandbox, **self._kept}
        if vendor is not None:
            known |= {who: credentials.token(vendor, who, self._sandbox) for who in (GRANTED, FORBIDDEN, GROUPS)}
            known["secret"] = vendor.secret
        return PLACEHOLDER.sub(lambda found: str(known.get(found[1], found[0])), text)
