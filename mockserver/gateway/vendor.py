"""The records where gateway and vendors meet: a vendor with its routes, a request on its way, a view's reply.

The gateway imports no vendor; it receives these records.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final, Protocol
from wsgiref.types import WSGIEnvironment

from flask import Request
from werkzeug.datastructures import EnvironHeaders, MultiDict

from mockserver.gateway import kept_headers, query_parameters, request_body, socket_features
from mockserver.gateway.admission import Admission
from mockserver.gateway.armed_faults import FaultHit
from mockserver.gateway.defects import Defect
from mockserver.gateway.faults import MatchInput
from mockserver.gateway.journal import JOURNALED, AnswerNotes, AnyRecord, Record, SentRequest, next_sequence
from mockserver.gateway.limits import Allowance, BucketState, LimitBlock, LimitScope
from mockserver.gateway.rejection import Reason, Rejection, UnknownToken
from mockserver.gateway.switches import AnySwitch, Switch, Switches
from mockserver.gateway.tokens import Grant
from mockserver.gateway.unserved import UnservedPaths
from mockserver.products.model import Visibility
from mockserver.products.world import World
from mockserver.simulation.clock import nanoseconds

if TYPE_CHECKING:
    from mockserver.gateway.paging_defects import Pages
    from mockserver.gateway.sandbox import Policy, Sandbox
    from mockserver.gateway.store.registry import SandboxRegistry


BODY_MAXIMUM: Final = 64 * 1024
"""The largest body that is read, in bytes, unless a route has its own maximum."""

CACHED: Final = "mockserver.cached"
"""The environ's key of the context of a request whose reply is in the response cache, and of the reply's key there."""


TimestampFormat = Callable[[int], str]
"""Writes a moment, in nanoseconds since 1970."""


@dataclass(slots=True, eq=False)
class RequestContext:
    """One request on its way through the pipeline, in the default sandbox until its token opens another.

    `operation` is None where the path or the method is unknown, `from_flask` where Flask has not seen the request, and
    `grant` until the token is known. `route` is the route of its path, also under a wrong method; None for an unknown
    path. The request happens at one moment, `now`, under one `policy`, whose options for the vendor are `switches`.
    `fault` is what the armed rule that fired for it does. `started` is in nanoseconds, and `start_seq` the logical
    timestamp for the journal. `stages` are those that it passes through. `record` is its record in the journal, once it
    has one. `expires_at` is when its token expires, in microseconds since 1970; None for a token that does not.
    `is_limited` is whether it has passed the stage that takes from its bucket. `path` is as it was sent, decoded;
    Werkzeug's own has the slashes at its start folded. A dry run is not journaled.
    """

    environ: WSGIEnvironment
    registry: "SandboxRegistry"
    vendor: "Vendor"
    operation: str | None
    from_flask: Request | None = None
    route: "Route | None" = None
    started: int = field(default_factory=perf_counter_ns)
    start_seq: int = field(default_factory=next_sequence)
    grant: Grant | None = None
    refusal: Reason | None = None
    fault: FaultHit | None = None
    record: Record | None = None
    expires_at: int | None = None
    is_limited: bool = False
    is_journaled: bool = True
    stages: "tuple[Stage, ...]" = ()
    method: str = field(init=False)
    path: str = field(init=False)
    query: str = field(init=False)
    _admission: Admission | None = None

    def __post_init__(self) -> None:
        self.method = self.environ["REQUEST_METHOD"].upper()
        self.path = self.environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        self.query = self.environ.get("QUERY_STRING", "")

    def enter(self, sandbox: "Sandbox", grant: Grant, expires_at: int | None = None) -> None:
        """Go on in the sandbox that the token opens, in whose journal the request is from now on."""
        self.grant = grant
        self.expires_at = expires_at
        try:
            self._admission = self.registry.admit(self, sandbox)
        except UnknownToken:  # It was revoked meanwhile.
            self.grant = self._admission = None
            raise
        if self.is_journaled:
            self.journaled()

    def use(self, admission: Admission) -> None:
        """Be let in this way."""
        self._admission = admission

    @property
    def admission(self) -> Admission:
        """How the request was let into its sandbox, which is the default one until a token opens another."""
        if self._admission is None:
            self._admission = self.registry.admit(self, None)
        return self._admission

    @property
    def sandbox(self) -> "Sandbox":
        """The sandbox that the request is in."""
        return (self._admission or self.admission).sandbox

    @property
    def now(self) -> datetime:
        """The moment at which the request happens."""
        return (self._admission or self.admission).now

    @property
    def policy(self) -> "Policy":
        """The policy under which the request is answered."""
        return (self._admission or self.admission).policy

    @property
    def switches(self) -> Switches:
        """The options of the vendor's switches under this policy."""
        return (self._admission or self.admission).policy.switches[self.vendor.name]

    def journaled(self) -> Record:
        """The request's record in the journal of its sandbox, which is begun by the first call."""
        if self.record is None:
            self.record = self.admission.begin_record(self)
            self.environ[socket_features.ABANDONED] = self.record.abandon
            self.environ[JOURNALED] = self.sandbox.id, self.record
        return self.record

    def new_record(self, admission: Admission, make: Callable[..., AnyRecord]) -> AnyRecord:
        """What the journal of the sandbox keeps of the request that is let in this way."""
        sandbox = admission.sandbox
        environ, query = self.environ, self.query
        body = request_body.of(self.request) if request_body.is_sent(environ) else None
        may_repeat_credentials = query or body is not None or self.operation is None
        request = SentRequest(
            self.vendor.name,
            self.operation,
            self.method,
            f"/{self.path.lstrip('/')}",
            query,
            sandbox.config.organization.slug,
            None if self.grant is None else self.grant.id,
            admission.policy.generation,
            environ.get("HTTP_AUTHORIZATION") if may_repeat_credentials else None,
            body,
            kept_headers.of_request(environ),
        )
        return make(nanoseconds(admission.now), request, self.started, sandbox.clock.frozen, self.start_seq)

    @property
    def request(self) -> Request:
        """The request as Flask has it; it is made only where it is needed, as that takes some microseconds."""
        if self.from_flask is None:
            self.from_flask = Request(self.environ, populate_request=False)
        return self.from_flask

    @property
    def args(self) -> MultiDict[str, str]:
        """The query parameters."""
        read = None if self.from_flask is not None else query_parameters.read(self.query)
        return self.request.args if read is None else read

    @property
    def path_variables(self) -> Mapping[str, str]:
        """The parts of the path that the route names."""
        return (self.from_flask and self.from_flask.view_args) or {}

    @property
    def limit(self) -> str:
        """The name of the limit that the request counts against."""
        return self.vendor.limit_of(self.route)

    @property
    def bucket_scope(self) -> str:
        """The scope of the bucket that the request spends from."""
        switch = self.vendor.limit_scope
        by_token = switch is not None and self.switches[switch] is LimitScope.TOKEN
        return f"token {self.grant.id}" if by_token and self.grant else LimitScope.ORGANIZATION.value

    @property
    def client(self) -> tuple[str, str]:
        """What identifies the client: the id of its token, and its User-Agent."""
        return "" if self.grant is None else self.grant.id, self.environ.get("HTTP_USER_AGENT", "")

    @property
    def match_input(self) -> MatchInput:
        """What fault rules match on."""
        path, arguments = self.request.path, self.args.getlist
        of_request = self.vendor.name, self.operation, self.method, path, arguments, self.now, self.client
        return MatchInput(*of_request, EnvironHeaders(self.environ).get)

    @property
    def bucket(self) -> BucketState | None:
        """The bucket that the request spends from, as it is now; None while nothing is limited or spent."""
        with self.registry.lock:
            buckets = self.sandbox.buckets(self.limit)
        return next((each for each in buckets if each.scope == self.bucket_scope), None)

    @property
    def limit_block(self) -> LimitBlock:
        """What an empty bucket does beyond the refusal."""
        switch = self.vendor.limit_block
        return LimitBlock.REFILL if switch is None else self.switches[switch]


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """What a view may know of a request that passed every stage.

    `args` are the query parameters, `path_variables` the parts of the path that the route names. `body` and its
    `content_type` are empty for GET and HEAD. `memory` is what the vendor keeps in the sandbox. Answers to GET and HEAD
    are cached by these fields, except `memory`, and by the vendor's `cache_epoch`, so they must not depend on anything
    else, unless the reply is not `cacheable`.
    """

    args: MultiDict[str, str]
    path_variables: Mapping[str, str]
    body: bytes
    now: datetime
    switches: Switches
    world: World
    grant: Grant | None
    content_type: str = ""
    memory: Any = None


