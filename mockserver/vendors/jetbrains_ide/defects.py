"""Defects that can be armed in IDE Services' answers; `gateway.defects` has the changes that every vendor uses."""

from operator import methodcaller
from typing import Any

from mockserver.gateway import paging
from mockserver.gateway.defects import (
    MONTHS,
    WEEKS,
    Defect,
    exceed,
    first,
    increment,
    negative,
    set_to,
    shift_days,
    swap_first_two,
    when_spaced,
)


def _change_email(row: Any) -> None:
    row["userEmail"] = f"x{row['userEmail']}"


def _zero(row: Any) -> None:
    row |= dict.fromkeys(("suggestions", "acceptances", "invocations"), 0)


def _drop_last_before_next(body: Any) -> None:
    if body.get("nextCursor"):
        del body["items"][-1:]


def _drop_first(body: Any) -> None:
    del body["items"][:1]


def _drop_last(body: Any) -> None:
    del body["items"][-1:]


def _lead_back(body: Any) -> None:
    if body.get("nextCursor"):
        held = paging.decode(body["nextCursor"])
        body["nextCursor"] = paging.encode({**held, "after": [0] * len(held["after"])})


DEFECTS = (
    Defect("feature-gap", ("getMetricsByFeature",), "One tool has one suggestion too many.",
           increment("suggestions", "items")),
    Defect("totals-off-by-one", ("getMetricsTotals",), "The totals have one invocation too many.",
           increment("invocations")),
    Defect("acceptances-above-suggestions", ("getMetrics",), "More was accepted than suggested.",
           exceed("acceptances", "suggestions", "items")),
    Defect("active-above-enabled", ("getUsersAdoption",), "More people are active than have AI.",
           exceed("activeUsers", "enabledUsers", "items")),
    Defect("rows-swapped", ("getUsersPaged",), "The first two rows of a page are swapped.", swap_first_two("items")),
    Defect("email-mismatch", ("getUsersPaged",), "A person of each page has another address.",
           first("items", _change_email)),
    Defect("row-without-anything", ("getUsersPaged",), "The first row of a page has nothing in it.",
           first("items", _zero)),
    Defect("active-users-lost", ("getUsersAdoption",), "Nobody is active.", set_to(0, "items", "activeUsers")),
    Defect("month-without-users", ("getUsersAdoption",), "In a month nobody is active, though on its days some are.",
           when_spaced("items", "date", *MONTHS, set_to(0, "items", "activeUsers"))),
    Defect("week-begins-on-tuesday", ("getMetrics",), "Weeks but the first begin on Tuesday.",
           when_spaced("items", "date", *WEEKS, shift_days("items", "date"))),
    Defect("first-user-missing", ("getUsers",), "The first user of each page is missing.", _drop_first),
    Defect("last-profile-missing", ("getProfiles",), "The last profile is missing.", _drop_last),
    Defect("row-lost-between-pages", ("getUsersPaged",), "A page that leads to another one leaves out its last row.",
           _drop_last_before_next),
    Defect("cursor-leads-back", ("getUsersPaged",), "Each cursor leads to the first page again: pagination never ends.",
           _lead_back, methodcaller("get", "nextCursor")),
    Defect("negative-suggestions", ("getMetricsByFeature",), "Suggestions are below 0.",
           negative("suggestions", "items")),
)  # fmt: skip
