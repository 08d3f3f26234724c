"""Tests of the maker of the frozen name pool, with the pinned Faker."""

import pytest

from mockserver.organizations import files
from tools import make_names


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Jürgen", "juergen"),
        ("Łukasz", "lukasz"),
        ("Søren", "soeren"),
        ("O'Brien", "obrien"),
        ("I\N{LATIN SMALL LETTER DOTLESS I}k", "iik"),
    ],
)
def test_an_address_form_is_ascii_letters_in_lower_case(name: str, form: str) -> None:
    assert make_names.address_form(name) == form


def test_the_file_is_what_the_pinned_faker_gives() -> None:
    given, family = (tuple(make_names.drawn(draw)) for draw in make_names.COLUMNS.values())
    assert (given, family) == (files.pool().given, files.pool().family)
