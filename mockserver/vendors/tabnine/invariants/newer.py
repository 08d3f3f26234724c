"""What must agree across v2's usage, agent usage and v1's usage: counters, models, agent types, tokens and costs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from mockserver.audit.invariant import Invariant, Violation, all_equal, at_most, equal, nothing_negative, within_bounds
from mockserver.audit.reader import USERS, NotApplicable, Reader, VendorRefused
from mockserver.vendors.tabnine.invariants import first

_ACTIVE: Final = "activeUsers"
_TOKENS: Final = ("tokensConsumed", "inputTokens", "outputTokens")
_LINES: Final = ("linesAdded", "linesAddedAccepted", "linesRemoved", "linesRemovedAccepted")
_IDLE: Final = dict.fromkeys((_ACTIVE, *_LINES), 0)
_SECTIONS: Final = {"codeCompletions": "completions", "chat": "messages", "agent": "messages"}
_RENAMED: Final = {("chat", "interactions"): "messages", ("chat", "lines"): "linesAdded"}
_SHARED: Final = {
    "codeCompletions": (_ACTIVE, "completions", "charsCompleted", "keystrokes", "lines"),
    "chat": (_ACTIVE, "interactions", "lines"),
    "agent": (_ACTIVE, *_LINES),
}
"""The counters of v1 that v2 has too; the agent's messages may be fewer than its interactions, by a switch."""


def _newer(reader: Reader, path: str = "organization", granularity: str = "all", **query: str) -> list[Any]:
    """The buckets of v2's usage."""
    body = reader.get("tabnine", f"/api/v2/{path}/usage", **first.range_query(reader, granularity), **query)
    return list(body["usage"]["data"])


def _agent(reader: Reader, granularity: str = "all") -> list[Any]:
    """The buckets of agent usage; NotApplicable where the license does not include the agent."""
    query = first.range_query(reader, granularity)
    try:
        body = reader.get("tabnine", "/api/v1/organization/agent-usage", **query)
    except VendorRefused as error:
        if "FEATURE_NOT_AVAILABLE" in str(error):
            raise NotApplicable("the license does not include the agent") from error
        raise
    return list(body["usage"]["data"])


