"""`/_mock/case-runs`: runs of cases by the server itself, each a job with its progress and its result.

Cases are in the room `cases`; a run sends the requests of one in a sandbox of its own, without a socket.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, current_app
from flask import request as http_request
from marshmallow import Schema, ValidationError, fields, validate

from analytics_mockserver.suggestions import unknown_name
from mockserver.admin import bodies
from mockserver.admin.admin_context import AdminContext, AdminRequest, context
from mockserver.admin.fields import Body
from mockserver.admin.responses import Problem, created
from mockserver.cases.records import Case, Step, UnknownCase
from mockserver.client import Client, in_process
from mockserver.gateway.background import Job, JobState
from mockserver.validation.schemas import dump

UNFINISHED_MAXIMUM = 50
"""How many runs may wait or be under way at a time."""


class CaseRunSchema(Schema):
    """A run of a case. `done` of `total` steps are done, and `current` is the request that is being sent.

    `result` is null until the run has finished: whether the answers were the expected ones. `messages` has a sentence
    for each that was not. A case that needs a socket is skipped, as the server sends itself the requests without one.
    `error` says why a run failed.
    """

    id = fields.String(required=True)
    case = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*JobState]))
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    current = fields.String(required=True, allow_none=True)
    result = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(("passed", "failed", "skipped", None))
    )
    messages = fields.List(fields.String(), required=True)
    error = fields.String(required=True, allow_none=True)


class CaseRunsSchema(Schema):
    """The runs, the oldest first: those that are unfinished, and the newest of those that ended."""

    case_runs = fields.List(fields.Nested(CaseRunSchema), required=True)


class CaseRunBody(Body):
    """Which case to run."""

    case = fields.String(required=True, metadata={"description": "The id of a case, as in C001."})


class CaseRun(Job):
    """A run of a case; `sandbox` is the id of its sandbox, once it has one."""

    def __init__(self, case: str, total: int) -> None:
        super().__init__(total)
        self.case = case
        self.sandbox = ""
        self.result: str | None = None
        self.messages: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        own = {"case": self.case, "sandbox": self.sandbox, "result": self.result, "messages": self.messages}
        return {**super().to_json(), **own}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "CaseRun":
        """A run of another server, from its report."""
        run = cls(given["case"], given["total"]).restore(given)
        run.sandbox, run.result, run.messages = given["sandbox"], given["result"], tuple(given["messages"])
        return run

    def begin(self, sandbox: str, number: int, step: Step) -> None:
        """Note that a request of a step is sent; JobRemoved if the run must end."""
        self.sandbox = sandbox
        self.check()
        self.done = number - 1
        self.current = f"{step.method} {step.target}"


def list_all(request: AdminRequest) -> dict[str, Any]:
    with request.lock:
        runs = [*context().case_runs]
    return dump(CaseRunsSchema, {"case_runs": runs})


def get(request: AdminRequest) -> dict[str, Any]:
    return dump(CaseRunSchema, _find(request))


def create(request: AdminRequest) -> Response:
    """Start a run of a case, in a sandbox of its own, which is deleted afterwards."""
    admin, case = context(), _case(CaseRunBody().load(bodies.read())["case"])
    run = CaseRun(case.id, len(case.steps))
    with request.lock:
        if sum(each.is_unfinished for each in admin.case_runs) >= UNFINISHED_MAXIMUM:
            rule = f"{UNFINISHED_MAXIMUM} runs of cases are unfinished, which is the maximum"
            raise Problem(409, f"{rule}; wait until one has ended, or DELETE one")
        admin.case_runs.add(run)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (documented)
    client = Client("http://localhost", admin_token=admin.admin_token, transport=in_process(app))
    admin.case_threads.start(run, partial(_work, run, case, client, admin))
    return created(dump(CaseRunSchema, run), f"{http_request.path}/{run.id}")


def delete(request: AdminRequest) -> None:
    """Remove a run; one that is unfinished ends, and what waits in its sandbox is let go."""
    registry = context().registry
    with request.lock:
        run = _find(request)
        context().case_runs.remove(run)
        sandbox = registry.find(run.sandbox)
        if sandbox is not None:
            registry.delete(sandbox)


def _work(run: CaseRun, case: Case, client: Client, admin: AdminContext) -> None:
    from mockserver.cases import running

    outcome = running.run(case, client, admin.vendors, run.begin)
    run.result, run.messages, run.done = outcome.result, outcome.messages, run.total


def _case(case_id: str) -> Case:
    try:
        return context().sources.cases().find(case_id)
    except UnknownCase as error:
        raise ValidationError({"case": [str(error)]}) from error


def _find(request: AdminRequest) -> CaseRun:
    found: CaseRun | None = context().case_runs.find(request.name)
    if found is None:
        raise Problem(404, unknown_name("run", request.name, [each.id for each in context().case_runs]))
    return found
