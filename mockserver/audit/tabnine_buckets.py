"""Answers what must hold inside each bucket of Tabnine's usage: sections, their active users, ratios and parts.

What must hold between buckets, or between people, stays out (`buckets`, `tabnine`).
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mockserver.audit.invariant import Invariant, Violation, at_most, equal
from mockserver.audit.reader import Reader
from mockserver.audit.tabnine import ACTIVE, usage

_EVENTS = {"codeCompletions": "completions", "chat": "interactions", "agent": "interactions"}
"""By section with active users: what each of them has at least one of."""

_PARTS = (
    ("chat", "usefulChatInteractions", "interactions"),
    ("agent", "linesAddedAccepted", "linesAdded"),
    ("agent", "linesRemovedAccepted", "linesRemoved"),
)


def _daily(reader: Reader) -> list[Any]:
    return usage(reader, "organization", "daily")


def _parts_within_wholes(reader: Reader) -> None:
    for bucket in _daily(reader):
        for section, part, whole in _PARTS:
            if section in bucket:
                at_most(bucket["from"], bucket[section][part], bucket[section][whole], f"{part} and {whole}")


def _active_have_events(reader: Reader) -> None:
    for bucket in _daily(reader):
        for section, events in _EVENTS.items():
            told = bucket.get(section, {ACTIVE: 0, events: 0})
            at_most(f"{bucket['from']}, {section}", told[ACTIVE], told[events], f"active users and {events}")
            equal(
                bucket["from"], told[ACTIVE] > 0, told[events] > 0, f"is anybody active in {section}, and any {events},"
            )


def _active_between_sections(reader: Reader) -> None:
    for bucket in _daily(reader):
        sections = [bucket[section][ACTIVE] for section in _EVENTS if section in bucket]
        # The sections that a server is set to leave out count for the top level all the same.
        most = sum(sections) if len(sections) == len(_EVENTS) else bucket[ACTIVE]
        if not max(sections) <= bucket[ACTIVE] <= most:
            raise Violation(f"{bucket['from']}: active users are {bucket[ACTIVE]}, in the sections {sections}")


def _ratios_are_quotients(reader: Reader) -> None:
    for bucket in _daily(reader):
        completed, chat = bucket["codeCompletions"], bucket["chat"]
        chars, typed = completed["charsCompleted"], completed["keystrokes"]
        brought = chars + chat["charsCompleted"]
        for holder, name, part, whole in (
            (completed, "automationFactor", chars, chars + typed),
            (chat, "chatConsumptionRate", chat["usefulChatInteractions"], chat["interactions"]),
            (bucket, "productivityFactor", brought, brought + typed),
        ):
            told = holder.get(name)
            equal(f"{bucket['from']}, {name}", told, _ratio(part, whole), "the ratio and the quotient of its parts")


def _ratio(part: int, whole: int) -> float | None:
    """To three decimals; None, as what is left out, where it would divide by 0."""
    if not whole:
        return None
    return float((Decimal(part) / whole).quantize(Decimal("0.001"), ROUND_HALF_UP))


INVARIANTS = (
    Invariant("tabnine-parts-within-wholes", "Useful interactions and accepted lines are at most all of them.",
             "tabnine: 5", "I", _parts_within_wholes),
    Invariant("tabnine-active-have-events", "Each active user of a section has at least one event in it.",
             "tabnine: 5, metrics, identities", "I", _active_have_events),
    Invariant("tabnine-active-between-sections", "Active users are at least any section's, and at most all sections'.",
             "tabnine: 5", "I", _active_between_sections),
    Invariant("tabnine-ratios-are-quotients", "Each ratio is that of its parts, to three decimals.",
             "tabnine: 5", "I", _ratios_are_quotients),
)  # fmt: skip
