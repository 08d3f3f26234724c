"""Views of usage, v1's and v2's: of everybody, of a team, or of one user, in buckets of the calendar."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from mockserver.gateway import row_cache
from mockserver.gateway.response_cache import EncodedRows
from mockserver.gateway.row_cache import RowCache
from mockserver.gateway.vendor import Body, ViewRequest
from mockserver.simulation.hashing import I64
from mockserver.simulation.timestamps import seconds
from mockserver.vendors.tabnine import errors, policy
from mockserver.vendors.tabnine.policy import (
    AllBucket,
    BreakdownOrder,
    EmptyBuckets,
    UnknownId,
    UsageSections,
    V1AgentSplit,
    V2Dimensions,
    V2Messages,
    V2Models,
)
from mockserver.vendors.tabnine.reports import accounts, breakdowns, newer_usage, usage
from mockserver.vendors.tabnine.reports.breakdowns import BreakdownForm
from mockserver.vendors.tabnine.reports.newer_usage import NewerForm
from mockserver.vendors.tabnine.routes import lookup
from mockserver.vendors.tabnine.schemas import newer_rows, queries, rows

_LATER_SECTIONS: Final = ("instruct", "agent")
BUCKETS: Final = {
    UsageSections.FULL: rows.BucketRows(),
    UsageSections.FIRST: rows.BucketRows(exclude=_LATER_SECTIONS),
}
_SPLIT_BUCKETS: Final = {
    UsageSections.FULL: rows.SplitBucketRows(),
    UsageSections.FIRST: rows.SplitBucketRows(exclude=_LATER_SECTIONS),
}
_BUCKETS_V2: Final = newer_rows.BucketsV2()
_USER_BUCKETS_V2: Final = newer_rows.UserBucketsV2()
"""Schemas of long lists, made once: making one costs as much as dumping dozens of rows."""

Rows = list[dict[str, Any]]
NOBODY: Final[I64] = np.array([], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose usage an answer has: `members` by index (None: everybody), and the field with the id."""

    members: I64 | None = None
    field: str | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether it has no members, as a switch allows for an unknown id."""
        return self.members is NOBODY


def organization_usage(request: ViewRequest) -> Body:
    """The usage of everybody."""
    return _usage(request, _range(request, queries.UsageQuery), Subject())


def team_usage(request: ViewRequest) -> Body:
    """The usage of a team."""
    query = _range(request, queries.TeamUsageQuery)
    members = lookup.directory(request).members_of(lookup.team(request, query.subject))
    return _usage(request, query, Subject(members, "teamId"))


def user_usage(request: ViewRequest) -> Body:
    """The usage of one user."""
    query = _range(request, queries.UserUsageQuery)
    return _usage(request, query, Subject(lookup.user(request, query.subject).index, "userId"))


def organization_usage_v2(request: ViewRequest) -> Body:
    """The usage of everybody, as v2 has it."""
    return _usage_v2(request, _range(request, queries.UsageQuery), Subject())


def team_usage_v2(request: ViewRequest) -> Body:
    """The usage of a team, as v2 has it."""
    query = _range(request, queries.TeamUsageQuery)
    return _usage_v2(request, query, team_or_nobody(request, query.subject))


def user_usage_v2(request: ViewRequest) -> Body:
    """The usage of one user, as v2 has it."""
    query = _range(request, queries.UserUsageQuery)
    return _usage_v2(request, query, user_or_nobody(request, query.subject))


def team_or_nobody(request: ViewRequest, identifier: str) -> Subject:
    """A team of v2 or agent usage; the switch `unknown_id` decides about an unknown id."""
    index = accounts.team_index(request.world, identifier)
    if index is None:
        return _nobody(request, "team", identifier)
    return Subject(lookup.directory(request).members_of(index), "teamId")


def user_or_nobody(request: ViewRequest, identifier: str) -> Subject:
    """A user of v2 or agent usage, likewise."""
    account = lookup.directory(request).account(identifier)
    return _nobody(request, "user", identifier) if account is None else Subject(account.index, "userId")


def _nobody(request: ViewRequest, kind: str, identifier: str) -> Subject:
    if request.switches[policy.UNKNOWN_ID] is not UnknownId.ZEROS:
        raise errors.UnknownSubject(kind, identifier)
    return Subject(NOBODY, f"{kind}Id")


def buckets_of(request: ViewRequest, query: queries.UsageRange) -> list[usage.Bucket]:
    """The buckets of a range; the switch `all_bucket` decides how the one bucket of `all` is written."""
    found = usage.buckets(request.world, seconds(request.now), query.start, query.end, query.division)
    if query.division == "all" and request.switches[policy.ALL_BUCKET] is AllBucket.END:
        return [((start, end_text), (end, end_text)) for (start, _), (end, end_text) in found]
    return found


def omits_empty(request: ViewRequest, query: queries.UsageRange) -> bool:
    """Whether buckets without usage are left out: by the switch `empty_buckets`, unless the range is one bucket."""
    return query.division != "all" and request.switches[policy.EMPTY_BUCKETS] is EmptyBuckets.OMITTED


def envelope(query: queries.UsageRange, subject: Subject, data: Rows | EncodedRows) -> Body:
    """The body around buckets."""
    return {
        "organizationId": query.organization_id,
        **({subject.field: query.subject} if subject.field else {}),
        "from": query.start.text,
        "to": query.end.text,
        "usage": {"granularity": query.granularity, "data": data},
    }


def cached(
    request: ViewRequest,
    key: Hashable,
    division: str,
    buckets: Sequence[usage.Bucket],
    compute: Callable[[Sequence[usage.Bucket]], Rows],
) -> EncodedRows:
    """The rows of some buckets; those in the past, which no longer change, are cached by a key.

    A client that asks day by day has the next days computed, too.
    """
    now = seconds(request.now)
    past = usage.past(buckets, now)
    beside = partial(usage.days_beside, request.world, now, row_cache.DAYS_AHEAD) if division == "daily" else None
    found = request.world.of(RowCache).chosen(key, past, compute, beside)
    if others := buckets[len(past) :]:
        found += row_cache.encode(zip(others, compute(others), strict=True))
    return row_cache.joined(found)


def _range(request: ViewRequest, schema: type[queries.UsageQuery]) -> queries.UsageRange:
    query = queries.UsageRange(**schema.parse(request))
    lookup.require_organization(request, query.organization_id)
    return query


def _window(request: ViewRequest, *, newer: bool = False) -> usage.Window:
    switches = request.switches
    cutoff = switches.of(queries.legacy_cutoff)
    return usage.window(seconds(request.now), switches[policy.LEGACY], cutoff, newer=newer)


def _usage(request: ViewRequest, query: queries.UsageRange, subject: Subject) -> Body:
    switches, within, omit_empty = request.switches, _window(request), omits_empty(request, query)
    is_split = switches[policy.V1_AGENT_SPLIT] is V1AgentSplit.PRESENT
    schema = (_SPLIT_BUCKETS if is_split else BUCKETS)[switches[policy.USAGE_SECTIONS]]
    buckets = buckets_of(request, query)

    def compute(chosen: Sequence[usage.Bucket]) -> Rows:
        return schema.dump(usage.columns(request.world, subject.members, within, chosen, omit_empty=omit_empty))

    if subject.is_nobody or omit_empty:
        return envelope(query, subject, compute(buckets))
    shown = (_usage, subject.field, query.subject, is_split, switches[policy.USAGE_SECTIONS], _limits(request))
    return envelope(query, subject, cached(request, shown, query.division, buckets, compute))


def _usage_v2(request: ViewRequest, query: queries.UsageRange, subject: Subject) -> Body:
    within, form = _window(request, newer=True), _form(request, query)
    buckets = buckets_of(request, query)

    def compute(chosen: Sequence[usage.Bucket]) -> Rows:
        shown, columns = newer_usage.columns(request.world, subject.members, within, chosen, form)
        if subject.field == "userId":
            return _dump_user(request, subject, within, shown, columns)
        return _BUCKETS_V2.dump(columns)

    if subject.is_nobody or form.omit_empty:
        return envelope(query, subject, compute(buckets))
    shown = form.with_models, form.user_initiated, form.breakdown.by_name, request.switches[policy.V2_DIMENSIONS]
    key = (_usage_v2, subject.field, query.subject, shown, _limits(request))
    return envelope(query, subject, cached(request, key, query.division, buckets, compute))


def _dump_user(
    request: ViewRequest,
    subject: Subject,
    within: usage.Window,
    shown: Sequence[usage.Bucket],
    columns: usage.Columns,
) -> Rows:
    """The buckets of one user, with editors and languages as the switch `v2_dimensions` says."""
    option = request.switches[policy.V2_DIMENSIONS]
    if option is V2Dimensions.ABSENT:
        return _BUCKETS_V2.dump(columns)
    if option is V2Dimensions.NULL or subject.members is None or not len(subject.members):
        words: usage.Columns = dict.fromkeys(("ides", "languages"), [None] * len(shown))
    else:
        words = newer_usage.words(request.world, int(subject.members[0]), within, shown)
    schema = _BUCKETS_V2 if option is V2Dimensions.NULL else _USER_BUCKETS_V2
    return schema.dump({**columns, **words})


def _form(request: ViewRequest, query: queries.UsageRange) -> NewerForm:
    switches = request.switches
    models = switches[policy.V2_MODELS]
    return NewerForm(
        BreakdownForm(
            request.world.of(breakdowns.model_ids), by_name=switches[policy.BREAKDOWN_ORDER] is BreakdownOrder.NAME
        ),
        with_models=models is V2Models.ALWAYS or (models is V2Models.ALL_ONLY and query.division == "all"),
        user_initiated=switches[policy.V2_MESSAGES] is V2Messages.USER_INITIATED,
        omit_empty=omits_empty(request, query),
    )


def _limits(request: ViewRequest) -> Hashable:
    """What decides, besides the moment, which facts count."""
    return request.switches[policy.LEGACY], request.switches[policy.LEGACY_CUTOFF]
