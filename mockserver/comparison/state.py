"""The state file of a comparison: the facts of the answers so far, and a digest of what they were asked from."""

import hashlib
import json
import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mockserver.comparison import facts
from mockserver.comparison.facts import Facts
from mockserver.comparison.question import Plan, Question
from mockserver.simulation.clock import Clock

_FORMAT = 2
_SALT_BYTES = 16
_ANOTHER = "name another file with --state, or remove this one"


class StateError(ValueError):
    """A state file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What answers depend on: the vendor with its questions, the live API, the credential and the organization.

    `version` is that of the command.
    """

    version: str
    vendor: str
    plan: Plan
    live: str
    token: str = field(repr=False)
    organization: str | None = None

    def digest(self, salt: bytes) -> str:
        """A slow digest, from which nothing can be guessed."""
        asked = [_request(each) for each in self.plan.questions]
        whole = [_FORMAT, self.version, self.vendor, self.plan.authorization, asked]
        text = json.dumps([*whole, self.live, self.token, self.organization])
        return hashlib.scrypt(text.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()


def _request(question: Question) -> list[Any]:
    body = dict(question.body) if isinstance(question.body, Mapping) else question.body
    return [question.name, question.target, question.query, body, question.authorization, question.scheme]


@dataclass(slots=True)
class State:
    """The facts of the answers so far, by question, in a file without values; without a path, only in memory.

    `begun` is when it was begun, by the clock of this machine, and `now` the time that the live API had. `note` says
    why that is the time of this machine.
    """

    origin: Origin
    path: Path | None = None
    answers: dict[str, Facts] = field(default_factory=dict)
    begun: datetime = field(default_factory=lambda: Clock().now())
    now: datetime | None = None
    note: str = ""
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(_SALT_BYTES))
    _digest: str = ""

    def load(self) -> None:
        """Read the file if there is one; StateError if it is of something else, or of another day."""
        if self.path is None or not self.path.exists():
            return
        saved = _Saved.read(self.path)
        if saved.origin != self.origin.digest(saved.salt):
            problem = "it is of another vendor, URL, token or organization, or of another version of this command"
            raise StateError(f"{self.path}: {problem}; {_ANOTHER}")
        if saved.begun.date() != self.begun.date():
            problem = f"it was begun on {saved.begun.date()} (UTC), and answers of two days are not mixed"
            raise StateError(f"{self.path}: {problem}; {_ANOTHER}")
        self.answers, self.begun, self.now, self.note = saved.answers, saved.begun, saved.now, saved.note
        self._salt, self._digest = saved.salt, saved.origin

    def begin(self, now: datetime, note: str) -> None:
        """Keep the time of the live API; StateError if the answers so far are of another day of its clock."""
        if self.now is not None and self.now.date() != now.date():
            problem = f"its answers are of {self.now.date()}, and the API now has {now.date()}"
            raise StateError(f"{self.path}: {problem}; {_ANOTHER}")
        self.now, self.note = now, note

    def check(self) -> None:
        """StateError if the file cannot be written."""
        self.save()
        self.remove_if_empty()

    def save(self, unsure: Collection[str] = ()) -> None:
        """Write the file, which only its owner may read, without the unsure answers; StateError if that fails."""
        if self.path is None:
            return
        text = json.dumps(self._to_json(unsure))
        beside = self.path.with_name(f"{self.path.name}.part")
        try:
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(text)
            beside.replace(self.path)
        except OSError as error:
            raise StateError(f"{self.path}: cannot be written: {error.strerror}") from error

    def _to_json(self, unsure: Collection[str]) -> dict[str, Any]:
        self._digest = self._digest or self.origin.digest(self._salt)
        return {
            "format": _FORMAT,
            "salt": self._salt.hex(),
            "origin": self._digest,
            "begun": self.begun.isoformat(),
            "now": self.now and self.now.isoformat(),
            "note": self.note,
            "answers": {name: facts.to_json(each) for name, each in self.answers.items() if name not in unsure},
        }

    def remove(self) -> None:
        """Remove the file."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def remove_if_empty(self) -> None:
        """Remove the file if nothing was answered."""
        if not self.answers:
            self.remove()


@dataclass(frozen=True, slots=True)
class _Saved:
    """What a state file has."""

    salt: bytes
    origin: str
    begun: datetime
    now: datetime | None
    note: str
    answers: dict[str, Facts]

    @classmethod
    def read(cls, path: Path) -> "_Saved":
        """The content of a file; StateError if it is none of this command."""
        if not path.is_file():
            raise StateError(f"{path}: not a file; name another one with --state")
        try:
            return cls._parse(json.loads(path.read_bytes()))
        except OSError as error:
            raise StateError(f"{path}: cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise StateError(f"{path}: not a state file of this version of the command; {_ANOTHER}") from error

    @classmethod
    def _parse(cls, saved: Any) -> "_Saved":
        return cls(
            bytes.fromhex(saved["salt"]),
            str(saved["origin"]),
            _time(saved["begun"]),
            _time(saved["now"]) if saved["now"] else None,
            str(saved["note"]),
            {str(name): facts.from_json(each) for name, each in saved["answers"].items()},
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
