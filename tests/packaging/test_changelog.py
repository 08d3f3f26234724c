"""CHANGELOG.md: Keep a Changelog, with the parts "Vendor change" and "Data version" in each release."""

import re
import tomllib

import pytest

from tests.server.programs import ROOT

HEAD, *RELEASES = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
OWN_PARTS = ["Vendor change", "Data version"]
PARTS = [*OWN_PARTS, "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
VENDOR_CHANGE = re.compile(r"\d{4}-\d\d-\d\d, https://\S+: \S.*", re.DOTALL)

every_release = pytest.mark.parametrize("release", RELEASES, ids=[each.partition("\n")[0] for each in RELEASES])


def parts(release: str) -> dict[str, str]:
    """Return the text of each part of a release."""
    _, *found = re.split(r"^### ", release, flags=re.MULTILINE)
    return {name: text.strip() for name, _, text in (part.partition("\n") for part in found)}


def entries(part: str) -> list[str]:
    """Return the entries of a part; none if it is "None."."""
    return [] if part == "None." else re.split(r"^\* ", part, flags=re.MULTILINE)[1:]


def test_newest_release_is_first_and_each_has_a_date() -> None:
    heads = [release.partition("\n")[0] for release in RELEASES]
    assert re.fullmatch(r"Unreleased|\d+\.\d+\.\d+\S* - \d{4}-\d\d-\d\d", heads[0])
    assert [head for head in heads[1:] if not re.fullmatch(r"\d+\.\d+\.\d+\S* - \d{4}-\d\d-\d\d", head)] == []


def test_newest_release_is_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    head = RELEASES[0].partition("\n")[0]
    assert head == "Unreleased" or head.partition(" - ")[0] == project["version"]


@every_release
def test_release_has_the_parts_in_their_order(release: str) -> None:
    names = list(parts(release))
    assert names[:2] == OWN_PARTS
    assert names == [name for name in PARTS if name in names]


@every_release
def test_every_part_has_entries_or_says_none(release: str) -> None:
    empty = [name for name, text in parts(release).items() if not entries(text) and text != "None."]
    assert empty == []


@every_release
def test_vendor_changes_have_a_date_and_a_source(release: str) -> None:
    assert [
        each for each in entries(parts(release)["Vendor change"]) if not VENDOR_CHANGE.fullmatch(each.strip())
    ] == []


def test_vendor_change_without_a_source_is_noticed() -> None:
    assert entries("* one\n  more\n* two") == ["one\n  more\n", "two"]
    assert VENDOR_CHANGE.fullmatch("2026-11-21, https://docs.example.com/changelog: a field is new.")
    assert not VENDOR_CHANGE.fullmatch("2026-11-21: a field is new.")
