"""Only the folders of vendors and products contain their names, so that a new one needs only a new folder."""

import re
from pathlib import Path

from mockserver import products, vendors
from tests.server.programs import ROOT

KNOWN = [*(vendor.name for vendor in vendors.discover()), *(product.name for product in products.discover())]
NAMES = re.compile("|".join(sorted({name.split("-")[0] for name in KNOWN})), re.IGNORECASE)
PRODUCT = ROOT / "mockserver"
PLUGIN = ROOT / "analytics_mockserver"


def is_in_a_vendor_or_product_folder(path: Path) -> bool:
    """Return whether a file is in the folder of a vendor or a product."""
    first, *rest = path.relative_to(PRODUCT).parts
    return first in {"vendors", "products"} and len(rest) > 1


def test_no_other_file_names_a_vendor_or_a_product() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted([*PRODUCT.rglob("*.py"), *PLUGIN.rglob("*.py")])
        if path.is_relative_to(PLUGIN) or not is_in_a_vendor_or_product_folder(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NAMES.search(line)
    ]
    assert lines == []