class Memory(Protocol):
    """What clients have written at a vendor."""

    def to_text(self) -> str:
        """Everything, as text; the same for two memories with the same content."""

    def read_text(self, text: str) -> None:
        """Have what is in a text, and nothing else."""


Stage = Callable[[RequestContext], None]
"""A step before the view: passes, or raises Rejection.

Whether it passes may depend on the path, the query string and the Authorization header of the request, the sandbox's
switches, faults and limits, and whether the grant still exists. A request that passed once, and got a cached reply, is
answered again without its stages (`fastpath`). A stage that depends on the time sets `expires_at` in the context."""

Body = dict[str, Any] | list[Any]
"""A JSON body, in which response_cache.TIMESTAMP stands for the moment of the answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a view; a body of None is empty.

    `next_page` is the cursor or offset of the next page, None on the last page and where there are no pages.
    `is_empty_page`: it is a page without rows that leads to another one. `defects` are the names of those that changed
    it. A reply that is not `cacheable` is computed again for the same request.
    """

    body: Body | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    next_page: str | None = None
    cacheable: bool = True
    is_empty_page: bool = False
    defects: tuple[str, ...] = ()

    @property
    def notes(self) -> AnswerNotes:
        """What the journal notes of it."""
        return AnswerNotes(self.next_page, self.is_empty_page, self.defects)


View = Callable[[ViewRequest], Reply | Body]
"""An endpoint; a plain body is short for a Reply with it."""