def _paired(reader: Reader, newer: Sequence[Any], older: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The buckets of both that have the same beginning; either may leave out empty ones."""
    by_start = {bucket["from"]: bucket for bucket in older}
    pairs = [(bucket, by_start[bucket["from"]]) for bucket in newer if bucket["from"] in by_start]
    if any(bool(one[_ACTIVE]) != bool(other[_ACTIVE]) for one, other in pairs) or len(pairs) < len(newer):
        raise NotApplicable(f"v1 and v2 have different days from {reader.first} on, as under the rule of Tabnine 6.2")
    yield from pairs


def _v2_is_v1(reader: Reader) -> None:
    for newer, older in _paired(reader, _newer(reader, granularity="daily"), first.daily(reader)):
        where = newer["from"]
        equal(where, newer[_ACTIVE], older[_ACTIVE], "active users of v2 and v1")
        for section, names in _SHARED.items():
            for name in names if section in older else ():
                sides = f"{name} of {section} in v2 and v1"
                equal(where, newer[section][_RENAMED.get((section, name), name)], older[section][name], sides)
        if "agent" in older:
            at_most(where, newer["agent"]["messages"], older["agent"]["interactions"], "messages and interactions")


def _v2_organization_is_its_teams(reader: Reader) -> None:
    alone = first._users(reader, ("false",))  # noqa: SLF001 (the same room)
    if len(alone) > USERS and not reader.full:
        raise NotApplicable(f"more than {USERS} users are in no team; --full reads each")
    parts = [bucket for team in first.teams(reader) for bucket in _newer(reader, "team", teamId=team["id"])]
    parts += [bucket for user in alone for bucket in _newer(reader, "user", userId=user["id"])]
    whole, sums = (first.counted(buckets, with_active=True) for buckets in (_newer(reader), parts))
    all_equal("the organization", whole, sums, "v2's usage and the sum over teams and users without one")


def _v2_days_are_the_range(reader: Reader) -> None:
    whole, days = (first.counted(_newer(reader, granularity=name)) for name in ("all", "daily"))
    all_equal("the organization", whole, days, "v2's range and its days")


def _v2_sections(reader: Reader) -> None:
    for bucket in _newer(reader, granularity="daily"):
        sections = [bucket[section][_ACTIVE] for section in _SECTIONS]
        within_bounds(bucket["from"], bucket[_ACTIVE], sections, "active users, and those of the sections,")
        for section, events in _SECTIONS.items():
            sides = f"active users and {events} of {section}"
            at_most(bucket["from"], bucket[section][_ACTIVE], bucket[section][events], sides)


def _models_are_their_section(reader: Reader) -> None:
    [bucket] = _newer(reader)
    for name in ("chat", "agent"):
        section = bucket[name]
        if "models" not in section:
            raise NotApplicable("v2's usage has no models")
        rows = section["models"]
        messages = sum(row["messages"] for row in rows)
        equal(name, section["messages"], messages, "messages of the section and of its models")
        users = [row["uniqueUsers"] for row in rows]
        within_bounds(name, section[_ACTIVE], users, "active users of the section, and unique users of its models,")


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in _TOKENS}


def _totals(bucket: Mapping[str, Any]) -> dict[str, int]:
    return {name: bucket[f"total{name[0].upper()}{name[1:]}"] for name in _TOKENS}


def _tokens_add_up(reader: Reader) -> None:
    for bucket in _agent(reader, "daily"):
        where, totals, kinds = bucket["from"], _totals(bucket), bucket.get("agentTypeBreakdown", [])
        for row in (totals, *bucket["modelBreakdown"], *kinds):
            parts = row["inputTokens"] + row["outputTokens"]
            equal(where, row["tokensConsumed"], parts, "tokens, and those of input and output,")
        equal(where, totals, _sum(bucket["modelBreakdown"]), "totals, and the sums of the models,")
        for kind in kinds:
            equal(where, _sum([kind]), _sum(kind["modelBreakdown"]), f"{kind['agentType']}, and the sum of its models,")
        # Chat, which a switch adds to the totals, has no agent type.
        for name, total in _sum(kinds).items():
            at_most(where, total, totals[name], f"{name} of the types and of the bucket")


def _types_are_the_agents_models(reader: Reader) -> None:
    [bucket], [newer] = _agent(reader), _newer(reader)
    _require_every_day(reader)
    if "agentTypeBreakdown" not in bucket or "models" not in newer["agent"]:
        raise NotApplicable("agent usage has no agent types, or v2's usage no models")
    kinds = bucket["agentTypeBreakdown"]
    by_type, by_model = (
        sorted((row["inputTokens"], row["outputTokens"]) for row in rows)
        for rows in (_merged(kinds), newer["agent"]["models"])
    )
    equal("the organization", by_type, by_model, "tokens by model of the agent types and of v2's agent")


def _merged(kinds: Sequence[Any]) -> list[dict[str, int]]:
    """The models of all agent types, added up by model."""
    sums: dict[str, Counter[str]] = {}
    for row in (row for kind in kinds for row in kind["modelBreakdown"]):
        sums.setdefault(row["model"], Counter()).update({name: row[name] for name in _TOKENS})
    return [dict(each) for each in sums.values()]


def _costs_add_up(reader: Reader) -> None:
    for bucket in _agent(reader, "daily"):
        kinds = bucket.get("agentTypeBreakdown", [])
        _check_costs(bucket["from"], bucket["totalCost"], bucket["modelBreakdown"])
        if kinds:
            _check_costs(bucket["from"], bucket["totalCost"], kinds)
        for kind in kinds:
            _check_costs(bucket["from"], kind["cost"], kind["modelBreakdown"])


def _check_costs(where: str, cost: object, rows: Sequence[Mapping[str, Any]]) -> None:
    """Check that costs add up; those of whole cents are rounded, each by itself."""
    whole, *parts = (Decimal(str(each)) for each in (cost, *(row["cost"] for row in rows)))
    in_cents = all(each == each.quantize(Decimal("0.01")) for each in (whole, *parts))
    allowed = Decimal("0.005") * (len(parts) + 1) if in_cents else 0
    if abs(whole - sum(parts)) > allowed:
        raise Violation(f"{where}: the cost and the sum of its parts are {whole} and {sum(parts)}")


def _require_every_day(reader: Reader) -> dict[str, Any]:
    """The agent in v2's days by their beginning; NotApplicable unless v2 has it whenever agent usage has it."""
    newer = {bucket["from"]: bucket["agent"] for bucket in _newer(reader, granularity="daily")}
    for bucket in _agent(reader, "daily"):
        if bucket[_ACTIVE] and not newer.get(bucket["from"], {}).get(_ACTIVE):
            raise NotApplicable("v2 does not have every day, as under the rule of Tabnine 6.2")
    return newer


def _agent_is_v2s(reader: Reader) -> None:
    newer = _require_every_day(reader)
    for bucket in _agent(reader, "daily"):
        where, kinds = bucket["from"], bucket.get("agentTypeBreakdown")
        section = newer.get(where, _IDLE)
        equal(where, bucket[_ACTIVE], section[_ACTIVE], "active users of agent usage and of v2's agent")
        for name in _LINES if kinds is not None else ():
            equal(
                where, sum(kind[name] for kind in kinds or ()), section[name], f"{name} of the types and of v2's agent"
            )


def _types_are_within_bounds(reader: Reader) -> None:
    for bucket in _agent(reader, "daily"):
        kinds = bucket.get("agentTypeBreakdown")
        if kinds is None:
            raise NotApplicable("agent usage has no agent types")
        within_bounds(
            bucket["from"], bucket[_ACTIVE], [kind[_ACTIVE] for kind in kinds], "active users, and the types',"
        )
        for kind in kinds:
            sides = "userInitiatedMessages and interactions"
            at_most(bucket["from"], kind["userInitiatedMessages"], kind["interactions"], sides)
            for proposed, accepted in (_LINES[:2], _LINES[2:]):
                at_most(bucket["from"], kind[accepted], kind[proposed], f"{accepted} and {proposed}")


def _agent_days_are_the_range(reader: Reader) -> None:
    [whole], days = _agent(reader), _agent(reader, "daily")
    for name, total in _totals(whole).items():
        equal("the organization", total, sum(_totals(day)[name] for day in days), f"{name} of the range and its days")
    within_bounds("the organization", whole[_ACTIVE], [day[_ACTIVE] for day in days], "active users, and the days',")


def _numbers(read: Callable[[Reader, str], list[Any]]) -> Callable[[Reader], Iterator[Any]]:
    return lambda reader: iter([read(reader, "daily")])


INVARIANTS: Final = (
    Invariant("tabnine-v2-is-v1", "v2's usage has the counters of v1's, day by day.", "v2, 2 and 7", "A", _v2_is_v1),
    Invariant("tabnine-v2-organization-is-its-teams", "v2's usage is that of teams and users without one.",
              "v2, 7", "I", _v2_organization_is_its_teams),
    Invariant("tabnine-v2-days-are-the-range", "Days of v2's usage add up to the range.", "v2, 7", "I",
              _v2_days_are_the_range),
    Invariant("tabnine-v2-sections", "Active users are at least any section's, at most all sections', with messages.",
              "v2, 7", "I", _v2_sections),
    Invariant("tabnine-models-are-their-section", "The models of a section have its messages and its users.",
              "v2, 7", "A", _models_are_their_section),
    Invariant("tabnine-tokens-add-up", "Tokens are input and output, and add up over models and agent types.",
              "v2, 7", "D", _tokens_add_up),
    Invariant("tabnine-types-are-the-agents-models", "Agent types and v2's agent have the same tokens by model.",
              "v2, 7", "A", _types_are_the_agents_models),
    Invariant("tabnine-costs-add-up", "Costs add up over models and agent types.", "v2, 7", "A", _costs_add_up),
    Invariant("tabnine-agent-usage-is-v2s", "Agent usage has the users and the lines of v2's agent.",
              "v2, 7", "I", _agent_is_v2s),
    Invariant("tabnine-types-within-bounds", "Agent types have at most the agent's users, and no part above its whole.",
              "v2, 7", "I", _types_are_within_bounds),
    Invariant("tabnine-agent-days-are-the-range", "Days of agent usage add up to the range.", "v2, 7", "I",
              _agent_days_are_the_range),
    Invariant("tabnine-agent-nothing-negative", "No number of agent usage is negative.", "v2, 3", "D",
              nothing_negative(_numbers(_agent))),
)  # fmt: skip
