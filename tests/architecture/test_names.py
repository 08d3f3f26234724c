"""Vendors and products are named in their own folders alone, so that one more of either is one folder more."""

import re
from pathlib import Path

from mockserver import products, vendors
from tests.server.programs import ROOT

KNOWN = [*(vendor.name for vendor in vendors.discover()), *(product.name for product in products.discover())]
NAMES = re.compile("|".join(sorted({name.split("-")[0] for name in KNOWN})), re.IGNORECASE)
PRODUCT = ROOT / "mockserver"


def has_a_vendors_folder(path: Path) -> bool:
    """Whether a file is in the folder of a vendor or a product."""
    room, *rest = path.relative_to(PRODUCT).parts
    return room in {"vendors", "products"} and len(rest) > 1


def test_no_other_file_names_a_vendor_or_a_product() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted(PRODUCT.rglob("*.py"))
        if not has_a_vendors_folder(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NAMES.search(line)
    ]
    assert lines == []