@dataclass(frozen=True, slots=True)
class Route:
    """A whole path, the operationId of its operation in the vendor's OpenAPI file, and its view.

    `stages`, if given, replace the vendor's own. `limit_class`, if given, is one of the vendor's further limits.
    `body_maximum` is the largest body in bytes. With `writes`, a token that may only read is refused.
    """

    path: str
    operation: str
    view: View
    methods: tuple[str, ...] = ("GET",)
    stages: tuple[Stage, ...] | None = None
    limit_class: str | None = None
    body_maximum: int = BODY_MAXIMUM
    writes: bool = False


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """A refusal in a vendor's form."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One API surface: its mounts, its authentication, its order of refusals, its switches, its errors.

    * `schemes` of the Authorization header: the preferred one first; `accepted_schemes` are those that the switches
      allow, where a switch rules any out.
    * `secret` of the seeded clients, and `token_path`: where clients exchange a secret for tokens.
    * `has_group_roles`: whether a role can be bound to groups.
    * `common_headers` are on every answer of the vendor, refusals too; they may differ from request to request.
    * `allowance` is the documented limit, `limit_classes` those of further classes of operations, by name: each class
      has buckets of its own.
    * `memory` makes what clients can write, for one sandbox; its views get it, and it guards itself against threads.
      It can be written as text, and read again, for other servers.
    * `cache_epoch`: the part of the present moment that an answer depends on (None: all of it); it is the same
      throughout a second.
    * `timestamp_format` is what writes a moment, in nanoseconds since 1970, in place of the TIMESTAMP in answers; None
      for a vendor whose answers have none.
    * `visibility`: what the vendor shows of each person and day at a moment, where it shows people's days.
    * `newest_day`: the newest day in its totals at a moment, as an ordinal, where it shows no days of people.
    * `publication_hour`, `limit_scope` and `limit_block` are switches that the gateway and the client lint use: when
      the data of a day arrive on the next (UTC), which requests share a bucket, what an empty bucket does.
    * `restated_days`: in how many publications after its first one a day is restated, for the client lint.
    * `pages`: how it pages, for the defects in pages; None for a vendor without pages, which has none of these.
    * `unserved`: paths that the vendor is known to have and that are not simulated.
    """

    name: str
    title: str
    mounts: tuple[str, ...]
    schemes: tuple[str, ...]
    stages: tuple[Stage, ...]
    routes: tuple[Route, ...]
    switches: tuple[AnySwitch, ...]
    allowance: Allowance | None
    render_error: Callable[[Rejection, RequestContext], ErrorReply]
    cache_epoch: Callable[[datetime, Switches], Hashable | None]
    sample_path: str
    secret: str | None = None
    token_path: str | None = None
    has_group_roles: bool = False
    defects: tuple[Defect, ...] = ()
    pages: "Pages | None" = None
    accepted_schemes: Callable[[Switches], tuple[str, ...]] | None = None
    visibility: Callable[[datetime, Switches], Visibility] | None = None
    newest_day: Callable[[datetime, Switches], int] | None = None
    publication_hour: Switch[int] | None = None
    restated_days: Callable[[Switches], int] | None = None
    limit_scope: Switch[LimitScope] | None = None
    limit_block: Switch[LimitBlock] | None = None
    limit_classes: tuple[tuple[str, Allowance], ...] = ()
    memory: Callable[[World], Memory] | None = None
    unserved: UnservedPaths | None = None
    common_headers: Callable[[RequestContext], Mapping[str, str]] | None = None
    timestamp_format: Callable[[Switches], TimestampFormat] | None = None

    @property
    def openapi(self) -> str:
        """The name of the vendor's OpenAPI file."""
        return f"{self.name}.yaml"

    @property
    def limits(self) -> dict[str, Allowance | None]:
        """The documented limits by name: the vendor's own, and one with a dot for each further class."""
        further = {f"{self.name}.{name}": allowance for name, allowance in self.limit_classes}
        return {self.name: self.allowance, **further}

    @property
    def has_writes(self) -> bool:
        """Whether any operation writes, so that there are tokens that may only read."""
        return any(route.writes for route in self.routes)

    def limit_of(self, route: Route | None) -> str:
        """The name of the limit of a route; an unknown path has the vendor's own."""
        return self.name if route is None or route.limit_class is None else f"{self.name}.{route.limit_class}"

    def data_through(self, now: datetime, switches: Switches) -> int | None:
        """The newest day with data at a moment, as an ordinal; None for a vendor without data by day."""
        if self.visibility is not None:
            return self.visibility(now, switches).through
        return None if self.newest_day is None else self.newest_day(now, switches)

    def schemes_under(self, switches: Switches) -> tuple[str, ...]:
        """The schemes of the Authorization header that these switches accept, the preferred one first."""
        return self.schemes if self.accepted_schemes is None else self.accepted_schemes(switches)

    def renamed_fields(self, switches: Switches) -> dict[str, str]:
        """The new names of response fields under these switches; empty where none is renamed."""
        return switches.renamed_fields(self.switches)
