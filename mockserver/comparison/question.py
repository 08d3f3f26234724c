"""What a vendor declares beside its switches: the requests that show how its API behaves, all of which only read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from mockserver.validation import field_path

Values = Mapping[str, Any]
"""The variables of a run: dates, the credential, and parts of earlier answers. They are only in memory."""

Pick = Callable[[Any], Any]
"""Takes a part of a body, None where it is not there."""

Mark = Callable[[Any, Values], str | None]
"""Says something of a body that its shape does not show, in fixed words; None where it cannot tell."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request. `operation` is that of the OpenAPI file, and `about` what is special in the request.

    The texts are templates of variables, as in "from={month_ago}". `target` replaces the path of the operation,
    `body` is sent as JSON, or as a form if it is text, and `authorization` replaces that of the plan. A `scheme` is
    sent in its place, and the first one that is accepted becomes the plan's. `keeps` are variables for later
    questions, and `uses` those that the marks need. The rows of `counted` arrays do not depend on what people did. A
    bad question is one that a service should refuse; a weak one counts only where a switch accounts for its answer.
    """

    operation: str
    about: str = ""
    query: str = ""
    target: str | None = None
    body: Mapping[str, Any] | str | None = None
    authorization: str | None = None
    scheme: str | None = None
    keeps: Mapping[str, Pick] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    is_bad: bool = False
    is_weak: bool = False

    @property
    def name(self) -> str:
        """The operation, and what is special in the request."""
        return f"{self.operation}, {self.about}" if self.about else self.operation

    def needs(self, path: str, authorization: str) -> set[str]:
        """The variables without which it cannot be asked; the path of its operation, and the plan's authorization."""
        texts = [self.target or path, self.query, self.authorization or authorization, self.body]
        return {*self.uses, *_variables(texts)}


@dataclass(frozen=True, slots=True)
class Plan:
    """All questions of a vendor, in their order; the first needs no date.

    `paging` are the fields at the top of answers that only depend on whether it is the last page, and `ordered` the
    places of fields by which rows may be in order, as in "items[].date". `unseen` are the
    switches that no question shows, each with the reason, and `seldom` those that need certain data or a certain time,
    which are tried in every world. `beside` names the unseen switch on which a seldom one depends: if nothing else
    accounts for an answer, both are tried together.
    `organizations` are settings of organization files that make other answers possible; their texts are templates of
    the variables that are dates.
    """

    questions: tuple[Question, ...]
    authorization: str = "{scheme} {token}"
    paging: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    organizations: tuple[Mapping[str, Any], ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)
    seldom: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)


def at(path: str) -> Pick:
    """What is at a path, as in "data[0].id"."""
    steps = field_path.parse(path)

    def pick(body: Any) -> Any:
        return next((holder[key] for holder, key in field_path.places(body, steps)), None)

    return pick


def everything(path: str) -> Pick:
    """All that is at the places of a path, as in "data[].id"; None where there is none."""
    steps = field_path.parse(path)
    return lambda body: [holder[key] for holder, key in field_path.places(body, steps)] or None


def _variables(template: Any) -> set[str]:
    if isinstance(template, str):
        return {name for _, name, _, _ in Formatter().parse(template) if name}
    if isinstance(template, Mapping):
        return _variables([*template.values()])
    return {name for each in template for name in _variables(each)} if isinstance(template, list | tuple) else set()
