"""Reads a vendor's reports from its views, outside the pipeline.

The views get the world, switches, time and defects of a sandbox, and a token that sees everybody. No token is spent, no
fault applies, and the journal has no entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from mockserver.gateway import pipeline, response_cache, view
from mockserver.gateway.sandbox import SandboxMoment
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Reply, Vendor, ViewRequest


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A request that a client would send for the same numbers: the path with its query."""

    vendor: str | None
    path: str


class ReportReader:
    """A vendor's views at one `moment`. `requests` are those for reports, `look_ups` those for ids, in their order.

    `notes` say what is missing from what was read.
    """

    def __init__(self, vendor: Vendor, moment: SandboxMoment) -> None:
        self._vendor = vendor
        self.moment = moment
        self._grant = Grant("chart", vendor.name, "", permitted=True)
        self.requests: list[ReportRequest] = []
        self.look_ups: list[ReportRequest] = []
        self.notes: list[str] = []

    def get(self, path: str, **query: str | int) -> Any:
        """The body of a report, in the names of the OpenAPI file; None where it is empty. Rejection for a refusal."""
        self.requests.append(self._request(path, query))
        return self._reply(path, query).body

    def look_up(self, path: str, **query: str | int) -> Any:
        """The body of an answer that a request for a report needs, such as a list of ids."""
        self.look_ups.append(self._request(path, query))
        return self._reply(path, query).body

    def pages(self, path: str, cursor: str, **query: str | int) -> Iterator[Any]:
        """The bodies of all pages of a report; `cursor` is the parameter that leads to the next one."""
        self.requests.append(self._request(path, query))
        reply = self._reply(path, query)
        yield reply.body
        read = set[str]()
        while reply.next_page is not None and reply.next_page not in read:
            read.add(reply.next_page)
            reply = self._reply(path, {**query, cursor: reply.next_page})
            yield reply.body
        if reply.next_page is not None:
            self.notes.append(f"a page of {path} leads back to one before it; the pages after it are missing")

    def _request(self, path: str, query: dict[str, str | int]) -> ReportRequest:
        return ReportRequest(self._vendor.name, f"{path}?{urlencode(query, safe=':')}" if query else path)

    def _reply(self, path: str, query: dict[str, str | int]) -> Reply:
        vendor, moment = self._vendor, self.moment
        operation, variables = pipeline.route_map(vendor.routes).bind("").match(path, "GET")
        [route] = [each for each in vendor.routes if each.operation == operation]
        request = ViewRequest(
            args=MultiDict({name: str(value) for name, value in query.items()}),
            path_variables=variables,
            body=b"",
            now=moment.now,
            switches=moment.policy.switches[vendor.name],
            world=moment.sandbox.world,
            grant=self._grant,
        )
        reply = view.compute(route.view, request, vendor, route.operation, moment.policy)
        return replace(reply, body=response_cache.plain(reply.body))
