"""The data versions: each has the digest of all recorded answers, and its line in the changelog."""

import hashlib
import json
import re

from mockserver.simulation import hashing
from tests.digests import record
from tests.digests.scenes import VENDORS
from tests.server.programs import ROOT

VERSIONS: dict[str, str] = json.loads((ROOT / "tests/digests/data_versions.json").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
HOW_TO_CHANGE = (
    "the recorded digests of answers have changed. If served data changed, raise DATA_VERSION, and add {digest!r} for "
    "it to tests/digests/data_versions.json and a line to CHANGELOG.md. If only requests were added, replace the digest"
)


def digest() -> str:
    """Return the SHA-256 of the recorded answers of all vendors."""
    recorded = {name: record.recorded(vendor)["scenes"] for name, vendor in VENDORS.items()}
    return hashlib.sha256(json.dumps(recorded, sort_keys=True).encode()).hexdigest()


def test_recorded_answers_belong_to_the_current_data_version() -> None:
    assert VERSIONS.get(str(hashing.DATA_VERSION)) == digest(), HOW_TO_CHANGE.format(digest=digest())


def test_data_versions_are_numbered_from_1_without_a_gap() -> None:
    assert list(VERSIONS) == [str(number) for number in range(1, hashing.DATA_VERSION + 1)]
    assert len(set(VERSIONS.values())) == len(VERSIONS)


def test_changelog_describes_every_data_version() -> None:
    parts = re.findall(r"^### Data version\n\n(.*?)(?=^##|\Z)", CHANGELOG, re.MULTILINE | re.DOTALL)
    described = [number for part in parts for number in re.findall(r"^\* (\d+): \S", part, re.MULTILINE)]
    assert sorted(described, key=int) == list(VERSIONS)
