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
def test_address_form_is_lower_case_ascii(name: str, form: str) -> None:
    assert make_names.address_form(name) == form


def test_names_json_is_what_the_pinned_faker_generates() -> None:
    given, family = (tuple(make_names.generate(draw)) for draw in make_names.COLUMNS.values())
    assert (given, family) == (files.pool().given, files.pool().family)
