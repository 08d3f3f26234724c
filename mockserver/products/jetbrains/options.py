"""What an organization file declares about a person's JetBrains AI: tools, credits and old programs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self

from marshmallow import ValidationError, fields

from mockserver.products.organization_file import DraftLines, FileKeys, FileSection, FileValues
from mockserver.simulation.organization import Organization
from mockserver.validation import file_fields
from mockserver.validation.file_fields import DateField, FileMapping

NAME: Final = "jetbrains"

CREDITS_MAXIMUM = 1_000_000


class Tool(StrEnum):
    """A way of working with JetBrains AI: the six that send data, Junie in Ask mode, and whatever else spends."""

    CHAT = "aia"
    CLAUDE = "claude_code"
    COMPLETION = "code_completion"
    CODEX = "codex"
    JUNIE = "junie"
    EDITS = "nes"
    ASK = "junie_ask"
    OTHER = "other"


FREE_TOOLS = frozenset({Tool.CHAT, Tool.COMPLETION, Tool.EDITS})
"""Tools that work without credits."""


class JetBrainsProgram(StrEnum):
    """A program of JetBrains whose newer versions send data."""

    IDE = "ide"
    ASSISTANT = "ai_assistant"
    JUNIE = "junie"


@dataclass(frozen=True, slots=True)
class Raise:
    """Top-up credits, in hundredths, that a licence gets on a day, for the rest of that month."""

    day: date
    top_up: int


@dataclass(frozen=True, slots=True)
class Allotment:
    """The credits of one licence each month, in hundredths: the built-in quota, and the top-up beside it."""

    quota: int
    top_up: int = 0
    raises: tuple[Raise, ...] = ()


@dataclass(frozen=True, slots=True)
class JetBrainsPerson:
    """A special person's JetBrains AI; what is None is generated.

    `tools` are the only ones that the person uses, `credits` are the licences in the order of spending, and
    `old_clients` are programs that stay too old to send data.
    """

    tools: tuple[Tool, ...] | None = None
    credits: tuple[Allotment, ...] | None = None
    old_clients: tuple[JetBrainsProgram, ...] = ()

    @classmethod
    def all_of(cls, organization: Organization) -> Iterator[tuple[int, Self]]:
        """The index and the options of each special person who has any."""
        for index, person in enumerate(organization.special):
            found = person.options.get(NAME)
            if isinstance(found, cls):
                yield index, found


class CreditsField(fields.Field[int]):
    """AI credits with at most two decimals, loaded as whole hundredths."""

    _RULE = f"a number of credits from 0 to {CREDITS_MAXIMUM} with at most two decimals"
    _PATTERN = re.compile(r"(0|[1-9][0-9]{0,6})(?:\.([0-9]{1,2}))?")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages=file_fields.rule_messages(self._RULE), **kwargs)

    def _deserialize(self, value: object, *_: Any, **__: Any) -> int:
        written = self._PATTERN.fullmatch(str(value))
        hundredths = int(f"{written[1]}{written[2] or '':0<2}") if written else None
        if hundredths is None or hundredths > CREDITS_MAXIMUM * 100:
            raise self.make_error("invalid")
        return hundredths


def _has_free_tool(tools: list[Tool]) -> None:
    """Whoever is active must be able to do something, even without credits."""
    if not FREE_TOOLS & set(tools):
        raise ValidationError(f"at least one that works without credits: {', '.join(sorted(FREE_TOOLS))}")


class RaiseSchema(FileMapping):
    """Top-up credits that are added on a day."""

    day = DateField(required=True)
    top_up = CreditsField(required=True)


class AllotmentSchema(FileMapping):
    """The credits of one licence each month."""

    quota = CreditsField(required=True)
    top_up = CreditsField()
    raises = file_fields.many(
        file_fields.nested(RaiseSchema, "a mapping, such as day: 2025-10-14, top_up: 5"),
        "a list of raises, each with day and top_up",
    )


class JetBrainsPersonSchema(FileMapping):
    """The value of a person's key `jetbrains`."""

    tools = file_fields.many(
        file_fields.one_of(Tool, post_load=Tool), f"a list of tools: {', '.join(Tool)}", validate=_has_free_tool
    )
    credits = file_fields.many(
        file_fields.nested(AllotmentSchema, "a mapping, such as quota: 10, top_up: 5"),
        "a list of licences, each with its quota",
    )
    old_clients = file_fields.many(
        file_fields.one_of(JetBrainsProgram, post_load=JetBrainsProgram),
        f"a list of clients: {', '.join(JetBrainsProgram)}",
    )


def _person(values: FileValues) -> JetBrainsPerson | None:
    if "jetbrains" not in values:
        return None
    given = dict(values["jetbrains"])
    if "credits" in given:
        given["credits"] = map(_allotment, given["credits"])
    return JetBrainsPerson(**{key: tuple(listed) for key, listed in given.items()})


def _allotment(values: FileValues) -> Allotment:
    return Allotment(**{**values, "raises": tuple(Raise(**each) for each in values.get("raises", ()))})


FILE: Final = FileSection(
    person=FileKeys(
        {"jetbrains": file_fields.nested(JetBrainsPersonSchema, "a mapping with some of: tools, credits, old_clients")},
        _person,
    ),
    draft=DraftLines(
        person=(
            "jetbrains    {tools, credits, old_clients}, each of which may be left out:",
            f"  tools        the only ones in use: {', '.join(Tool)}",
            "  credits      licences in the order of spending, monthly, with two decimals, such as",
            "               {quota: 10, top_up: 5}; raises: [{day: 2025-10-21, top_up: 5}] adds top-up from a day on,",
            "               for the rest of that month",
            f"  old_clients  those too old to send data to IDE Services: {', '.join(JetBrainsProgram)}",
        ),
        example_person="jetbrains: {credits: [{quota: 10, top_up: 2.5}]}",
        example_fact="[{junie_invocations: 2, junie_suggestions: 3, junie_credits: 45}]  # credits in hundredths",
    ),
)
