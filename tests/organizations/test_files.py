"""Tests of finding and reading organization files."""

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.organizations import files
from mockserver.organizations.files import OrganizationError


def test_file_is_loaded_and_named_in_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("slug: mine\nname: Mine\npeople: 3\n", encoding="utf-8")
    assert files.load(path).people == 3
    path.write_text("slug: mine\nname: Mine\npeople: 0\n", encoding="utf-8")
    with pytest.raises(OrganizationError) as caught:
        files.load(path)
    assert str(caught.value) == f"{path}: people: found 0; a whole number from 1 to 125000"


UNREADABLE = {
    "a missing file": ("gone.yaml", "cannot be read: No such file or directory"),
    "a folder": (".", "cannot be read: Is a directory"),
    "an impossible file name": ("a\0b", "cannot be read: embedded null byte"),
}


@pytest.mark.parametrize(("name", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_file_is_refused_with_the_reason(tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(OrganizationError, match=expected):
        files.load(tmp_path / name)


def test_too_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(files.SIZE_MAXIMUM + 1)
    with pytest.raises(OrganizationError, match="too large; at most 16 MB"):
        files.load(path)


def test_unknown_organization_is_refused_with_the_bundled_ones() -> None:
    with pytest.raises(OrganizationError) as caught:
        files.named("../acme")
    assert str(caught.value).startswith("../acme: no bundled organization has this name; there are: acme, ")


def test_pool_names_more_people_than_an_organization_may_have() -> None:
    assert files.pool().size > 125_000
    assert files.pool() is files.pool()


def test_address_forms_of_the_pool_are_letters() -> None:
    forms = {form for column in (files.pool().given, files.pool().family) for _, form in column}
    assert all(form.isascii() and form.isalpha() and form.islower() for form in forms)


def test_loading_an_organization_never_imports_faker() -> None:
    code = "import sys; from mockserver.organizations import drafts, files; files.named('acme'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "mockserver.organizations.drafts" in loaded
    assert "faker" not in loaded
