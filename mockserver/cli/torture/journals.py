"""What a client did on the server of one run: its requests, the answers, and the findings of the client lint.

Journals are read at the end of the run; those that the client's tests delete or empty, right before that.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask

from mockserver.client import MOUNT, Client, Refused, SandboxClient, in_process

_LOSING: Final = re.compile(
    r"(?:DELETE /_mock/sandboxes/([^/]+)|\w+ /_mock(?:/sandboxes/([^/]+))?/(?:requests|reset))/?"
)
"""Requests after which a journal may be gone, with the id of a sandbox; without one it is the default sandbox."""

Finding = tuple[str, str]
"""A vendor and a rule of the client lint."""


@dataclass(slots=True)
class Evidence:
    """What was seen: the successful requests by vendor and operation, how many a fault met, and the lint's findings.

    `answers` has a digest of each answer of a vendor, up to each of its parts, with the path and query of its request.
    """

    requests: set[tuple[str, str | None]] = field(default_factory=set)
    faults: int = 0
    findings: dict[Finding, str] = field(default_factory=dict)
    answers: set[str] = field(default_factory=set)


class WatchedApp:
    """An app whose journals are read before they are lost.

    Answers are only read if the sandboxes have no faults, which may end an answer early or delay a part of it.
    """

    def __init__(self, app: Flask, *, has_faults: bool) -> None:
        self.client = Client("http://localhost", transport=in_process(app))
        self._app = app
        self._evidence = Evidence()
        self._has_faults = has_faults
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        losing = _LOSING.fullmatch(f"{method} {path}")
        if losing and method != "GET":
            with suppress(Refused):  # There is no such sandbox.
                self._read(self._sandbox(losing[1] or losing[2]))
        answer = self._app(environ, start_response)
        if self._has_faults or path == MOUNT or path.startswith(f"{MOUNT}/"):
            return answer
        return self._digested(answer, f"{path}?{environ['QUERY_STRING']}")

    def _digested(self, answer: Iterable[bytes], request: str) -> Iterator[bytes]:
        digest = sha256(request.encode())
        try:
            for piece in answer:
                digest.update(piece)
                # Before the client gets it, which may end at once.
                self._evidence.answers.add(digest.hexdigest())
                yield piece
        finally:
            getattr(answer, "close", lambda: None)()

    def evidence(self) -> Evidence:
        """What was seen until now in all sandboxes."""
        for sandbox in self.client.sandboxes():
            self._read(sandbox)
        return self._evidence

    def _sandbox(self, sandbox_id: str | None) -> SandboxClient:
        return self.client if sandbox_id is None else self.client.sandbox(sandbox_id)

    def _read(self, sandbox: SandboxClient) -> None:
        entries: list[dict[str, Any]] = sandbox.requests.list_all()
        findings = sandbox.lint()["findings"]
        seen = self._evidence
        with self._lock:
            seen.requests |= {(each["vendor"], each["operation"]) for each in entries if _is_success(each["status"])}
            seen.faults += sum(each["fault"] is not None for each in entries)
            for each in findings:
                seen.findings.setdefault((each["vendor"], each["rule"]), each["observed"])


def _is_success(status: int | None) -> bool:
    return status is not None and 200 <= status < 300
