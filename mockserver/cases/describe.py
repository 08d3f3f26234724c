"""A case as data: why clients break on it, how to reproduce it with curl, and the expected answers.

The control plane shows it as JSON, the command as text, and a tool as a document.
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.cases import matching, step_request
from mockserver.cases.records import GRANTED, Case, ExpectedAnswer, Step
from mockserver.cases.step_request import DEFAULT_SANDBOX, SeededClient, StepRequest
from mockserver.client import MOUNT
from mockserver.gateway.curl import ADMIN_HEADER
from mockserver.gateway.switches import Grade
from mockserver.gateway.vendor import Vendor

ADDRESS = "http://127.0.0.1:8080"
"""Where a server listens by default."""

_FILE = "answer.json"
_STATUS_ALONE = "-o /dev/null -w '%{http_code}\\n'"
_VARIABLE = re.compile(r"\$([a-z_]+)")
_CUT_OUT = """sed -E 's/.*"{name}":"([^"]+)".*/\\1/'"""


def describe(case: Case, vendors: Sequence[Vendor], url: str = ADDRESS, *, guarded: bool = False) -> dict[str, Any]:
    """A case as JSON, with curl lines for a server at a URL; `guarded`: the server requires an admin token."""
    return {
        "id": case.id,
        "title": case.title,
        "vendor": case.vendor,
        "rationale": case.rationale,
        "needs": case.needs,
        "serve": f"mockserver serve --case {case.id}",
        "curl": curl_lines(case, vendors, url, guarded=guarded),
        "sandbox": dict(case.setup),
        "curl_in_sandbox": curl_lines(case, vendors, url, guarded=guarded, in_sandbox=True),
        "marker": f'@pytest.mark.mockserver(case="{case.id}")',
        "expect": [
            {"request": f"{step.method} {step.target}", "answer": list(matching.sentences(step.expect))}
            for step in case.steps
        ],
        "returns": case.returns,
        "grade": case.grade,
        "evidence": Grade(case.grade).evidence,
        "source": case.source,
    }


def curl_lines(
    case: Case, vendors: Sequence[Vendor], url: str = ADDRESS, *, guarded: bool = False, in_sandbox: bool = False
) -> list[str]:
    """Lines to paste into a shell, each followed by the expected answer as a comment.

    They work on a server that was started with the case or, `in_sandbox`, on any: there they create a sandbox first.
    """
    script = _CurlScript(case, vendors, url, guarded=guarded)
    return [*(script.lines_in_sandbox() if in_sandbox else script.lines())]


class _CurlScript:
    """The lines of one case for a server at a URL; `guarded`: its control plane requires an admin token."""

    def __init__(self, case: Case, vendors: Sequence[Vendor], url: str, *, guarded: bool) -> None:
        self._case = case
        self._vendors = vendors
        self._url = url
        self._admin = [ADMIN_HEADER] if guarded else []
        self._variables: set[str] = set()

    def lines_in_sandbox(self) -> Iterator[str]:
        """The line that creates a sandbox, and those of the steps in it."""
        body = shlex.quote(json.dumps({"case": self._case.id}))
        parts = ["curl -s -X POST", *self._admin, f"-H 'Content-Type: application/json' -d {body}"]
        yield f"id=$({' '.join(parts)} {self._url}{MOUNT}/sandboxes | {_CUT_OUT.format(name='id')})"
        self._variables.add("id")
        yield from self.lines("$id")

    def lines(self, sandbox: str = DEFAULT_SANDBOX) -> Iterator[str]:
        """The lines of each step."""
        for step in self._case.steps:
            if step.note:
                yield f"# {step.note}"
            kept = {name: f"${name}" for name in self._variables}
            request = step_request.of(self._case, step, self._vendors, sandbox, kept)
            if isinstance(request.credential, SeededClient):
                yield from self._exchange(request.credential)
            yield _command(step, self._curl(step, request))
            each = "each: " if step.times > 1 else ""
            yield from (f"#   {each}{sentence}" for sentence in matching.sentences(step.expect))
            yield from (f"{name}=$({_extract(path)})" for name, path in step.keep.items())
            self._variables |= {*step.keep}

    def _exchange(self, client: SeededClient) -> Iterator[str]:
        """The line that fetches an access token, if one is needed and was not fetched before."""
        variable = _variable(client)
        if client.exchanged and variable not in self._variables:
            self._variables.add(variable)
            address = f"{self._url}{client.vendor.token_path}"
            curl = f"curl -s -u {self._quoted(client.text)} -d grant_type=client_credentials {address}"
            yield f"{variable}=$({curl} | {_CUT_OUT.format(name='access_token')})"

    def _authorization(self, credential: SeededClient | str | None) -> list[str]:
        if credential is None:
            return []
        if isinstance(credential, SeededClient):
            if not credential.exchanged:
                return [f"-u {self._quoted(credential.text)}"]
            credential = f"{credential.vendor.schemes[0]} ${_variable(credential)}"
        return [f"-H {self._quoted(f'Authorization: {credential}')}"]

    def _curl(self, step: Step, request: StepRequest) -> str:
        literal = ["-g"] if re.search(r"[\[\]]", step.target) else []
        method = {"GET": [], "HEAD": ["-I"]}.get(step.method, ["-X", step.method])
        admin = self._admin if step.mock else []
        headers = [f"-H {self._quoted(f'{name}: {value}')}" for name, value in request.headers.items()]
        body = [] if request.body is None else [f"-d {self._quoted(request.body)}"]
        address = self._quoted(self._url + request.target)
        authorization = self._authorization(request.credential)
        return " ".join(["curl -s", *literal, *method, *authorization, *admin, *headers, *body, address])

    def _quoted(self, text: str) -> str:
        """The text as one shell word in which known variables are expanded."""
        if self._variables.isdisjoint(_VARIABLE.findall(text)):
            return shlex.quote(text)
        escaped = re.sub(r'([\\"`])', r"\\\1", text)
        return '"' + re.sub(r"\$(?![a-z_])", r"\\$", escaped) + '"'


def _variable(client: SeededClient) -> str:
    return "access" if client.who == GRANTED else f"access_{client.who}"


def _command(step: Step, curl: str) -> str:
    """The line that sends the request and prints what is expected: headers, body or status."""
    if step.keep:
        return _with(curl, f"-D - -o {_FILE}") + f"; cat {_FILE}; echo"
    status_alone = not (step.expect.headers or step.expect.body or step.expect.text)
    if step.times > 1:
        command = _with(curl, _STATUS_ALONE) if status_alone else _with(curl, "-i") + "; echo"
        return f"for i in $(seq {step.times}); do {command}; done"
    if step.method == "HEAD":
        return curl
    if step.mock and step.method != "GET" and step.expect == ExpectedAnswer():
        return _with(curl, _STATUS_ALONE)  # All switches of all vendors are a long answer.
    exit_code = ' "curl ends with $?"' if step.expect.cut else ""
    return f"{_with(curl, '-i')}; echo{exit_code}"


def _with(curl: str, options: str) -> str:
    return curl.replace("curl -s", f"curl -s {options}", 1)


def _extract(path: str) -> str:
    way = "".join(f'["{name}"]' if name else f"[{index}]" for name, index in matching.parts(path))
    return f"python3 -c 'import json; print (json.load(open(\"{_FILE}\")){way})'"
