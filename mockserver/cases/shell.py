"""Answers how a person does a case with curl: lines to paste, and below each what must come back.

A server that was started for a case is opened by the seeded tokens; in a sandbox of a running one, the sandbox's id
stands in their place. Doing it by machine stays out (`running`).
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mockserver.cases import credentials, matching
from mockserver.cases.credentials import Credential
from mockserver.cases.reading import PLACEHOLDER
from mockserver.cases.records import FORBIDDEN, GRANTED, GROUPS, Case, Expected, Step
from mockserver.cases.running import MOCK
from mockserver.gateway.vendor import Vendor

ADDRESS = "http://127.0.0.1:8080"
"""Where a server listens unless it is told otherwise."""

_JSON = "Content-Type: application/json"
_FILE = "answer.json"
_ADMIN = ['-H "Authorization: Bearer $MOCKSERVER_ADMIN_TOKEN"']
_STATUS_ALONE = "-o /dev/null -w '%{http_code}\\n'"
_VARIABLE = re.compile(r"\$[a-z_]+")
_CUT_OUT = """sed -E 's/.*"{name}":"([^"]+)".*/\\1/'"""


@dataclass(slots=True)
class Script:
    """The lines of one case against a server at a `url`; `name` is what the tokens bear, `mock` the control plane.

    `guarded`: it wants its admin token there.
    """

    case: Case
    vendors: Sequence[Vendor]
    url: str
    name: str
    mock: str
    guarded: bool
    got: set[str] = field(default_factory=set)

    def lines(self) -> Iterator[str]:
        """All of it, step by step."""
        for step in self.case.steps:
            if step.note:
                yield f"# {step.note}"
            shown = credentials.of(self.case, step, self.vendors)
            yield from self._got(shown)
            yield _asking(step, self._curl(step, shown))
            each = "each: " if step.times > 1 else ""
            yield from (f"#   {each}{sentence}" for sentence in matching.sentences(step.expect))
            yield from (f"{name}=$({_picked(path)})" for name, path in step.keep.items())

    def _got(self, shown: Credential | None) -> Iterator[str]:
        """The line that gets an access token, where one is needed and not there yet."""
        if shown is None or shown.vendor is None or not shown.exchanged or self._variable(shown) in self.got:
            return
        self.got.add(self._variable(shown))
        client = f"{credentials.token(shown.vendor, shown.who, self.name)}:{shown.vendor.secret}"
        curl = f"curl -s -u {_quoted(client)} -d grant_type=client_credentials {self.url}{shown.vendor.token_path}"
        yield f"{self._variable(shown)}=$({curl} | {_CUT_OUT.format(name='access_token')})"

    def _variable(self, shown: Credential) -> str:
        return "access" if shown.who == GRANTED else f"access_{shown.who}"

    def _curl(self, step: Step, shown: Credential | None) -> str:
        vendor = credentials.vendor_of(self.case, step, self.vendors)
        method = {"GET": [], "HEAD": ["-I"]}.get(step.method, ["-X", step.method])
        sent = json.dumps(step.sent, ensure_ascii=False) if step.sent is not None else step.form
        headers = [
            *([_JSON] if step.sent is not None else []),
            *(f"{name}: {each}" for name, each in step.headers.items()),
        ]
        parts = ["curl -s", *(["-g"] if re.search(r"[\[\]]", step.target) else []), *method, *self._shown(shown)]
        parts += _ADMIN if step.mock and self.guarded else []
        parts += [f"-H {self._filled(header, vendor)}" for header in headers]
        parts += [f"-d {self._filled(sent, vendor)}"] if sent is not None else []
        return " ".join([*parts, self._filled(self._place(step), vendor)])

    def _place(self, step: Step) -> str:
        if not step.mock:
            return self.url + step.target
        return self.url + (MOCK if step.target.startswith("/sandboxes") else self.mock) + step.target

    def _shown(self, shown: Credential | None) -> list[str]:
        if shown is None:
            return []
        if shown.literal is not None or shown.vendor is None:
            return [f"-H {self._filled(f'Authorization: {shown.literal}', shown.vendor)}"]
        token = credentials.token(shown.vendor, shown.who, self.name)
        if shown.exchanged:
            token = f"${self._variable(shown)}"
        elif shown.vendor.token_path is not None:
            return [f"-u {_quoted(f'{token}:{shown.vendor.secret}')}"]
        return [f"-H {_quoted(f'Authorization: {shown.vendor.schemes[0]} {token}')}"]

    def _filled(self, text: str, vendor: Vendor | None) -> str:
        """The text, quoted for the shell, with variables in it for what earlier steps kept."""
        known = {"sandbox": self.mock.rpartition("/")[2] if "$" in self.mock else "default"}
        if vendor is not None:
            known |= {who: credentials.token(vendor, who, self.name) for who in (GRANTED, FORBIDDEN, GROUPS)}
            known["secret"] = str(vendor.secret)
        kept = {name: f"${name}" for step in self.case.steps for name in step.keep}
        known |= kept
        return _quoted(PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text), {*kept.values(), "$id"})


def of_server(case: Case, vendors: Sequence[Vendor], url: str = ADDRESS, *, guarded: bool = False) -> list[str]:
    """The lines for a server that was started with the case."""
    return list(Script(case, vendors, url, case.organization, MOCK, guarded).lines())


def of_sandbox(case: Case, vendors: Sequence[Vendor], url: str = ADDRESS, *, guarded: bool = False) -> list[str]:
    """The lines for any running server: they make a sandbox first, and ask with its tokens."""
    body = shlex.quote(json.dumps({"case": case.id}))
    made = " ".join(["curl -s -X POST", *(_ADMIN if guarded else []), f"-H '{_JSON}' -d {body} {url}{MOCK}/sandboxes"])
    first = f"id=$({made} | {_CUT_OUT.format(name='id')})"
    return [first, *Script(case, vendors, url, "$id", f"{MOCK}/sandboxes/$id", guarded).lines()]


def _asking(step: Step, curl: str) -> str:
    """The line that asks, in the form that shows what must be looked at."""
    if step.keep:
        return f"{curl.replace('curl -s', f'curl -s -D - -o {_FILE}', 1)}; cat {_FILE}; echo"
    if step.times > 1:
        status_alone = not (step.expect.headers or step.expect.body or step.expect.text)
        look = _STATUS_ALONE if status_alone else "-i"
        told = curl.replace("curl -s", f"curl -s {look}", 1) + ("" if status_alone else "; echo")
        return f"for i in $(seq {step.times}); do {told}; done"
    if step.method == "HEAD":
        return curl
    if (
        step.mock and step.method != "GET" and step.expect == Expected()
    ):  # All switches of all vendors are a long answer.
        return curl.replace("curl -s", f"curl -s {_STATUS_ALONE}", 1)
    exit_code = ' "curl ends with $?"' if step.expect.cut else ""
    return f"{curl.replace('curl -s', 'curl -s -i', 1)}; echo{exit_code}"


def _picked(path: str) -> str:
    way = "".join(f'["{name}"]' if name else f"[{place}]" for name, place in matching.parts(path))
    return f"python3 -c 'import json; print (json.load(open(\"{_FILE}\")){way})'"


def _quoted(text: str, variables: set[str] | None = None) -> str:
    """The text as one word of the shell's, in which variables are still put in."""
    known = {"$id", "$access", f"$access_{FORBIDDEN}", f"$access_{GROUPS}"} if variables is None else variables
    if not any(found in known for found in _VARIABLE.findall(text)):
        return shlex.quote(text)
    escaped = re.sub(r'([\\"`])', r"\\\1", text)
    return '"' + re.sub(r"\$(?![a-z_])", r"\\$", escaped) + '"'
