"""The configuration file: where it is found, its settings, and the lines at which they are.

What the settings may be is checked by `config_values`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "mockserver.toml"
PYPROJECT, TABLE = "pyproject.toml", "tool.mockserver"
"""The other file that may have settings, in this table."""

_MAY_HAVE_TABLE = re.compile(rb"""tool[\s.\]="'{]*mockserver|^\s*\[\s*tool\s*\]""", re.MULTILINE)
"""A file without this need not be parsed, which would take longer than everything else here."""


class ConfigError(ValueError):
    """A configuration file that cannot be used; the text has a line for everything that is wrong."""


class NoTable(ConfigError):
    """A pyproject.toml without a table of settings."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The settings in a file, by key, as TOML has them. `text` is the file, `table` the table with the settings."""

    path: Path
    text: str
    table: str
    settings: Mapping[str, Any]

    def location(self, key: str) -> str:
        """The file, and the line of a key where it is found."""
        number = next(self._lines(key), None)
        return str(self.path) if number is None else f"{self.path}, line {number}"

    def _lines(self, key: str) -> Iterator[int]:
        """The lines that set the key in the table, or begin a table of this name."""
        table, name = "", f"{self.table}.{key}" if self.table else key
        for number, line in enumerate(self.text.splitlines(), 1):
            plain = re.sub(r"[\s\"']", "", line)
            if plain.startswith("["):
                table = plain.partition("#")[0].strip("[]")
                if f"{table}.".startswith(f"{name}."):
                    yield number
            elif table == self.table and plain.startswith((f"{key}=", f"{key}.")):
                yield number


def find(folder: Path) -> ConfigFile | None:
    """The configuration file for a folder: that of the nearest folder which has one, from it upwards.

    In a folder, mockserver.toml comes before pyproject.toml, which counts only if it has the table. ConfigError as from
    `load`.
    """
    for each in (folder, *folder.parents):
        if _is_file(each / NAME):
            return load(each / NAME)
        pyproject = each / PYPROJECT
        if _is_file(pyproject) and _MAY_HAVE_TABLE.search(_read(pyproject)):
            with suppress(NoTable):
                return load(pyproject)
    return None


def load(path: Path) -> ConfigFile:
    """The settings in a file; ConfigError when it cannot be read, or is not TOML, or lacks the table."""
    import tomllib

    try:
        text = _read(path).decode("utf-8-sig")
        document: Any = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    table = TABLE if path.name == PYPROJECT else ""
    for name in filter(None, table.split(".")):
        document = document.get(name) if isinstance(document, dict) else None
    if not isinstance(document, dict):
        raise NoTable(f"{path}: there is no table [{TABLE}], which has the settings in a file of this name")
    return ConfigFile(path, text, table, document)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _is_file(path: Path) -> bool:
    """Whether there is a file of this name; False where nobody may look."""
    try:
        return path.is_file()
    except OSError:
        return False
