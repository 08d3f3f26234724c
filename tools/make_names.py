"""Generates fixtures/names.json, the frozen name pool, with Faker and from many locales.

The product reads the file and never imports Faker. The pinned version of Faker always generates the same bytes.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from faker import Faker

LOCALES = (
    "en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "pl_PL", "cs_CZ", "sv_SE", "pt_BR", "tr_TR", "nl_NL",
    "hu_HU", "ro_RO", "fi_FI", "da_DK", "no_NO", "hr_HR", "en_IN", "id_ID", "lv_LV", "en_IE", "yo_NG",
)  # fmt: skip
"""Locales whose names are in Latin letters, with or without accents."""

PER_LOCALE = 20
DRAWS = 4_000
"""The maximum number of names to generate per locale; many of them are duplicates or do not fit."""

COLUMNS: dict[str, Callable[[Faker], str]] = {
    "given": lambda source: source.first_name(),
    "family": lambda source: source.last_name(),
}
TARGET = Path(__file__).resolve().parent.parent / "fixtures" / "names.json"

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "oe",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
    }
)


def address_form(name: str) -> str:
    """Return a name as it appears in an email address: ASCII letters in lower case."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).lower().translate(_LETTERS))
    return "".join(letter for letter in plain if "a" <= letter <= "z")


def generate(column: Callable[[Faker], str]) -> list[tuple[str, str]]:
    """Return pairs of a name and its address form, ordered by form, with no form twice."""
    found: dict[str, str] = {}
    for locale in LOCALES:
        source = Faker(locale)
        source.seed_instance(20_251_021)
        target = len(found) + PER_LOCALE
        for _ in range(DRAWS):
            if len(found) == target:
                break
            name = unicodedata.normalize("NFC", column(source))
            form = address_form(name)
            if _WORD.fullmatch(name) and name != name.upper() and 2 <= len(form) <= 16:
                found.setdefault(form, name)
    return [(name, form) for form, name in sorted(found.items())]


def main() -> None:
    """Write the pool, one name per line."""
    blocks = []
    for column, draw in COLUMNS.items():
        names = generate(draw)
        lines = ",\n    ".join(json.dumps(pair, ensure_ascii=False) for pair in names)
        blocks.append(f'  "{column}": [\n    {lines}\n  ]')
        print(f"{len(names)} {column} names")
    TARGET.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
