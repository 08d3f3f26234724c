"""Lark's three endpoints: each parses the query, computes the report, cuts the page and serializes it."""

import json
from collections.abc import Hashable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from mockserver.gateway.switches import Switches
from mockserver.gateway.vendor import Reply, Route, ViewRequest
from mockserver.products import lark
from mockserver.products.model import Visibility
from mockserver.vendors.lark import pagination, policy, reports, schemas
from mockserver.vendors.lark.policy import SilentRange


def people(request: ViewRequest) -> Reply:
    """Everybody with a license for Lark."""
    window = schemas.window(schemas.load(schemas.PeopleQuery(), request.args, request.switches))
    rows = reports.people(request.world, request.now.toordinal(), window.start, window.size + 1)
    page = pagination.cut(rows, "/lark/v2/people", "", window.page, window.size)
    return _tagged({"people": schemas.dump(schemas.Person, page.rows)}, page.headers, page.next_page)


def singers(request: ViewRequest) -> Reply:
    """Who sang on a day, and how much."""
    query = schemas.load(schemas.SingersQuery(), request.args, request.switches)
    window = schemas.window(query)
    day = schemas.past_ordinal("date", query["date"], request.now.date())
    rows = reports.singers(request.world, day, window.start, window.size + 1)
    page = pagination.cut(rows, "/lark/v2/singers", f"date={query['date']}&", window.page, window.size)
    return _tagged({"singers": schemas.dump(schemas.Singer, page.rows)}, page.headers, page.next_page)


def song_days(request: ViewRequest) -> Reply:
    """Each day of a range; by default a 204 if nobody sang."""
    query = schemas.load(schemas.DaysQuery(), request.args, request.switches)
    last = schemas.past_ordinal("to", query["last"], request.now.date())
    rows = reports.song_days(request.world, query["first"].toordinal(), last)
    if not any(row.songs for row in rows):
        if request.switches[policy.SILENT_RANGE] is SilentRange.NO_CONTENT:
            return Reply(None, 204)
        rows = []
    return _tagged({"days": schemas.dump(schemas.SongDay, rows)}, {}, None)


def _tagged(body: dict[str, Any], headers: dict[str, str], next_page: str | None) -> Reply:
    """Return a reply with an ETag of its body."""
    digest = blake2b(json.dumps(body).encode(), digest_size=8).hexdigest()
    return Reply(body, headers={**headers, "ETag": f'"{digest}"'}, next_page=next_page)


def visibility(now: datetime, _: Switches) -> Visibility:
    """Return what clients can see: every day up to today."""
    return Visibility(lark.PRODUCT, now.toordinal(), schemas.COUNTERS)


def cache_epoch(now: datetime, _: Switches) -> Hashable:
    """Return the key for cached answers: they depend on the day."""
    return now.toordinal()


ROUTES: Final = tuple(
    Route(policy.MOUNTS[0] + path, operation, view)
    for path, operation, view in (
        ("/people", "listPeople", people),
        ("/singers", "listSingers", singers),
        ("/days", "listDays", song_days),
    )
)
