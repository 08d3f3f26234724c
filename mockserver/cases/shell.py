"""A case as curl commands: lines to paste, with the expected answer below each.

On a server that was started for the case, the seeded tokens have the organization's name; in a sandbox of a running
server, they have the sandbox's id.
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mockserver.cases import credentials, matching
from mockserver.cases.credentials import Credential
from mockserver.cases.loading import PLACEHOLDER
from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, Case, ExpectedAnswer, Step
from mockserver.client import MOUNT
from mockserver.gateway.vendor import Vendor

ADDRESS = "http://127.0.0.1:8080"
"""Where a server listens by default."""

_JSON = "Content-Type: application/json"
_FILE = "answer.json"
_ADMIN = ['-H "Authorization: Bearer $MOCKSERVER_ADMIN_TOKEN"']
_STATUS_ALONE = "-o /dev/null -w '%{http_code}\\n'"
_VARIABLE = re.compile(r"\$[a-z_]+")
_CUT_OUT = """sed -E 's/.*"{name}":"([^"]+)".*/\\1/'"""


@dataclass(slots=True)
class CurlScript:
    """The lines of one case for a server at `url`; `name` is part of its tokens, `mock` the path of its control plane.

    `guarded`: the control plane requires an admin token.
    """

    case: Case
    vendors: Sequence[Vendor]
    url: str
    name: str
    mock: str
    guarded: bool
    got: set[str] = field(default_factory=set)

    def lines(self) -> Iterator[str]:
        """All lines, step by step."""
        for step in self.case.steps:
            if step.note:
                yield f"# {step.note}"
            credential = credentials.of(self.case, step, self.vendors)
            yield from self._exchange(credential)
            yield _command(step, self._curl(step, credential))
            each = "each: " if step.times > 1 else ""
            yield from (f"#   {each}{sentence}" for sentence in matching.sentences(step.expect))
            yield from (f"{name}=$({_extract(path)})" for name, path in step.keep.items())

    def _exchange(self, credential: Credential | None) -> Iterator[str]:
        """The line that gets an access token, if one is needed and was not got before."""
        if credential is None or credential.vendor is None or not credential.exchanged:
            return
        vendor, variable = credential.vendor, self._variable(credential)
        if variable in self.got:
            return
        self.got.add(variable)
        client = f"{credentials.token(vendor, credential.who, self.name)}:{vendor.secret}"
        curl = f"curl -s -u {_quoted(client)} -d grant_type=client_credentials {self.url}{vendor.token_path}"
        yield f"{variable}=$({curl} | {_CUT_OUT.format(name='access_token')})"

    def _variable(self, credential: Credential) -> str:
        return "access" if credential.who == GRANTED else f"access_{credential.who}"

    def _curl(self, step: Step, credential: Credential | None) -> str:
        vendor = credentials.vendor_of(self.case, step, self.vendors)
        method = {"GET": [], "HEAD": ["-I"]}.get(step.method, ["-X", step.method])
        sent = json.dumps(step.sent, ensure_ascii=False) if step.sent is not None else step.form
        headers = [
            *([_JSON] if step.sent is not None else []),
            *(f"{name}: {each}" for name, each in step.headers.items()),
        ]
        literal = ["-g"] if re.search(r"[\[\]]", step.target) else []
        parts = ["curl -s", *literal, *method, *self._authorization(credential)]
        parts += _ADMIN if step.mock and self.guarded else []
        parts += [f"-H {self._fill(header, vendor)}" for header in headers]
        parts += [f"-d {self._fill(sent, vendor)}"] if sent is not None else []
        return " ".join([*parts, self._fill(self._address(step), vendor)])

    def _address(self, step: Step) -> str:
        if not step.mock:
            return self.url + step.target
        return self.url + (MOUNT if step.target.startswith("/sandboxes") else self.mock) + step.target

    def _authorization(self, credential: Credential | None) -> list[str]:
        if credential is None:
            return []
        if credential.literal is not None or credential.vendor is None:
            return [f"-H {self._fill(f'Authorization: {credential.literal}', credential.vendor)}"]
        token = credentials.token(credential.vendor, credential.who, self.name)
        if credential.exchanged:
            token = f"${self._variable(credential)}"
        elif credential.vendor.token_path is not None:
            return [f"-u {_quoted(f'{token}:{credential.vendor.secret}')}"]
        return [f"-H {_quoted(f'Authorization: {credential.vendor.schemes[0]} {token}')}"]

    def _fill(self, text: str, vendor: Vendor | None) -> str:
        """The text, quoted for the shell, with variables for the values that earlier steps kept."""
        known = {"sandbox": self.mock.rpartition("/")[2] if "$" in self.mock else "default"}
        if vendor is not None:
            known |= {who: credentials.token(vendor, who, self.name) for who in (GRANTED, FORBIDDEN, GROUPS)}
            known["secret"] = str(vendor.secret)
        kept = {name: f"${name}" for step in self.case.steps for name in step.keep}
        known |= kept
        return _quoted(PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text), {*kept.values(), "$id"})


def of_server(case: Case, vendors: Sequence[Vendor], url: str = ADDRESS, *, guarded: bool = False) -> list[str]:
    """The lines for a server that was started with the case."""
    return list(CurlScript(case, vendors, url, case.organization, MOUNT, guarded).lines())


def of_sandbox(case: Case, vendors: Sequence[Vendor], url: str = ADDRESS, *, guarded: bool = False) -> list[str]:
    """The lines for any running server: they create a sandbox first, and use its tokens."""
    body = shlex.quote(json.dumps({"case": case.id}))
    made = " ".join(["curl -s -X POST", *(_ADMIN if guarded else []), f"-H '{_JSON}' -d {body} {url}{MOUNT}/sandboxes"])
    first = f"id=$({made} | {_CUT_OUT.format(name='id')})"
    return [first, *CurlScript(case, vendors, url, "$id", f"{MOUNT}/sandboxes/$id", guarded).lines()]


def _command(step: Step, curl: str) -> str:
    """The line that sends the request, in the form that shows what to look at."""
    if step.keep:
        return f"{curl.replace('curl -s', f'curl -s -D - -o {_FILE}', 1)}; cat {_FILE}; echo"
    if step.times > 1:
        status_alone = not (step.expect.headers or step.expect.body or step.expect.text)
        look = _STATUS_ALONE if status_alone else "-i"
        command = curl.replace("curl -s", f"curl -s {look}", 1) + ("" if status_alone else "; echo")
        return f"for i in $(seq {step.times}); do {command}; done"
    if step.method == "HEAD":
        return curl
    if (
        step.mock and step.method != "GET" and step.expect == ExpectedAnswer()
    ):  # All switches of all vendors are a long answer.
        return curl.replace("curl -s", f"curl -s {_STATUS_ALONE}", 1)
    exit_code = ' "curl ends with $?"' if step.expect.cut else ""
    return f"{curl.replace('curl -s', 'curl -s -i', 1)}; echo{exit_code}"


def _extract(path: str) -> str:
    way = "".join(f'["{name}"]' if name else f"[{index}]" for name, index in matching.parts(path))
    return f"python3 -c 'import json; print (json.load(open(\"{_FILE}\")){way})'"


def _quoted(text: str, variables: set[str] | None = None) -> str:
    """The text as one shell word, in which variables are still expanded."""
    known = {"$id", "$access", f"$access_{FORBIDDEN}", f"$access_{GROUPS}"} if variables is None else variables
    if not any(found in known for found in _VARIABLE.findall(text)):
        return shlex.quote(text)
    escaped = re.sub(r'([\\"`])', r"\\\1", text)
    return '"' + re.sub(r"\$(?![a-z_])", r"\\$", escaped) + '"'
