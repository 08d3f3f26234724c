"""The models that Tabnine's agent and chat use here: their names, their shares, and the prices of their tokens."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its share of the days on which people use it, in percent, and its prices in dollars per million tokens.

    One dollar per million tokens is a hundredth of 1/10000 dollar per token.
    """

    name: str
    percent: int
    input_price: int
    output_price: int


MODELS: Final = (
    Model("claude-sonnet-4-20250514", 72, 12, 48),
    Model("gpt-4.1-2025-04-14", 20, 10, 40),
    Model("gemini-2.5-pro", 8, 9, 36),
)
"""The first is the one that the vendor's file has; the others and all prices are chosen here.

With four input tokens to one of output, a million tokens cost 18.2 dollars, as in the vendor's example.
"""

AGENT_TYPES: Final = ("ide", "cli")
"""Where people use the agent."""

CLI_PERCENT: Final = 20
"""The share of the days with the agent on which it is used on the command line."""
