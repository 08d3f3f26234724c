"""Another API beside ours: what was read of each of our operations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mockserver.learning.alignment import Alignment
from mockserver.learning.api import Answer, Parameter
from mockserver.learning.shape import Shape


@dataclass(frozen=True, slots=True)
class View:
    """One of our operations in the other API."""

    parameters: Mapping[str, Parameter]
    answers: Mapping[str, Answer]
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class Tenant:
    """The other API: a view of each of our operations that it has, and the schemes it takes, with their places."""

    views: Mapping[str, View]
    schemes: Mapping[str, str] = field(default_factory=dict)

    def errors(self) -> Iterator[Shape]:
        """The bodies of all errors."""
        for view in self.views.values():
            for status, answer in view.answers.items():
                if (status >= "400" or status == "default") and answer.shape is not None:
                    yield answer.shape
