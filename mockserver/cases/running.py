"""Runs a case with a client: creates its sandbox, sends its steps, and reports each expectation that is not met."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mockserver.cases import credentials, matching
from mockserver.cases.credentials import Credential
from mockserver.cases.loading import PLACEHOLDER
from mockserver.cases.matching import MISSING
from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, Case, Step
from mockserver.client import MOUNT, Client, NoAnswer, Refused, Response, SandboxClient
from mockserver.gateway.vendor import Vendor

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
"""The result of a case; skipped means that it needs what the server cannot do."""

TTL_SECONDS = 600
"""When a sandbox expires whose case was interrupted."""

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _CaseStopped(Exception):
    """The case cannot continue; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a case, and a sentence for each failed expectation, or for why it was skipped."""

    result: str
    messages: tuple[str, ...] = ()


def run(case: Case, client: Client, vendors: Sequence[Vendor]) -> Outcome:
    """Run a case in a sandbox of its own."""
    try:
        sandbox = client.create_sandbox(case=case.id, ttl_seconds=TTL_SECONDS)
    except NoAnswer as error:
        return Outcome(FAILED, (f"its sandbox cannot be created: {error}",))
    except Refused as error:
        skipped = error.status == 409 and case.needs
        message = f"its sandbox cannot be created: {error.status} {error.detail}"
        return Outcome(SKIPPED if skipped else FAILED, (message,))
    try:
        failures = tuple(_CaseRun(case, client, sandbox, vendors).failures())
    finally:
        with suppress(NoAnswer, Refused):
            client.delete_sandbox(sandbox.id)
    return Outcome(FAILED if failures else PASSED, failures)


class _CaseRun:
    """A case that runs in a sandbox: the values that its steps kept, and the access tokens that it got."""

    def __init__(self, case: Case, client: Client, sandbox: SandboxClient, vendors: Sequence[Vendor]) -> None:
        self._case = case
        self._client = client
        self._sandbox = sandbox
        self._vendors = vendors
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
        except NoAnswer as error:
            if not step.expect.cut:
                yield str(error)
            return
        document = _document(answer)
        yield from self._check(step, answer, document)
        for name, path in step.keep.items():
            self._kept[name] = matching.at(document, path)
            if self._kept[name] in (MISSING, None):
                raise _CaseStopped(f"{name} cannot be kept: there is nothing at {path}")

    def _check(self, step: Step, answer: Response, document: Any) -> Iterator[str]:
        expected = step.expect
        if expected.cut:
            yield f"expected the connection to be cut, got a complete answer with status {answer.status}"
        if expected.status not in {None, answer.status}:
            yield f"expected status {expected.status}, got {answer.status}: {answer.text:.300}"
        headers = {name: answer.headers.get(name.lower(), MISSING) for name in expected.headers}
        present = {name: value for name, value in headers.items() if value is not MISSING}
        yield from (f"header {each}" for each in matching.mismatches(present, expected.headers, self._kept))
        yield from matching.mismatches(document, expected.body, self._kept)
        if expected.text is not None:
            yield from matching.mismatches(answer.text, {matching.WHOLE: expected.text}, self._kept)

    def _request(self, step: Step) -> Response:
        vendor = credentials.vendor_of(self._case, step, self._vendors)
        target = self._fill(step.target, vendor)
        headers = {name: self._fill(value, vendor) for name, value in step.headers.items()}
        credential = credentials.of(self._case, step, self._vendors)
        if credential is not None:
            headers["Authorization"] = self._authorization(credential)
        if step.expect.cut:
            self._client.close()  # A kept connection that is cut is opened again, and the request repeated.
        admin = self._client.call.headers if step.mock else {}
        body, content_type = b"", {}
        if step.form is not None:
            body, content_type = self._fill(step.form, vendor).encode(), _FORM
        elif step.sent is not None:
            body, content_type = self._fill(json.dumps(step.sent), vendor).encode(), _JSON
        return self._client.request(step.method, self._path(step, target), {**admin, **content_type, **headers}, body)

    def _path(self, step: Step, target: str) -> str:
        """The whole path; resources of the control plane are the sandbox's own, except /sandboxes."""
        if not step.mock:
            return target
        return MOUNT + target if target.startswith("/sandboxes") else f"{MOUNT}/sandboxes/{self._sandbox.id}{target}"

    def _authorization(self, credential: Credential) -> str:
        if credential.literal is not None or credential.vendor is None:
            return self._fill(credential.literal or "", credential.vendor)
        token = credentials.token(credential.vendor, credential.who, self._sandbox.id)
        if credential.exchanged:
            token = self._access_token(credential.vendor, credential.who, token)
        elif credential.vendor.token_path is not None:
            return "Basic " + b64encode(f"{token}:{credential.vendor.secret}".encode()).decode()
        return f"{credential.vendor.schemes[0]} {token}"

    def _access_token(self, vendor: Vendor, who: str, client_id: str) -> str:
        """An access token, fetched once for each client and kept."""
        key = vendor.name, who
        if key not in self._access_tokens:
            try:
                token = self._sandbox.tokens.access_token(client_id, str(vendor.secret), str(vendor.token_path))
            except Refused as error:
                raise _CaseStopped(str(error)) from error
            self._access_tokens[key] = token
        return self._access_tokens[key]

    def _fill(self, text: str, vendor: Vendor | None) -> str:
        """The text with the values of the names in braces; unknown names are left as they are."""
        known = {"sandbox": self._sandbox.id, **self._kept}
        if vendor is not None:
            known |= {who: credentials.token(vendor, who, self._sandbox.id) for who in (GRANTED, FORBIDDEN, GROUPS)}
            known["secret"] = vendor.secret
        return PLACEHOLDER.sub(lambda found: str(known.get(found[1], found[0])), text)


def _document(answer: Response) -> Any:
    """The decoded body; MISSING if it is not JSON."""
    try:
        return answer.json()
    except ValueError:
        return MISSING
