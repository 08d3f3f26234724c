"""Run a case with a client: create its sandbox, send its steps, and report each expectation that is not met."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mockserver.cases import matching, step_request
from mockserver.cases.matching import MISSING
from mockserver.cases.records import Case, Step
from mockserver.cases.step_request import SeededClient
from mockserver.client import Client, NoAnswer, Refused, Response, SandboxClient
from mockserver.gateway.vendor import Vendor

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
"""The result of a case; a case is skipped if the server cannot do what it needs."""


OnRequest = Callable[[str, int, Step], None]
"""Called before each request, with the id of the sandbox, the number of the step, and the step."""


def _ignore(*_: object) -> None:
    pass


class _CaseStopped(Exception):
    """The case cannot continue; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a case, and a sentence for each failed expectation, or for why it was skipped."""

    result: str
    messages: tuple[str, ...] = ()


def run(case: Case, client: Client, vendors: Sequence[Vendor], on_request: OnRequest = _ignore) -> Outcome:
    """Run a case in a sandbox of its own; what `on_request` raises ends the run."""
    try:
        sandbox = client.create_sandbox(case=case.id, ttl_seconds=600)  # It expires if the run is interrupted.
    except NoAnswer as error:
        return Outcome(FAILED, (f"its sandbox cannot be created: {error}",))
    except Refused as error:
        skipped = error.status == 409 and case.needs
        message = f"its sandbox cannot be created: {error.status} {error.detail}"
        return Outcome(SKIPPED if skipped else FAILED, (message,))
    try:
        failures = tuple(_CaseRun(case, client, sandbox, vendors, on_request).failures())
    finally:
        with suppress(NoAnswer, Refused):
            client.delete_sandbox(sandbox.id)
    return Outcome(FAILED if failures else PASSED, failures)


class _CaseRun:
    """A running case, with the values that its steps kept and the access tokens that it fetched."""

    def __init__(
        self, case: Case, client: Client, sandbox: SandboxClient, vendors: Sequence[Vendor], on_request: OnRequest
    ) -> None:
        self._case = case
        self._client = client
        self._sandbox = sandbox
        self._vendors = vendors
        self._on_request = on_request
        self._kept: dict[str, Any] = {}
        self._access_tokens: dict[str, str] = {}

    def failures(self) -> Iterator[str]:
        """The failures of each step; a case continues after a failed expectation, but not without a value to keep."""
        for number, step in enumerate(self._case.steps, 1):
            name = f"step {number} ({step.method} {step.target})"
            try:
                for _ in range(step.times):
                    self._on_request(self._sandbox.id, number, step)
                    yield from (f"{name}: {failure}" for failure in self._run_step(step))
            except _CaseStopped as stopped:
                yield f"{name}: {stopped}"
                return

    def _run_step(self, step: Step) -> Iterator[str]:
        try:
            answer = self._send(step)
        except NoAnswer as error:
            if not step.expect.cut:
                yield str(error)
            return
        document: Any = MISSING
        with suppress(ValueError):
            document = answer.json()
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
        headers = {name: answer.headers[name.lower()] for name in expected.headers if name.lower() in answer.headers}
        yield from (f"header {each}" for each in matching.mismatches(headers, expected.headers, self._kept))
        yield from matching.mismatches(document, expected.body, self._kept)
        if expected.text is not None:
            yield from matching.mismatches(answer.text, {matching.WHOLE: expected.text}, self._kept)

    def _send(self, step: Step) -> Response:
        request = step_request.of(self._case, step, self._vendors, self._sandbox.id, self._kept)
        headers = {**(self._client.call.headers if step.mock else {}), **request.headers}
        if step.form is not None:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        if request.credential is not None:
            headers["Authorization"] = self._authorization(request.credential)
        if step.expect.cut:
            self._client.close()  # A kept connection that is cut is opened again, and the request repeated.
        return self._client.request(step.method, request.target, headers, (request.body or "").encode())

    def _authorization(self, credential: SeededClient | str) -> str:
        """An Authorization header; an access token is fetched once for each client and kept."""
        if isinstance(credential, str):
            return credential
        if not credential.exchanged:
            return "Basic " + b64encode(credential.text.encode()).decode()
        if credential.text not in self._access_tokens:
            client_id, _, secret = credential.text.partition(":")
            try:
                token = self._sandbox.tokens.access_token(client_id, secret, str(credential.vendor.token_path))
            except Refused as error:
                raise _CaseStopped(str(error)) from error
            self._access_tokens[credential.text] = token
        return f"{credential.vendor.schemes[0]} {self._access_tokens[credential.text]}"
