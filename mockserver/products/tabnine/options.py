"""What an organization file states for Tabnine only: whether the license includes the agent."""

from dataclasses import dataclass
from typing import Final

from mockserver.products.organization_file import DraftLines, FileKeys, FileSection
from mockserver.products.tabnine.facts import NAME
from mockserver.simulation.organization import Organization
from mockserver.validation import file_fields


@dataclass(frozen=True, slots=True)
class TabnineOptions:
    """The options of an organization; without the agent in its license, nobody uses the agent."""

    agent: bool = True


def has_agent(organization: Organization) -> bool:
    """Whether the license of an organization includes the agent."""
    found = organization.options.get(NAME)
    return not isinstance(found, TabnineOptions) or found.agent


FILE: Final = FileSection(
    organization=FileKeys(
        {"tabnine_agent": file_fields.boolean()},
        lambda values: TabnineOptions(agent=values["tabnine_agent"]) if values else None,
    ),
    draft=DraftLines(
        root=("# Whether the license includes Tabnine's agent. Without it, nobody uses it.", "tabnine_agent: true"),
        example_fact="[{completions: 4, completion_chars: 130, keystrokes: 170}]",
    ),
)
