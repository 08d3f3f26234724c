"""Paths whose fields may have the names under which they are served, and what they are in the OpenAPI file."""

from collections.abc import Mapping
from enum import StrEnum

from mockserver.validation.answer_schema import AnswerNode
from mockserver.validation.field_path import Path


class PathNames(StrEnum):
    """Whose names a path has: those of the OpenAPI file, or those of the answers that are served."""

    DOCUMENTED = "documented"
    SERVED = "served"


def documented(
    path: Path, answer: AnswerNode, renamed: Mapping[str, str], names: PathNames | None
) -> list[tuple[Path, AnswerNode]]:
    """The places in an answer that a path can mean, each with its path by the names of the OpenAPI file.

    `renamed` are the served names by the documented ones. Without `names`, each step may be either.
    """
    found: list[tuple[Path, AnswerNode]] = [((), answer)]
    for step in path:
        options = _options(step, renamed, names) if isinstance(step, str) else [step]
        longer = [((*before, option), node.at((option,))) for before, node in found for option in options]
        found = [(each, node) for each, node in longer if node is not None]
    return found


def _options(step: str, renamed: Mapping[str, str], names: PathNames | None) -> list[str]:
    served = [old for old, new in renamed.items() if new == step]
    if names is PathNames.DOCUMENTED:
        return [step]
    if names is PathNames.SERVED and (served or step in renamed):
        return served
    return [step, *(each for each in served if each != step)]
